# make demo: a made-up partnership, its night and its report · make serve: Prefect, and a file that lands moves the figures
# make test: the tests · make check: everything else
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo serve test test-long test-sample check fix docs lock remotes clean

demo: .venv/runtime
	$(BIN)/quorate demo demo

# HOME_FOLDER=/srv/quorate make serve: the partnership to serve; default: the made-up one of `make demo`.
serve: .venv/runtime
	test -n "$(HOME_FOLDER)" || test -d demo/landing || $(BIN)/quorate demo demo
	exec $(BIN)/quorate serve --home $(or $(HOME_FOLDER),demo)

test: .venv/development
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not long"

test-long: .venv/development
	$(BIN)/python -m pytest -n 2 --dist loadfile

# One in SAMPLE of the long tests, others for every commit.
test-sample: .venv/development
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "long and not hours" --sample $(or $(SAMPLE),12)

check: .venv/development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m schemas.dictionary --check docs/tables.md
	$(BIN)/python -m warehouse.catalogue --check docs/metrics.md
	$(BIN)/python -m warehouse.migrations.written --check

fix: .venv/development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: .venv/development
	$(BIN)/python -m schemas.dictionary docs/tables.md
	$(BIN)/python -m warehouse.catalogue docs/metrics.md
	$(BIN)/python -m warehouse.migrations.written

# Locks are made for every platform, with hashes and without the address of any index.
lock: .venv/development
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header --extra build --extra remotes -c requirements.lock pyproject.toml -o requirements-remotes.lock
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header --extra build --extra remotes --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

.venv/runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Quorate needs Python 3.11 or newer: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

# What fetches files from SFTP servers, S3 and Azure: docs/landing.md.
remotes: .venv/runtime requirements-remotes.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-remotes.lock

.venv/development: .venv/runtime requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

clean:
	rm -rf .venv demo build *.egg-info
