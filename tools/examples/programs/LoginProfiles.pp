config carolsPassword string {
	__logicalName = "carolsPassword"
	secret = true
}

resource people "aws-login-profile:index:LoginProfiles" {
	__logicalName = "people"
	passwordResetRequired = true
	profiles = {
		"alice" = {
			"adoptExisting" = true,
			"passwordResetRequired" = false
		},
		"bob" = {
			"ageRecipients" = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
		},
		"carol" = {
			"password" = carolsPassword
		}
	}
}

output profiles {
	__logicalName = "profiles"
	value = people.profiles
}
