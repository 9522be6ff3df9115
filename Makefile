# Two commands: `make run` simulates the preset classic, `make test` passes the tests.
# Each sets up its own environment in .venv first; Python 3.11 or newer and make are all that is needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check lint types bench fit docs docs-quick effects coverage clean

run: $(STAMP)
	@$(BIN)/hudnal run classic -o out/classic

test: $(STAMP)
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# Whole what `make test` samples.
check: $(STAMP) lint types
	@HUDNAL_CHECK=whole $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache > /dev/null || $(BIN)/lint-imports --no-cache

types: $(STAMP)
	@$(BIN)/pyright

bench: $(STAMP)
	@$(BIN)/python benchmarks/rooms.py
	@$(BIN)/python benchmarks/rolling.py
	@$(BIN)/python benchmarks/against/tissue.py
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[bench]'
	@$(BIN)/python benchmarks/against/layered.py
	@$(BIN)/python benchmarks/against/strip.py

fit: $(STAMP)
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[fit]'
	@$(BIN)/hudnal fit -o docs --ship

docs: $(STAMP)
	@$(BIN)/python docs/generate.py

# The pages that a table, the schema or the fit decides: seconds instead of half an hour.
docs-quick: $(STAMP)
	@$(BIN)/python docs/generate.py --quick

# What each parameter moves, one at a time: some ten minutes on two cores.
effects: $(STAMP)
	@$(BIN)/python docs/effects.py

coverage: $(STAMP)
	@$(BIN)/python -m pip install --quiet coverage
	@$(BIN)/python -m coverage run -m pytest -p no:cacheprovider
	@$(BIN)/python -m coverage report --sort=cover

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Hudnål needs Python 3.11 or newer; say which with: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[test,dev]'
	@touch $@

clean:
	rm -rf $(VENV) out build dist .pytest_cache .ruff_cache .hypothesis
