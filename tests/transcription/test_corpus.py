"""The corpora: what the rules must reach, and how a score is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.transcription.conftest import CORPUS
from transcription.corpus import SLOTS, Corpus, Score, as_record, read_corpus, table
from transcription.errors import BadCorpus
from transcription.understanding import understand

TUNED_ON = ("own", "plain", "plain_more", "mouths", "mouths_more", "fresh")
UNSEEN = ("unseen", "unseen_plain", "unseen_more", "unseen_last")
"""By other authors than the rules', and read by nobody who tuned."""


def scored(corpus: Corpus) -> Score:
    score = Score()
    for line in corpus.lines:
        found = understand(line["text"], now=corpus.now, lexicon=corpus.lexicon)
        score.add(line["records"], [as_record(draft) for draft in found.drafts])
    return score


@pytest.mark.parametrize("slot", SLOTS)
def test_given_corpus_every_slot(slot: str) -> None:
    tally = scored(read_corpus(CORPUS / "utterances.jsonl")).slots[slot]
    assert tally.f1 >= 0.95
    assert tally.wrong_rate <= 0.01


@pytest.mark.parametrize("name", TUNED_ON)
def test_messages_tuned_on(name: str) -> None:
    total = scored(read_corpus(CORPUS / f"{name}.jsonl")).total()
    assert total.f1 >= 0.975
    assert total.wrong_rate <= 0.02


@pytest.mark.parametrize("name", UNSEEN)
def test_messages_never_tuned_on(name: str) -> None:
    total = scored(read_corpus(CORPUS / f"{name}.jsonl")).total()
    assert total.f1 >= 0.95
    assert total.wrong_rate <= 0.03


def test_enough_is_unseen() -> None:
    own, unseen = (
        {line["text"] for name in names for line in read_corpus(CORPUS / f"{name}.jsonl").lines}
        for names in (TUNED_ON, UNSEEN)
    )
    assert len(unseen) >= 400
    assert len(own) >= 1500
    assert not own & unseen


def test_names_of_the_given_corpus_are_in_no_word_list() -> None:
    given = read_corpus(CORPUS / "utterances.jsonl")
    lists = "".join(path.read_text(encoding="utf-8") for path in (Path("config") / "lexicon").glob("*.yaml"))
    assert not [entry.name for entry in given.lexicon.customers if entry.name in lists]


def test_score_counts_right_wrong_missed_and_invented() -> None:
    score = Score()
    score.add(
        [{"customer": "甲", "action": "已报价", "contact": "王总"}],
        [{"customer": "甲", "action": "已寄样", "signal": "积极"}],
    )
    assert (score.slots["customer"].right, score.slots["action"].wrong) == (1, 1)
    assert (score.slots["contact"].missed, score.slots["signal"].invented) == (1, 1)
    assert score.exact == 0


def test_score_of_support_asks_for_every_word() -> None:
    score = Score()
    score.add([{"support": ["法务", "加急"]}], [{"support": "请法务加急"}])
    score.add([{"support": ["总监"]}], [{"support": "请法务加急"}])
    assert (score.slots["support"].right, score.slots["support"].wrong) == (1, 1)


def test_an_invented_record_is_wrong() -> None:
    score = Score()
    assert not score.add([], [{"customer": "甲"}])
    assert score.slots["customer"].invented == 1


def test_table_ends_with_exact_records() -> None:
    score = Score()
    score.add([{"customer": "甲"}], [{"customer": "甲"}])
    lines = list(table(score))
    assert lines[-1] == "exact records 1/1, exact messages 1/1"
    assert len(lines) == len(SLOTS) + 3


@pytest.mark.parametrize(
    "content", ['{"id": "a"}\n', "nonsense\n", "[1]\n", '{"meta": {"now": "2026-03-11T10:00:00"}}\n']
)
def test_bad_corpus_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadCorpus):
        read_corpus(path)
