"""Cards as DingTalk gets them: within its limits, without other people's markup, nothing silently missing."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings

from bot.platforms.dingtalk import cards, forms, markdown
from bot.platforms.dingtalk.ladder import Rung
from bot.platforms.dingtalk.settings import AI_CARD_TEMPLATE, ASK_USER_FORM, GENJIN_FORM, OFFICIAL_FORM, FormTemplate
from bot.platforms.dingtalk.template import template, variables
from bot.platforms.text import utf8
from cards.model import Button, Card, Fact, Facts, Input, InputKind, Option, Text
from tests.emulators.dingtalk.templates import imported, public
from tests.platforms.dingtalk import drawing

LIMIT = 3000
LAYOUTS = {
    GENJIN_FORM: imported(template()),
    **{t: public()[t.template_id].layout for t in (OFFICIAL_FORM, ASK_USER_FORM)},
}


@pytest.mark.parametrize("form", LAYOUTS, ids=["genjin", "official", "ask"])
@given(card=drawing.cards())
@settings(max_examples=25, deadline=None)
def test_every_card_fits_a_form_template(form: FormTemplate, card: Card) -> None:
    drawn = cards.as_form(card, form, LIMIT)
    assert all(
        isinstance(value, str) and len(value) <= LIMIT and len(name) <= 100 for name, value in drawn.params.items()
    )
    known = LAYOUTS[form].variables
    assert known is None or drawn.params.keys() <= known
    fields = json.loads(drawn.params[form.form])["fields"]
    named = {field["name"] for field in fields} - {forms.ACTION_FIELD, forms.BODY_FIELD}
    assert named | set(drawn.left_out) == {block.name for block in card.inputs}
    assert not named & set(drawn.left_out)


@given(card=drawing.cards())
@settings(max_examples=25, deadline=None)
def test_every_card_fits_the_general_card(card: Card) -> None:
    drawn = cards.as_buttons(card, AI_CARD_TEMPLATE, LIMIT)
    assert all(len(value) <= LIMIT for value in drawn.params.values())
    shown = [button["text"] for button in json.loads(drawn.params["sys_full_json_obj"])["msgButtons"]]
    assert shown == [button.label for button in card.buttons[: cards.MAX_BUTTONS]]
    assert set(drawn.left_out) == {block.name for block in card.inputs}


@pytest.mark.parametrize("rung", [Rung.LINKS, Rung.PAGE, Rung.TEXT])
@given(card=drawing.cards())
@settings(max_examples=25, deadline=None)
def test_every_card_fits_a_message(rung: Rung, card: Card) -> None:
    drawn = cards.as_links(card, "key", rung, LIMIT)
    assert drawn.text and len(drawn.text) <= LIMIT
    assert len(drawn.links) <= cards.LINK_BUTTONS
    assert all(url.startswith(("dtmd://dingtalkclient/", "dingtalk://dingtalkclient/")) for _, url in drawn.links)


@given(text=drawing.LONG)
def test_no_markup_comes_out_of_peoples_words(text: str) -> None:
    shown = markdown.escape(text)
    assert not re.search(r"[\[\]<>*`|]", shown)
    assert not re.search(r"(?m)^\s*(#+|-|\+|\d+\.)\s", shown)


def test_a_customers_words_cannot_be_a_link() -> None:
    card = Card(
        title="t",
        blocks=(Facts(facts=(Fact(label="客户", value="[领奖](dtmd://dingtalkclient/sendMessage?content=x)"),)),),
    )
    assert "](" not in cards.as_buttons(card, AI_CARD_TEMPLATE, LIMIT).params["msgContent"]


def test_bold_stays_and_lines_break_as_dingtalk_wants() -> None:
    card = Card(title="t", blocks=(Text(text="**重要**：a*b\n第二行"),))
    assert markdown.body(card) == "**重要**：a＊b  \n  第二行"


def test_line_breaks_are_written_once() -> None:
    """Four blanks before a line would make it code."""
    facts = Facts(facts=(Fact(label="客户", value="宏达"), Fact(label="金额", value="12 万")))
    card = Card(title="t", lead="第一行\n第二行\n\n\n第三段", blocks=(facts,))
    body = "第一行  \n  第二行\n\n第三段\n\n客户：**宏达**  \n  金额：**12 万**"
    assert cards.as_buttons(card, AI_CARD_TEMPLATE, LIMIT).params["msgContent"] == body
    assert cards.as_form(card, GENJIN_FORM, LIMIT).params["body"] == body
    assert cards.as_links(card, "k", Rung.TEXT, LIMIT).text == f"### t\n\n{body}"


def test_a_long_body_ends_honestly() -> None:
    drawn = cards.as_buttons(Card(title="t", lead="长" * 5000), AI_CARD_TEMPLATE, LIMIT)
    assert drawn.params["msgContent"].endswith("…（内容较长，后面已省略）")
    assert len(drawn.params["msgContent"]) == LIMIT


def choice(name: str, count: int) -> Input:
    options = tuple(Option(value=f"v{number}", label=f"选项{number}" * 3) for number in range(count))
    return Input(name=name, label=name, kind=InputKind.CHOICE, options=options)


def test_a_form_too_large_leaves_its_last_inputs_to_the_chat() -> None:
    card = Card(
        title="t",
        blocks=tuple(choice(f"f{number}", 25) for number in range(5)),
        buttons=(Button(label="好", action={"a": "x"}),),
    )
    drawn = cards.as_form(card, GENJIN_FORM, LIMIT)
    assert drawn.left_out and drawn.left_out[-1] == "f4"
    assert f"还要填：{drawn.left_out[0]}（在对话里回答）" in drawn.params["body"]


def test_a_choice_with_too_many_options_is_asked_in_the_chat() -> None:
    card = Card(title="t", blocks=(choice("客户", 200), choice("级别", 3)))
    assert cards.as_form(card, GENJIN_FORM, LIMIT).left_out == ("客户",)


def test_what_is_filled_in_already_is_shown_where_no_field_stands() -> None:
    block = choice("阻碍", 2).model_copy(update={"value": "v1"})
    photo = Input(name="p", label="照片", kind=InputKind.PHOTO, value=("a", "b"))
    text = cards.as_buttons(Card(title="t", blocks=(block, photo)), AI_CARD_TEMPLATE, LIMIT).params["msgContent"]
    assert "阻碍：**选项1选项1选项1**" in text and "照片：**已收到 2 个**" in text and "还要填" not in text


def test_what_cannot_be_undone_is_said_before_the_press() -> None:
    card = Card(title="t", buttons=(Button(label="作废", action={"a": "x"}, confirm="作废后不能恢复"),))
    assert "点“作废”之前：作废后不能恢复" in cards.as_buttons(card, AI_CARD_TEMPLATE, LIMIT).params["msgContent"]


def test_a_problem_with_an_answer_is_said_on_the_card() -> None:
    block = choice("时间", 2).model_copy(update={"problem": "日期已经过去"})
    assert "⚠️ 时间：日期已经过去" in cards.as_form(Card(title="t", blocks=(block,)), GENJIN_FORM, LIMIT).params["body"]


def test_a_finished_card_closes_its_form() -> None:
    params = cards.as_form(Card(title="已确认"), ASK_USER_FORM, LIMIT).params
    assert (params["card_status"], json.loads(params["form"])) == ("submitted", {"fields": []})


def test_a_template_without_a_body_shows_it_as_a_read_only_field() -> None:
    card = Card(
        title="t", lead="请**核对**", blocks=(choice("级别", 2),), buttons=(Button(label="好", action={"a": "x"}),)
    )
    [first, *_] = json.loads(cards.as_form(card, OFFICIAL_FORM, LIMIT).params["form"])["fields"]
    assert (first["name"], first["readOnly"]) == (forms.BODY_FIELD, True)
    assert first["defaultValue"].startswith("请核对")


def test_all_variables_of_our_profile_are_in_our_template() -> None:
    drawn = cards.as_form(Card(title="t"), GENJIN_FORM, LIMIT)
    assert drawn.params.keys() | {"gj_seen"} == {variable["name"] for variable in variables()}


def test_emulated_clients_show_every_field_type_we_use() -> None:
    kinds = [kind for kind in InputKind if forms.fits(Input(name="n", label="l", kind=kind))]
    fields = [forms.field(Input(name=kind.value, label=kind.value, kind=kind)) for kind in kinds]
    assert {field["type"] for field in fields} == {
        "SELECT",
        "MULTI_SELECT",
        "TEXT",
        "TEXT_AREA",
        "NUMBER",
        "DATE",
        "DATETIME",
    }


def test_a_group_message_stays_below_dingtalks_bytes() -> None:
    drawn = cards.as_links(Card(title="题" * 300, lead="长" * 9000), "k", Rung.TEXT, LIMIT)
    assert utf8(drawn.text) < 15_000


PAGE = "https://genjin.example.com/forms/" + "t" * 900


@pytest.mark.parametrize("limit", [300, 1000, 3000])
def test_buttons_that_make_a_value_too_long_are_said_in_words(limit: int) -> None:
    """A value above DingTalk's limit turns the whole card blank."""
    long = [Button(label=f"选{number}", action={"a": "x", "note": "长" * 60, "n": number}) for number in range(4)]
    pages = [Button(label=f"页面{number}", url=f"{PAGE}{number}") for number in range(2)]
    drawn = cards.as_buttons(Card(title="t", buttons=(*pages, *long)), AI_CARD_TEMPLATE, limit)
    assert all(len(value) <= limit for value in drawn.params.values())
    shown = [button["text"] for button in json.loads(drawn.params["sys_full_json_obj"])["msgButtons"]]
    assert shown == [label for label in ("页面0", "页面1", "选0", "选1", "选2", "选3") if label in shown]
    if limit > 300:
        missing = {button.label for button in (*pages, *long)} - set(shown)
        assert all(label in drawn.params["msgContent"] for label in missing if "选" in label or limit == 3000)


def test_a_seventh_button_is_said_in_words() -> None:
    buttons = tuple(Button(label=f"选{number}", action={"a": "x", "n": number}) for number in range(7))
    assert (
        "也可以直接回复：选6"
        in cards.as_buttons(Card(title="t", buttons=buttons), AI_CARD_TEMPLATE, LIMIT).params["msgContent"]
    )


def test_a_template_without_a_body_keeps_it_when_its_form_is_over() -> None:
    [field] = json.loads(
        cards.as_form(Card(title="已确认", lead="王主管 14:00 前答复"), OFFICIAL_FORM, LIMIT).params["form"]
    )["fields"]
    assert (field["name"], field["defaultValue"]) == (forms.BODY_FIELD, "王主管 14:00 前答复")
    long = cards.as_form(Card(title="已确认", lead='"\n' * 3000), OFFICIAL_FORM, LIMIT).params["form"]
    assert len(long) <= LIMIT and "已省略" in long
