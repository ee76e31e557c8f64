# Lingqu's verbs, the same for people and for CI. Plain `make` prints them.
# Options of a verb go into ARGS:  make bench ARGS=--quick

SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ARGS ?=
# The long ones first, so that the short ones fill what is left of the two workers' time.
TESTS := $(addprefix tests/,e2e integration conformance contract unit)

# The contracts of this checkout, not the copy that an install made.
export LINGQU_SCHEMAS_DIR ?= $(CURDIR)/schemas

.PHONY: help install run stop demo test lint types faults bench soak clean

help:  ## print the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(STAMP)  ## start a hub, play the demo, leave the hub up (make stop)
	@$(BIN)/lingqu up --detach --demo $(ARGS)

stop: $(STAMP)  ## stop the hub; its data stays
	@$(BIN)/lingqu down

demo: $(STAMP)  ## play the demo once in a throw-away home, and exit with its status
	@home=$$(mktemp -d) && trap 'rm -rf "$$home"' EXIT && trap 'exit 130' INT TERM \
	  && LINGQU_HOME="$$home" $(BIN)/lingqu demo $(ARGS)

test: $(STAMP)  ## run the tests, on real Kafka and PostgreSQL
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS) $(ARGS)

lint: $(STAMP)  ## check style, format and the import contracts
	@$(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/lint-imports

types: $(STAMP)  ## check types, strictly
	@$(BIN)/mypy && $(BIN)/mypy tests

faults: $(STAMP)  ## kill processes under load and count every event; writes deploy/reports/faults.md
	@$(BIN)/python tests/faults/run.py $(ARGS)

bench: $(STAMP)  ## measure beside tuned peers; writes bench.json (ARGS=--quick: 3 minutes)
	@$(BIN)/python tests/bench/run.py $(ARGS)

soak: $(STAMP)  ## thousands of made-up calls on each service, then the fault runs in their long size
	@$(BIN)/python tests/soak/run.py
	@$(BIN)/python tests/faults/run.py --soak $(ARGS)

install: $(STAMP)  ## create .venv and install what the lock names

clean:  ## remove .venv and caches; the hub's data stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(STAMP): requirements.lock pyproject.toml deploy/install.sh
	@sh deploy/install.sh $(VENV) $@
