"""Which card WeCom shows for which neutral card, and that no neutral card is ever refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.wecom.cards import AIBOT, APP, Drawn, Profile, draw, plan
from bot.platforms.wecom.words import Dialect, message
from cards.model import (
    Button,
    Card,
    Chain,
    Due,
    Fact,
    Facts,
    Input,
    InputKind,
    Link,
    Option,
    Picture,
    Source,
    Style,
    Table,
    Tag,
    Tags,
    Text,
    Tone,
)
from tests.emulators.wecom.card_rules import check_card, labels, visible

TASK = "card-1@0123456789abcdef"


def choice(name: str, options: int = 3, **more: Any) -> Input:
    kind = more.pop("kind", InputKind.CHOICE)
    made = tuple(Option(value=f"{name}{n}", label=f"{name} 选项 {n}") for n in range(options))
    return Input(name=name, label=more.pop("label", name), kind=kind, options=made, **more)


def button(label: str = "确认", **more: Any) -> Button:
    return Button(label=label, action={"a": "x", "label": label}, **more)


SUBMIT = button(submits=True, style=Style.PRIMARY)
PAGE = Button(label="打开表单", url="https://example.com/f/1")


def drawn(card: Card, profile: Profile = APP, **more: Any) -> Drawn:
    made = draw(card, profile, TASK, **more)
    assert made is not None, "nothing was drawn"
    check_card(made.template, "app" if profile is APP else "aibot", update=bool(more.get("update")))
    return made


def words(made: Drawn) -> str:
    return visible(made.template, "app")


@pytest.mark.parametrize(
    ("inputs", "buttons", "kind", "standing"),
    [
        ([], [button("已协调"), button("需更多信息")], "button_interaction", []),
        ([choice("a")], [SUBMIT], "button_interaction", ["a"]),
        ([choice("a"), choice("b")], [SUBMIT], "multiple_interaction", ["a", "b"]),
        ([choice(name) for name in "abcd"], [SUBMIT], "multiple_interaction", ["a", "b", "c"]),
        ([choice("a"), choice("b")], [SUBMIT, button("不记")], "button_interaction", ["a"]),
        ([choice("a"), choice("b")], [SUBMIT, PAGE], "button_interaction", ["a"]),
        ([choice("a", kind=InputKind.MULTI_CHOICE)], [SUBMIT], "vote_interaction", ["a"]),
        ([choice("a", 20, kind=InputKind.MULTI_CHOICE)], [SUBMIT], "vote_interaction", ["a"]),
        ([choice("a", 21, kind=InputKind.MULTI_CHOICE)], [SUBMIT], "button_interaction", []),
        ([choice("a", kind=InputKind.MULTI_CHOICE)], [SUBMIT, button("不记")], "button_interaction", []),
        ([choice("a", kind=InputKind.MULTI_CHOICE), choice("b")], [SUBMIT], "button_interaction", ["b"]),
        ([choice("a", 9)], [SUBMIT], "button_interaction", ["a"]),
        ([choice("a", 10)], [SUBMIT], "button_interaction", []),
        ([choice("a", 0)], [SUBMIT], "button_interaction", []),
        ([choice("a")], [button("知道了")], "button_interaction", []),
        ([Input(name="t", label="备注", kind=InputKind.TEXT)], [SUBMIT], "button_interaction", []),
        ([Input(name="t", label="时间", kind=InputKind.DATETIME), choice("a")], [SUBMIT], "button_interaction", ["a"]),
        ([], [PAGE], "text_notice", []),
    ],
)
def test_kind_of_card_follows_from_what_is_pressed(
    inputs: list[Input], buttons: list[Button], kind: str, standing: list[str]
) -> None:
    made = drawn(Card(title="客户推进", blocks=tuple(inputs), buttons=tuple(buttons)))
    assert made.template["card_type"] == kind
    assert list(made.standing) == standing
    assert set(made.left_out) == {one.name for one in inputs} - set(standing)


def test_all_buttons_stay_pressable_whatever_fields_there_are() -> None:
    card = Card(
        title="这样记，对吗？", blocks=(choice("a"), choice("b")), buttons=(SUBMIT, button("重说一遍"), button("不记"))
    )
    assert labels(drawn(card).template) == ["确认", "重说一遍", "不记"]


def test_dropdown_starts_unchosen_because_the_client_would_choose_the_first() -> None:
    made = drawn(Card(title="t", blocks=(choice("a"),), buttons=(SUBMIT,))).template["button_selection"]
    assert made["selected_id"] == made["option_list"][0]["id"] == "_blank"
    filled = drawn(Card(title="t", blocks=(choice("a", value="a1"),), buttons=(SUBMIT,))).template["button_selection"]
    assert filled["selected_id"] == "a1" and len(filled["option_list"]) == 4


def test_value_that_is_no_longer_an_option_is_not_chosen() -> None:
    assert (
        drawn(Card(title="t", blocks=(choice("a", value="gone"),), buttons=(SUBMIT,))).template["button_selection"][
            "selected_id"
        ]
        == "_blank"
    )


@pytest.mark.parametrize(
    ("filled", "wrong", "buttons", "standing"),
    [
        ("", "", 2, ["a"]),
        ("a", "", 2, ["b"]),
        ("ab", "", 2, ["c"]),
        ("abcd", "", 2, ["a"]),
        ("abcd", "b", 2, ["b"]),
        ("a", "", 1, ["b", "c", "d"]),
        ("bd", "d", 1, ["a", "c", "d"]),
    ],
)
def test_dropdowns_go_to_the_fields_that_need_them(filled: str, wrong: str, buttons: int, standing: list[str]) -> None:
    fields = [choice(n, value=f"{n}1" if n in filled else "", problem="不对" if n in wrong else "") for n in "abcd"]
    card = Card(title="t", blocks=tuple(fields), buttons=(SUBMIT, button("不记"))[:buttons])
    assert list(drawn(card).standing) == standing


def test_ticks_show_what_is_already_chosen() -> None:
    made = drawn(
        Card(title="t", blocks=(choice("a", kind=InputKind.MULTI_CHOICE, value=("a0", "a2")),), buttons=(SUBMIT,))
    )
    assert [option["is_checked"] for option in made.template["checkbox"]["option_list"]] == [True, False, True]


def test_fields_without_a_place_are_named_with_how_to_fill_them() -> None:
    note = Input(name="need", label="需支持事项", kind=InputKind.TEXT, required=True)
    when = Input(name="next", label="下次跟进时间", kind=InputKind.DATETIME)
    made = drawn(Card(title="客户推进", blocks=(choice("a"), note, when), buttons=(SUBMIT, button("不记"))))
    assert made.left_out == ("need", "next")
    assert "还要填：需支持事项、下次跟进时间（选填）" in words(made) and "在对话里逐项问你" in words(made)


def test_what_was_understood_is_shown_and_not_asked_again() -> None:
    heard = Source(text="听到“红打机械”，按你的客户改为“宏达机械”")
    customer = Input(name="c", label="客户", kind=InputKind.TEXT, value="宏达机械", source=heard)
    support = Input(name="s", label="需支持事项", kind=InputKind.TEXT, value="总监帮忙申请特价")
    made = drawn(Card(title="这样记，对吗？", blocks=(customer, support), buttons=(SUBMIT, button("不记"))))
    assert "客户：宏达机械（听到“红打机械”" in words(made) and "需支持事项：总监帮忙申请特价" in words(made)
    assert "还要填" not in words(made)


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        (Input(name="f", label="照片", kind=InputKind.PHOTO, value=("k1", "k2")), "已收到 2 张照片"),
        (Input(name="f", label="方案", kind=InputKind.FILE, value=("k1",)), "已收到 1 个文件"),
        (Input(name="f", label="位置", kind=InputKind.POSITION, value="31.2,121.4,25"), "已定位"),
        (Input(name="f", label="下次", kind=InputKind.DATETIME, value="2026-03-18T15:00"), "2026-03-18 15:00"),
        (choice("f", kind=InputKind.MULTI_CHOICE, value=("f0", "f2")), "f 选项 0、f 选项 2"),
        (
            Input(name="f", label="金额", kind=InputKind.NUMBER, value="380000", problem="应在 1 到 100000 之间"),
            "380000；应在 1 到 100000 之间",
        ),
    ],
)
def test_values_are_shown_as_people_read_them(field: Input, shown: str) -> None:
    assert shown in words(drawn(Card(title="t", blocks=(field,), buttons=(SUBMIT, button("不记")))))


BODY = (
    Text(text="客户**嫌价格高**"),
    Tags(tags=(Tag(text="竞品压价", tone=Tone.WARN), Tag(text="申请特价"))),
    Chain(links=(Link(who="你", what="10:09", state="done"), Link(who="王主管", what="15:39 前答复", state="now"))),
    Due(text="还剩 4 小时工作时间"),
)


def test_body_blocks_have_their_lines() -> None:
    text = words(drawn(Card(title="t", blocks=BODY, buttons=(button("已协调"),))))
    assert "客户嫌价格高" in text and "［竞品压价］ ［申请特价］" in text
    assert "你 10:09 › 王主管 15:39 前答复" in text and "还剩 4 小时工作时间" in text


def test_facts_are_rows_until_they_do_not_fit() -> None:
    facts = [Fact(label=f"项{n}", value="值") for n in range(7)] + [
        Fact(label="很长的标签名", value="值"),
        Fact(label="金额", value="长" * 31),
    ]
    template = drawn(Card(title="t", blocks=(Facts(facts=tuple(facts)),), buttons=(button(),))).template
    assert [row["keyname"] for row in template["horizontal_content_list"]] == [f"项{n}" for n in range(6)]
    assert all(one in template["sub_title_text"] for one in ("项6：值", "很长的标签名：值", "金额：长长"))


def test_too_long_a_body_is_cut_with_an_honest_tail() -> None:
    card = Card(title="t", blocks=(Text(text="很长的说明。" * 60),), buttons=(button(),))
    sent, changed = drawn(card), drawn(card, update=True)
    assert sent.shortened and sent.template["sub_title_text"].endswith("…（全文见上一条）")
    assert changed.template["sub_title_text"].endswith("…（内容较长，未显示完）")
    assert len(sent.template["sub_title_text"]) <= 160


@pytest.mark.parametrize(("profile", "title"), [(APP, 36), (AIBOT, 26)])
def test_too_long_a_title_is_cut_to_the_lines_own_width(profile: Profile, title: int) -> None:
    made = drawn(Card(title="支持请求" * 10, buttons=(button(),)), profile)
    assert made.shortened and len(made.template["main_title"]["title"]) == title


@pytest.mark.parametrize(
    ("value", "shown", "shortened"),
    [("宏达机械", "客户：宏达机械", False), ("宏" * 60, "客户：" + "宏" * 40 + "…", True)],
)
def test_dropdown_cards_say_everything_under_the_title(value: str, shown: str, shortened: bool) -> None:
    facts = Facts(facts=(Fact(label="客户", value=value),))
    made = drawn(Card(title="t", blocks=(facts, choice("a"), choice("b")), buttons=(SUBMIT,)))
    assert made.template["card_type"] == "multiple_interaction"
    assert (made.template["main_title"]["desc"], made.shortened) == (shown, shortened)


def test_confirmation_stands_on_the_card_because_there_is_no_second_question() -> None:
    made = drawn(Card(title="t", buttons=(button("删除", confirm="删除后不能恢复", style=Style.DANGER),)))
    assert "「删除」：删除后不能恢复" in words(made)


def test_more_than_six_buttons_are_named_in_words() -> None:
    made = drawn(Card(title="t", buttons=tuple(button(f"操作{n}") for n in range(8))))
    assert labels(made.template) == [f"操作{n}" for n in range(6)]
    assert "「操作6」「操作7」" in words(made)


def test_action_too_big_for_a_key_is_named_in_words() -> None:
    made = drawn(Card(title="t", buttons=(button("好"), Button(label="坏", action={"a": "字" * 500}))))
    assert labels(made.template) == ["好"] and "「坏」" in words(made)


def test_links_are_buttons_in_the_app_and_rows_on_a_robots_card() -> None:
    card = Card(title="t", buttons=(SUBMIT, PAGE))
    assert drawn(card).template["button_list"][1] == {"type": 1, "text": "打开表单", "style": 2, "url": PAGE.url}
    row = drawn(card, AIBOT).template["horizontal_content_list"][0]
    assert (row["type"], row["value"], row["url"]) == (1, "打开表单", PAGE.url)


def test_card_without_buttons_or_address_is_left_to_words() -> None:
    card = Card(title="已记下 · 宏达机械", blocks=BODY)
    assert draw(card, APP, TASK) is None
    assert drawn(card, card_url="https://example.com").template["card_action"] == {
        "type": 1,
        "url": "https://example.com",
    }


def test_finished_state_greys_the_app_card_and_replaces_the_robots() -> None:
    card = Card(title="已记下 · 宏达机械", tone=Tone.GOOD)
    assert drawn(card, update=True).template["replace_text"] == "已更新"
    assert labels(drawn(card, update=True).template) == []
    robots = drawn(card, AIBOT, update=True).template
    assert "replace_text" not in robots and robots["button_list"][0]["key"] == "nothing"


def test_finished_card_asks_for_nothing() -> None:
    field = Input(name="n", label="备注", kind=InputKind.TEXT, required=True)
    assert "还要填" not in words(drawn(Card(title="已记下", blocks=(field,)), update=True))


@pytest.mark.parametrize(
    ("style", "app", "robot"), [(Style.PRIMARY, 1, 1), (Style.DEFAULT, 2, 4), (Style.DANGER, 4, 3)]
)
def test_styles_differ_between_the_lines(style: Style, app: int, robot: int) -> None:
    card = Card(title="t", buttons=(button(style=style),))
    assert drawn(card).template["button_list"][0]["style"] == app
    assert drawn(card, AIBOT).template["button_list"][0]["style"] == robot


def test_plan_can_be_asked_before_sending() -> None:
    card = Card(title="t", blocks=(choice("a"), choice("b", 12)), buttons=(SUBMIT,))
    assert [one.name for one in plan(card, APP).inputs] == ["a"]


texts = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), min_size=1, max_size=60)
names = st.text(min_size=1, max_size=12)
options = st.builds(Option, value=st.text(max_size=60), label=texts)
inputs = st.builds(
    Input,
    name=names,
    label=texts,
    kind=st.sampled_from(list(InputKind)),
    options=st.lists(options, max_size=12).map(tuple),
    value=st.one_of(st.text(max_size=10), st.lists(st.text(max_size=10), max_size=2).map(tuple)),
    required=st.booleans(),
)
blocks = st.one_of(
    inputs,
    st.builds(Text, text=texts),
    st.builds(Facts, facts=st.lists(st.builds(Fact, label=texts, value=texts), max_size=8).map(tuple)),
    st.builds(Tags, tags=st.lists(st.builds(Tag, text=texts), max_size=3).map(tuple)),
    st.builds(Due, text=texts),
    st.builds(Picture, attachment=st.just("a" * 64), alt=texts),
    st.builds(Table, columns=st.just(("客户", "金额")), rows=st.lists(st.tuples(texts, texts), max_size=12).map(tuple)),
)
buttons = st.one_of(
    st.builds(
        Button,
        label=texts,
        action=st.dictionaries(names, texts, min_size=1, max_size=2),
        submits=st.booleans(),
        style=st.sampled_from(list(Style)),
    ),
    st.builds(Button, label=texts, url=st.just("https://example.com/x")),
)
unique_fields = st.lists(blocks, max_size=7, unique_by=lambda one: one.name if isinstance(one, Input) else id(one)).map(
    tuple
)
any_card = st.builds(
    Card,
    title=texts,
    lead=st.text(max_size=60),
    tone=st.sampled_from(list(Tone)),
    blocks=unique_fields,
    buttons=st.lists(buttons, max_size=8).map(tuple),
)


@given(
    card=any_card,
    profile=st.sampled_from([APP, AIBOT]),
    update=st.booleans(),
    url=st.sampled_from(["", "https://example.com"]),
)
@settings(max_examples=150, deadline=None)
def test_no_card_is_ever_refused_and_no_button_is_lost(card: Card, profile: Profile, update: bool, url: str) -> None:
    made = draw(card, profile, TASK, card_url=url, update=update)
    if made is None:
        assert not update and not [one for one in card.buttons if one.url]
        return
    line = "app" if profile is APP else "aibot"
    check_card(made.template, line, update=update)  # type: ignore[arg-type]
    assert set(made.standing) | set(made.left_out) == {one.name for one in card.inputs}
    parts = plan(card, profile)
    actions = [one for one in card.buttons if one.action is not None]
    assert len(parts.buttons) + len(parts.spare) == len(actions)


@given(card=any_card, dialect=st.sampled_from(list(Dialect)))
@settings(max_examples=100, deadline=None)
def test_in_words_nothing_of_the_users_formats_or_mentions(card: Card, dialect: Dialect) -> None:
    text = message(card, dialect)
    assert "<@" not in text and "<a" not in text.lower()
    if dialect is not Dialect.PLAIN:
        assert "<" not in text.replace('<font color="', "").replace("</font>", "")


def test_bold_marks_of_a_lead_are_not_shown() -> None:
    made = drawn(Card(title="停滞提醒", lead="已 **52 小时**没有联系", buttons=(button(),)))
    assert made.template["main_title"]["desc"] == "已 52 小时没有联系"
