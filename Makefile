# `make run` and `make test` do all of their own set-up. Everything stays inside this folder.

PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PYTHON := $(or $(PYTHON),python3)
BIN := .venv/bin
CHECKED := $(wildcard app sandbox tests bench tools)
UV ?= uv
COMPILE := $(UV) pip compile pyproject.toml --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
	--universal --python-version 3.11 --no-header

.PHONY: run demo test long faults lint format types contracts bench check lock setup setup-dev clean

run: setup ## everything on this machine: make run LEDGER=xero, or quickbooks, with COMPANY=my.csv of your own
	@exec $(BIN)/duemate run $${LEDGER:+--ledger "$$LEDGER"} $${COMPANY:+--company "$$COMPANY"}

demo: setup ## the main job once, checked figure by figure
	@exec $(BIN)/duemate demo --check

test: setup-dev ## all tests, with real servers and a real browser: make test TESTS=tests/kit
	@$(BIN)/python -m tools.browser
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(TESTS)

# Fails if fewer decisions were made than DECISIONS says. Figures and time: docs/performance.md.
long: setup-dev ## a million decisions of planner, gate and calendar, each of them checked
	@DECISIONS=$${DECISIONS:-1000000} CROWD_EXAMPLES=$${CROWD_EXAMPLES:-7000} GATE_EXAMPLES=$${GATE_EXAMPLES:-10000} \
		PLANNER_EXAMPLES=$${PLANNER_EXAMPLES:-500} CALENDAR_EXAMPLES=$${CALENDAR_EXAMPLES:-10000} \
		$(BIN)/python -m pytest --numprocesses auto --dist worksteal --timeout 0 \
		tests/reminders/test_planner_crowds.py tests/reminders/test_planner_everything.py \
		tests/reminders/test_gate_everything.py tests/reminders/test_calendar_days_and_hours.py

faults: setup-dev ## 3,000 rounds of faults instead of the 300 of `make test`; FAULT_SEED=7 for others
	@FAULT_ROUNDS=$${FAULT_ROUNDS:-3000} $(BIN)/python -m pytest --numprocesses auto --dist worksteal \
		tests/storms/test_faults_counted.py

check: lint types contracts ## what a machine can see without running anything

lint: setup-dev
	@$(BIN)/ruff check $(CHECKED)
	@$(BIN)/ruff format --check $(CHECKED)

format: setup-dev
	@$(BIN)/ruff format $(CHECKED)
	@$(BIN)/ruff check --fix $(CHECKED)

types: setup-dev
	@$(BIN)/mypy $(CHECKED)

contracts: setup-dev
	@$(BIN)/lint-imports

bench: setup ## the measured claims
	@$(BIN)/python -m bench

# A lock that is already there gives its versions to what is compiled over it.
lock: ## newest versions of everything that is not held back; needs uv
	$(COMPILE) --upgrade --group local --group dev --output-file requirements-dev.lock
	cp requirements-dev.lock requirements.lock
	$(COMPILE) --group local --output-file requirements.lock
	cp requirements.lock requirements-run.lock
	$(COMPILE) --output-file requirements-run.lock
	echo virtualenv | $(UV) pip compile - --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
		--universal --python-version 3.11 --no-header --no-annotate --upgrade --output-file tools/virtualenv.lock

setup:
	@$(PYTHON) -m tools.bootstrap

setup-dev:
	@$(PYTHON) -m tools.bootstrap --dev

clean: ## remove the environment and caches; keeps data/
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
