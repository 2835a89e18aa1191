// Command sdks writes the plugin's SDKs: sdks SCHEMA FOLDER VERSION [published].
package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "pulumi-aws-login-profile"

// Whether the SDKs are made to be used from a folder, not to be published: compiled where they are installed (Node.js).
var local = true

// A generator writes the files of one language, by their paths.
type generator func(pkg *schema.Package) (map[string][]byte, error)

func main() {
	local = len(os.Args) < 5 || os.Args[4] != "published"
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(schemaFile, folder, version string) error {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		return err
	}
	for _, language := range slices.Sorted(maps.Keys(generators)) {
		// A generator changes the package it is given, so each has its own.
		var spec schema.PackageSpec
		if err := json.Unmarshal(text, &spec); err != nil {
			return err
		}
		spec.Version = version
		pkg, diagnostics, err := schema.BindSpec(spec, noLoader{}, schema.ValidationOptions{})
		if err != nil {
			return err
		}
		if diagnostics.HasErrors() {
			return diagnostics
		}
		// As the CLI has it for "pulumi package add": among other things, the Go SDK is a module.
		pkg.SupportPack = true
		files, err := generators[language](pkg)
		if err != nil {
			return fmt.Errorf("%s: %w", language, err)
		}
		if err := os.RemoveAll(filepath.Join(folder, language)); err != nil {
			return err
		}
		for name, content := range files {
			path := filepath.Join(folder, language, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(path, content, 0o644); err != nil {
				return err
			}
		}
		fmt.Printf("%s: %d files\n", language, len(files))
	}
	return nil
}
