"""Every card that is drawn is a card Feishu takes, says what it leaves out, and gives back what was filled in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms.feishu.cards import MAX_BUTTONS, MAX_BYTES, MAX_ELEMENTS, draw, elements
from bot.platforms.feishu.client import CAPABILITIES
from bot.platforms.feishu.markup import bold_markdown, defuse, escape, without_bold
from cards import model
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
    Style,
    Tag,
    Tags,
    Text,
    Tone,
)
from tests.emulators.feishu.card_schema import FIELDS, check_card, tagged
from tests.emulators.feishu.seen import see
from tests.emulators.feishu.world import Message

OPTIONS = (Option(value="price", label="竞品压价"), Option(value="budget", label="客户预算冻结"))
SUBMIT = Button(label="确认", action={"a": "x.submit"}, submits=True, style=Style.PRIMARY)


def drawn(card: Card, **how: Any) -> dict[str, Any]:
    """The card as Feishu would take it."""
    return check_card(draw(card, "key1", **how).text)


def read(card: Card, **how: Any) -> str:
    """What the person reads."""
    from datetime import UTC, datetime

    message = Message("om_1", "oc_1", "cli", "interactive", drawn(card, **how), datetime(2026, 3, 2, tzinfo=UTC))
    return see(message, "cli").text


def of(card: dict[str, Any], tag: str) -> list[dict[str, Any]]:
    return [one for one in tagged(card["body"]) if one["tag"] == tag]


def test_a_support_request_reads_in_its_order() -> None:
    card = Card(
        title="支持请求 · 李雷 · 宏达机械",
        tone=Tone.WARN,
        blocks=(
            Facts(
                facts=(Fact(label="阻碍因素", value="竞品压价", tone=Tone.WARN), Fact(label="需要", value="申请特价"))
            ),
            Due(text="今天 15:39 前回复（还剩 3 小时 50 分工作时间）", elapsed=0.05, tone=Tone.WARN),
            Chain(links=(Link(who="你", what="10:09", state="done"), Link(who="王主管", what="15:39 前", state="now"))),
        ),
        buttons=(
            Button(label="已协调", action={"a": "s.done"}, style=Style.PRIMARY),
            Button(label="打开客户", url="https://e.cn"),
        ),
    )
    whole = drawn(card)
    assert read(card).splitlines() == [
        "支持请求 · 李雷 · 宏达机械",
        "阻碍因素",
        "竞品压价",
        "需要",
        "申请特价",
        "⏰ 今天 15:39 前回复（还剩 3 小时 50 分工作时间）",
        "▱▱▱▱▱▱▱▱▱▱ 已用 5%",
        "✓ 你 · 10:09",
        "▶ 王主管 · 15:39 前",
    ]
    assert whole["header"]["template"] == "orange"
    assert [one["behaviors"][0] for one in of(whole, "button")] == [
        {"type": "callback", "value": {"k": "key1", "a": {"a": "s.done"}}},
        {"type": "open_url", "default_url": "https://e.cn"},
    ]
    assert not of(whole, "form")


def field(kind: InputKind, **more: Any) -> Input:
    options = OPTIONS if kind in (InputKind.CHOICE, InputKind.MULTI_CHOICE) else ()
    return Input(**{"name": "f", "label": "阻碍因素", "kind": kind, "options": options, **more})


@pytest.mark.parametrize(
    ("kind", "value", "tag", "shown"),
    [
        (InputKind.CHOICE, "price", "select_static", {"initial_option": "price", "name": "v_f"}),
        (InputKind.CHOICE, "gone", "select_static", {"name": "v_f"}),
        (
            InputKind.MULTI_CHOICE,
            ("price", "gone"),
            "multi_select_static",
            {"selected_values": ["price"], "required": False},
        ),
        (InputKind.TEXT, "申请特价", "input", {"default_value": "申请特价", "max_length": 1000}),
        (InputKind.LONG_TEXT, "", "input", {"input_type": "multiline_text"}),
        (InputKind.NUMBER, "12.5", "input", {"default_value": "12.5"}),
        (InputKind.DATE, "2026-03-18", "date_picker", {"initial_date": "2026-03-18", "name": "d_f"}),
        (InputKind.DATE, "下周三", "date_picker", {"name": "d_f"}),
        (
            InputKind.DATETIME,
            "2026-03-18T15:00",
            "picker_datetime",
            {"initial_datetime": "2026-03-18 15:00", "name": "t_f"},
        ),
    ],
)
def test_each_input_that_stands_on_a_card(kind: InputKind, value: Any, tag: str, shown: dict[str, Any]) -> None:
    card = Card(title="客户推进", blocks=(field(kind, value=value),), buttons=(SUBMIT,))
    (form,) = of(drawn(card), "form")
    (component,) = [one for one in tagged(form) if one["tag"] == tag]
    assert {name: component[name] for name in shown} == shown
    assert kind.value in CAPABILITIES.inputs


@pytest.mark.parametrize("kind", [InputKind.PHOTO, InputKind.FILE, InputKind.POSITION, InputKind.CODE])
def test_each_input_that_does_not_is_said_in_words(kind: InputKind) -> None:
    card = Card(
        title="到店", blocks=(field(InputKind.TEXT), field(kind, name="g", label="门头照片")), buttons=(SUBMIT,)
    )
    assert "这些不在卡片上填：门头照片（" in read(card)
    assert kind.value not in CAPABILITIES.inputs


def test_a_choice_of_too_many_is_asked_instead_of_cut() -> None:
    many = tuple(Option(value=str(number), label=f"客户{number}") for number in range(101))
    card = Card(title="客户", blocks=(field(InputKind.CHOICE, options=many, value="3"),), buttons=(SUBMIT,))
    assert read(card).splitlines() == ["客户", "阻碍因素", "客户3"]
    assert [one["text"]["content"] for one in of(drawn(card), "button")] == ["确认", "改一下"]
    empty = Card(title="客户", blocks=(field(InputKind.CHOICE, options=many),), buttons=(SUBMIT,))
    assert "这些不在卡片上填：阻碍因素（直接发文字给我）" in read(empty)


def test_what_is_wrong_and_where_it_came_from_stand_beside_the_field() -> None:
    source = model.Source(text="录音 0:12「竞品压价」")
    card = Card(
        title="核对",
        blocks=(field(InputKind.CHOICE, problem="请选一项", source=source, required=True),),
        buttons=(SUBMIT,),
    )
    assert read(card).splitlines() == ["核对", "阻碍因素 *", "⚠ 请选一项", "来自：录音 0:12「竞品压价」"]


def test_other_buttons_stay_outside_the_form_so_that_required_fields_do_not_bar_them() -> None:
    cancel = Button(label="撤销", action={"a": "x.undo"}, confirm="撤销后要重新填写", style=Style.DANGER)
    whole = drawn(Card(title="核对", blocks=(field(InputKind.TEXT, required=True),), buttons=(SUBMIT, cancel)))
    (form,) = of(whole, "form")
    assert [one["text"]["content"] for one in tagged(form) if one["tag"] == "button"] == ["确认"]
    (undo,) = [one for one in of(whole, "button") if one["text"]["content"] == "撤销"]
    assert undo["confirm"]["text"]["content"] == "撤销后要重新填写"


def test_inputs_nobody_can_submit_are_shown_as_filled() -> None:
    card = Card(
        title="已确认", blocks=(field(InputKind.CHOICE, value="price"), field(InputKind.TEXT, name="g", label="备注"))
    )
    assert read(card).splitlines() == ["已确认", "阻碍因素：竞品压价", "备注：未填"]


def test_a_picture_is_shown_or_named() -> None:
    card = Card(title="门头", blocks=(Picture(attachment="abc", alt="门头照片"),))
    assert "［图片：门头照片］" in read(card)
    assert of(drawn(card, pictures={"abc": "img_v3_1"}), "img")[0]["img_key"] == "img_v3_1"


def test_a_sixth_table_and_a_table_in_a_form_are_words() -> None:
    table = model.Table(columns=("客户", "金额"), rows=(("宏达机械", "12 万"),))
    whole = drawn(Card(title="看板", blocks=(table,) * 6))
    assert len(of(whole, "table")) == 5
    inside = Card(title="填", blocks=(field(InputKind.TEXT), table, field(InputKind.TEXT, name="g")), buttons=(SUBMIT,))
    assert "客户 宏达机械　金额 12 万" in read(inside)


def test_a_card_in_a_group_says_so_to_its_buttons() -> None:
    card = Card(title="x", buttons=(Button(label="好", action={"a": "y"}),))
    assert of(drawn(card, group=True), "button")[0]["behaviors"][0]["value"] == {"k": "key1", "a": {"a": "y"}, "g": 1}


MANY = tuple(Option(value=f"{number}", label="很长的选项" * 8) for number in range(100))
CHOICES = tuple(field(InputKind.CHOICE, name=f"f{number}", options=MANY) for number in range(15))
VERBS = tuple(Button(label=f"按钮{number}" * 30, action={"a": "x", "pad": "p" * 200}) for number in range(40))


@pytest.mark.parametrize(
    "card",
    [
        Card(title="长" * 5000, lead="长" * 50_000, blocks=(Text(text="字" * 100_000),)),
        Card(title="多", blocks=tuple(Facts(facts=(Fact(label="甲", value="乙"),)) for _ in range(300))),
        Card(title="表", blocks=(model.Table(columns=tuple("abcdef"), rows=(("宏达机械" * 20,) * 6,) * 500),)),
        Card(title="选", blocks=CHOICES, buttons=(SUBMIT,)),
        Card(title="填", blocks=tuple(field(InputKind.TEXT, name=f"f{n}") for n in range(60)), buttons=(SUBMIT,)),
        Card(title="按", buttons=VERBS),
        Card(title="毒", buttons=(Button(label="按", action={"a": "x", "pad": "p" * 60_000}),)),
    ],
)
def test_what_is_too_much_is_shortened_and_says_so(card: Card) -> None:
    text = draw(card, "key1").text
    whole = check_card(text)
    assert len(text.encode()) <= MAX_BYTES
    assert elements(whole) <= MAX_ELEMENTS
    assert len(of(whole, "button")) <= MAX_BUTTONS
    words = read(card)
    assert any(sign in words for sign in ("没有显示", "截断", "不在卡片上填", "还可以直接回复", "放不下")), words[:200]


NASTY = "<at id=all></at> **加粗** [链接](https://evil.example) `x` _y_ ~~z~~ # 1. - <font color='red'>红</font> &#60; $a$ 'q'"


def test_nothing_a_person_writes_becomes_markup() -> None:
    facts, tags = Facts(facts=(Fact(label=NASTY, value=NASTY),)), Tags(tags=(Tag(text=NASTY),))
    chain = Chain(links=(Link(who=NASTY, what=NASTY, state="late"),))
    card = Card(title=NASTY, lead=NASTY, blocks=(Text(text=NASTY), facts, tags, chain))
    for element in tagged(drawn(card)):
        if element["tag"] == "markdown":
            bare = element["content"].replace("<font color='red'>", "").replace("<text_tag color='neutral'>", "")
            assert not any(
                sign in bare.replace("</font>", "").replace("</text_tag>", "")
                for sign in ("<", "[", "`", "_", "~", "$", "'")
            )


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("客户**宏达**嫌贵", "客户 **宏达** 嫌贵"),
        ("**宏达**", "**宏达**"),
        ("2 ** 3", "2 &#42;&#42; 3"),
        ("**a*b**", "**a&#42;b**"),
        ("<at id=all></at>", "&#60;at id&#61;all&#62;&#60;&#47;at&#62;"),
    ],
)
def test_bold_is_the_only_markup(text: str, markdown: str) -> None:
    assert bold_markdown(text) == markdown


def test_words_for_places_without_bold() -> None:
    assert without_bold("客户**宏达**嫌贵") == "客户宏达嫌贵"


@pytest.mark.parametrize("tag", ['<at user_id="all">', "</at>", "<b>", "<!-- -->", "<AT>"])
def test_tags_in_messages_are_defused(tag: str) -> None:
    assert "<" not in defuse(tag)
    assert defuse("3 < 5 且 5>3") == "3 < 5 且 5>3"


@given(st.text(max_size=50))
def test_escaping_shows_exactly_what_was_written(text: str) -> None:
    import html

    # NUL and C1 controls have no entity; they are none of the escaped signs either.
    assert html.unescape(escape(text)) == html.unescape(text.replace("&", "&#38;"))


words = st.text(alphabet="宏达机械<>*_[]&'\"\\\n a1", max_size=60)
names = st.integers(0, 40).map(lambda number: f"f{number}")
inputs = st.builds(
    Input,
    name=names,
    label=words,
    kind=st.sampled_from(list(InputKind)),
    value=words | st.lists(words, max_size=3).map(tuple),
    options=st.lists(st.builds(Option, value=st.sampled_from("abcdef"), label=words.filter(bool)), max_size=6).map(
        tuple
    ),
    required=st.booleans(),
    max_length=st.none() | st.integers(1, 3000),
    placeholder=words,
    problem=words,
)
facts = st.lists(st.builds(Fact, label=words, value=words, tone=st.sampled_from(list(Tone))), min_size=1, max_size=4)
links = st.builds(Link, who=words, what=words, state=st.sampled_from(["done", "now", "late", "later"]))
blocks = st.one_of(
    st.builds(Text, text=words, soft=st.booleans()),
    facts.map(lambda some: Facts(facts=tuple(some))),
    st.lists(st.builds(Tag, text=words), min_size=1, max_size=3).map(lambda some: Tags(tags=tuple(some))),
    st.lists(links, min_size=1, max_size=3).map(lambda some: Chain(links=tuple(some))),
    st.builds(Due, text=words, elapsed=st.floats(0, 1)),
    st.just(model.Table(columns=("客户", "金额"), rows=(("a", "b"),) * 3)),
    st.builds(Picture, attachment=st.just("abc"), alt=words),
    inputs,
)
buttons = st.builds(
    Button,
    label=words.filter(str.strip),
    action=st.just({"a": "x"}),
    submits=st.booleans(),
    confirm=words,
    style=st.sampled_from(Style),
)


@settings(max_examples=200, deadline=None)
@given(
    st.builds(
        Card,
        title=words,
        lead=words,
        tone=st.sampled_from(list(Tone)),
        blocks=st.lists(blocks, max_size=12, unique_by=lambda block: getattr(block, "name", id(block))).map(tuple),
        buttons=st.lists(buttons, max_size=12).map(tuple),
        summary=words,
    )
)
def test_any_card_is_a_card_feishu_takes(card: Card) -> None:
    found = draw(card, "key1")
    assert json.loads(found.text) == drawn(card)
    standing = {one["name"][2:] for one in tagged(drawn(card)) if one["tag"] in FIELDS}
    submitted = any(button.submits for button in card.buttons[:MAX_BUTTONS])
    assert standing.isdisjoint(found.left_out)
    # An input without a button that sends it is only shown.
    assert {*standing, *found.left_out} == {one.name for one in card.inputs if submitted}
