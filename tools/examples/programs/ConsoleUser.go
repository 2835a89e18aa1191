package main

import (
	"pulumi-aws-login-profile/sdk/go/awsloginprofile"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		alice, err := awsloginprofile.NewConsoleUser(ctx, "alice", &awsloginprofile.ConsoleUserArgs{
			Groups: pulumi.StringArray{
				pulumi.String("developers"),
			},
			AgeRecipients: pulumi.Any("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"),
		})
		if err != nil {
			return err
		}
		ctx.Export("signInUrl", alice.SignInUrl)
		ctx.Export("encryptedPassword", alice.EncryptedPassword)
		return nil
	})
}
