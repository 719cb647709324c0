"""Who is who in a directory: matched, new, changed, left; and what is reported instead of guessed."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.directory import Decisions, decide, role_of
from rules.listing import Account, Conflict, Known, Row, Source, Trouble, tidy_mobile

DING = ("dingtalk", "main")
FEISHU = ("feishu", "main")
RANKS = (DING, FEISHU)


def at(user: str, place: tuple[str, str] = DING) -> frozenset[Account]:
    return frozenset({(*place, user)})


WANG = Known(1, "王主管", "13800000001", role="manager", accounts=at("wang"))
LI = Known(2, "李雷", "13800000002", "li@e.cn", "销售", "华东", "rep", superior=1, accounts=at("lilei"))
ADMIN = Known(3, "周管理", role="admin", admin=True, accounts=at("zhou"))
PEOPLE = (WANG, LI, ADMIN)


def row(key: str, name: str, place: tuple[str, str] | None = DING, **more: object) -> Row:
    accounts = at(key, place) if place else frozenset()
    return Row(key, name, **{"accounts": accounts, **more})  # type: ignore[arg-type]  # fields by name


OURS = (row("wang", "王主管"), row("lilei", "李雷"), row("zhou", "周管理"))


def listed(*rows: Row, place: tuple[str, str] | None = DING, others: bool = True) -> Source:
    """The rows, and (`others`) those of our people who are not among them, unchanged."""
    keys = {one.key for one in rows}
    rest = tuple(one for one in OURS if one.key not in keys) if others and place == DING else ()
    return Source((*rows, *rest), place, RANKS)


def applied(people: tuple[Known, ...], decided: Decisions) -> tuple[Known, ...]:
    """As the records stand afterwards: new people have ids of their own."""
    changed = {change.after.id: change.after for change in decided.changed}
    ids = {one.id: max(one.id for one in (*people, Known(0, ""))) - one.id for one in decided.new}
    after = [changed.get(one.id, one) for one in people] + [replace(one, id=ids[one.id]) for one in decided.new]
    return tuple(replace(one, superior=ids.get(one.superior or 0, one.superior)) for one in after)


def only_change(decided: Decisions) -> tuple[tuple[str, ...], Known]:
    (change,) = decided.changed
    return change.fields, change.after


def test_nothing_changes_when_the_directory_says_what_we_have() -> None:
    assert decide(PEOPLE, listed()) == Decisions()


@pytest.mark.parametrize(
    ("entry", "field", "value"),
    [
        (row("lilei", "李磊"), "name", "李磊"),
        (row("lilei", "李雷", title="大客户经理"), "title", "大客户经理"),
        (row("lilei", "李雷", department="华南"), "department", "华南"),
        (row("lilei", "李雷", superior="zhou"), "superior", 3),
        (row("lilei", "李雷", mobile="+86 138-0000-0009"), "mobile", "13800000009"),
        (row("lilei", "李雷", email="Lei@E.cn"), "email", "lei@e.cn"),
        (row("lilei", "李雷", active=False), "active", False),
    ],
)
def test_what_changes(entry: Row, field: str, value: object) -> None:
    fields, after = only_change(decide(PEOPLE, listed(entry)))
    assert (fields, getattr(after, field)) == ((field,), value)


def test_what_a_source_does_not_know_changes_nothing() -> None:
    assert decide(PEOPLE, listed(row("lilei", "李雷", title="", department="", superior="", mobile=""))) == Decisions()


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (row("ou_1", "Lei Li", FEISHU, mobile="+8613800000002"), "the same mobile"),
        (row("ou_1", "Lei Li", FEISHU, email="LI@e.cn"), "the same address"),
        (row("ou_1", "李雷", FEISHU), "the only one of this name"),
        (row("ou_1", "李雷", FEISHU, mobile="13800000002", email="other@e.cn"), "the mobile counts before the address"),
    ],
)
def test_one_person_on_several_platforms_is_one(entry: Row, why: str) -> None:
    fields, after = only_change(decide(PEOPLE, Source((entry,), FEISHU, RANKS)))
    assert (after.id, fields, after.accounts) == (2, ("accounts",), LI.accounts | at("ou_1", FEISHU)), why


def test_of_a_person_on_two_platforms_the_first_configured_is_believed() -> None:
    both = replace(LI, accounts=LI.accounts | at("ou_1", FEISHU), mobile="")
    entry = row("ou_1", "雷子", FEISHU, title="总监", mobile="13900000009", superior="ou_9")
    fields, after = only_change(decide((WANG, both), Source((entry,), FEISHU, RANKS)))
    assert (fields, after.mobile) == (("mobile",), "13900000009"), "it still tells what nobody knew"


def test_new_people_with_superior_and_role() -> None:
    boss, rep = row("boss", "赵总"), row("new", "钱新", superior="boss", department="销售一部", mobile="139 0000 0000")
    one, two = decide(PEOPLE, listed(boss, rep)).new
    assert (one.name, one.role, two.role, two.superior, two.mobile) == ("赵总", "manager", "rep", one.id, "13900000000")


@pytest.mark.parametrize(
    ("title", "department", "leads", "role"),
    [
        ("销售总监", "", False, "director"),
        ("副总经理", "", False, "vp"),
        ("销售主管", "", False, "manager"),
        ("客户经理", "", False, "rep"),
        ("", "华东销售部", False, "rep"),
        ("", "技术部", True, "manager"),
        ("会计", "财务部", False, "member"),
    ],
)
def test_only_who_sells_is_taken_for_a_rep(title: str, department: str, leads: bool, role: str) -> None:
    assert role_of(Row("x", "x", title=title, department=department), leads=leads) == role


def test_a_role_that_is_given_is_kept() -> None:
    assert role_of(Row("x", "x", title="总监", role="owner"), leads=True) == "owner"


def test_namesakes_with_mobiles_are_two_people() -> None:
    (new,) = decide(PEOPLE, listed(row("li2", "李雷", mobile="13700000000"))).new
    assert new.name == "李雷2"
    again = applied(PEOPLE, decide(PEOPLE, listed(row("li2", "李雷", mobile="13700000000"))))
    assert decide(again, listed(row("li2", "李雷", mobile="13700000000"))) == Decisions(), "and keep their number"


GONE = replace(LI, id=9, name="韩梅", mobile="13800000009", email="", active=False, accounts=frozenset())
TWIN = replace(LI, id=8, name="老李", accounts=frozenset())


@pytest.mark.parametrize(
    ("people", "rows", "trouble", "who"),
    [
        (PEOPLE, [row("a", "甲", mobile="1"), row("b", "乙", mobile="1")], Trouble.SAME_MOBILE, ("甲", "乙")),
        (PEOPLE, [row("a", "甲", email="x@e"), row("b", "乙", email="X@e")], Trouble.SAME_EMAIL, ("甲", "乙")),
        (PEOPLE, [row("wang", "王主管", mobile="13800000002")], Trouble.SAME_MOBILE, ("李雷", "王主管")),
        (PEOPLE, [row("a", "甲", mobile="13800000002")], Trouble.SAME_MOBILE, ("李雷", "甲")),
        ((*PEOPLE, TWIN), [row("a", "甲", mobile="13800000002")], Trouble.SAME_MOBILE, ("李雷", "老李")),
        (PEOPLE, [row("a", "李雷")], Trouble.SAME_NAME, ("李雷",)),
        (PEOPLE, [row("a", "甲"), row("b", "甲")], Trouble.SAME_NAME, ("甲",)),
        (PEOPLE, [row("a", "")], Trouble.NO_NAME, ()),
        (PEOPLE, [row("lilei", "李雷", superior="nobody")], Trouble.NO_SUPERIOR, ("李雷",)),
        (PEOPLE, [row("wang", "王主管", superior="lilei")], Trouble.CIRCLE, ("王主管", "李雷")),
        (PEOPLE, [row("lilei", "李雷", superior="lilei")], Trouble.CIRCLE, ("李雷",)),
        ((*PEOPLE, GONE), [row("a", "韩梅", mobile="13800000009")], Trouble.RETURNED, ("韩梅",)),
        ((*PEOPLE, GONE), [row("a", "韩梅")], Trouble.SAME_NAME, ("韩梅",)),
        (PEOPLE, [row("zhou", "周管理", active=False)], Trouble.LAST_ADMIN, ("周管理",)),
        (
            PEOPLE,
            [row("x", "李雷", accounts=at("lilei") | at("wang")), row("lilei", "李雷", accounts=frozenset())],
            Trouble.SAME_ACCOUNT,
            ("李雷",),
        ),
    ],
)
def test_what_is_reported_and_not_guessed(
    people: tuple[Known, ...], rows: list[Row], trouble: Trouble, who: tuple[str, ...]
) -> None:
    decided = decide(people, listed(*rows))
    assert (trouble, who) in [(one.trouble, one.who) for one in decided.conflicts]
    assert (decided.new, decided.changed) == ((), ())


def test_a_superior_who_has_left_is_reported() -> None:
    gone = replace(GONE, accounts=at("han"))
    decided = decide((*PEOPLE, gone), listed(row("han", "韩梅", active=False), row("lilei", "李雷", superior="han")))
    assert decided == Decisions(conflicts=(Conflict(Trouble.LEFT_SUPERIOR, ("李雷",), "韩梅", ("lilei",)),))


def test_on_a_sheet_a_superior_is_a_name_or_a_mobile() -> None:
    rows = (row("2", "李雷", None, superior="138 0000 0001"), row("3", "甲", None, superior="王主管"))
    decided = decide((replace(WANG, name="王芳"), replace(LI, superior=None)), Source(rows))
    assert decided.changed[0].after.superior == 1
    assert decided.conflicts == (Conflict(Trouble.NO_SUPERIOR, ("甲",), "王主管", ("3",)),)
    two = (WANG, replace(WANG, id=7, mobile=""))
    assert decide(two, Source(rows[1:])).conflicts[0].trouble is Trouble.UNCLEAR_SUPERIOR


def test_who_is_listed_no_more_has_left() -> None:
    decided = decide(PEOPLE, Source((row("wang", "王主管"), row("zhou", "周管理")), DING, RANKS))
    assert [change.after.name for change in decided.left] == ["李雷"]
    assert decide(PEOPLE, Source((row("2", "王主管", None),))).left == (), "a sheet lists no leavers"


def test_who_left_one_platform_and_is_on_another_stays() -> None:
    both = replace(LI, accounts=LI.accounts | at("ou_1", FEISHU) | at("web", ("console", "web")))
    decided = decide((WANG, both, ADMIN), listed(row("lilei", "李雷", active=False)))
    fields, after = only_change(decided)
    assert (fields, after.accounts) == (("accounts",), both.accounts - LI.accounts)
    ((change,)) = decide((after,), Source((row("ou_1", "李雷", FEISHU, active=False),), FEISHU, RANKS)).left
    assert change.after.accounts == after.accounts, "the web chat alone keeps nobody"


def test_many_missing_at_once_are_a_changed_range() -> None:
    crowd = tuple(Known(number, f"人{number}", accounts=at(f"u{number}")) for number in range(10, 40))
    source = Source(tuple(row(f"u{number}", f"人{number}") for number in range(10, 33)), DING, RANKS)
    decided = decide(crowd, source)
    assert decided.left == () and decided.conflicts[0].trouble is Trouble.MANY_LEFT
    assert decided.conflicts[0].about == "7"
    assert decide(crowd, Source((), DING, RANKS)) == Decisions(), "an app that sees nobody says nothing"


def test_user_ids_of_wecom_have_no_case() -> None:
    place = ("wecom", "main")
    known = (Known(1, "王", accounts=at("Wang", place)), Known(2, "李", accounts=at("li", place)))
    source = Source((row("wang", "王", place), row("LI", "李", place, superior="WANG")), place, (place,))
    decided = decide(known, source)
    assert [(change.fields, change.after.superior) for change in decided.changed] == [(("superior",), 1)]


@pytest.mark.parametrize(
    ("text", "mobile"),
    [
        ("138 0000-0001", "13800000001"),
        ("+86 13800000001", "13800000001"),
        ("008613800000001", "13800000001"),
        ("8613800000001", "13800000001"),
        ("+852 9123 4567", "+85291234567"),
        ("", ""),
        ("无", ""),
    ],
)
def test_mobiles_are_compared_tidy(text: str, mobile: str) -> None:
    assert tidy_mobile(text) == mobile


NAMES = st.sampled_from(["甲", "乙", "丙", "甲2", ""])
MOBILES = st.sampled_from(["", "1", "2", "3"])
EMAILS = st.sampled_from(["", "a@e", "b@e"])
USERS = ["u1", "u2", "u3", "u4"]
ACCOUNTS = [(*place, user) for place, user in product(RANKS, USERS)]


@st.composite
def companies(draw: st.DrawFn) -> tuple[Known, ...]:
    free = list(ACCOUNTS)
    people: list[Known] = []
    for number in range(1, draw(st.integers(0, 5)) + 1):
        own = frozenset(draw(st.lists(st.sampled_from(free), max_size=2))) if free else frozenset()
        free = [one for one in free if one not in own]
        superior = draw(st.sampled_from([None, *range(1, number)]))
        fields = {"mobile": draw(MOBILES), "email": draw(EMAILS), "active": draw(st.booleans())}
        name = draw(NAMES) or "丁"
        people.append(Known(number, name, superior=superior, admin=number == 1, accounts=own, **fields))
    return tuple(people)


@st.composite
def sources(draw: st.DrawFn) -> Source:
    place = draw(st.sampled_from([DING, FEISHU, None]))
    rows: list[Row] = []
    for user in draw(st.lists(st.sampled_from(USERS), unique=True)):
        fields = {"mobile": draw(MOBILES), "email": draw(EMAILS), "title": draw(st.sampled_from(["", "总监"]))}
        superior = draw(st.sampled_from(["", "x", *(USERS if place else ["甲", "乙"])]))
        active = draw(st.booleans()) if place else True
        rows.append(row(user, draw(NAMES), place, superior=superior, active=active, **fields))
    return Source(tuple(rows), place, RANKS)


@given(companies(), sources())
def test_applied_twice_nothing_changes_the_second_time(people: tuple[Known, ...], source: Source) -> None:
    once = applied(people, decide(people, source))
    again = decide(once, source)
    assert (again.new, again.changed) == ((), ())


@given(companies(), sources())
def test_nobody_is_lost_circled_or_doubled(people: tuple[Known, ...], source: Source) -> None:
    after = applied(people, decide(people, source))
    assert {one.id for one in people} <= {one.id for one in after}
    accounts = [account for one in after for account in one.accounts]
    assert len(accounts) == len(set(accounts)), "an account belongs to one person"
    above = {one.id: one.superior for one in after}
    for start in above:
        climbed, here = {start}, above[start]
        while here is not None:
            assert here not in climbed
            climbed.add(here)
            here = above[here]
