package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"pulumi-aws-login-profile/sdk/go/awsloginprofile"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		conf := config.New(ctx, "")
		rotation := conf.Get("rotation")
		if rotation == "" {
			rotation = "1"
		}
		profile, err := awsloginprofile.NewLoginProfile(ctx, "console-password", &awsloginprofile.LoginProfileArgs{
			UserName: pulumi.String(conf.Require("userName")),
			// The public half of the owner's key. A PGP key would be PgpKey.
			AgeRecipients:         pulumi.ToStringArray([]string{conf.Require("recipient")}),
			PasswordResetRequired: pulumi.Bool(true),
			// Another value makes another password.
			RotationTriggers: pulumi.Map{"rotation": pulumi.String(rotation)},
		})
		if err != nil {
			return err
		}
		// For the owner: pulumi stack output encryptedPassword | age --decrypt --identity key.txt
		ctx.Export("encryptedPassword", profile.EncryptedPassword)
		ctx.Export("passwordVersion", profile.PasswordVersion)
		return nil
	})
}
