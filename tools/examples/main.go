// Command examples converts example programs by Pulumi's own generators: examples SCHEMA FOLDER.
//
// FOLDER holds a program in YAML for each resource. One build writes each in Pulumi's intermediate language, Node.js, Python
// and Go; the other one (older.mod), from the intermediate language, in .NET and Java.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/blang/semver"
	"github.com/hashicorp/hcl/v2"
	"github.com/pulumi/pulumi/pkg/v3/codegen/pcl"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

type generate func(program *pcl.Program) (map[string][]byte, hcl.Diagnostics, error)

// A language writes a program's files, by their paths; main ends in what the program is in.
type language struct {
	ending   string
	main     string
	generate generate
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(schemaFile, folder string) error {
	pkg, err := load(schemaFile)
	if err != nil {
		return err
	}
	sources, err := filepath.Glob(filepath.Join(folder, "*"+source))
	if err != nil {
		return err
	}
	for _, file := range sources {
		name := strings.TrimSuffix(file, source)
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, l := range languages {
			// A generator changes the program it is given.
			program, err := bind(name, text, loader{pkg})
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			files, diagnostics, err := l.generate(program)
			if err == nil && diagnostics.HasErrors() {
				err = diagnostics
			}
			if err != nil {
				return fmt.Errorf("%s: %s: %w", file, l.ending, err)
			}
			content, ok := files[l.main]
			if !ok {
				return fmt.Errorf("%s: no %s among %v", file, l.main, slices.Sorted(maps.Keys(files)))
			}
			if err := os.WriteFile(name+"."+l.ending, content, 0o644); err != nil {
				return err
			}
		}
	}
	fmt.Printf("%d examples\n", len(sources))
	return nil
}

func load(file string) (*schema.Package, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, err
	}
	if spec.Version == "" {
		spec.Version = "0.0.0"
	}
	pkg, diagnostics, err := schema.BindSpec(spec, loader{}, schema.ValidationOptions{})
	if err == nil && diagnostics.HasErrors() {
		err = diagnostics
	}
	return pkg, err
}

// A loader knows the one package that the examples are of.
type loader struct{ pkg *schema.Package }

func (l loader) LoadPackage(pkg string, _ *semver.Version) (*schema.Package, error) {
	if l.pkg == nil || pkg != l.pkg.Name {
		return nil, fmt.Errorf("an example needs another package: %s", pkg)
	}
	return l.pkg, nil
}

func (l loader) LoadPackageV2(_ context.Context, d *schema.PackageDescriptor) (*schema.Package, error) {
	return l.LoadPackage(d.Name, d.Version)
}

func (l loader) LoadPackageReference(pkg string, version *semver.Version) (schema.PackageReference, error) {
	loaded, err := l.LoadPackage(pkg, version)
	if err != nil {
		return nil, err
	}
	return loaded.Reference(), nil
}

func (l loader) LoadPackageReferenceV2(
	_ context.Context, d *schema.PackageDescriptor,
) (schema.PackageReference, error) {
	return l.LoadPackageReference(d.Name, d.Version)
}
