"""The guide lists exactly the facts there are, and its examples can be read."""

from __future__ import annotations

import re

import pytest

from rules.grammar import parse, parse_condition
from scripts.write_fact_table import GUIDE, guide
from storage.subjects import catalogue
from tests.storage.sales import as_of

TEXT = GUIDE.read_text(encoding="utf-8")
CONDITIONS = re.findall(r"`([^`]* (?:[<>≥≤]|属于) [^`]*)`", TEXT)


def test_the_table_is_up_to_date() -> None:
    assert guide(TEXT) == TEXT, "run: python -m scripts.write_fact_table"


def test_every_fact_is_in_it_once() -> None:
    for fact in catalogue(as_of()).facts:
        assert TEXT.count(f"| {fact.name} |") == 1


@pytest.mark.parametrize(
    "text", [one for one in CONDITIONS if "当" not in one and "/rule" not in one and "属于 (报价" not in one]
)
def test_the_examples_of_conditions_can_be_read(text: str) -> None:
    parse_condition(text.removeprefix("或 "), catalogue(as_of()))


def test_the_first_example_can_be_read() -> None:
    sentence = re.findall(r"```\n(.*)\n```", TEXT)[0]
    assert parse(sentence, catalogue(as_of())).actions[0].subject == "高潜客户流失预警"
