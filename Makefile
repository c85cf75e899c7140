# What CI runs, by the same names. `make` alone lists them.
PYTHON ?= .venv/bin/python

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

.venv:
	python3 -m venv .venv
	.venv/bin/pip install --quiet --editable '.[test,check]'

run: .venv  ## the demo, on http://localhost:8000
	.venv/bin/narrative demo

test: .venv  ## every test whose needs are met here
	$(PYTHON) -m pytest

browser: .venv  ## the journeys in a real Chromium
	$(PYTHON) -m pytest tests/browser

linker: .venv  ## 200 runs of everything that could tell who asked; takes half an hour
	NARRATIVE_TEST_LINKER_RUNS=200 $(PYTHON) -m pytest -n 0 -s tests/anonymity/test_linker.py

lint: .venv  ## style, types, import directions, templates
	.venv/bin/ruff check . && .venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/djlint templates --lint --quiet

assets: bundles  ## the pass client built, and its published hashes, after it was changed on purpose
	.ci/manifest

bundles:  ## static/js/bundles, from the packages locked in bundles/
	npm ci --prefix bundles --ignore-scripts --no-audit --no-fund
	cd bundles && node build.mjs

bench: .venv  ## ratios against a bare Flask view, and other figures
	for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(PYTHON) -m benchmarks.$$(basename $$file .py) || exit 1; done

check:  ## all of CI
	.ci/run

.PHONY: help run test browser linker lint assets bundles bench check
