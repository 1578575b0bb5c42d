# Everything a person types begins here. Each target does its own set-up: `.venv` is made once, and again only when
# the locks or pyproject.toml change.
.DEFAULT_GOAL := help
.PHONY: help ready peers demo run test check bench trust trust-full rehearse mutate release docs pictures assets clean
MAKEFLAGS += --no-print-directory

VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check -qq
READY := $(VENV)/.ready
PEERS := $(VENV)/.peers
MUTATION := $(VENV)/.mutation
RELEASE := $(VENV)/.release
export DO_NOT_TRACK := 1
# Some machines forbid compiled files: then each of several hundred processes compiles all of it anew.
unexport PYTHONDONTWRITEBYTECODE

help:
	@echo 'make demo    one case from intake to its last handoff, over real mail and SMS (ARGS=--exit: ends by itself)'
	@echo 'make run     the house on the folder data/, which is made if it is missing and never wiped'
	@echo 'make test    every test, with coverage'
	@echo 'make check   lint, types, imports and the quick tests'
	@echo 'make bench   how fast it is, beside the floor and beside others (a quiet machine, some ten minutes)'
	@echo 'make trust   what holds under kills, outages, full disks and wrong clocks (about 25 minutes; trust-full: hours)'
	@echo 'make rehearse  every scenario that is shipped in a real house, with mail, SMS and Prefect (an hour or so)'
	@echo 'make mutate  which changes of the rules no test notices, of a drawn sample (half an hour; ARGS=--all: hours)'
	@echo 'make release known weaknesses of every locked part (needs the network), and the list of parts: dist/sbom.cdx.json'
	@echo 'make docs    the pages that are generated from the code'
	@echo 'make pictures  every page of the desk as people see it, in build/pictures; a chosen dozen in docs/pictures'
	@echo 'make assets  the style and script files of the desk, again'
	@echo 'make clean   caches and build products (never data/)'

$(READY): requirements.lock requirements-dev.lock pyproject.toml
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'Python 3.11 or newer is needed. Install it, or put it first on PATH as python3.' >&2; exit 1; }
	@echo 'Setting up $(VENV), once; this takes a minute or two.' >&2
	@test -x $(PYTHON) || python3 -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# Without the network the desk works as plain HTML: what is missing is told, and is no reason to stop.
ready: $(READY)
	@$(PYTHON) -m web.assets >/dev/null || true

assets: $(READY)
	@$(PYTHON) -m web.assets

demo: ready
	@$(PYTHON) -m cli.demo $(ARGS)

run: ready
	@$(VENV)/bin/staffetta serve --data data $(ARGS)

test: ready
	@$(PYTHON) -m pytest -n 2 --dist loadgroup --cov --cov-report= -p tests.coverage_floor $(ARGS)

check: ready
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@$(VENV)/bin/lint-imports
	@$(PYTHON) -m pytest -q -m 'not slow and not browser' -n 2 $(ARGS)

# What is measured beside us is installed for the measuring alone.
$(PEERS): requirements-peers.lock $(READY)
	@$(PIP) install --require-hashes -r requirements-peers.lock
	@touch $@

peers: $(PEERS)

bench: ready peers
	@$(PYTHON) -m benchmarks $(ARGS)

trust: ready
	@$(PYTHON) -m tests.trust $(ARGS)

trust-full: ready
	@$(PYTHON) -m tests.trust --size full $(ARGS)

rehearse: ready
	@$(VENV)/bin/staffetta procedures test --live procedures/pathways tests/simulation/pathways $(ARGS)

$(MUTATION): requirements-mutation.lock $(READY)
	@$(PIP) install --require-hashes -r requirements-mutation.lock
	@touch $@

mutate: ready $(MUTATION)
	@$(PYTHON) -m tests.mutation $(ARGS)

$(RELEASE): requirements-release.lock $(READY)
	@$(PIP) install --require-hashes -r requirements-release.lock
	@touch $@

# `--strict`: a part of which nobody could say anything is no clean part.
release: ready $(RELEASE)
	@mkdir -p dist
	@$(VENV)/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --of JSON --validate -o dist/sbom.cdx.json
	@$(VENV)/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.lock

docs: $(READY)
	@$(PYTHON) -m procedures.state_machine > docs/.state-machine.md && mv docs/.state-machine.md docs/state-machine.md
	@$(PYTHON) -m cli.explaining > docs/.faults.md && mv docs/.faults.md docs/faults.md
	@$(PYTHON) -m procedures.describing schema > docs/.schema && mv docs/.schema docs/pathway.schema.json
	@$(PYTHON) -m procedures.describing reference > docs/.reference && mv docs/.reference docs/language-reference.md
	@$(PYTHON) -m procedures.showing docs/pathways
	@$(PYTHON) -m tests.trust.page
	@$(PYTHON) -m tests.pictures.gallery > docs/.pictures.md && mv docs/.pictures.md docs/pictures.md

pictures: ready
	@$(PYTHON) -m tests.pictures $(ARGS)

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage .coverage.* trust-report.json mutation-report.json
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
