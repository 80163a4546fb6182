# make help lists the targets.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
SHELL := bash

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3.11 python3 python; do $$name -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$name && break; done)
JOBS ?= 2
BIN := .venv/bin
ENGINE := $(shell find src/backorder/engine -not -path "*/consent/*" -name '*.py' 2>/dev/null)

# $(call step,name,command): one line if it passes, its notes too; everything if it does not.
define step
@out=$$($(2) 2>&1) && { echo "ok    $(1)"; grep '^note:' <<<"$$out" || true; } || { echo "$$out"; echo "FAIL  $(1)"; exit 1; }
endef

.PHONY: help setup demo check test browser bench bench-data soak coverage format lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-11s%s\n", $$1, $$2 }'

setup: .venv/.warm ## install into .venv what the lock names, and compile the kernels

demo: setup ## an invented shop with six months behind it, one eventful day, then console and API until Ctrl-C
	@$(BIN)/backorder demo

check: .venv/.installed ## format, lint, types, imports, tidiness and documents: the quick half
	$(call step,format,$(BIN)/ruff format --check --quiet || { echo 'make format mends this'; false; })
	$(call step,lint,$(BIN)/ruff check --quiet)
	$(call step,types,$(BIN)/mypy)
	$(call step,imports,$(BIN)/lint-imports --no-logo)
	$(call step,tidy,$(BIN)/pytest -q tests/architecture)

test: check .venv/.warm browser ## everything: check, then all tests
	@$(BIN)/pytest -q -n $(JOBS) --dist worksteal

browser: ## as root on Debian or Ubuntu install Chromium for the tests in a browser; elsewhere they use what is there
	@for name in chromium chromium-browser google-chrome chrome; do command -v $$name >/dev/null && exit 0; done; \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 0; \
		echo "setup: installing Chromium for the tests in a browser"; \
		{ apt-get update -qq && apt-get install -y -qq chromium; } >/dev/null 2>&1 || echo "Chromium could not be installed"

bench: setup ## measure, print one line of JSON for each figure
	@for script in $(filter-out bench/data_%,$(wildcard bench/*.py)); do $(BIN)/python "$$script" || exit 1; done

bench-data: setup ## measure on real data in the folder that BACKORDER_DATA names (default: ../shared/data)
	@for script in bench/data_*.py; do $(BIN)/python "$$script" || exit 1; done

SEED := $(or $(SEED),$(shell echo $$RANDOM))
LENGTH ?= 200000
soak: setup ## so many steps of the random operator, a minute of 16 at once, 10,000 messages, a tenth as many examples of property tests: make soak SEED=7 LENGTH=50000
	@echo "soak: SEED=$(SEED) LENGTH=$(LENGTH)"
	@$(BIN)/python -m tests.simulation --seed $(SEED) --length $(LENGTH)
	@$(BIN)/python -m tests.simulation --seed $(SEED) --writers 16 --seconds 60
	@$(BIN)/python -m tests.simulation --seed $(SEED) --messages 10000
	@HYPOTHESIS_PROFILE=soak SOAK_EXAMPLES=$$(($(LENGTH) / 10)) $(BIN)/pytest -q -n $(JOBS) --dist worksteal --timeout=0 -m hypothesis --hypothesis-seed=$(SEED)

coverage: .venv/.installed ## which lines the tests reach, kernels included (slow: they run uncompiled)
	@NUMBA_DISABLE_JIT=1 $(BIN)/coverage run -m pytest -q
	@$(BIN)/coverage combine --quiet && $(BIN)/coverage report

format: .venv/.installed ## format, and mend what lint can mend
	@$(BIN)/ruff check --quiet --fix || true
	@$(BIN)/ruff format --quiet

lock: .venv/.locked ## fit the lock to pyproject.toml; with NEWER=yes take the newest versions
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --quiet $(if $(NEWER),--upgrade) \
		--generate-hashes --no-emit-index-url --no-header --no-annotate --output-file requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --constraint requirements.lock --universal --python-version 3.11 --quiet \
		--generate-hashes --no-emit-index-url --no-header --no-annotate --output-file deploy/requirements.lock

clean: ## remove what was installed, compiled and measured
	@rm -rf .venv build dist var/demo var/sample .coverage .coverage.* .hypothesis .*_cache
	@find src tests bench -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# Three stamps, each redone only when what it stands on changed.
.venv/.locked: requirements.lock
	@"$(PYTHON)" -c '$(NEW_ENOUGH)' 2>/dev/null || { echo 'Python 3.11 or newer is needed: make PYTHON=/path/to/python3'; exit 1; }
	@echo "setup: installing into .venv (a minute the first time)"
	@test -x $(BIN)/python || "$(PYTHON)" -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	@touch $@

.venv/.installed: .venv/.locked pyproject.toml src/backorder/__init__.py
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m pip check --quiet || { echo 'the lock does not fit pyproject.toml: make lock'; exit 1; }
	@touch $@

.venv/.warm: .venv/.installed $(ENGINE)
	@$(BIN)/python -m compileall -q src
	@if [ -f src/backorder/engine/warm.py ]; then echo "setup: compiling kernels"; $(BIN)/python -m backorder.engine.warm; fi
	@touch $@
