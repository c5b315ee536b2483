# Thin: each target is one line of a real tool.
TOPIC ?= information_technology
PYTHON ?= python3
SIZE ?= small
RUNS ?= 1
BIN := .venv/bin
export DO_NOT_TRACK := 1

.DEFAULT_GOAL := help
.PHONY: help setup run test test-slow lint format bench serve clean

help:  ## Say what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: .venv/.ready  ## Install everything, from the lock, into .venv

.venv/.ready: requirements.lock pyproject.toml scripts/setup.sh
	PYTHON=$(PYTHON) sh scripts/setup.sh .venv requirements.lock

run: setup  ## Refresh the shipped sample: make run TOPIC=ai_chips
	$(BIN)/corepath refresh --topic $(TOPIC) --source ppubs=samples/ppubs --source uspto=samples/uspto

test: setup .venv-duckdb-1.2/.ready  ## Run every test
	$(BIN)/pytest

test-slow: setup .venv-describe/.ready  ## Run the tests that take minutes
	$(BIN)/pytest -m slow

.venv-describe/.ready: requirements-describe.lock scripts/setup.sh
	PYTHON=$(PYTHON) sh scripts/setup.sh .venv-describe requirements-describe.lock

.venv-duckdb-1.2/.ready: requirements-duckdb-1.2.lock scripts/setup.sh
	PYTHON=$(PYTHON) sh scripts/setup.sh .venv-duckdb-1.2 requirements-duckdb-1.2.lock

lint: setup  ## Check format, style, types and SQL
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/sqlfluff lint sql

format: setup  ## Mend format and style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix sql

bench: setup  ## Measure against an analyst's script and bare DuckDB: make bench SIZE=full RUNS=3
	$(BIN)/python -m benchmarks all --size $(SIZE) --runs $(RUNS)

serve: setup  ## Start Prefect's server and a worker on 127.0.0.1, and deploy
	$(BIN)/python -m flows.serve

clean:  ## Remove what setup and run made, releases excepted
	rm -rf .venv .venv-describe .venv-duckdb-1.2 warehouse.duckdb*
