import pulumi
import pulumi_aws_login_profile as aws_login_profile

config = pulumi.Config()
password = config.require_secret("password")
alice = aws_login_profile.LoginProfile("alice",
    user_name="alice",
    password=password,
    password_reset_required=True)
bob = aws_login_profile.LoginProfile("bob",
    user_name="bob",
    age_recipients="age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
    rotation_triggers={
        "quarter": "2026-Q4",
    })
pulumi.export("bobsPassword", bob.encrypted_password)
