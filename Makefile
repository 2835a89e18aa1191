# make demo   the main job on an embedded IAM, with the engine's own output
# make test   types, lint, and all tests, on the real engine
# make soak   the long tests as a whole: 40 kills, each fault, each setting, each case, each language; SEED=… repeats a run
# make bench  ours beside resources that do nothing, and beside other tools; SIZES=50 ROUNDS=1 for a short run
# make profile  where the time goes, in program, provider and engine; SIZE=300
# make sdks   the plugin's SDKs for Node.js, Python, Go, .NET and Java, into .tmp/sdks
# make release  all that a release consists of, into .tmp/release; REPOSITORY=OWNER/NAME says where it lives
# make release-check  what the registries' own tools say of it
# make rehearsal  a release is published into registries on loopback, and used from there; ONLY=npm,plugin for some
# make examples  the schema's example programs in all languages, from those in YAML
# make docs   the schemas and the tables of the docs, from the source
# make pictures  the pictures of README.md, one of them recorded from a real run
# make site   the documentation as a static site, into .tmp/site; make site-test looks at it in a browser
# make plugin the plugin as a tarball for "pulumi plugin install"
# make build  the package    make lint  types and style    make format  style, mended

# The npm package "node" stands before an older Node.js of the machine.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

INSTALLED := node_modules/.package-lock.json
BUILT := provider/dist/index.js

CRASHES ?= 40
SITE_BASE ?= /
REPOSITORY ?= $(GITHUB_REPOSITORY)

SDKS = $(CURDIR)/provider/schema.json $(CURDIR)/.tmp/sdks "$$(node -p "require('$(CURDIR)/provider/package.json').version")"

RELEASE = --repository "$(REPOSITORY)"
EXAMPLES = $(CURDIR)/provider/schema.json $(CURDIR)/tools/examples/programs

.PHONY: demo test unit engine soak bench profile sdks release release-check rehearsal examples docs pictures site site-test plugin build lint format setup test-tools pack clean

demo: setup build
	@node tools/demo.ts

test: lint test-tools build
	@jest

unit: $(INSTALLED)
	@jest --selectProjects unit

engine: test-tools build
	@jest --selectProjects engine packaging

soak: test-tools build
	@node tools/setup.ts --rehearsal
	@CRASHES=$(CRASHES) WHOLE=true jest --selectProjects faults engine packaging

plugin: build
	@node tools/plugin.ts

docs: build
	@node tools/docs.ts

pictures: setup build
	@node tools/pictures/make.ts

site: build site/node_modules/.package-lock.json
	@node site/stage.ts
	@SITE_BASE="$(SITE_BASE)" site/node_modules/.bin/vitepress build site

site-test: site
	@node site/check.ts

site/node_modules/.package-lock.json: site/package.json site/package-lock.json
	npm install --prefix site --no-fund --no-audit --loglevel=error
	@touch $@

sdks: build
	@cd tools/sdks && go run . $(SDKS) && go run -modfile=older.mod -tags=older . $(SDKS)

release: build
	@node tools/release/build.ts $(RELEASE)

release-check: setup release
	@node tools/setup.ts --release
	@node tools/release/check.ts $(RELEASE)

rehearsal: test-tools build
	@node tools/setup.ts --rehearsal
	@node tools/rehearsal/run.ts --only "$(ONLY)"

# Twice the schema: the programs are made from it, and it holds them.
examples: docs
	@cd tools/examples && go run . $(EXAMPLES) && go run -modfile=older.mod -tags=older . $(EXAMPLES)
	@node tools/docs.ts

bench: setup build
	@node bench/run.ts

profile: setup build
	@node bench/profile.ts

build: $(BUILT)

lint: build
	@node tools/setup.ts --lint
	tsc --project tsconfig.json
	tsc --project tests
	tsc --project examples
	biome check .
	markdownlint-cli2
	depcruise provider/src --config .dependency-cruiser.cjs
	@node tools/lint.ts

format: $(INSTALLED)
	biome check --write .

setup: $(INSTALLED)
	@node tools/setup.ts

test-tools: $(INSTALLED)
	@node tools/setup.ts --tests

pack: build
	npm pack --workspace pulumi-aws-login-profile

clean:
	rm -rf .tmp provider/dist node_modules

$(INSTALLED): package.json package-lock.json provider/package.json $(wildcard examples/*/package.json)
	@# Not "npm ci": it refuses a lock file made where the registry lacks packages for other platforms.
	@echo "Installing the npm packages: half a minute …"
	npm install --no-fund --no-audit --loglevel=error
	@touch $@

$(BUILT): $(INSTALLED) $(shell find provider/src -name "*.ts") provider/tsconfig.json tsconfig.base.json tools/public-declarations.ts
	npm run --silent build --workspace pulumi-aws-login-profile
	@touch $@
