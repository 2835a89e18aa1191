//go:build tools

// Package tools pins the version of the Pulumi CLI that is built here.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
