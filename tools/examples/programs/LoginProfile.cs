using System.Collections.Generic;
using System.Linq;
using Pulumi;
using AwsLoginProfile = Local.AwsLoginProfile;

return await Deployment.RunAsync(() => 
{
    var config = new Config();
    var password = config.RequireSecret("password");
    var alice = new AwsLoginProfile.LoginProfile("alice", new()
    {
        UserName = "alice",
        Password = password,
        PasswordResetRequired = true,
    });

    var bob = new AwsLoginProfile.LoginProfile("bob", new()
    {
        UserName = "bob",
        AgeRecipients = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
        RotationTriggers = 
        {
            { "quarter", "2026-Q4" },
        },
    });

    return new Dictionary<string, object?>
    {
        ["bobsPassword"] = bob.EncryptedPassword,
    };
});

