// Stands in the plugin's archives for what Pulumi's SDK brings for other uses, and no component runs: see archives.ts.
