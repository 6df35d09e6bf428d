# The two commands: `make render` renders the site in this folder, `make test` passes every test.
# Everything that they need beside Node >= 20, npm, make and git is brought by npm (Node 24 and helm among it).
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# Compiled code of the tools themselves: halves their start.
export NODE_COMPILE_CACHE ?= $(CURDIR)/.cache/compiled

ENV ?= production
FROM ?= HEAD
# scout as one file, which starts faster than its modules; built again whenever something that it is made of is newer.
built := .cache/built/scout.cjs
scout := node $(built)

.PHONY: help setup render validate diff bundle ship apply check test bench control-plane scout-apply fix

help: ## show these lines
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

setup: node_modules/.ready ## bring Node 24, helm and the libraries (no network afterwards)
node_modules/.ready: package.json package-lock.json .npmrc
	npm ci --no-audit --no-fund --loglevel=error
	node scripts/helm.ts
	touch $@

# Folders count, too: they are newer where a file was removed.
$(built): node_modules/.ready package.json scripts/build-scout.ts scripts/one-script.ts $(shell find src schemas)
	@node scripts/build-scout.ts

render: $(built) ## render all releases into rendered/
	$(scout) render

validate: $(built) ## render in memory, validate, and tell whether rendered/ is what releases/ renders to
	$(scout) validate

diff: $(built) ## show what changed in rendered/ since FROM (default HEAD)
	$(scout) diff --from $(FROM)

bundle: $(built) ## sign a bundle for ENV (default production) with KEY=FILE into dist/
	$(scout) bundle --env $(ENV) --key $(or $(KEY),$(error say which key signs: make bundle KEY=staging.key))

ship: $(built) ## bring BUNDLE=FILE to TO=FOLDER or TO=sftp://user@host/path
	$(scout) ship $(or $(BUNDLE),$(error say what to ship: make ship BUNDLE=dist/x.tgz TO=sftp://…)) --to $(or $(TO),$(error say where to: TO=FOLDER or TO=sftp://user@host/path))

apply: setup ## apply BUNDLE=FILE to the cluster of the current kubeconfig, trusting TRUST=FILE
	node src/scout-apply.ts $(or $(BUNDLE),$(error say what to apply: make apply BUNDLE=dist/x.tgz TRUST=trust.yaml)) --trust $(or $(TRUST),$(error say whom to trust: TRUST=trust.yaml))

scout-apply: setup ## build dist/scout-apply, one file that runs on a control plane without Node
	node scripts/single-file.ts

check: setup ## format, lint, types, import directions, dead code, generated files
	oxfmt --check .
	oxlint --deny-warnings
	tsc
	knip
	node scripts/types.ts --check
	node scripts/docs.ts --check

fix: setup ## format, and make the generated files anew
	oxfmt .
	node scripts/types.ts
	node scripts/docs.ts

control-plane: setup ## build and run a real control plane for trying things; prints its kubeconfig
	node test/control-plane/start.ts --serve

test: setup ## every test, on a real control plane (built once with Go, cached outside the tree)
	bash scripts/test-programs.sh
	node scripts/test.ts

bench: setup $(built) ## measure against helm, kubectl and a raw client, in one run, as ratios
	node test/control-plane/build.ts
	node scripts/bench.ts
