"""A corrected customer is understood the next time, by everybody of the team."""

from __future__ import annotations

import pytest

from handlers.learning import is_name
from tests.harness.team import Actor, Team

HEARD = "人和医药"
"""Sounds like 仁和医院 and is taken for it; these reps call another house so."""


async def corrected(team: Team, said: str, customer: str) -> None:
    """The rep says something and chooses another customer on the card before nodding."""
    await team.rep.says(said)
    draft = team.rep.gets("这样记，对吗？")
    number = next(option.value for option in draft.field("customer").options if option.label == customer)
    await team.rep.presses("确认", customer=number)
    team.rep.sees(f"已记下 · {customer}")


async def is_understood_as(team: Team, who: Actor, said: str, customer: str) -> None:
    await who.says(said)
    field = who.gets("这样记，对吗？").field("customer")
    assert [option.label for option in field.options if option.value == field.value] == [customer]


async def test_a_corrected_name_is_understood_from_then_on(team: Team) -> None:
    await is_understood_as(team, team.rep, f"{HEARD}今天已报价", "仁和医院")
    await team.rep.presses("不记")
    team.everybody_has_read()
    await corrected(team, f"{HEARD}今天已报价", "天宇科技")
    await is_understood_as(team, team.rep, f"{HEARD}样品寄了", "天宇科技")
    await team.rep.says("/customer 天宇科技")
    team.rep.gets("天宇科技", "也叫", HEARD)
    await team.rep.says(f"/customer alias 宏达机械 {HEARD}")
    team.rep.gets(HEARD, "天宇科技")
    team.nobody_else_heard_anything()


async def test_undoing_the_report_takes_the_name_back(team: Team) -> None:
    await corrected(team, f"{HEARD}今天已报价", "天宇科技")
    await team.rep.says("/undo")
    team.everybody_has_read()
    await is_understood_as(team, team.rep, f"{HEARD}样品寄了", "仁和医院")
    await team.rep.says("/customer 天宇科技")
    team.rep.gets("天宇科技").lacks(HEARD)
    team.nobody_else_heard_anything()


@pytest.mark.parametrize(("said", "customer"), [("宏达今天已报价", "天宇科技"), ("华联今天已报价", "华联超市")])
async def test_the_name_of_a_customer_is_never_given_away(team: Team, said: str, customer: str) -> None:
    await corrected(team, said, customer)
    team.everybody_has_read()
    await team.rep.says(f"/customer {customer}")
    team.rep.gets(customer).lacks("也叫")
    team.nobody_else_heard_anything()


async def test_a_nod_teaches_nothing(team: Team) -> None:
    await corrected(team, f"{HEARD}今天已报价", "仁和医院")
    team.everybody_has_read()
    await team.rep.says("/customer 仁和医院")
    team.rep.gets("仁和医院").lacks("也叫")
    team.nobody_else_heard_anything()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("红打", True),
        ("老宏家", True),
        ("abb", True),
        ("宏", False),
        ("", False),
        ("他们家", False),
        ("那边", False),
        ("客户", False),
        ("医院", False),
        ("2026", False),
        ("，。", False),
        ("长" * 21, False),
    ],
)
def test_what_can_be_a_name(words: str, expected: bool) -> None:
    assert is_name(words) is expected
