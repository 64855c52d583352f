# Everything runs in the environment .venv, made on first use.
#   make demo            install, build the web app, start Milo on a sample      (DATA=path: on your own data; PORT=8000)
#   make test            run the tests                                          (ARGS="-k name")
#   make check           formatting, lint, types, layers, web checks
#   make dev             server and web app with live reload                    make bench   benchmarks
#   make web             build the web app                                      make api     regenerate the web app's types
#   make lock            compile requirements/ afresh                           make clean   remove what was built

SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PY := $(BIN)/python
PORT ?= 8000
ARGS ?=
DATA ?=

help:
	@sed -n '2,7s/^# \{0,1\}//p' Makefile

# The first Python of 3.11 or newer; PYTHON=path overrides.
$(PY):
	@set -e; found="$(PYTHON)"; \
	for name in $$found python3.13 python3.12 python3.11 python3 python; do \
	  if command -v $$name >/dev/null 2>&1 && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    found=$$name; break; fi; found=""; done; \
	if [ -z "$$found" ]; then echo "Milo needs Python 3.11 or newer. Install it, or name it: make demo PYTHON=/path/to/python"; exit 1; fi; \
	echo "Making $(VENV) with $$found ..."; $$found -m venv $(VENV)

# What is installed is marked by a file per set of requirements, so that nothing is installed twice.
$(VENV)/.core: $(PY) requirements/core.txt pyproject.toml
	@echo "Installing Milo ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/core.txt
	@MILO_SKIP_UI=1 $(PY) -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.test: $(PY) requirements/test.txt pyproject.toml
	@echo "Installing Milo and what its tests need ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@MILO_SKIP_UI=1 $(PY) -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@ $(VENV)/.core

$(VENV)/.dev: $(PY) requirements/dev.txt pyproject.toml
	@echo "Installing Milo and what its development needs ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@MILO_SKIP_UI=1 $(PY) -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@ $(VENV)/.core $(VENV)/.test

web:
	@$(or $(wildcard $(PY)),python3) src/milo/ui_build.py

demo: $(VENV)/.core web
	@$(BIN)/milo demo --port $(PORT) $(if $(DATA),--data "$(DATA)") $(ARGS)

browser: $(VENV)/.test
	@$(PY) tests/browser_setup.py

test: $(VENV)/.test web browser
	@echo "Running the tests ..."
	@$(PY) -m pytest -q $(ARGS)

check: $(VENV)/.dev web
	@echo "Formatting and lint ..." && $(BIN)/ruff format --check . && $(BIN)/ruff check .
	@echo "Types ..." && $(BIN)/pyright
	@echo "Layers ..." && $(BIN)/lint-imports
	@echo "Web app ..." && cd web && npm run --silent check

bench: $(VENV)/.test web
	@$(PY) bench/run.py $(ARGS)

api: $(VENV)/.core
	@$(PY) -m milo.api.openapi > web/src/api/openapi.json
	@cd web && npm run --silent gen:api

dev: $(VENV)/.dev web
	@$(PY) -m milo.cli.dev --port $(PORT) $(ARGS)

lock: $(VENV)/.dev
	@for set in core test dev; do \
	  case $$set in core) with="";; test) with="--extra all --group test";; dev) with="--extra all --group test --group dev";; esac; \
	  echo "Compiling requirements/$$set.txt ..."; rm -f requirements/$$set.txt; \
	  $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --quiet $$with -o requirements/$$set.txt; done

clean:
	@rm -rf $(VENV) web/node_modules src/milo/_ui build dist *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help web demo browser test check bench api dev lock clean
