# Each target builds what it needs in a virtual environment of its own.
PYTHON ?= python3
RUN = .venv
DEV = .venv-dev
OLDEST = .venv-oldest
# What can be told apart by versions: not what trains, draws notebooks or documents.
OLDEST_TESTS = $(addprefix tests/,spaces tables oracle analysis estimators studies plots report cli)

.PHONY: help compare test oldest check docs table benchmarks clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

compare: $(RUN)/installed  ## compare four searchers on three data sets; names the files that it wrote
	$(RUN)/bin/nasbench-sim compare

test: $(DEV)/installed  ## run all tests and doctests
	$(DEV)/bin/pytest -n auto

oldest: $(OLDEST)/installed  ## run the tests with the oldest dependencies that setup.cfg allows
	$(OLDEST)/bin/pytest -p no:cacheprovider $(OLDEST_TESTS)

check: $(DEV)/installed  ## lint, formatting and types
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .
	$(DEV)/bin/mypy

docs: $(DEV)/installed  ## build the documentation site, build/docs/index.html; a warning is an error
	$(DEV)/bin/sphinx-build -q -W --keep-going -d build/doctrees docs build/docs

table: $(DEV)/installed  ## build the embedded table again
	$(DEV)/bin/python data/build.py

benchmarks: $(DEV)/installed  ## measure speed beside the peers, and write benchmarks/README.md
	$(DEV)/bin/python benchmarks/page.py

clean:  ## remove the environments and caches
	rm -rf $(RUN) $(DEV) $(OLDEST) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(RUN)/installed: setup.cfg pyproject.toml constraints.txt $(shell find nasbench_sim data -name '*.py' -o -name '*.h5')
	$(PYTHON) -m venv $(RUN)
	$(RUN)/bin/pip install --quiet --constraint constraints.txt .
	touch $@

$(DEV)/installed: setup.cfg pyproject.toml constraints.txt
	$(PYTHON) -m venv $(DEV)
	$(DEV)/bin/pip install --quiet --constraint constraints.txt --editable '.[test,check,docs,dask,ray,predictors,optimizers,live,notebooks,browser,parquet,peers]'
	touch $@

$(OLDEST)/installed: setup.cfg pyproject.toml constraints-oldest.txt
	$(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/pip install --quiet --constraint constraints-oldest.txt --editable '.[test,predictors]'
	touch $@
