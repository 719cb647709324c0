"""Genjin's own form template, as a file an operator imports into DingTalk's card platform.

    python -m bot.platforms.dingtalk.template > genjin-form.json

The layout (editorData with schemaVersion, schema, variableList; components Card, CardHeaderV2, Markdown, Form,
ButtonList) follows what the card platform's editor exports. `widgetInfo` is compiled by the editor itself when the
imported template is saved, so it is left empty. Not tried on a real organisation yet: see docs/install-dingtalk.md.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from bot.platforms.dingtalk.settings import GENJIN_FORM

PACKAGE = {
    "package": "@ali/dxComponent",
    "version": "1.0.0",
    "main": "./src/index.tsx",
    "destructuring": False,
    "subName": "",
}
COMPONENTS = ("CardHeaderV2", "Markdown", "Form", "ButtonList", "Card")
MARGIN = 12

FIELD_PARTS = (
    ("name", "string"), ("label", "string"), ("type", "string"), ("hidden", "boolean"), ("required", "boolean"),
    ("requiredMsg", "string"), ("readOnly", "boolean"), ("placeholder", "string"), ("defaultValue", "string"),
)  # fmt: skip


def template() -> dict[str, str]:
    """The file's content: a card for chats, everything it shows coming from variables."""
    editor = {
        "schemaVersion": "3.0.0",
        "schema": {"version": "1.0.0", "componentsMap": _components(), "componentsTree": [_card()]},
        "mockData": json.dumps({"cardData": _sample(), "cardPrivateData": {}}, ensure_ascii=False),
        "editVersion": 0,
        "customWidgetInfo": "",
        "useCustomWidgetInfo": False,
        "variableList": variables(),
        "formList": [],
        "expList": [],
        "localList": [],
        "hsfList": [],
        "lwpList": [],
        "extension": {"extendType": "NORMAL", "fileTypeList": []},
    }
    return {"editorData": json.dumps(editor, ensure_ascii=False), "widgetInfo": "", "type": "im", "mode": "card"}


def variables() -> list[dict[str, Any]]:
    """Every variable an adapter with the GENJIN_FORM profile sends."""
    plain = [
        (GENJIN_FORM.title, "string", "标题"),
        (GENJIN_FORM.body, "markdown", "正文"),
        (GENJIN_FORM.form_visible, "boolean", "是否显示表单"),
        (GENJIN_FORM.status, "string", "表单状态 normal、disabled"),
        (GENJIN_FORM.submit_text, "string", "提交按钮文字"),
        (GENJIN_FORM.submit_action, "string", "提交时带回的动作"),
        (GENJIN_FORM.summary, "string", "会话列表摘要"),
        ("gj_seen", "string", "已收到的回执"),
    ]
    for place in range(1, GENJIN_FORM.buttons + 1):
        plain += [
            (f"b{place}_visible", "boolean", f"是否显示按钮 {place}"),
            (f"b{place}_text", "string", f"按钮 {place} 文字"),
            (f"b{place}_action", "string", f"按钮 {place} 带回的动作"),
        ]
    return [_variable(name, kind, words) for name, kind, words in plain] + [_form_variable()]


def _components() -> list[dict[str, Any]]:
    return [{**PACKAGE, "exportName": name, "componentName": name} for name in COMPONENTS]


def _card() -> dict[str, Any]:
    children = [
        _node(
            "CardHeaderV2",
            "头部",
            {"title": _shown(GENJIN_FORM.title), "icon": {"type": "image", "url": ""}},
        ),
        _node(
            "Markdown", "正文", {"mdVer": 0, "content": _markdown(GENJIN_FORM.body), "visible": _always(), **_margins()}
        ),
        _node("Form", "表单", _form()),
        _node("ButtonList", "按钮", {"direction": "vertical", "buttons": {"type": "button", "list": _buttons()}}),
    ]
    props = {"events": [], "dataSources": [], "params": [], "linkCondition": _always(), "disabledWhileForward": True}
    return {**_node("Card", "", props), "fileName": "genjin", "children": children}


def _form() -> dict[str, Any]:
    return {
        "id": "form",
        "submitText": _shown(GENJIN_FORM.submit_text),
        "formSchema": {"type": "variableValue", "variableType": "global", "variable": GENJIN_FORM.form},
        "params": [_param("current_form", GENJIN_FORM.form), _param("action", GENJIN_FORM.submit_action)],
        "status": {
            "type": "dynamicSelect",
            "valueType": "variable",
            "value": "normal",
            "variable": GENJIN_FORM.status,
            "variableType": "global",
        },
        "visible": _when(GENJIN_FORM.form_visible),
        "actionType": "request",
    }


def _buttons() -> list[dict[str, Any]]:
    return [
        {
            "id": str(place),
            "text": _shown(f"b{place}_text"),
            "status": "normal",
            "color": "gray",
            "visible": _when(f"b{place}_visible"),
            "actionType": "request",
            "actionId": _string(f"b{place}"),
            "params": [_param("action", f"b{place}_action")],
        }
        for place in range(1, GENJIN_FORM.buttons + 1)
    ]


def _node(component: str, title: str, props: dict[str, Any]) -> dict[str, Any]:
    return {
        "componentName": component,
        "id": f"node_genjin_{component.lower()}",
        "props": props,
        "title": title,
        "hidden": False,
        "isLocked": False,
        "condition": True,
        "conditionGroup": "",
    }


def _variable(name: str, kind: str, words: str) -> dict[str, Any]:
    return {
        "name": name,
        "id": name,
        "type": kind,
        "description": words,
        "private": False,
        "editorVarType": "variables",
    }


def _form_variable() -> dict[str, Any]:
    name = GENJIN_FORM.form
    options = _list(f"{name}.fields[0].options", "options", [(f"{name}.fields[0].options[0]", ("value", "text"))])
    parts = [_part(f"{name}.fields[0].{part}", part, kind) for part, kind in FIELD_PARTS]
    fields = {**_part(f"{name}.fields", "fields", "loopArray"), "schema": [*parts, options]}
    return {**_variable(name, "form", "表单配置"), "disabled": False, "schema": [fields]}


def _list(identity: str, name: str, parts: Sequence[tuple[str, Sequence[str]]]) -> dict[str, Any]:
    schema = [_part(f"{prefix}.{part}", part, "string") for prefix, names in parts for part in names]
    return {**_part(identity, name, "loopArray"), "schema": schema}


def _part(identity: str, name: str, kind: str) -> dict[str, Any]:
    return {
        "id": identity,
        "type": kind,
        "name": name,
        "private": False,
        "editorVarType": "variables",
        "disabled": True,
    }


def _string(content: str) -> dict[str, Any]:
    return {"type": "dynamicString", "content": content, "i18n": False}


def _shown(variable: str) -> dict[str, Any]:
    """A text that is a variable's value."""
    return _string("${" + variable + "}")


def _markdown(variable: str) -> dict[str, Any]:
    return {
        "type": "dynamicMarkdown",
        "valueType": "variable",
        "value": "",
        "variable": variable,
        "variableType": "global",
    }


def _param(name: str, variable: str) -> dict[str, Any]:
    return {"type": "variable", "variable": variable, "value": "", "name": name, "id": name, "variableType": "global"}


def _always() -> dict[str, Any]:
    return {"type": "dynamicVisible", "value": True, "valueType": "fixed", "condition": {"op": "and", "conditions": []}}


def _when(variable: str) -> dict[str, Any]:
    test = {
        "type": "variable",
        "op": "isTrue",
        "variable": variable,
        "variableType": "global",
        "value": "",
        "valueType": "fixed",
        "valueVariableType": "global",
    }
    return {
        "type": "dynamicVisible",
        "value": True,
        "valueType": "condition",
        "condition": {"op": "and", "conditions": [test]},
    }


def _margins() -> dict[str, int]:
    return {"marginLeft": MARGIN, "marginRight": MARGIN, "marginTop": MARGIN // 2, "marginBottom": MARGIN // 2}


def _sample() -> dict[str, Any]:
    """What the editor's preview shows."""
    field = {"name": "note", "label": "补充说明", "type": "TEXT", "placeholder": "可不填"}
    shown: dict[str, Any] = {
        GENJIN_FORM.title: "支持请求 · 李雷 · 宏达机械",
        GENJIN_FORM.body: "今天 15:39 前回复",
        GENJIN_FORM.form: {"fields": [field]},
        GENJIN_FORM.form_visible: True,
        GENJIN_FORM.status: GENJIN_FORM.status_open,
        GENJIN_FORM.submit_text: "已协调",
        GENJIN_FORM.summary: "支持请求",
    }
    return {**shown, "b1_visible": True, "b1_text": "转给别人"}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(template(), ensure_ascii=False, indent=1) + "\n")
