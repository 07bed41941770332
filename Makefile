# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Everything is set up below .nox on first use and reused after that. Nothing else is touched.

.DEFAULT_GOAL := help
.PHONY: help demo simulator test test-all lint format sanity units tests integration docs picture build clean fuzz secrets chaos bench lock test-matrix audit mutation

BOOT := .nox/bootstrap
READY := $(BOOT)/ready
NOX := $(BOOT)/bin/nox
RUN := $(BOOT)/bin/python tests/tools/run.py
# The sessions of `make test`, if not all of them; ARGS goes to the tool that a session runs
SESSIONS :=
ARGS :=
REST := $(if $(ARGS),-- $(ARGS))

help: ## Show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo 'One session, one test:  make test SESSIONS=units   make tests ARGS="-k diff -x"   make integration ARGS=ucloud_ufile_token'

demo: $(READY) ## Run the demo: four systems, simulated, checked, applied, applied again
simulator: $(READY) ## Run the simulator of both clouds; stop it with Ctrl-C
fuzz: $(READY) ## Try bad input and bad answers at length; the figures go into build/reports
secrets: $(READY) ## Search all that runs print and leave for secrets
mutation: $(READY) ## Change the code in thousands of ways and see whether the unit tests notice
bench: $(READY) ## Measure this collection beside uri tasks and SDK scripts; ARGS="--groups lists --rounds 5 --write"
docs: $(READY) ## Build the documentation
picture: $(READY) ## Make the pictures of the README anew
build: $(READY) ## Build the collection artifact into build/
audit: $(READY) ## Look for known vulnerabilities of what is pinned
demo simulator fuzz secrets mutation bench docs picture build audit:
	@$(NOX) --session $@ $(REST)

test: $(READY) ## Run the checks and tests that every change must pass
	@$(RUN) $(or $(SESSIONS),test) $(REST)

test-all: $(READY) ## Run all there are: also the oldest ansible-core whole, ansible-test units, long campaigns
lint: $(READY) ## Run the linters and the checks of documentation, licences and artifact
sanity: $(READY) ## Run ansible-test sanity
units: $(READY) ## Run the unit tests by pytest, with coverage
tests: $(READY) ## Run the functional tests by pytest
integration: $(READY) ## Run ansible-test integration against the simulator
chaos: $(READY) ## Run the fault campaign; ARGS="--runs 20000", or "--seed 1234" to repeat one run
test-all lint sanity units tests integration chaos:
	@$(RUN) $@ $(REST)

test-matrix: $(READY) ## Test every pair of ansible-core and Python with the oldest and newest requests; ARGS="2.19 3.13"
	@$(RUN) $@ $(ARGS)

format: $(READY) ## Format the Python code, and write what all modules document alike
	@$(BOOT)/bin/python tests/tools/returned.py
	@$(NOX) --session ruff -- fix

lock: $(READY) ## Pin what tests/requirements/*.in name, with hashes; ARGS=--upgrade for the newest
	@$(BOOT)/bin/python tests/tools/lock.py $(ARGS)

clean: ## Remove all that make has created
	rm -rf .nox .ansible .cache .pytest_cache .ruff_cache .mypy_cache build docs/_build tests/output

$(READY): tests/requirements/bootstrap.txt tests/requirements/uv.txt
	@set -e; \
	for python in python3 python3.13 python3.12 python3.11 python3.14 ''; do \
	  if [ -z "$$python" ]; then \
	    echo 'No usable Python found: this needs Python 3.11 or newer with its venv and ensurepip modules' >&2; \
	    echo '(on Debian and Ubuntu: apt install python3-venv).' >&2; exit 1; \
	  fi; \
	  $$python -c 'import ensurepip, ssl, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	done; \
	command -v git >/dev/null || { echo 'git is needed, and was not found.' >&2; exit 1; }; \
	echo "Setting up $(BOOT) with $$($$python --version) ..."; \
	rm -rf $(BOOT); $$python -m venv $(BOOT); \
	pip="$(BOOT)/bin/python -m pip --disable-pip-version-check install -qq --require-hashes"; \
	$$pip -r tests/requirements/uv.txt || echo 'uv is not available here: pip does its work, only slower.'; \
	eval "$$($(BOOT)/bin/python tests/tools/home.py)"; \
	$(BOOT)/bin/uv pip install -q --python $(BOOT) --require-hashes -r tests/requirements/bootstrap.txt 2>/dev/null || \
	$$pip -r tests/requirements/bootstrap.txt; \
	touch $(READY)
