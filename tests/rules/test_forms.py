from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from rules.forms import BadForm, Field, FieldKind, FormDef

PROGRESS = FormDef(
    "progress",
    "客户推进",
    4,
    (
        Field("obstacle", "阻碍因素", FieldKind.CHOICE, True, ("客户预算冻结", "竞品压价")),
        Field("support", "需支持事项", FieldKind.TEXT, max_length=50, slot="support", placeholder="没有就写无"),
        Field("amount", "预计金额", FieldKind.MONEY, minimum=Decimal(0), maximum=Decimal("1e7")),
        Field("photos", "照片", FieldKind.PHOTO, multiple=True, minimum=Decimal(2)),
        Field("next", "下次跟进时间", FieldKind.DATETIME, True, future=True, help="要具体到小时"),
    ),
)


def edited(index: int, **changes: Any) -> dict[str, Any]:
    plain = PROGRESS.to_dict()
    plain["fields"][index] |= changes
    return plain


def test_plain_values_give_the_form_back() -> None:
    assert FormDef.from_dict(json.loads(json.dumps(PROGRESS.to_dict()))) == PROGRESS


def test_a_pack_may_leave_out_titles_and_versions() -> None:
    form = FormDef.from_dict({"name": "f", "fields": [{"name": "备注", "kind": "text"}]})
    assert (form.title, form.version, form.field("备注").title) == ("f", 1, "备注")


def test_a_field_is_found_by_name_or_title() -> None:
    assert PROGRESS.field("obstacle") is PROGRESS.field("阻碍因素")
    with pytest.raises(BadForm, match="客户推进 没有字段「原因」；现有：阻碍因素、需支持事项"):
        PROGRESS.field("原因")


def test_an_option_is_added_and_removed_as_a_new_version() -> None:
    longer = PROGRESS.with_option("阻碍因素", " 换人 ")
    assert longer.version == 5
    assert longer.field("obstacle").options == ("客户预算冻结", "竞品压价", "换人")
    assert PROGRESS.field("obstacle").options == ("客户预算冻结", "竞品压价")
    shorter = longer.without_option("阻碍因素", "竞品压价")
    assert (shorter.version, shorter.field("obstacle").options) == (6, ("客户预算冻结", "换人"))


def test_whether_a_field_is_required_is_a_new_version() -> None:
    assert PROGRESS.with_required("需支持事项", True).field("support").required
    with pytest.raises(BadForm, match="本来就不是必填"):
        PROGRESS.with_required("需支持事项", False)
    with pytest.raises(BadForm, match="本来就是必填"):
        PROGRESS.with_required("阻碍因素", True)


def test_refused_changes_say_what_exists() -> None:
    with pytest.raises(BadForm, match="没有选项「换人」；现有：客户预算冻结、竞品压价；用 /form add-option 增加"):
        PROGRESS.without_option("阻碍因素", "换人")
    with pytest.raises(BadForm, match="已有选项「竞品压价」"):
        PROGRESS.with_option("阻碍因素", "竞品压价")
    with pytest.raises(BadForm, match="选项是空的"):
        PROGRESS.with_option("阻碍因素", "  ")
    with pytest.raises(BadForm, match="不是选择题，没有选项；表单里的选择题：阻碍因素"):
        PROGRESS.with_option("需支持事项", "换人")
    with pytest.raises(BadForm, match="最后一个选项"):
        PROGRESS.without_option("阻碍因素", "竞品压价").without_option("阻碍因素", "客户预算冻结")


@pytest.mark.parametrize(
    ("plain", "says"),
    [
        (edited(0, name="support"), "「support」出现了两次"),
        (edited(0, options=[]), "却没有选项"),
        (edited(0, options=["甲", "甲"]), "重复的选项"),
        (edited(1, options=["甲"]), "kind 却是 text"),
        (edited(1, kind="textarea"), "kind 是「textarea」；可用：choice、multi_choice"),
        (edited(1, max_length=0), "max_length 是 0"),
        (edited(1, requird=True), "不认识「requird」"),
        (edited(2, minimum="很多"), "minimum 是「很多」"),
        (edited(2, minimum=5, maximum=4), "最小值 5 大于最大值 4"),
        ({"title": "没名字"}, "表单缺少「name」"),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(plain: dict[str, Any], says: str) -> None:
    with pytest.raises(BadForm, match=says):
        FormDef.from_dict(plain)
