# The commands of this project; `make help` lists them.

.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin

# The first Python in the supported range; PYTHON=... overrides.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && echo "$$name" && exit; done; echo python3)

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Set up .venv and the engines (at most a few minutes the first time)
	@$(PYTHON) scripts/set_up.py

.PHONY: demo
demo: setup ## Run the whole line over a disrupted day and print what came of it
	@$(BIN)/knockon demo

.PHONY: up down
up: setup ## Start the stack and its web interfaces, and keep them running
	@$(BIN)/knockon up
down: ## Stop the stack
	@$(BIN)/knockon down

.PHONY: test test-ui torture
test: setup ## Run every test that needs no browser and does not run long
	@$(BIN)/python -m pytest -n 3 --dist loadgroup --max-worker-restart=0 -m "not ui and not torture"
test-ui: setup ## Look at the web interfaces in a browser
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
		$(BIN)/python -m playwright install chromium
	@$(BIN)/python -m pytest -m ui
torture: setup ## Kill everything while it works, again and again
	@$(BIN)/python -m pytest -m torture

.PHONY: chaos
chaos: setup ## 3,000 legs and 300,000 passengers on a bad day, from Kafka to the books and marts
	@$(BIN)/python -m benchmarks.chaos $(ARGS)

.PHONY: bench-freshness
bench-freshness: setup ## Measure landed row to light asset's row at 1,000 events a second
	@$(BIN)/python -m benchmarks.freshness $(ARGS)

.PHONY: bench-ledger
bench-ledger: setup ## Does a claim cost more with ten million postings before it?
	@$(BIN)/python -m benchmarks.ledger $(ARGS)

.PHONY: bench-landing
bench-landing: setup ## Measure landing beside the floor and beside other stream processors
	@$(BIN)/python -m benchmarks.landing $(ARGS)

.PHONY: bench-history
bench-history: setup ## Does an event cost more with a hundred million before it?
	@$(BIN)/python -m benchmarks.history $(ARGS)

.PHONY: bench-endurance
bench-endurance: setup ## 24 hours of event time and 20 million events in an hour: what grows?
	@$(BIN)/python -m benchmarks.endurance $(ARGS)

.PHONY: bench-marts
bench-marts: setup ## What does a build of the finance marts cost over a long ledger?
	@$(BIN)/python -m benchmarks.marts $(ARGS)

.PHONY: check
check: setup ## Lint, types and layers, in seconds
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m streaming.schemas check
	@$(BIN)/python scripts/write_docs.py --check

.PHONY: docs
docs: setup ## Write the generated parts of the pages in docs/
	@$(BIN)/python scripts/write_docs.py

.PHONY: lock lock-engines lock-peers
lock: setup ## Resolve the Python requirements anew
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --group dev pyproject.toml --output-file requirements.lock
lock-engines: setup ## Resolve the jars of the engines anew (needs Maven)
	@$(BIN)/python -m orchestration.stack.engines_lock
lock-peers: setup ## Resolve what the landing benchmark compares with (needs Maven)
	@$(BIN)/python -m benchmarks.landing.environments
