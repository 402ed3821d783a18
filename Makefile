# One check for everybody: `make check` is what CI runs (see .ci/run). Each step is a target of its own.
RUN := uv run --dev

.PHONY: check format lint types contracts tests docs fix fuzz

check: format lint types contracts tests docs

format:
	$(RUN) ruff format --check .

lint:
	$(RUN) ruff check .

types:
	$(RUN) mypy

contracts:
	$(RUN) lint-imports

# Tests run again when a file that they may depend on is newer than what was measured.
tests: .coverage
	$(RUN) coverage report

.coverage: $(shell git ls-files -co --exclude-standard | grep -v ' ')
	$(RUN) coverage erase
	$(RUN) coverage run -m pytest
	$(RUN) coverage combine -q

docs:
	$(RUN) python docs/check.py

# Not part of the check: mends what can be mended.
fix:
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

# Not part of the check: looks for bytes that break a reader, the plan or the ruleset, guided by coverage.
# FUZZ_SECONDS is the time for each target, FUZZ_TARGETS are their names (default: all).
FUZZ_SECONDS ?= 60
FUZZ = $(RUN) --group fuzz python tests/fuzz/run.py

fuzz:
	$(FUZZ) --all $(FUZZ_SECONDS) $(FUZZ_TARGETS)
