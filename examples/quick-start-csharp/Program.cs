using System.Collections.Generic;
using Pulumi;
using Local.AwsLoginProfile;

return await Deployment.RunAsync(() =>
{
    var config = new Config();

    var profile = new LoginProfile("console-password", new()
    {
        UserName = config.Require("userName"),
        Password = config.RequireSecret("password"),
        PasswordResetRequired = true,
    });

    return new Dictionary<string, object?>
    {
        // Whether the user has yet to choose a password of their own.
        ["passwordResetPending"] = profile.PasswordResetPending,
    };
});
