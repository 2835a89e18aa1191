package main

import (
	"pulumi-aws-login-profile/sdk/go/awsloginprofile"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		cfg := config.New(ctx, "")
		password := cfg.RequireSecret("password")
		_, err := awsloginprofile.NewLoginProfile(ctx, "alice", &awsloginprofile.LoginProfileArgs{
			UserName:              pulumi.String("alice"),
			Password:              password,
			PasswordResetRequired: pulumi.Bool(true),
		})
		if err != nil {
			return err
		}
		bob, err := awsloginprofile.NewLoginProfile(ctx, "bob", &awsloginprofile.LoginProfileArgs{
			UserName:      pulumi.String("bob"),
			AgeRecipients: pulumi.Any("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"),
			RotationTriggers: pulumi.Map{
				"quarter": pulumi.Any("2026-Q4"),
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("bobsPassword", bob.EncryptedPassword)
		return nil
	})
}
