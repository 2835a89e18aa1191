//go:build older

package main

import (
	"bytes"

	"github.com/pulumi/pulumi-java/pkg/codegen/java"
	"github.com/pulumi/pulumi/pkg/v3/codegen/dotnet"
	"github.com/pulumi/pulumi/pkg/v3/codegen/hcl2/syntax"
	"github.com/pulumi/pulumi/pkg/v3/codegen/pcl"
)

const source = ".pp"

var languages = []language{
	{"cs", "Program.cs", dotnet.GenerateProgram},
	{"java", "MyStack.java", java.GenerateProgram},
}

// bind reads a program in Pulumi's intermediate language.
func bind(name string, text []byte, l loader) (*pcl.Program, error) {
	parser := syntax.NewParser()
	if err := parser.ParseFile(bytes.NewReader(text), name+source); err != nil {
		return nil, err
	}
	if parser.Diagnostics.HasErrors() {
		return nil, parser.Diagnostics
	}
	program, diagnostics, err := pcl.BindProgram(parser.Files, pcl.Loader(l))
	if err == nil && diagnostics.HasErrors() {
		err = diagnostics
	}
	return program, err
}
