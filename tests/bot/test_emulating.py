"""`genjin emulate`: starts from a checkout, says what is missing elsewhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import emulating
from bot.cli import app
from bot.emulating import PLATFORMS, NoEmulator, side_by_side, start


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("callback", ["", "http://127.0.0.1:9/callbacks/x/main"])
def test_it_starts_and_prints_what_to_configure(platform: str, callback: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot.cli", "emulate", platform, "--port", "0", "--callback", callback]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()
        process.stdout.read()
    assert "模拟器：http://127.0.0.1:" in first


def test_outside_a_checkout_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoEmulator, match="源码目录"):
        start("feishu", None, "", root=tmp_path)


def test_the_four_platforms_need_a_checkout_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emulating, "side_by_side", lambda: side_by_side(root=tmp_path))
    result = CliRunner().invoke(app, ["demo", "--platforms"])
    assert (result.exit_code, "模拟器只在源码目录里有" in result.output) == (1, True)


def test_an_unknown_platform_is_named() -> None:
    result = CliRunner().invoke(app, ["emulate", "slack"])
    assert (result.exit_code, "feishu、dingtalk、wecom" in result.output) == (1, True)
