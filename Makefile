# Each check is defined here and nowhere else; tox.ini and .ci/run call it.
# A fresh clone needs Python 3.11 or later with pip, git and make.

PYTHON ?= python3
VENV ?= .venvs/dev
BIN = $(VENV)/bin
PYTEST = $(BIN)/python -m pytest
# By four processes on two cores, each with clouds of its own: most of a test
# is waiting.
BY_FOUR = -n 4 --dist loadscope --no-loadscope-reorder
SPHINX = $(BIN)/python -m sphinx -W --keep-going -q -b html

REQUIREMENTS = requirements.txt test-requirements.txt doc/requirements.txt
METADATA = setup.cfg setup.py pyproject.toml

# What the user has set for another cloud is not for ours.
unexport $(filter OS_%,$(.VARIABLES))

# Processes cannot share a cloud.
test cover lower-constraints: export OSC_CINDERLITE_DEVCLOUD =
test cover lower-constraints: export OSC_CINDERLITE_DEVCLOUD_WALLABY =
test cover lower-constraints: export OSC_CINDERLITE_DEVCLOUD_PIKE =
test cover lower-constraints: export OSC_CINDERLITE_DEVCLOUD_OCATA =

.DEFAULT_GOAL = help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help venv stock demo test lint unit contract functional soak cover docs \
	releasenotes bench lower-constraints dist clean

help:
	@sed -n 's/^#: //p' $(firstword $(MAKEFILE_LIST))

#: make demo               start a real cloud, create in it, stop it again
#: make test               every check there is, as CI runs them
#: make lint               ruff, mypy in its strict mode, import-linter
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

# The last one with API v1.
.venvs/stock-7/.installed:
	$(call install,python-openstackclient==7.4.0 python-cinderclient==4.3.0 \
		'setuptools<81')

demo: venv stock
	$(BIN)/python -m tools.demo

test: lint docs
	$(PYTEST) tests $(BY_FOUR)

lint: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports --no-cache

unit contract functional: venv
	$(PYTEST) tests/$@ $(ARGS)

soak: venv .venvs/stock-7/.installed
	$(PYTEST) tests -m soak --hypothesis-profile=long $(ARGS)

cover: venv
	rm -f .coverage .coverage.*
	$(PYTEST) tests --cov $(BY_FOUR) $(ARGS)

docs: venv releasenotes
	$(SPHINX) doc/source doc/build/html

releasenotes: venv
	$(SPHINX) releasenotes/source doc/build/html/releasenotes

bench: $(VENV)/.bench stock
	$(BIN)/python -m benchmarks $(ARGS)

# What the oldest client does by itself: it refuses API v1 and v2, and versions
# above 3.71, cannot start without a standard output, wants no token from
# clouds.yaml, and says of its help that it could not clean up.
OLDEST = without_v2 or pike-v1 or pike-v2 or ocata-v1 or \
	version_that_is_too_high or closed or token_that_was_given or test_help \
	or test_command_list or test_complete

# Without comparisons with the stock client, which was another one then, and
# without the examples of the documentation.
lower-constraints: $(VENV)-lower/.installed
	$(VENV)-lower/bin/python -m pytest tests/unit/lib tests/unit/v3 \
		tests/functional \
		--ignore tests/functional/test_docs.py -m 'not soak and not stock' \
		-k 'not ($(OLDEST))' $(BY_FOUR) $(ARGS)

dist: venv
	rm -rf dist
	$(BIN)/python -m build --outdir dist .
	$(BIN)/python -m twine check --strict dist/*

clean:
	for state in .devcloud*; do test ! -d $$state || \
		$(PYTHON) tools/devcloud down --state $$state || exit 1; done
	rm -rf .venvs .devcloud* .tox .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .coverage build dist cover doc/build \
		releasenotes/build *.egg-info AUTHORS ChangeLog
	find . -name __pycache__ -type d -prune -exec rm -r {} +
