from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from transcription.turns import Turns


def drained(turns: Turns[int]) -> list[int]:
    found = []
    while (job := turns.next()) is not None:
        found.append(job)
    return found


def test_one_with_many_does_not_keep_the_others_waiting() -> None:
    turns: Turns[int] = Turns()
    for number in range(5):
        turns.put("much", number)
    turns.put("little", 100)
    turns.put("other", 200)
    assert drained(turns)[:3] == [0, 100, 200]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers()), max_size=30))
def test_nothing_is_lost_and_each_sender_keeps_his_order(jobs: list[tuple[str, int]]) -> None:
    turns: Turns[tuple[str, int]] = Turns()
    for sender, job in jobs:
        turns.put(sender, (sender, job))
    assert len(turns) == len(jobs)
    found = []
    while (job := turns.next()) is not None:
        found.append(job)
    for sender in "abc":
        assert [one for one in found if one[0] == sender] == [one for one in jobs if one[0] == sender]


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30))
def test_among_the_first_turns_everybody_waiting_has_one(senders: list[str]) -> None:
    turns: Turns[str] = Turns()
    for sender in senders:
        turns.put(sender, sender)
    waiting = set(senders)
    first = Counter(turns.next() for _ in waiting)
    assert set(first) == waiting
