# Each check is defined here and nowhere else; tox.ini and .ci/run call it.
# A fresh clone needs Python 3.11 or later with pip, git and make.

PYTHON ?= python3
VENV ?= .venvs/dev
BIN = $(VENV)/bin
PYTEST = $(BIN)/python -m pytest
SPHINX = $(BIN)/python -m sphinx -W --keep-going -q -b html

REQUIREMENTS = requirements.txt test-requirements.txt doc/requirements.txt
METADATA = setup.cfg setup.py pyproject.toml

# What the user has set for another cloud is not for ours.
unexport $(filter OS_%,$(.VARIABLES))

.DEFAULT_GOAL = help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help venv stock demo test lint unit contract functional soak cover docs \
	releasenotes bench lower-constraints dist clean

help:
	@sed -n 's/^#: //p' $(firstword $(MAKEFILE_LIST))

#: make demo               start a real cloud, create in it, stop it again
#: make test               every check there is, as CI runs them
#: make lint               ruff, and mypy in its strict mode
#: make unit               the tests that need no cloud
#: make contract           bodies against Cinder's own schemas
#: make functional         the tests on a real cloud, which they start
#: make soak               the long forms of the tests (an hour)
#: make cover              lines and branches that no test runs
#: make docs               documentation and release notes, in doc/build/html
#: make bench              how fast it is, beside the stock client
#: make lower-constraints  tests with the oldest dependencies
#: make dist               wheel and sdist, checked
#: make venv               only the virtual environment, .venvs/dev
#: make clean              remove what was made

# Metadata that a build has left in the checkout would hide the new ones.
define install
	rm -rf *.egg-info
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip --disable-pip-version-check --quiet install $(1)
	touch $@
endef

venv: $(VENV)/.installed

$(VENV)/.installed: $(REQUIREMENTS) $(METADATA)
	$(call install,--editable . $(REQUIREMENTS:%=-r %))

$(VENV)/.bench: $(VENV)/.installed benchmarks/requirements.txt
	$(call install,-r benchmarks/requirements.txt)

$(VENV)-lower/.installed: lower-constraints.txt $(REQUIREMENTS) $(METADATA)
	$(call install,--editable . -r test-requirements.txt -c $<)

# Stock python-openstackclient, to compare with.
stock: .venvs/stock/.installed

.venvs/stock/.installed: requirements.txt
	$(call install,python-openstackclient python-cinderclient)

demo: venv stock
	$(BIN)/python -m tools.demo

# By two processes, file by file, each with clouds of its own: much of a test
# is to wait.
test: lint docs
	env -u OSC_CINDERLITE_DEVCLOUD -u OSC_CINDERLITE_DEVCLOUD_WALLABY \
		$(PYTEST) tests -n 2 --dist loadfile --no-loadscope-reorder

lint: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .

unit contract functional: venv
	$(PYTEST) tests/$@ $(ARGS)

soak: venv
	$(PYTEST) tests -m soak --hypothesis-profile=long $(ARGS)

cover: venv
	rm -f .coverage .coverage.*
	$(PYTEST) tests --cov $(ARGS)

docs: venv releasenotes
	$(SPHINX) doc/source doc/build/html

releasenotes: venv
	$(SPHINX) releasenotes/source doc/build/html/releasenotes

bench: $(VENV)/.bench stock
	$(BIN)/python -m benchmarks $(ARGS)

# The oldest client refuses API v2 by itself, and snapshots with --force.
lower-constraints: $(VENV)-lower/.installed
	$(VENV)-lower/bin/python -m pytest tests/unit/lib tests/unit/v3 \
		tests/functional/test_volume_create.py \
		tests/functional/test_volume_snapshot_create.py \
		tests/functional/test_volume_backup_create.py \
		tests/functional/test_follow_ups.py \
		-k 'not without_v2 and not stock_client' $(ARGS)

dist: venv
	rm -rf dist
	$(BIN)/python -m build --outdir dist .
	$(BIN)/python -m twine check --strict dist/*

clean:
	test ! -d .devcloud || $(PYTHON) tools/devcloud down
	test ! -d .devcloud-wallaby || \
		$(PYTHON) tools/devcloud down --release wallaby
	rm -rf .venvs .devcloud* .tox .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .coverage build dist cover doc/build \
		releasenotes/build *.egg-info AUTHORS ChangeLog
	find . -name __pycache__ -type d -prune -exec rm -r {} +
