import pulumi
import pulumi_aws_login_profile as aws_login_profile

config = pulumi.Config()
carols_password = config.require_secret("carolsPassword")
people = aws_login_profile.LoginProfiles("people",
    password_reset_required=True,
    profiles={
        "alice": {
            "adopt_existing": True,
            "password_reset_required": False,
        },
        "bob": {
            "age_recipients": "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
        },
        "carol": {
            "password": carols_password,
        },
    })
pulumi.export("profiles", people.profiles)
