//go:build tools

// Package tools pins the version of age that is built here.
package tools

import (
	_ "filippo.io/age/cmd/age"
	_ "filippo.io/age/cmd/age-keygen"
)
