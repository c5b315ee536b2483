# Thin: each target is one line of a real tool.
TOPIC ?= information_technology
PYTHON ?= python3
SIZE ?= small
RUNS ?= 1
BIN := .venv/bin
export DO_NOT_TRACK := 1

.DEFAULT_GOAL := help
.PHONY: help setup run demo demo-figures test test-whole test-browser test-spark test-slow test-properties test-clients test-superset lint format docs bench dist serve sbom audit clean

help:  ## Say what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: .venv/.ready  ## Install everything, from the lock, into .venv

.venv/.ready: requirements.lock pyproject.toml scripts/setup.sh
	PYTHON=$(PYTHON) sh scripts/setup.sh .venv requirements.lock

run: setup  ## Refresh the shipped sample: make run TOPIC=ai_chips
	$(BIN)/corepath refresh --topic $(TOPIC) --source ppubs=samples/ppubs --source uspto=samples/uspto

DEMO ?= demo
demo: setup  ## Refresh a made-up world of AI chips, and show what was planted beside what was found
	$(BIN)/corepath demo $(DEMO)
	@echo "Open $(DEMO)/releases/ai_chips/latest/report.html, or: $(BIN)/corepath open --topic ai_chips --releases $(DEMO)/releases"

FIGURES := quantity rank sensitivity networks lag paths
demo-figures: demo  ## Make the figures that README and docs show from the demo
	for name in $(FIGURES); do \
		$(BIN)/corepath show --topic ai_chips --releases $(DEMO)/releases --figure $$name -o docs/demo-$$name.svg; done

test: setup .venv-duckdb-1.2/.ready .venv-s3/.ready  ## Run every test but those that take long
	$(BIN)/pytest

test-whole: setup  ## Run the tests of two seconds and more: whole refreshes, properties, measurements
	$(BIN)/pytest -m whole

KILLS ?= 25
test-slow: setup .venv-s3/.ready .venv-describe/.ready  ## Run the tests that take minutes: kills, crowds of readers
	KILLS=$(KILLS) $(BIN)/pytest -m "slow or service"

test-properties: setup  ## Run every test with many more examples of each property
	$(BIN)/pytest -m "not slow" --hypothesis-profile=thorough

DUCKDBS := $(foreach version,1.2 1.3 1.4 1.5,.venv-duckdb-$(version)/.ready)

test-clients: setup $(DUCKDBS)  ## Read a release with DuckDB 1.2 to 1.5 and the command duckdb
	$(BIN)/pytest -m "slow or not slow" tests/clients --ignore tests/clients/test_superset.py

test-browser: setup .venv-browser/.ready  ## Look at the pages with a real Chromium, if there is one
	$(BIN)/pytest -m "slow or not slow" -n 0 -rs tests/browser

test-spark: .venv-spark/.ready  ## Hold Apache Spark's results against DuckDB's; needs Java 17
	.venv-spark/bin/python -m pytest -n 0 tests/spark

test-superset: setup .venv-superset/.ready  ## Read a release with a real Apache Superset
	$(BIN)/pytest -m slow tests/clients/test_superset.py

.venv-spark/.ready: requirements.lock

.venv-%/.ready: requirements-%.lock scripts/setup.sh
	PYTHON=$(PYTHON) sh scripts/setup.sh .venv-$* $<

lint: setup  ## Check format, style, types, SQL and words
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/sqlfluff lint sql
	$(BIN)/python scripts/words.py

format: setup  ## Fix format and style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix sql

docs: .venv-docs/.ready  ## Write the documentation as a site into site/
	.venv-docs/bin/mkdocs build --quiet

bench: setup  ## Measure against an analyst's script and bare DuckDB: make bench SIZE=full RUNS=3
	$(BIN)/python -m benchmarks all --size $(SIZE) --runs $(RUNS)

dist: setup  ## Write the wheel and the source archive into dist/
	rm -rf build dist
	$(BIN)/python -c "from setuptools import build_meta as of; of.build_sdist('dist'); of.build_wheel('dist')"

serve: setup  ## Start Prefect's server and a worker on 127.0.0.1, and deploy
	$(BIN)/corepath serve

sbom: .venv-sbom/.ready  ## Write the bill of materials of the lock, as CycloneDX, to sbom.json
	.venv-sbom/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --of JSON -o sbom.json

audit: setup  ## Hold the lock against advisories in OSV's format: make audit ADVISORIES=all.zip
	$(BIN)/python scripts/audit.py requirements.lock $(ADVISORIES)

clean:  ## Remove what setup and run made, releases excepted
	rm -rf .venv .venv-* warehouse.duckdb*
