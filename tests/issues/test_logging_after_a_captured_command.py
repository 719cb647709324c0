"""A command run under a capturing terminal must not leave the process logging into a closed one."""

from __future__ import annotations

import io
import logging
import sys

import pytest
import structlog

from bot import logs


def test_lines_go_to_whatever_stderr_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    captured, present = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", captured)
    logs.configure("text")
    log = structlog.get_logger("test")
    log.warning("first")
    captured_words = captured.getvalue()
    captured.close()
    monkeypatch.setattr(sys, "stderr", present)
    log.warning("second")
    logs.configure("text", level=logging.ERROR)
    assert "first" in captured_words
    assert "second" in present.getvalue()
