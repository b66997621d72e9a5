# `make specs` and `make test` set everything up on a machine with Python 3.11 or newer, git and make.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CANDIDATES := python3 python3.13 python3.12 python3.11 python
PYTHON ?= $(shell for each in $(CANDIDATES); do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)

.PHONY: help setup specs live k3s test lint types imports tests docs bench format clean
.DEFAULT_GOAL := help

help: ## say what there is
	@grep -E '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9]+):.*## (.*)/make \1|\2/' | column -t -s '|'

setup: $(READY) ## make the virtual environment, with podproof in it

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "podproof needs Python 3.11 or newer; tried $(CANDIDATES). Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(READY)

specs: $(READY) ## run the feature files on the simulator
	$(BIN)/pytest features -q

live: $(READY) ## run them on served simulators, over HTTP
	$(BIN)/python -m tools.live

k3s: $(READY) ## the tests of --cluster k3s, on a Docker engine
	$(BIN)/pytest tests/k3s tests/contract -q -n auto --maxprocesses 4

test: lint types imports tests ## everything that must hold

lint: $(READY) ## style and spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell README.md CONTRIBUTING.md CHANGELOG.md docs src steps features manifests benchmarks

types: $(READY) ## mypy, strict
	$(BIN)/mypy

imports: $(READY) ## the layers of docs/architecture.md
	$(BIN)/lint-imports

tests: $(READY) ## unit, property, traces, plugin, architecture
	$(BIN)/pytest tests -q -n auto --maxprocesses 8

docs: $(READY) ## the site, in build/site
	$(BIN)/python -c 'import material' 2>/dev/null || $(BIN)/python -m pip install --quiet --editable '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(READY) ## the numbers, as ratios
	$(BIN)/python -m benchmarks

format: $(READY) ## lay out the source
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove what make made
	rm -rf $(VENV) .tox build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info src/*.egg-info
