# Two commands matter: `make demo` and `make test`. Each sets up all that it needs.
PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
UV := VIRTUAL_ENV=.venv $(BIN)/uv
CONSOLE := $(shell find fleet/console -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

SEEDS ?= 0:1000
JOBS ?= 2
SITE ?= county_hospital

.PHONY: demo test check bench soak clean help

help:            ## what there is to do
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## */\t/'

demo: .venv/.run ## the main job: orchestrator, simulated hospital, console in the browser
	$(BIN)/fleet demo

REPORTS := build/reports
# The browser's tests keep an event loop of their own, so they run in processes of their own.
test: .venv/.dev ## all tests
	@mkdir -p $(REPORTS)
	$(BIN)/python -m pytest -n 2 -m "not browser" --junit-xml=$(REPORTS)/tests.xml
	$(BIN)/python -m pytest -n 2 -m browser --dist loadfile --junit-xml=$(REPORTS)/browser.xml

check: .venv/.dev ## format, lint, types, architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.dev ## the benchmarks, as JSON lines
	$(BIN)/fleet bench all --json $(if $(wildcard ../shared/data),--data ../shared/data)

soak: .venv/.dev ## the closed loop under many seeds: make soak SEEDS=0:1000 JOBS=2 SITE=community
	$(BIN)/fleet sim soak --seeds $(SEEDS) --jobs $(JOBS) --site $(SITE)

clean:           ## forget the environment, the built console and the demo's data
	rm -rf .venv fleet/console/node_modules fleet/console/dist data build dist

$(BIN)/uv:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.run: requirements.lock pyproject.toml hatch_build.py $(CONSOLE) | $(BIN)/uv
	$(UV) pip install --require-hashes -r requirements.lock
	$(UV) pip install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	$(UV) pip install --require-hashes -r requirements-dev.lock
	@touch $@
