# Everything a newcomer or the build machine needs; README says which two come first.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do "$$name" -c '$(NEW_ENOUGH)' 2>/dev/null && echo "$$name" && break; done)
PIP := .venv/bin/python -m pip install -qq --disable-pip-version-check
BIN := .venv/bin
RUNNABLE := .venv/.runnable
INSTALLED := .venv/.installed
UNIT := not e2e and not faults and not slow
ALONE := e2e or faults
PARALLEL := -n auto --dist loadfile

.PHONY: run test install check lint style accept translations pictures benchmark browser clean

run: $(RUNNABLE)  ## set everything up and open the dashboard beside its engine
	$(BIN)/alignlab up $(ARGS)

test: lint browser  ## set everything up, browser included, and pass every test
	$(BIN)/python -m pytest -m "not ($(ALONE))" $(PARALLEL)
	$(BIN)/python -m pytest -m "$(ALONE)" -n 2 --dist loadfile

install: $(INSTALLED)

$(RUNNABLE): pyproject.toml
	@test -n "$(PYTHON)" || { echo "AlignLab needs Python 3.11 or later: make PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/pip || "$(PYTHON)" -m venv .venv
	@echo "Installing packages into .venv (minutes the first time, seconds after a change of pyproject.toml)"
	@$(PIP) 'torch>=2.13,<2.14'
	@$(PIP) --editable .
	@touch $@

$(INSTALLED): $(RUNNABLE)
	@$(PIP) --editable '.[dev]'
	@touch $@

style: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/oxlint app tests

lint: style
	$(BIN)/mypy

# Types are checked beside the tests, since mypy without its cache needs most of a minute of one core, and told last.
check: style  ## the inner loop: format, lint, types, import rules, unit tests
	@$(BIN)/mypy >.venv/mypy.txt 2>&1 & mypy=$$!; \
	$(BIN)/python -m pytest -m "$(UNIT)" $(PARALLEL) $(ARGS); failed=$$?; \
	wait $$mypy || failed=1; cat .venv/mypy.txt; exit $$failed

browser: install
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/e2e/browser.sh

accept: browser  ## the full acceptance lists; figures go to accept/*.json
	$(BIN)/python -m accept $(ARGS)

translations: install  ## take new sentences up into the catalogues; what they lack, a test names
	$(BIN)/pybabel -q extract --no-location --no-wrap --sort-output -o .venv/messages.pot app engine storage words
	cp app/translations/zh.po .venv/zh.po
	$(BIN)/pybabel -q update -N --no-wrap --ignore-obsolete --ignore-pot-creation-date -l zh -i .venv/messages.pot -o .venv/zh.po
	grep -vE '^"(Report-Msgid|POT-|PO-|Last-Tr|Language-T|Generated-By)' .venv/zh.po > app/translations/zh.po

pictures: browser  ## take the pictures of every page anew
	$(BIN)/python -m tests.e2e.pictures

benchmark: install  ## our own speed, on this machine
	$(BIN)/python -m benchmarks $(ARGS)

clean:  ## what the tools left behind; never a workspace
	rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
