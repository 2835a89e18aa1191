config password string {
	__logicalName = "password"
	secret = true
}

resource alice "aws-login-profile:index:LoginProfile" {
	__logicalName = "alice"
	userName = "alice"
	password = password
	passwordResetRequired = true
}

resource bob "aws-login-profile:index:LoginProfile" {
	__logicalName = "bob"
	userName = "bob"
	ageRecipients = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
	rotationTriggers = {
		"quarter" = "2026-Q4"
	}
}

output bobsPassword {
	__logicalName = "bobsPassword"
	value = bob.encryptedPassword
}
