"""Trains the clause classifier: python scripts/train_clauses.py

Reads config/examples/*.jsonl (lines {"text", "labels", "slots", "maybe"?}: `slots` are those that were labelled, so that
an absent label counts against it; `maybe` labels count neither way) and the messages of tests/corpus that are there to
learn from, and writes config/examples/clauses.npz. A message is labelled as a whole: which of its clauses says it is
settled by training again with the clause that the model before found likeliest, the first model having seen only texts of
one clause.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from transcription.classifier import LABELS, SCALE, WEIGHTS, Unit, runs, units  # noqa: E402 (the path has to be set first)
from transcription.corpus import read_corpus  # noqa: E402
from transcription.lexicon import Lexicon  # noqa: E402
from transcription.understanding import read  # noqa: E402

EXAMPLES = ROOT / "config" / "examples"
LEARNT_FROM = ("own", "plain", "plain_more", "mouths", "mouths_more", "fresh", "utterances")
MESSAGES = [ROOT / "tests" / "corpus" / f"{name}.jsonl" for name in LEARNT_FROM]
NOW = datetime.fromisoformat("2026-05-19T09:20:00+08:00")
ALL = [f"{slot}:{value}" for slot, values in LABELS.items() for value in values]
SEEN, STRENGTH, SMALL, ROUNDS = 2, 3.0, 0.1, 2


@dataclass
class Bag:
    """The stretches of one text, and what is known of the whole."""

    stretches: list[Unit]
    labels: frozenset[str]
    settled: frozenset[str]
    """Labels whose presence or absence is known."""


def digest() -> str:
    """Of everything the weights are learnt from."""
    kept = hashlib.sha256()
    for path in sorted([*EXAMPLES.glob("*.jsonl"), *MESSAGES]):
        kept.update(path.read_bytes())
    return kept.hexdigest()


def bags() -> list[Bag]:
    found = [
        _example(json.loads(line)) for path in sorted(EXAMPLES.glob("*.jsonl")) for line in path.open(encoding="utf-8")
    ]
    for path in MESSAGES:
        corpus = read_corpus(path)
        for line in corpus.lines:
            said = read(line["text"], now=corpus.now, lexicon=corpus.lexicon, calendar=None, heard=False)
            named = {f"{slot}:{record[slot]}" for record in line["records"] for slot in LABELS if record.get(slot)}
            found.append(Bag(list(units(said)), frozenset(named), frozenset(ALL) - _hidden(named)))
    return found


def _hidden(named: set[str]) -> set[str]:
    """A record holds one action, the furthest: which others were said too is not known."""
    actions = {label for label in ALL if label.startswith("action:")}
    return actions - named if actions & named else set()


def _example(line: dict[str, list[str] | str]) -> Bag:
    said = read(str(line["text"]), now=NOW, lexicon=Lexicon(), calendar=None, heard=False)
    settled = {label for label in ALL if label.partition(":")[0] in line["slots"]} - set(line.get("maybe", ()))
    return Bag(list(units(said)), frozenset(line["labels"]) & settled, frozenset(settled))


def main() -> None:
    given = bags()
    owner = np.array([number for number, bag in enumerate(given) for _ in bag.stretches])
    held = [runs(unit.words) for bag in given for unit in bag.stretches]
    seen = Counter(run for one in held for run in one)
    rows = {
        run: row
        for row, run in enumerate(sorted(run for run, count in seen.items() if count >= SEEN and "\n" not in run))
    }
    matrix = _matrix(held, rows)
    learnt = [_learn(label, given, owner, matrix) for label in ALL]
    weights, bias = np.array([one.coef_[0] for one in learnt]).T, np.array([one.intercept_[0] for one in learnt])
    telling = np.abs(weights).max(axis=1) > SMALL
    names = [run for run, keep in zip(rows, telling, strict=True) if keep]
    path = EXAMPLES / WEIGHTS[-1]
    np.savez_compressed(
        path,
        runs=np.array("\n".join(names)),
        weights=weights[telling].astype(np.float16),
        bias=bias.astype(np.float16),
        labels=np.array(ALL),
        digest=np.array(digest()),
    )
    print(f"{len(given)} texts, {len(held)} stretches, {len(names)} runs, {path.stat().st_size / 1e3:.0f} kB")


def _matrix(held: list[set[str]], rows: dict[str, int]) -> sparse.csr_matrix:
    at, places = [0], []
    for one in held:
        places += sorted(rows[run] for run in one if run in rows)
        at.append(len(places))
    known = np.diff(at)
    values = np.repeat(SCALE / np.sqrt(np.maximum(known, 1)), known)
    return sparse.csr_matrix((values, places, at), shape=(len(held), len(rows)))


def _learn(label: str, given: list[Bag], owner: np.ndarray, matrix: sparse.csr_matrix) -> LogisticRegression:
    usable = np.array([label in bag.settled for bag in given])[owner]
    says = np.array([label in bag.labels for bag in given])[owner] & usable
    single = np.array([len(bag.stretches) == 1 for bag in given])[owner]
    model = _fit(matrix, says, usable & (single | ~says))
    stretches = [unit for bag in given for unit in bag.stretches]
    for _ in range(ROUNDS):
        score = model.decision_function(matrix)
        told, unsure = _told(says, owner, stretches, score)
        model = _fit(matrix, told, usable & ~unsure)
    return model


def _told(
    says: np.ndarray, owner: np.ndarray, stretches: list[Unit], score: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Of the texts that say it: the likeliest stretch and those that hold it, and others that may say it again."""
    best: dict[int, int] = {}
    for place in np.flatnonzero(says):
        if owner[place] not in best or score[place] > score[best[owner[place]]]:
            best[owner[place]] = place
    told, unsure = np.zeros(len(says), bool), np.zeros(len(says), bool)
    for place in np.flatnonzero(says):
        one, likeliest = stretches[place], stretches[best[owner[place]]]
        told[place] = one.start <= likeliest.start and likeliest.end <= one.end
        unsure[place] = not told[place] and (
            score[place] > 0 or (one.start < likeliest.end and likeliest.start < one.end)
        )
    return told, unsure


def _fit(matrix: sparse.csr_matrix, says: np.ndarray, usable: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, solver="liblinear", tol=1e-3, random_state=0).fit(
        matrix[usable], says[usable]
    )


if __name__ == "__main__":
    main()
