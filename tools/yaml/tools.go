//go:build tools

// Package tools names the YAML language host that the tests build.
package tools

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
