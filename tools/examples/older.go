//go:build older

package main

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/pulumi/pulumi-java/pkg/codegen/java"
	"github.com/pulumi/pulumi/pkg/v3/codegen/dotnet"
	"github.com/pulumi/pulumi/pkg/v3/codegen/hcl2/syntax"
	"github.com/pulumi/pulumi/pkg/v3/codegen/pcl"
)

const source = ".pp"

var languages = []language{
	{"cs", "Program.cs", secretly(dotnet.GenerateProgram)},
	{"java", "MyStack.java", secretly(java.GenerateProgram)},
}

// These generators read a setting in the clear that the program has for a secret; Java's does not even compile.
var mended = strings.NewReplacer(
	"config.RequireObject<dynamic>(", "config.RequireSecret(",
	"config.get(", "config.requireSecret(",
	// Nor does Java's import the types of what stands in maps.
	ofMany, ofMany+strings.Replace(ofMany, "LoginProfilesArgs", "inputs.LoginProfilesProfileArgs", 1),
)

const ofMany = "import local.awsloginprofile.LoginProfilesArgs;\n"

var quotedNames = regexp.MustCompile(`(?m)^(\s*)"(\w+)" =`)

func secretly(generate generate) generate {
	return func(program *pcl.Program) (map[string][]byte, hcl.Diagnostics, error) {
		files, diagnostics, err := generate(program)
		for name, content := range files {
			files[name] = []byte(mended.Replace(string(content)))
		}
		return files, diagnostics, err
	}
}

// bind reads a program in Pulumi's intermediate language.
func bind(name string, text []byte, l loader) (*pcl.Program, error) {
	parser := syntax.NewParser()
	// Java's generator takes names of properties that stand in quotes for computed ones, and gives up.
	text = quotedNames.ReplaceAll(text, []byte("$1$2 ="))
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
