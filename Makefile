# Galleria's commands. `make` alone lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup runtime demo test check lint format types imports house docs docs-check audit \
	clients clients-check coverage test-engines bench bench-relevance lock sbom wheel clean

PORT ?= 8000
DATA ?= .galleria
ARGS ?=
BIN := .venv/bin
CODE := src tests tools $(wildcard benchmarks) starters/sample-app/src
# The clients' hand-written part; its types are checked where the rest of it is, by make clients.
LINTED := $(CODE) clients/python

help:  ## List these commands
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Use
demo: runtime  ## Run Galleria with example shops (PORT=8000 DATA=.galleria)
	@$(BIN)/galleria demo --port $(PORT) --data $(DATA)

setup:  ## Make .venv with all that running, testing and changing Galleria takes
	@tools/setup.sh dev

runtime:
	@tools/setup.sh runtime

##@ Test
test: setup  ## Run the tests (ARGS="-k stock" passes words on to pytest)
	@$(BIN)/python -m pytest -m "not engines" $(ARGS)

test-engines: setup  ## Start the real distributed engines and run the port contracts on them
	@tools/engines/run.sh $(BIN)/python -m pytest -m engines $(ARGS)

coverage: setup  ## Run the tests with branch coverage: 100 % of each model.py, 90 % overall
	@$(BIN)/python -m pytest -m "not engines" --cov=galleria --cov-branch --cov-report= $(ARGS)
	@$(BIN)/python -m coverage report --include='*/model.py,*/model/*' --fail-under=100 --skip-covered
	@$(BIN)/python -m coverage report --fail-under=90 --skip-covered

bench: setup  ## Run one benchmark (NAME=search; SAVE=1 writes docs/benchmarks/NAME.md)
	@$(BIN)/python -m tools.bench "$(NAME)" $(if $(SAVE),--save)

bench-relevance: setup  ## How well search answers judged queries (GALLERIA_SHARED_DATA names them)
	@$(BIN)/python -m tools.bench search_relevance $(if $(SAVE),--save)

##@ Check
check: lint types imports docs-check clients-check test audit  ## Everything CI asks for, quickest first

lint: setup  ## ruff: rules and format
	@$(BIN)/ruff check $(LINTED)
	@$(BIN)/ruff format --check $(LINTED)

format: setup  ## Let ruff mend what it can
	@$(BIN)/ruff check --fix $(LINTED)
	@$(BIN)/ruff format $(LINTED)

types: setup  ## mypy, strict
	@$(BIN)/mypy $(CODE)

imports: setup  ## The floor plan: who may import whom
	@$(BIN)/lint-imports --no-logo

house: setup  ## Only the tests of the house rules: sizes, names, SQL, docs
	@$(BIN)/python -m pytest -q tests/house $(ARGS)

docs: setup  ## Write the generated pages: docs/reference and the floor picture
	@$(BIN)/python -m tools.docs --write

docs-check: setup  ## Compare the generated pages with the code
	@$(BIN)/python -m tools.docs

clients: setup  ## Generate and build the Python and TypeScript clients (the latter with node 20.19)
	@$(BIN)/python -m tools.clients

clients-check: setup  ## Build the clients, and compare the starter's copy with what is generated
	@$(BIN)/python -m tools.clients --check

audit: setup  ## Look up known vulnerabilities of every locked package
	@$(BIN)/python -m tools.audit

##@ Release
lock: setup  ## Resolve the requirement files anew from pyproject.toml (UPGRADE=1 takes newer versions)
	@tools/lock.sh

sbom: setup  ## Write dist/galleria.cdx.json, the bill of materials (CycloneDX)
	@$(BIN)/python -m tools.sbom

wheel: setup  ## Build the wheel into dist/
	@$(BIN)/python -m pip wheel --quiet --no-index --no-deps --no-build-isolation --wheel-dir dist .

clean:  ## Remove caches and build results; keeps .venv and the demo's data
	@rm -rf build dist htmlcov .coverage .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
