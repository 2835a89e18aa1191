package main

import (
	"pulumi-aws-login-profile/sdk/go/awsloginprofile"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)
func main() {
pulumi.Run(func(ctx *pulumi.Context) error {
cfg := config.New(ctx, "")
carolsPassword := cfg.RequireSecret("carolsPassword")
people, err := awsloginprofile.NewLoginProfiles(ctx, "people", &awsloginprofile.LoginProfilesArgs{
PasswordResetRequired: pulumi.Bool(true),
Profiles: awsloginprofile.LoginProfilesProfileMap{
"alice": &awsloginprofile.LoginProfilesProfileArgs{
AdoptExisting: pulumi.Bool(true),
PasswordResetRequired: pulumi.Bool(false),
},
"bob": &awsloginprofile.LoginProfilesProfileArgs{
AgeRecipients: pulumi.Any("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"),
},
"carol": &awsloginprofile.LoginProfilesProfileArgs{
Password: carolsPassword,
},
},
})
if err != nil {
return err
}
ctx.Export("profiles", people.Profiles)
return nil
})
}
