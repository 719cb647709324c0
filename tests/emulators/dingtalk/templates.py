"""Card templates: DingTalk's public ones, and imported ones read from their exported file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.platforms.dingtalk.settings import AI_CARD_TEMPLATE, ASK_USER_FORM, OFFICIAL_FORM
from tests.emulators.dingtalk.world import Field, Person, Shown

OLD_CLIENT = "当前版本不支持表单组件"
FIELD_TYPES = {
    "TEXT", "TEXT_ARRAY", "TEXT_AREA", "NUMBER", "SELECT", "MULTI_SELECT", "DATE", "TIME", "DATETIME",
    "CHECKBOX", "SWITCH", "CHECKBOX_GROUP", "MULTI_CHECKBOX_GROUP",
}  # fmt: skip


class BadTemplate(Exception):
    """The card platform would not import this file."""


@dataclass(frozen=True, slots=True)
class OwnButton:
    text: str
    visible: str
    action_id: str
    params: tuple[tuple[str, str], ...]
    """(parameter name, variable)"""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a template draws from which variable."""

    title: str = ""
    body: str = ""
    form: str = ""
    form_visible: str = ""
    status: str = ""
    open_value: str = "normal"
    submit_text: str = ""
    form_id: str = "form"
    action_id: str = ""
    """Variable whose value becomes the actionId."""
    params: tuple[tuple[str, str], ...] = (("current_form", "form"),)
    buttons: tuple[OwnButton, ...] = ()
    variables: frozenset[str] | None = None
    """All it knows; None: unknown ones are ignored."""
    private: frozenset[str] = frozenset()
    ai: bool = False


@dataclass(slots=True)
class Template:
    layout: Layout
    published: bool = True


def public() -> dict[str, Template]:
    """Templates every organisation can use in practice."""
    official = Layout(
        "title", "", "form", "", "form_status", "normal", "form_btn_text", private=frozenset({"form", "form_status"})
    )
    ask = Layout(
        "question_title",
        "question_desc",
        "form",
        "",
        "card_status",
        "pending",
        "form_btn_text",
        action_id="question_id",
    )
    return {
        AI_CARD_TEMPLATE: Template(Layout(title="msgTitle", body="msgContent", ai=True)),
        OFFICIAL_FORM.template_id: Template(official),
        ASK_USER_FORM.template_id: Template(ask),
    }


def imported(exported: Mapping[str, Any]) -> Layout:
    """Reads an exported template as the card platform would. Raises BadTemplate."""
    try:
        editor = json.loads(exported["editorData"])
        if (exported["type"], exported["mode"]) != ("im", "card") or editor["schemaVersion"] != "3.0.0":
            raise BadTemplate("not a chat card of the current editor")
        json.loads(editor["mockData"])
        known = {part["componentName"] for part in editor["schema"]["componentsMap"]}
        nodes = {node["componentName"]: node["props"] for node in _walk(editor["schema"]["componentsTree"])}
        if not nodes.keys() <= known:
            raise BadTemplate("a component is used that componentsMap does not name")
        return _layout(nodes, editor["variableList"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadTemplate(str(error)) from error


def draw(layout: Layout, params: Mapping[str, str], shown: Shown, person: Person) -> None:
    """Fills `shown` with what the client draws from `params`."""
    shown.title = params.get(layout.title, "")
    shown.text = params.get(layout.body, "") if layout.body else ""
    if layout.ai:
        _draw_ai(params, shown)
        return
    if layout.form and _true(params.get(layout.form_visible, "true")):
        _draw_form(layout, params, shown, person)
    shown.buttons += [params.get(button.text, "") for button in layout.buttons if _true(params.get(button.visible, ""))]


def _draw_ai(params: Mapping[str, str], shown: Shown) -> None:
    if params.get("flowStatus") not in ("1", "2", "3", "4", "5"):
        shown.title, shown.text = "", ""  # without flowStatus the card is blank
        return
    extra = json.loads(params.get("sys_full_json_obj") or "{}")
    for button in extra.get("msgButtons", []) if "msgButtons" in extra.get("order", []) else []:
        if button.get("request"):
            shown.buttons.append(button["text"])
        else:
            shown.links[button["text"]] = button["url"]
        shown.colours[button["text"]] = button.get("color", "gray")


def _draw_form(layout: Layout, params: Mapping[str, str], shown: Shown, person: Person) -> None:
    form = json.loads(params.get(layout.form) or "{}")
    if not form.get("fields"):
        return
    if person.old_client:
        shown.text += f"\n{OLD_CLIENT}"
        return
    shown.fields = [_field(drawn) for drawn in form["fields"] if not drawn.get("hidden")]
    if params.get(layout.status, layout.open_value) == layout.open_value:
        shown.submit = params.get(layout.submit_text) or "提交"
        shown.buttons.append(shown.submit)


def _field(drawn: Mapping[str, Any]) -> Field:
    return Field(
        drawn["name"],
        drawn.get("label", ""),
        drawn["type"],
        drawn.get("defaultValue"),
        bool(drawn.get("required")),
        bool(drawn.get("readOnly")),
        [(option["value"], option["text"]) for option in drawn.get("options", [])],
    )


def _layout(nodes: Mapping[str, Any], declared: list[Mapping[str, Any]]) -> Layout:
    variables = frozenset(variable["name"] for variable in declared)
    form = nodes["Form"]
    layout = Layout(
        title=_shown_variable(nodes["CardHeaderV2"]["title"]),
        body=nodes["Markdown"]["content"]["variable"],
        form=form["formSchema"]["variable"],
        form_visible=_visible_variable(form["visible"]),
        status=form["status"]["variable"],
        submit_text=_shown_variable(form["submitText"]),
        form_id=form["id"],
        params=_params(form["params"]),
        buttons=tuple(_own_button(button) for button in nodes["ButtonList"]["buttons"]["list"]),
        variables=variables,
    )
    used = {layout.title, layout.body, layout.form, layout.form_visible, layout.status, layout.submit_text}
    used |= {variable for _, variable in layout.params}
    used |= {
        name for button in layout.buttons for name in (button.text, button.visible, *(v for _, v in button.params))
    }
    if not used <= variables:
        raise BadTemplate(f"undeclared variables: {sorted(used - variables)}")
    if next(variable["type"] for variable in declared if variable["name"] == layout.form) != "form":
        raise BadTemplate("the form variable is not of type form")
    return layout


def _own_button(button: Mapping[str, Any]) -> OwnButton:
    return OwnButton(
        _shown_variable(button["text"]),
        _visible_variable(button["visible"]),
        button["actionId"]["content"],
        _params(button["params"]),
    )


def _params(given: list[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((param["name"], param["variable"]) for param in given)


def _shown_variable(text: Mapping[str, Any]) -> str:
    content: str = text["content"]
    if not (content.startswith("${") and content.endswith("}")):
        raise BadTemplate(f"not a variable: {content}")
    return content[2:-1]


def _visible_variable(visible: Mapping[str, Any]) -> str:
    if visible["valueType"] == "fixed":
        return ""
    test = visible["condition"]["conditions"][0]
    if test["op"] != "isTrue":
        raise BadTemplate(f"unknown condition {test['op']}")
    return str(test["variable"])


def _walk(nodes: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [found for node in nodes for found in (node, *_walk(node.get("children", [])))]


def _true(value: str) -> bool:
    return value == "true"
