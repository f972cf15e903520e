# Everything here sets up what it needs: a virtual environment in .venv, from pyproject.toml and constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# More than there are cores: many tests wait for a server, or for each other.
WORKERS ?= 4

# Containers often ask for no byte code: each process of a test would compile the package anew, each worker the tests.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo demo-model dev test test-kill test-abuse test-faults check lint setup browser screenshots reference docs clean

help:
	@echo "make demo   watch headlines become a labeled dataset, without an account anywhere"
	@echo "make demo-model  the same, and a model learns from the first batch, and labels of the second"
	@echo "make dev    open Dagster's UI on the same setup"
	@echo "make test   run all checks and tests"
	@echo "make check  run the quick ones"
	@echo "make docs   build the site of the docs, in build/site"
	@echo "make test-faults  let each service fail in each way, and see the same"
	@echo "make test-kill  kill whatever runs, a hundred times, and see that nothing is lost or paid twice"

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	touch $@

demo: setup
	$(BIN)/hitl demo

demo-model: setup
	$(BIN)/hitl demo --model

# PORT is that of Dagster's UI: make dev PORT=3001
PORT ?= 3000
dev: setup
	$(BIN)/hitl dev --port $(PORT)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The page where people work and Dagster's UI are tested in a real browser, the system's own.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update && apt-get install -y chromium; \
	  else echo "The tests need Chromium: install it (Debian, Ubuntu: sudo apt-get install chromium)" >&2; exit 1; fi; }

check: lint browser
	$(BIN)/python -m pytest -q -n $(WORKERS) -m "not story and not slow and not abuse"

# Tests that share something costly stay together: xdist_group.
test: lint browser
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "not kill and not abuse"

test-kill: setup
	$(BIN)/python -m pytest -n $(WORKERS) -m kill hitl_assets_tests/kill

# Every action of Dagster's UI at every stage of a batch, with its table; `make test` tries some of the actions.
test-abuse: setup
	$(BIN)/python -m pytest -n $(WORKERS) hitl_assets_tests/abuse/test_abuse.py

# Part of `make test`; here with its table.
test-faults: setup
	$(BIN)/python -m pytest -n $(WORKERS) hitl_assets_tests/faults

# What the pictures and the reference of the docs are made by.
screenshots: setup browser
	$(BIN)/python -m docs.screenshots

reference: setup
	$(BIN)/python -m docs.reference

# The site of the docs, in build/site. Dead links end it. Its search works when it is served, as by
# `python -m http.server --directory build/site`.
docs: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[docs]"
	$(BIN)/python -m docs.site

clean:
	rm -rf $(VENV) .hitl
