import pulumi
import pulumi_aws_login_profile as aws_login_profile

alice = aws_login_profile.ConsoleUser("alice",
    groups=["developers"],
    age_recipients="age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p")
pulumi.export("signInUrl", alice.sign_in_url)
pulumi.export("encryptedPassword", alice.encrypted_password)
