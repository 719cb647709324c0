"""The command line, as it is also used for measuring."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.transcription.conftest import CORPUS
from transcription.commands import app
from transcription.weights import present

RUN = CliRunner()


def test_understand_prints_one_object_a_line() -> None:
    done = RUN.invoke(app, ["understand", "--corpus", str(CORPUS / "utterances.jsonl")])
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert len(lines) == 25
    assert all(set(line) == {"id", "records"} for line in lines)


def test_understand_with_score_prints_a_table() -> None:
    done = RUN.invoke(app, ["understand", "--corpus", str(CORPUS / "utterances.jsonl"), "--score"])
    assert done.stdout.splitlines()[0].split() == ["slot", "n", "precision", "recall", "F1", "wrong"]
    assert done.stdout.splitlines()[-1].startswith("exact records")


def test_another_moment_moves_the_dates() -> None:
    given = ["understand", "--corpus", str(CORPUS / "utterances.jsonl"), "--now", "2026-06-10T10:00:00+08:00"]
    first = json.loads(RUN.invoke(app, given).stdout.splitlines()[0])
    assert first["records"][0]["next_at"] == "2026-06-17T15:00"


def test_when() -> None:
    done = RUN.invoke(app, ["when", "--corpus", str(CORPUS / "when.jsonl")])
    written = [json.loads(line) for line in done.stdout.splitlines()]
    expected = [json.loads(line) for line in (CORPUS / "when.jsonl").read_text(encoding="utf-8").splitlines()]
    assert written == expected


def test_a_bad_corpus_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text("nonsense\n", encoding="utf-8")
    done = RUN.invoke(app, ["understand", "--corpus", str(path)])
    assert done.exit_code == 1
    assert "不是 JSON" in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.speech
def test_the_given_recordings_are_understood() -> None:
    if not present(Path(".data/models")):
        pytest.fail("语音模型还没有取到，录音听不了。请先运行 make weights，再运行测试。", pytrace=False)
    given = ["understand", "--corpus", str(CORPUS / "utterances.jsonl"), "--voice", str(CORPUS / "voice"), "--score"]
    done = RUN.invoke(app, given)
    total = next(line for line in done.stdout.splitlines() if line.startswith("all")).split()
    assert done.exit_code == 0
    assert float(total[4]) >= 0.88
    assert float(total[5]) <= 0.03
