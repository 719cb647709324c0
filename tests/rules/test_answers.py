from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.answers import Problem, check, plain, problem_with, read_number
from rules.calendar import CHINA
from rules.forms import Field, FieldKind, FormDef
from rules.places import Position

NOW = datetime(2026, 3, 18, 15, 39, tzinfo=CHINA)
K = FieldKind
OBSTACLE = Field("f", "阻碍因素", K.CHOICE, True, ("预算冻结", "竞品压价"))
PAINS = Field("f", "痛点", K.MULTI_CHOICE, True, ("成本", "交期", "质量"))
SUPPORT = Field("f", "需支持事项", K.TEXT, max_length=50)
COUNT = Field("f", "数量", K.NUMBER, minimum=Decimal(1), maximum=Decimal(100))
PRICE = Field("f", "成交价", K.MONEY, required=True, minimum=Decimal(1))
DELIVERY = Field("f", "交付日", K.DATE, future=True)
NEXT = Field("f", "下次跟进时间", K.DATETIME, True, future=True)
PHOTOS = Field("f", "门头照", K.PHOTO, True, multiple=True, minimum=Decimal(2), maximum=Decimal(3))
CUSTOMER = Field("f", "客户", K.CUSTOMER, True)
PLACE = Field("f", "到店位置", K.POSITION, True)
CODE = Field("f", "扫码验货", K.CODE, True)


def read(field: Field, answer: Any) -> Any:
    checked = check(FormDef("form", "表单", 1, (field,)), {"f": answer}, NOW)
    assert not checked.problems
    return checked.values.get("f")


@pytest.mark.parametrize(
    ("field", "answer", "value"),
    [
        (OBSTACLE, " 竞品压价 ", "竞品压价"),
        (PAINS, ["交期", "成本", "交期"], ("交期", "成本")),
        (PAINS, "交期、成本", ("交期", "成本")),
        (SUPPORT, "特" * 50, "特" * 50),
        (SUPPORT, "  ", None),
        (COUNT, "１２", Decimal(12)),
        (COUNT, 1.5, Decimal("1.5")),
        (PRICE, "12万", Decimal(120000)),
        (PRICE, "¥ 1,200.50 元", Decimal("1200.50")),
        (PRICE, "3.5千万", Decimal(35_000_000)),
        (DELIVERY, "2026-03-18", date(2026, 3, 18)),
        (DELIVERY, "2026年4月1日", date(2026, 4, 1)),
        (DELIVERY, date(2026, 4, 1), date(2026, 4, 1)),
        (DELIVERY, datetime(2026, 3, 31, 17, tzinfo=UTC), date(2026, 4, 1)),
        (NEXT, "2026-03-18 15:40", datetime(2026, 3, 18, 7, 40, tzinfo=UTC)),
        (NEXT, "2026/3/19 9:00", datetime(2026, 3, 19, 1, tzinfo=UTC)),
        (NEXT, "2026-03-19T09:00:00+00:00", datetime(2026, 3, 19, 9, tzinfo=UTC)),
        (NEXT, date(2026, 3, 19), datetime(2026, 3, 18, 16, tzinfo=UTC)),
        (PHOTOS, ["a", "b"], ("a", "b")),
        (CUSTOMER, 17, 17),
        (CUSTOMER, [17], 17),
        (PLACE, {"latitude": "31.2", "longitude": 121.4, "accuracy": 15}, Position(31.2, 121.4, 15)),
        (PLACE, Position(31.2, 121.4), Position(31.2, 121.4)),
        (CODE, "  6901234567892\n", "6901234567892"),
    ],
)
def test_right_answers_become_typed_values(field: Field, answer: Any, value: Any) -> None:
    assert read(field, answer) == value


@pytest.mark.parametrize(
    ("field", "answer", "says"),
    [
        (OBSTACLE, "", "「阻碍因素」还没选；请从 预算冻结、竞品压价 中选一个"),
        (OBSTACLE, "换人", "「阻碍因素」没有「换人」这个选项；可选：预算冻结、竞品压价"),
        (PAINS, [], "「痛点」还没有；请至少选一个"),
        (PAINS, ["成本", "心情"], "「痛点」没有「心情」这个选项；可选：成本、交期、质量"),
        (SUPPORT, "特" * 51, "「需支持事项」最多 50 个字，现在 51 个，请删去 1 个"),
        (COUNT, "很多", "「数量」要填数字，看不懂「很多」；例如 12 或 1.5"),
        (COUNT, True, "「数量」要填数字，看不懂「True」；例如 12 或 1.5"),
        (COUNT, "nan", "「数量」要填数字，看不懂「nan」；例如 12 或 1.5"),
        (COUNT, "1e999999999", "「数量」要填数字，看不懂「1e999999999」；例如 12 或 1.5"),
        (COUNT, 0, "「数量」最小 1，现在 0；请改大一些"),
        (COUNT, "101", "「数量」最大 100，现在 101；请改小一些"),
        (PRICE, "", "「成交价」还没有；请填写"),
        (PRICE, "面议", "「成交价」要填数字，看不懂「面议」；例如 120000 或 12万"),
        (PRICE, "0", "「成交价」最小 1 元，现在 0 元；请改大一些"),
        (DELIVERY, "2026-03-10", "「交付日」是 3月10日，已经过去了；请选今天或以后的日期"),
        (DELIVERY, "2026-02-30", "「交付日」要填日期，看不懂「2026-02-30」；例如 2026-03-18"),
        (DELIVERY, "下周", "「交付日」要填日期，看不懂「下周」；例如 2026-03-18"),
        (NEXT, None, "「下次跟进时间」还没有；请选时间"),
        (NEXT, "2026-03-18 15:39", "「下次跟进时间」是 今天 15:39，已经过去了；请选现在以后的时间"),
        (NEXT, "明天", "「下次跟进时间」要填时间，看不懂「明天」；例如 2026-03-18 15:00"),
        (PHOTOS, None, "「门头照」还没有；请拍照上传"),
        (PHOTOS, ["a"], "「门头照」至少 2 张，现在 1 张；请再补 1 张"),
        (PHOTOS, ["a", "b", "c", "d"], "「门头照」最多 3 张，现在 4 张；请去掉 1 张"),
        (CUSTOMER, [1, 2], "「客户」只要 1 个客户，现在有 2 个客户；请留下一个"),
        (PLACE, None, "「到店位置」还没有；请点定位"),
        (PLACE, "上海", "「到店位置」不是有效的位置；请打开手机定位后再点一次"),
        (PLACE, {"latitude": 91, "longitude": 0}, "「到店位置」不是有效的位置；请打开手机定位后再点一次"),
        (PLACE, {"latitude": "nan", "longitude": 0}, "「到店位置」不是有效的位置；请打开手机定位后再点一次"),
        (CODE, "", "「扫码验货」还没有；请扫码"),
    ],
)
def test_wrong_answers_say_what_is_wrong_and_what_to_do(field: Field, answer: Any, says: str) -> None:
    assert problem_with(field, answer, NOW) == Problem("f", says)


def test_one_wrong_answer_does_not_lose_the_others() -> None:
    form = FormDef("form", "表单", 2, (SUPPORT, Field("n", "数量", K.NUMBER, True)))
    checked = check(form, {"f": "特价", "n": "x", "gone": "旧字段"}, NOW)
    assert checked.values == {"f": "特价"}
    assert [problem.field for problem in checked.problems] == ["n"]
    assert checked.extra == {"gone": "旧字段"}


def test_values_go_to_json() -> None:
    values = [Decimal("1.50"), date(2026, 3, 18), NOW.astimezone(UTC), Position(1.0, 2.0), ("a", Decimal(2)), 7, "文"]
    assert json.loads(json.dumps([plain(value) for value in values])) == [
        "1.50",
        "2026-03-18",
        "2026-03-18T07:39:00+00:00",
        {"latitude": 1.0, "longitude": 2.0, "accuracy": None},
        ["a", "2"],
        7,
        "文",
    ]


@given(st.decimals(-(10**9), 10**9, places=4))
def test_every_number_is_read_back(number: Decimal) -> None:
    assert read_number(str(number)) == number
    assert read_number(f"{number:,}") == number
    assert read_number(f"{number:f}%") == number / 100


@given(st.sampled_from([OBSTACLE, PAINS, SUPPORT, COUNT, PRICE, DELIVERY, NEXT, PHOTOS, PLACE, CODE]), st.text())
def test_no_text_at_all_breaks_a_form(field: Field, answer: str) -> None:
    checked = check(FormDef("form", "表单", 1, (field,)), {"f": answer}, NOW)
    assert bool(checked.problems) is (problem_with(field, answer, NOW) is not None)
    json.dumps([plain(value) for value in checked.values.values()])
