using System.Collections.Generic;
using System.Linq;
using Pulumi;
using AwsLoginProfile = Local.AwsLoginProfile;

return await Deployment.RunAsync(() => 
{
    var config = new Config();
    var carolsPassword = config.RequireSecret("carolsPassword");
    var people = new AwsLoginProfile.LoginProfiles("people", new()
    {
        PasswordResetRequired = true,
        Profiles = 
        {
            { "alice", new AwsLoginProfile.Inputs.LoginProfilesProfileArgs
            {
                AdoptExisting = true,
                PasswordResetRequired = false,
            } },
            { "bob", new AwsLoginProfile.Inputs.LoginProfilesProfileArgs
            {
                AgeRecipients = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
            } },
            { "carol", new AwsLoginProfile.Inputs.LoginProfilesProfileArgs
            {
                Password = carolsPassword,
            } },
        },
    });

    return new Dictionary<string, object?>
    {
        ["profiles"] = people.Profiles,
    };
});

