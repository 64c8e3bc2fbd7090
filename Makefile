# The project's commands. What each needs (venv, locked packages, system libraries) it sets up.
SHELL := /bin/bash
.DEFAULT_GOAL := help

STAGE ?= self_assessment
HOST ?= 127.0.0.1
PORT ?= 8000
PYTEST_WORKERS ?= 2
ARGS ?=
export STAGE HOST PORT PYTEST_WORKERS

.PHONY: help demo papers test test-services check prod-local backup restore bench lock messages clean

help: ## these lines
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22
	@echo '  STAGE=$(STAGE)  (setup, self_assessment, appraisal, explanation, council, approved, published)'
	@echo '  HOST=$(HOST)  PORT=$(PORT)  ARGS="what pytest or the benchmark should receive"'

demo: ## Kon Tum 2020 at STAGE, served on HOST:PORT; data is kept in var/demo/STAGE
	@bin/setup run
	@bin/demo

papers: ## every paper of Kon Tum 2020 as PDF and Word, below var/papers; ARGS="--kind report"
	@bin/setup run
	@bin/papers $(ARGS)

test: ## every test, browser journeys included; honours DATABASE_URL and REDIS_URL
	@bin/setup test
	@bin/test $(ARGS)

test-services: ## the same on PostgreSQL and Redis of this machine, with a real worker
	@bin/setup test
	@services=$$(bin/services) && eval "$$services" && bin/test $(ARGS)

check: ## ruff, mypy, import-linter, djlint, migrations, deployment settings, compose, Dockerfile
	@bin/setup test
	@bin/check

prod-local: ## nginx, gunicorn, PostgreSQL, Redis, worker, beat on loopback, as in production
	@bin/setup run
	@bin/stack-programs
	@.venv/bin/python -m deploy.local

backup: ## database and files of this installation into TO=folder, checked
	@bin/backup "$(TO)"

restore: ## a backup FROM=folder into this, empty, installation, checked
	@bin/restore "$(FROM)"

bench: ## the benchmarks
	@bin/setup test
	@.venv/bin/python bench/run.py $(ARGS)

lock: ## newest versions that pyproject.toml allows, with hashes, into the two lock files
	@bin/setup test
	@bin/lock

messages: ## sentences of code and pages into the English catalogue, and compile (needs gettext)
	@bin/setup test
	@PARC_LOCAL=1 .venv/bin/python manage.py makemessages --locale en --no-location --no-wrap \
	    --no-obsolete --ignore tests --ignore var
	@sed -i -E '/^"(POT-Creation-Date|Report-Msgid-Bugs-To):/d' locale/en/LC_MESSAGES/django.po
	@PARC_LOCAL=1 .venv/bin/python manage.py compilemessages --locale en --locale vi \
	    --ignore .venv --ignore var

clean: ## remove the venv and caches; var/ (data) stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
