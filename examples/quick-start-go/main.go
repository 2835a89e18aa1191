package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"pulumi-aws-login-profile/sdk/go/awsloginprofile"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		conf := config.New(ctx, "")
		profile, err := awsloginprofile.NewLoginProfile(ctx, "console-password", &awsloginprofile.LoginProfileArgs{
			UserName:              pulumi.String(conf.Require("userName")),
			Password:              conf.RequireSecret("password"),
			PasswordResetRequired: pulumi.Bool(true),
		})
		if err != nil {
			return err
		}
		// Whether the user has yet to choose a password of their own.
		ctx.Export("passwordResetPending", profile.PasswordResetPending)
		return nil
	})
}
