"""The template file an operator imports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import bot.platforms.dingtalk as dingtalk
from bot.platforms.dingtalk.template import template
from tests.emulators.dingtalk.templates import BadTemplate, imported

FILE = Path(dingtalk.__file__).parent / "templates" / "genjin-form.json"


def test_the_shipped_file_is_what_the_code_describes() -> None:
    assert json.loads(FILE.read_text("utf-8")) == template(), (
        "run: python -m bot.platforms.dingtalk.template > …/genjin-form.json"
    )


def test_it_imports() -> None:
    layout = imported(template())
    assert (layout.title, layout.form, layout.submit_text) == ("title", "form", "form_btn_text")
    assert [button.action_id for button in layout.buttons] == ["b1", "b2", "b3", "b4"]
    assert layout.params == (("current_form", "form"), ("action", "submit_action"))


@pytest.mark.parametrize("damage", ["editorData", "type", "mode"])
def test_a_damaged_file_does_not_import(damage: str) -> None:
    with pytest.raises(BadTemplate):
        imported({**template(), damage: "{}"})


def test_an_undeclared_variable_is_noticed() -> None:
    editor = json.loads(template()["editorData"])
    editor["variableList"] = [one for one in editor["variableList"] if one["name"] != "b3_text"]
    with pytest.raises(BadTemplate, match="b3_text"):
        imported({**template(), "editorData": json.dumps(editor)})
