import pulumi
import pulumi_aws_login_profile as aws_login_profile

config = pulumi.Config()

profile = aws_login_profile.LoginProfile(
    "console-password",
    user_name=config.require("userName"),
    password=config.require_secret("password"),
    password_reset_required=True,
)

# Whether the user has yet to choose a password of their own.
pulumi.export("passwordResetPending", profile.password_reset_pending)
