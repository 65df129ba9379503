# Yinxin (印信). `make help` lists what there is.
.DEFAULT_GOAL := help
.PHONY: demo test bench bench-seals lint docs lock wheel clean help
PYTHON ?= python3
BIN := .venv/bin
HOME_OF_DEMO := var/demo
# Designs that no wheel has; without them the shipped ones stand in, and the command says so.
FONTS := fonts-arphic-gbsn00lp fonts-arphic-gkai00mp fonts-cns11643-kai fonts-cns11643-sung \
	fonts-hanazono fonts-lxgw-wenkai fonts-smiley-sans fonts-wqy-microhei fonts-wqy-zenhei

demo: .venv/installed ## Run the main job on a small bank, then serve it (SERVE=0: end there)
	$(BIN)/python -m demo $(HOME_OF_DEMO) $(if $(filter 0,$(SERVE)),,--serve)

test: .venv/installed browser ## Run every test on a real PostgreSQL and a real browser
	$(BIN)/python -m pytest -n 2 --dist worksteal

bench: .venv/installed ## Print the benchmark tables
	@for each in benchmarks/*.py; do echo "== $$each"; $(BIN)/python $$each || exit 1; done

bench-seals: .venv/installed ## Measure the seal engine and write the tables of docs/seals.md
	@[ "$$(id -u)" != 0 ] || { apt-get update -qq && \
	apt-get install -y -qq --no-install-recommends $(FONTS); }
	$(BIN)/yinxin seals bench run --jobs 2 --docs docs/seals.md

lint: .venv/installed ## Check style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

docs: .venv/installed ## Write the pages of docs/ that follow from the code
	WRITE_DOCS=1 $(BIN)/python -m pytest tests/house/test_pages.py

lock: ## Renew the lock files from pyproject.toml (needs uv)
	uv pip compile -q --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 --extra ocr pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 --extra ocr --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

wheel: .venv/installed ## Build the wheel into dist/
	$(BIN)/python -m pip wheel -q --no-deps --no-build-isolation -w dist .

clean: ## Remove what was built and every database of demo and tests
	rm -rf .venv dist build var

help: ## Show this list
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/installed: requirements-dev.lock pyproject.toml hatch_build.py $(wildcard src/yinxin/*/locale/*/LC_MESSAGES/*.po)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# No wheel has a browser: as root it is installed, else browser tests skip and say so.
.PHONY: browser
browser:
	@command -v chromium-headless-shell >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && \
	apt-get install -y -qq --no-install-recommends chromium-headless-shell fonts-noto-cjk; } || \
	echo "the browser tests want: apt-get install chromium-headless-shell fonts-noto-cjk"
