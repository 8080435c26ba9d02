# Achievement Fund. `make demo` and `make test` do everything; the rest are the steps they are made of.

.DEFAULT_GOAL := help
.PHONY: help setup demo run test check coverage bench
PYTHON := .venv/bin/python
# What Python has compiled it keeps, even where the environment says otherwise, as that of many containers does: each
# printing press and each worker that is started would compile its two thousand modules anew, up to ten seconds.
unexport PYTHONDONTWRITEBYTECODE
# Half of the tests wait for a database or a browser: as many workers as cores, and no fewer than two.
WORKERS := $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -lt 2 ] && n=2; echo $$n)
# A file goes to one worker whole, which plays what its tests share once; in the order of the folders, so that the
# quickest come last and the workers end together.
PARALLEL := -n $(WORKERS) --dist loadfile --no-loadscope-reorder

help: ## say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

setup: ## system libraries where allowed, the Python environment, page assets; does nothing the second time
	@sh .ci/setup

demo: setup ## play the example fund from raw files to quarterly PDFs in out/
	@$(PYTHON) -m app.cli demo --out out

run: setup ## serve the pages and the API on http://127.0.0.1:8000
	@$(PYTHON) -m app.cli serve

test: setup ## the whole test suite, on a real PostgreSQL and a real browser
	@$(PYTHON) -m pytest $(PARALLEL)

check: setup ## what CI runs: formatting, types, structure, translations, migrations, all tests, every branch of the arithmetic
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy -n $(WORKERS)
	@.venv/bin/lint-imports
	@.venv/bin/djlint --check app/templates lp_reports/templates
	@.venv/bin/djlint --lint app/templates lp_reports/templates
	@$(PYTHON) -m pytest $(PARALLEL) --ignore tests/valuation
	@NUMBA_DISABLE_JIT=1 $(PYTHON) -m pytest $(PARALLEL) tests/valuation --cov=valuation --cov-report=json:.setup/coverage.json
	@$(PYTHON) -m tests.house.coverage .setup/coverage.json

# A compiled loop would be hidden from the tracer, so compiling is off where branches are counted.
# To trace every test takes half as long again, too long for every change.
coverage: setup ## all tests traced: 90 % of everything, every branch of arithmetic and rules
	@NUMBA_DISABLE_JIT=1 $(PYTHON) -m pytest $(PARALLEL) --cov --cov-report=json:.setup/coverage.json
	@$(PYTHON) -m tests.house.coverage .setup/coverage.json

bench: setup ## measure beside peers in the same run
	@sh .ci/peers
	@$(PYTHON) -m pytest tests/benchmarks -n 0 --benchmark-only
