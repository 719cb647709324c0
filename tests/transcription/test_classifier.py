"""Clauses read by their likeness to examples, and what becomes of values that are likely, doubtful or impossible."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import yaml

from scripts.train_clauses import digest
from tests.transcription.conftest import NOW
from transcription import classifier
from transcription.classifier import LABELS, Classifier, plain, readings, runs, units
from transcription.errors import BadLexicon
from transcription.lexicon import Lexicon
from transcription.message import Candidate, Message
from transcription.second_reading import IMPOSSIBLE, PERHAPS, SURE, second_reading
from transcription.understanding import read, understand

PROGRESS = Path("config/builtin/progress.yaml")


def message(text: str, lexicon: Lexicon, now: datetime = NOW) -> Message:
    return read(text, now=now, lexicon=lexicon, calendar=None, heard=False)


def test_the_weights_were_learnt_from_the_examples_that_are_there() -> None:
    with np.load(Path("config/examples/clauses.npz")) as kept:
        assert str(kept["digest"]) == digest(), "examples changed: run python scripts/train_clauses.py"


def test_every_clause_and_each_two_of_one_customer_are_read(lexicon: Lexicon) -> None:
    said = message("江南纺织报了价，还在等。鼎盛钢构没回", lexicon)
    assert [unit.words for unit in units(said)] == ["C报了价", "C报了价，还在等", "还在等", "C没回"]


def test_names_times_and_sums_are_read_as_what_they_are() -> None:
    assert plain("\ue000\ue000报价\ue003\ue003，\ue001\ue001说\ue002\ue002") == "C报价M，P说T"


def test_runs_know_the_edges() -> None:
    assert {"^", "^报", "价$", "^报价", "报价$"} <= set(runs("报价"))


def test_unknown_characters_say_nothing() -> None:
    empty = Classifier(
        {}, np.zeros((0, 2), np.float32), np.zeros(2, np.float32), (("signal", "积极"), ("signal", "风险"))
    )
    assert list(empty.likely("㊙㊙")) == [0.0, 0.0]


def test_readings_cover_every_label(lexicon: Lexicon) -> None:
    found = readings(message("江南纺织报价发过去了", lexicon))
    assert {(one.slot, one.value) for one in found} == {
        (slot, value) for slot, all_ in LABELS.items() for value in all_
    }
    assert max(found, key=lambda one: one.likely).value == "已报价"


def with_likelihood(monkeypatch: pytest.MonkeyPatch, likely: float) -> None:
    model = Classifier(
        {"^": 0}, np.zeros((1, 1), np.float32), np.array([np.log(likely / (1 - likely))]), (("signal", "模糊"),)
    )
    monkeypatch.setattr(classifier, "classifier", lambda: model)


@pytest.mark.parametrize(
    ("likely", "value", "asked"),
    [(SURE + 0.01, "模糊", ()), (PERHAPS + 0.01, None, ("模糊",))],
)
def test_a_likely_value_is_taken_and_a_doubtful_one_asked(
    monkeypatch: pytest.MonkeyPatch, lexicon: Lexicon, likely: float, value: str | None, asked: tuple[str, ...]
) -> None:
    with_likelihood(monkeypatch, likely)
    (one,) = second_reading(message("江南纺织到时再讲", lexicon), [])
    assert (one.slot, one.value, one.candidates) == ("signal", value, asked)


@pytest.mark.parametrize(("likely", "left"), [(IMPOSSIBLE - 0.01, 0), (IMPOSSIBLE + 0.01, 1)])
def test_an_impossible_value_is_dropped_in_spite_of_its_cue(
    monkeypatch: pytest.MonkeyPatch, lexicon: Lexicon, likely: float, left: int
) -> None:
    with_likelihood(monkeypatch, likely)
    cue = Candidate("signal", "模糊", 4, 8)
    assert len(second_reading(message("江南纺织到时再讲", lexicon), [cue])) == left


def test_what_is_only_about_to_be_done_is_not_done(lexicon: Lexicon) -> None:
    (draft,) = understand("江南纺织合同快签了", now=NOW, lexicon=lexicon).drafts
    assert draft.value("action") is None


def test_a_broken_file_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier, "WEIGHTS", ("examples", "nowhere.npz"))
    classifier.classifier.cache_clear()
    with pytest.raises(BadLexicon, match="请重新安装"):
        classifier.classifier()
    monkeypatch.undo()
    classifier.classifier.cache_clear()


@pytest.mark.parametrize(("likely", "sure"), [(SURE + 0.01, False), (0.99, True)])
def test_a_value_that_is_barely_likely_does_not_file_itself(
    monkeypatch: pytest.MonkeyPatch, lexicon: Lexicon, likely: float, sure: bool
) -> None:
    with_likelihood(monkeypatch, likely)
    (one,) = second_reading(message("江南纺织到时再讲", lexicon), [])
    assert (
        one.confidence >= yaml.safe_load(PROGRESS.read_text(encoding="utf-8"))["settings"]["progress"]["sure"]
    ) is sure
