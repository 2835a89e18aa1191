import pulumi
import pulumi_aws_login_profile as aws_login_profile

config = pulumi.Config()

profile = aws_login_profile.LoginProfile(
    "console-password",
    user_name=config.require("userName"),
    # The public half of the owner's key. A PGP key would be pgp_key.
    age_recipients=[config.require("recipient")],
    password_reset_required=True,
    # Another value makes another password.
    rotation_triggers={"rotation": config.get("rotation") or "1"},
)

# For the owner: pulumi stack output encryptedPassword | age --decrypt --identity key.txt
pulumi.export("encryptedPassword", profile.encrypted_password)
pulumi.export("passwordVersion", profile.password_version)
