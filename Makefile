# Two commands: `make run` simulates the preset classic, `make test` passes the tests.
# Each sets up its own environment in .venv first; Python 3.11 or newer and make are all that is needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test lint types bench fit docs clean

run: $(STAMP)
	@$(BIN)/hudnal run classic -o out/classic

test: $(STAMP)
	@$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

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

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Hudnål needs Python 3.11 or newer; say which with: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[test,dev]'
	@touch $@

clean:
	rm -rf $(VENV) out build dist .pytest_cache .ruff_cache .hypothesis
