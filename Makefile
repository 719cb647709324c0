# The commands that always hold: demo, test, check, bench. Only Python and make are needed for the demo.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8080

.PHONY: demo test check bench setup setup-dev setup-tests lock docs clean

demo: $(VENV)/.ready weights
	@$(BIN)/genjin demo --port $(PORT) $(if $(PLATFORMS),--platforms)

weights: $(VENV)/.ready
	@$(BIN)/genjin weights || echo "语音模型没有取到：演示照常打开，语音会提示暂时听不懂，打字不受影响。之后运行 make weights 可再取。"

test: setup-tests
	$(BIN)/python -m pytest -n auto --dist loadgroup

check: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.ready-dev
	$(BIN)/python -m benchmarks

setup: $(VENV)/.ready
setup-dev: $(VENV)/.ready-dev

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新的版本，例如：make demo PYTHON=python3.12"; exit 1; }
	@echo "正在准备运行环境（第一次要几分钟）……"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	@$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements-dev.lock
	@touch $@

# What tests need beside Python: PostgreSQL, a browser, Chinese glyphs. Debian installs them; elsewhere say what is missing.
setup-tests: $(VENV)/.ready-dev
	@sh scripts/setup_tests.sh
	@$(BIN)/genjin weights

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) .data build *.egg-info
