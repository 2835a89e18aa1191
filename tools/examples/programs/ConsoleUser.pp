resource alice "aws-login-profile:index:ConsoleUser" {
	__logicalName = "alice"
	groups = ["developers"]
	ageRecipients = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
}

output signInUrl {
	__logicalName = "signInUrl"
	value = alice.signInUrl
}

output encryptedPassword {
	__logicalName = "encryptedPassword"
	value = alice.encryptedPassword
}
