# Everything here sets up what it needs: a virtual environment in .venv, from pyproject.toml and constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2

.PHONY: demo dev test check lint setup clean

help:
	@echo "make demo   watch headlines become a labeled dataset, without an account anywhere"
	@echo "make dev    open Dagster's UI on the same setup"
	@echo "make test   run all checks and tests"
	@echo "make check  run the quick ones"

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	touch $@

demo: setup
	$(BIN)/hitl demo

dev: setup
	$(BIN)/hitl dev

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint
	$(BIN)/python -m pytest -q -n $(WORKERS) -m "not story and not slow"

test: lint
	$(BIN)/python -m pytest -n $(WORKERS)

clean:
	rm -rf $(VENV) .hitl
