//go:build older

// The generators that moved out of Pulumi's module: .NET in the last version that has it, Java in a version of a
// module of its own. They need an older Pulumi than the others, so they are built with older.mod.
package main

import (
	"embed"
	"net/http"

	"github.com/pulumi/pulumi-java/pkg/codegen/java"
	"github.com/pulumi/pulumi/pkg/v3/codegen/dotnet"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

var generators = map[string]generator{
	"dotnet": func(pkg *schema.Package) (map[string][]byte, error) {
		pkg.LogoURL = "embedded:///logo.png"
		return dotnet.GeneratePackage(tool, pkg, nil, nil)
	},
	// Sources for a build of one's own, also where it is ours (tools/release/sdks.ts).
	"java": func(pkg *schema.Package) (map[string][]byte, error) {
		return java.GeneratePackage(tool, pkg, nil, nil, true, false)
	},
}

//go:embed logo.png
var logo embed.FS

// A NuGet package has a picture, which the generator asks for by HTTP, and Pulumi's would come from the internet.
func init() {
	http.DefaultTransport.(*http.Transport).RegisterProtocol("embedded", http.NewFileTransportFS(logo))
}
