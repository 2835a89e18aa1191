//go:build !older

package main

import (
	"os"
	"regexp"

	"github.com/hashicorp/hcl/v2"
	"github.com/pulumi/pulumi-yaml/pkg/pulumiyaml"
	"github.com/pulumi/pulumi-yaml/pkg/pulumiyaml/codegen"
	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/pcl"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
)

const source = ".yaml"

var languages = []language{
	{"ts", "index.ts", nodejs.GenerateProgram},
	{"py", "__main__.py", python.GenerateProgram},
	{"go", "main.go", withPackage(gogen.GenerateProgram)},
}

// The generator for Go leaves out the package of types that stand in maps.
var bareTypes = regexp.MustCompile(`([ &])\.([A-Z])`)

func withPackage(generate generate) generate {
	return func(program *pcl.Program) (map[string][]byte, hcl.Diagnostics, error) {
		files, diagnostics, err := generate(program)
		for name, content := range files {
			files[name] = bareTypes.ReplaceAll(content, []byte("${1}awsloginprofile.$2"))
		}
		return files, diagnostics, err
	}
}

// bind reads a program in YAML, and writes the one for the older build beside it.
func bind(name string, text []byte, l loader) (*pcl.Program, error) {
	template, warnings, err := pulumiyaml.LoadYAMLBytes(name, text)
	if err == nil && warnings.HasErrors() {
		err = warnings
	}
	if err != nil {
		return nil, err
	}
	intermediate, diagnostics, err := codegen.ConvertTemplateIL(template, l)
	if err == nil && diagnostics.HasErrors() {
		err = diagnostics
	}
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(name+".pp", []byte(intermediate), 0o644); err != nil {
		return nil, err
	}
	program, diagnostics, err := codegen.EjectProgram(template, l)
	return program, errorOf(diagnostics, err)
}

func errorOf(diagnostics hcl.Diagnostics, err error) error {
	if err == nil && diagnostics.HasErrors() {
		return diagnostics
	}
	return err
}
