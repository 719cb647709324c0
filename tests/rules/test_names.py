from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.names import Named, core, near_identical, normalised, resolve

NAMES = (
    "华联超市",
    "华联超市二店",
    "宏达机械",
    "宏达机电",
    "云帆软件",
    "金利达商贸有限公司",
    "上海蓝海智能科技有限公司",
    "永辉一店",
)
KNOWN = (*(Named(key, name) for key, name in enumerate(NAMES)), Named(90, "苏州精工轴承", aliases=("精工",)))


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("宏达机械（集团）有限公司", "宏达机械"),
        ("宏达机械股份有限公司", "宏达机械"),
        (" ＡＢＣ 科技 ", "abc科技"),
        ("有限公司", "有限公司"),
        ("大公司", "大公司"),
    ],
)
def test_legal_form_width_and_signs_do_not_count(name: str, plain: str) -> None:
    assert normalised(name) == plain


@pytest.mark.parametrize(
    ("name", "inner"),
    [("上海宏达机械有限公司", "宏达机械"), ("江苏省宏达机械", "宏达机械"), ("上海银行", "上海银行")],
)
def test_the_place_is_no_part_of_the_core(name: str, inner: str) -> None:
    assert core(name) == inner


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("华联超市", "华联超市"),  # exact wins over the longer 华联超市二店
        ("华联超市二店", "华联超市二店"),
        ("宏达机械有限公司", "宏达机械"),
        ("云帆", "云帆软件"),
        ("蓝海智能", "上海蓝海智能科技有限公司"),
        ("精工", "苏州精工轴承"),
    ],
)
def test_a_name_that_means_one_is_found(said: str, name: str) -> None:
    found = resolve(said, KNOWN).found
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("华联", ["华联超市", "华联超市二店"]),
        ("宏达", ["宏达机械", "宏达机电"]),
        ("华连超市", ["华联超市", "华联超市二店"]),
        ("鸿达机械", ["宏达机械", "宏达机电"]),
        ("云番软件", ["云帆软件"]),
        ("上海篮海智能", ["上海蓝海智能科技有限公司"]),
        ("华联超市三店", ["华联超市"]),  # another branch may be another customer
        ("永辉", ["永辉一店"]),
        ("李", []),
        ("不存在的客户", []),
        ("，。", []),
    ],
)
def test_a_name_in_doubt_is_asked_and_never_guessed(said: str, names: list[str]) -> None:
    resolution = resolve(said, KNOWN)
    assert resolution.found is None
    assert [match.named.name for match in resolution.candidates] == names


def test_two_customers_of_one_name_are_asked_about() -> None:
    twins = (Named(1, "宏达机械"), Named(2, "宏达机械有限公司"))
    assert resolve("宏达机械", twins).found is None
    assert len(resolve("宏达机械", twins).candidates) == 2


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("宏达机械（集团）有限公司", ["宏达机械"]),
        ("上海宏达机械", ["宏达机械"]),
        ("华连超市", ["华联超市"]),
        ("金利达商贸", ["金利达商贸有限公司"]),
        ("云帆软件科技", ["云帆软件"]),
        ("华联超市三店", []),
        ("远航物流", []),
    ],
)
def test_near_identical_names_are_shown_before_creating(name: str, same: list[str]) -> None:
    assert [match.named.name for match in near_identical(name, KNOWN)] == same


@given(st.sampled_from(KNOWN), st.sampled_from(["", "有限公司", "（集团）有限公司", " "]))
def test_a_full_name_always_means_its_customer(named: Named, tail: str) -> None:
    assert resolve(named.name + tail, KNOWN).found == named
    assert near_identical(named.name, KNOWN)[0].named == named


@given(st.text(max_size=12))
def test_whatever_is_said_a_found_name_is_also_the_only_candidate(said: str) -> None:
    resolution = resolve(said, KNOWN)
    if resolution.found is not None:
        assert [match.named for match in resolution.candidates] == [resolution.found]
