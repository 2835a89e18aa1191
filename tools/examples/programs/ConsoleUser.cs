using System.Collections.Generic;
using System.Linq;
using Pulumi;
using AwsLoginProfile = Local.AwsLoginProfile;

return await Deployment.RunAsync(() => 
{
    var alice = new AwsLoginProfile.ConsoleUser("alice", new()
    {
        Groups = new[]
        {
            "developers",
        },
        AgeRecipients = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
    });

    return new Dictionary<string, object?>
    {
        ["signInUrl"] = alice.SignInUrl,
        ["encryptedPassword"] = alice.EncryptedPassword,
    };
});

