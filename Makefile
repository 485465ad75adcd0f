# Each target sets up what it needs, once, in .venv.

# Containers often set it: each of the many processes that tests start would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_TO_SERVE := $(VENV)/.ready-to-serve
PIP := PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check
DEMO_DATA := $(VENV)/demo-data

PYTEST := $(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist worksteal

# In a folder without .env and without an address: the sample summit never goes to a server.
DEMO := mkdir -p $(DEMO_DATA) && cd $(DEMO_DATA) && env -u CONFERENCE_HELPER_QDRANT_URL \
	CONFERENCE_HELPER_DATA_DIR=. ../bin/conference-helper

READY_FOR_DOCS := $(VENV)/.ready-for-docs
READY_FOR_SUPPLY := $(VENV)/.ready-for-supply

.DEFAULT_GOAL := help
.PHONY: help demo serve install check test coverage lint docs lock sbom audit

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

demo: $(READY_TO_SERVE) ## load the sample summit and ask it "Health Analytics?"
	$(DEMO) load ../../samples
	$(DEMO) search "Health Analytics?"

serve: $(READY_TO_SERVE) ## serve the sample summit on http://127.0.0.1:8000
	$(DEMO) load ../../samples
	$(DEMO) serve

install: $(READY) ## install everything: other models, measuring, training and tests need 6 GB

check: lint ## check format, lint and types, and run the quick tests
	$(PYTEST) -m "not slow"

test: lint ## check format, lint and types, and run every test
	$(PYTEST)

coverage: $(READY) ## run every test and print which lines and branches none reaches
	$(PYTEST) --cov --cov-report term-missing:skip-covered

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

docs: $(READY_FOR_DOCS) ## build the documentation in build/site; fails on a broken link
	$(BIN)/python docs/generate.py
	$(BIN)/zensical build --clean --strict

COMPILE := $(BIN)/uv pip compile --constraints constraints.txt --universal --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command "make lock" --quiet

lock: $(READY_FOR_SUPPLY) ## write requirements.txt: the packages of constraints.txt that the program needs, with their hashes
	$(COMPILE) --output-file requirements.txt pyproject.toml
	$(COMPILE) --output-file requirements-serve.txt --group serve

sbom: $(READY_FOR_SUPPLY) ## write the bill of materials as CycloneDX to build/sbom.json
	@mkdir -p build
	$(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible --output-file build/sbom.json

audit: $(READY_FOR_SUPPLY) ## look up the packages' known vulnerabilities; needs the network
	$(BIN)/pip-audit --requirement requirements.txt --require-hashes --disable-pip --strict

# What an extra adds.
$(READY_FOR_DOCS) $(READY_FOR_SUPPLY): $(VENV)/.ready-for-%: $(READY)
	$(PIP) --editable '.[$*]'
	@touch $@

$(READY): $(READY_TO_SERVE)
	$(PIP) --editable '.[dev,train]'
	@touch $@

# What `serve` needs, a tenth of all; pip knows dependency groups from 25.1 on. Python compiles what it imports, not all, and
# 3.11 puts setuptools into the environment, where nothing needs it.
$(READY_TO_SERVE): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -c 'import pip, sys; sys.exit(tuple(map(int, pip.__version__.split(".")[:2])) < (25, 1))' || $(PIP) --upgrade pip
	$(BIN)/python -m pip uninstall -qq --yes setuptools
	$(PIP) --no-compile --group serve
	PYTHONWARNINGS=ignore $(PIP) --no-deps --editable .
	@touch $@
