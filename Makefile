# Two commands: `make run` simulates the preset classic, `make test` passes the tests.
# Each sets up its own environment in .venv first; Python 3.11 or newer and make are all that is needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TOOLS := .venv-tools
STAMP := $(VENV)/.installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check fuzz lint types bench fit docs docs-quick effects emulators coverage lowest newest lock sbom licences clean

run: $(STAMP)
	@$(BIN)/hudnal run classic -o out/classic

test: $(STAMP)
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# Whole what `make test` samples.
check: $(STAMP) lint types lowest
	@HUDNAL_CHECK=whole $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache > /dev/null || $(BIN)/lint-imports --no-cache
	@$(BIN)/bandit --quiet --recursive src

types: $(STAMP)
	@$(BIN)/pyright

bench: $(STAMP)
	@$(BIN)/python benchmarks/performance.py
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

# The emulators of the presets: hours, gone on with when stopped. What is not current is learnt anew.
emulators: $(STAMP)
	@$(BIN)/python docs/emulators.py

# Hours of search for what nobody thought of; figures go into docs/reliability.md. make fuzz MINUTES=120
MINUTES ?= 120
fuzz: $(STAMP)
	@$(BIN)/python tests/fuzz/long.py --minutes $(MINUTES)

coverage: $(STAMP)
	@$(BIN)/python -m pip install --quiet coverage
	@$(BIN)/python -m coverage run -m pytest -p no:cacheprovider
	@$(BIN)/python -m coverage report --sort=cover

# The oldest versions that pyproject.toml allows, then the newest that there are: what is quick of the tests, and classic.
lowest newest:
	@$(PYTHON) tests/versions/try_versions.py $@

# What `make` and CI install, file by file with its sum: written anew from pyproject.toml and constraints.txt.
lock: $(TOOLS)
	@$(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links --extra test --extra browser --extra dev -c constraints.txt pyproject.toml -o lock.txt

# What the program is made of, for those who have to know: parts (CycloneDX) and their licences.
sbom: $(STAMP) $(TOOLS)
	@mkdir -p out
	@$(TOOLS)/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible -o out/sbom.json $(BIN)/python
	@echo "The list of parts lies in out/sbom.json"

licences: $(STAMP) $(TOOLS)
	@$(TOOLS)/bin/pip-licenses --python $(BIN)/python --from mixed --order license --format markdown

$(TOOLS):
	@$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet uv cyclonedx-bom pip-licenses || { rm -rf $(TOOLS); exit 1; }

$(STAMP): pyproject.toml lock.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Hudnål needs Python 3.11 or newer; say which with: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r lock.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf $(VENV) $(TOOLS) .venv-lowest .venv-newest out build dist .pytest_cache .ruff_cache .hypothesis
