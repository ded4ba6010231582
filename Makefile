# make demo   install, build the packaged dossier, write exports/
# make test   install, and check everything: format, lint, types, import rules, tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test format exports bench clean help

help:
	@sed -n 's/^# //p' Makefile

demo: $(VENV)/.demo
	@$(BIN)/kg build
	@mkdir -p exports
	@$(BIN)/kg export -o exports/graph.ttl
	@$(BIN)/kg export -o exports/graph.trig
	@$(BIN)/kg export -o exports/graph.graphml
	@$(BIN)/kg view -o exports/graph.html
	@echo
	@echo "The page:     file://$(CURDIR)/exports/graph.html"
	@echo "Next:         $(BIN)/kg show \"Kim Jong Un\"   or   $(BIN)/kg query --list"

test: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto --dist loadgroup

exports: $(STAMP)
	$(BIN)/kg build -q -s .kg/exports
	for suffix in ttl trig graphml; do $(BIN)/kg export -s .kg/exports -o exports/graph.$$suffix || exit 1; done

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)
	$(BIN)/python -m tests.benchmarks.store
	$(BIN)/python -m tests.benchmarks.extraction
	$(BIN)/python -m tests.benchmarks.remote --memory --quick

# The demo needs less than the tests do.
$(VENV)/.demo: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --prefer-binary -e .
	@touch $@

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --prefer-binary -e '.[dev]'
	@touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) .kg build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
