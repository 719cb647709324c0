"""Card instances: create, deliver, update, stream; presses as DingTalk's client makes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.emulators.dingtalk.refusals import NewRefused
from tests.emulators.dingtalk.templates import FIELD_TYPES, Layout
from tests.emulators.dingtalk.world import Instance, Shown

if TYPE_CHECKING:
    from tests.emulators.dingtalk.server import DingTalkEmulator

KEY_BYTES = 100
VALUE_CHARS = 3000
SPACE = re.compile(r"dtv1\.card//(IM_GROUP|IM_ROBOT)\.(.+)")


class CannotPress(Exception):
    """The person cannot do that: no such button, a required field is empty, an option does not exist."""


class Cards:
    """The card endpoints of one emulator."""

    def __init__(self, emulator: DingTalkEmulator) -> None:
        self._e = emulator
        self.created: dict[str, Instance] = {}
        """Every instance, delivered or not."""
        self.streamed: set[str] = set()
        self.routes_by_key: dict[str, tuple[str, str]] = {}
        """callbackRouteKey to (address, apiSecret)."""
        self.undeliverable: str = ""
        """When set, deliverResults fail with this message."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1.0/card/instances/createAndDeliver", self.create_and_deliver),
            web.post("/v1.0/card/instances", self.create),
            web.post("/v1.0/card/instances/deliver", self.deliver),
            web.put("/v1.0/card/instances", self.update),
            web.put("/v1.0/card/streaming", self.stream),
            web.post("/v1.0/card/callbacks/register", self.register),
        ]

    async def create_and_deliver(self, request: web.Request) -> web.Response:
        body = await request.json()
        instance = self._create(body)
        return web.json_response({"success": True, "result": self._deliver(instance, body)})

    async def create(self, request: web.Request) -> web.Response:
        return web.json_response({"success": True, "result": self._create(await request.json()).id})

    async def deliver(self, request: web.Request) -> web.Response:
        body = await request.json()
        return web.json_response({"success": True, "result": self._deliver(self._found(body), body)["deliverResults"]})

    async def update(self, request: web.Request) -> web.Response:
        body = await request.json()
        instance = self._found(body)
        options = body.get("cardUpdateOptions") or {}
        fresh = self._params(body.get("cardData"), instance.template)
        instance.params = {**instance.params, **fresh} if options.get("updateCardDataByKey") else fresh
        for user, data in (body.get("privateData") or {}).items():
            mine = self._params(data, instance.template)
            instance.private[user] = (
                {**instance.private.get(user, {}), **mine} if options.get("updatePrivateDataByKey") else mine
            )
        instance.local.clear()
        instance.edits += 1
        self._e.changed()
        return web.json_response({"success": True, "result": True})

    async def stream(self, request: web.Request) -> web.Response:
        body = await request.json()
        for name, code in (("guid", "guidEmpty"), ("key", "keyEmpty"), ("content", "contentEmpty")):
            if not body.get(name):
                raise NewRefused(f"param.stream.{code}")
        instance = self._found(body)
        if body["guid"] not in self.streamed:
            self.streamed.add(body["guid"])
            before = "" if body.get("isFull") else instance.params.get(body["key"], "")
            instance.params[body["key"]] = before + body["content"]
        return web.json_response({"success": True, "result": True})

    async def register(self, request: web.Request) -> web.Response:
        body = await request.json()
        key = body["callbackRouteKey"]
        if key in self.routes_by_key and not body.get("forceUpdate"):
            raise NewRefused("param.callbackRouteKeyExist")
        secret = body.get("apiSecret") or self._e.access.fresh("apiSecret")
        self.routes_by_key[key] = (body["callbackUrl"], secret)
        return web.json_response({"success": True, "result": {"callbackUrl": body["callbackUrl"], "apiSecret": secret}})

    def _create(self, body: Mapping[str, Any]) -> Instance:
        for name, code in (("cardTemplateId", "cardTemplateIdEmpty"), ("outTrackId", "outTrackIdEmpty")):
            if not body.get(name):
                raise NewRefused(f"param.{code}")
        template = self._e.templates.get(body["cardTemplateId"])
        if template is None:
            raise NewRefused("param.templateNotExist")
        if not template.published:
            raise NewRefused("param.templateUnpublished")
        if body["outTrackId"] in self.created:
            raise NewRefused("param.cardAlreadyExist")
        params = self._params(body.get("cardData"), body["cardTemplateId"])
        private = {
            user: self._params(data, body["cardTemplateId"]) for user, data in (body.get("privateData") or {}).items()
        }
        instance = Instance(
            body["outTrackId"],
            body["cardTemplateId"],
            params,
            private,
            body.get("callbackType", ""),
            body.get("callbackRouteKey", ""),
        )
        instance.spaces = {name: body[name] for name in body if name.endswith("OpenSpaceModel")}
        self.created[instance.id] = instance
        return instance

    def _deliver(self, instance: Instance, body: Mapping[str, Any]) -> dict[str, Any]:
        results = []
        for space in str(body.get("openSpaceId") or "").split(";"):
            found = SPACE.fullmatch(space)
            if found is None:
                raise NewRefused("param.openSpaceIdInvalid")
            error = self.undeliverable or self._place(instance, found[1], found[2], body)
            carrier = "" if error else self._e.access.fresh("carrier")
            results.append(
                {
                    "spaceType": found[1],
                    "spaceId": found[2],
                    "success": not error,
                    "carrierId": carrier,
                    "errorMsg": error,
                }
            )
        if any(result["success"] for result in results) and instance not in self._e.world.history:
            instance.sent = self._e.clock.now()
            self._e.world.history.append(instance)
            self._e.changed()
        return {"outTrackId": instance.id, "deliverResults": results}

    def _place(self, instance: Instance, kind: str, target: str, body: Mapping[str, Any]) -> str:
        """Puts the card into its conversation; gives what went wrong, or ""."""
        name = "imGroup" if kind == "IM_GROUP" else "imRobot"
        model = body.get(f"{name}OpenSpaceModel") or instance.spaces.get(f"{name}OpenSpaceModel") or {}
        deliver = body.get(f"{name}OpenDeliverModel")
        if deliver is None:
            raise NewRefused("param.openDeliverModelEmpty")
        if "supportForward" not in model:
            raise NewRefused("param.empty", "supportForward")
        instance.line = (model.get("lastMessageI18n") or {}).get("ZH_CN", "[交互卡片消息]")
        if kind == "IM_ROBOT":
            if target not in self._e.world.people:
                raise NewRefused("param.userIdNotExist")
            instance.to.append(target)
            return ""
        group = self._e.world.conversations.get(target)
        if group is None or deliver.get("robotCode") != self._e.robot_code:
            return "openConversationId or robotCode is wrong"
        if not group.robot:
            return "robot is not in the group"
        instance.chat = target
        return ""

    def _found(self, body: Mapping[str, Any]) -> Instance:
        instance = self.created.get(str(body.get("outTrackId")))
        if instance is None:
            raise NewRefused("param.cardNotExist")
        return instance

    def _params(self, data: Any, template: str) -> dict[str, str]:
        """Card parameters: strings only, short keys, bounded values. Raises NewRefused."""
        params = (data or {}).get("cardParamMap") or {}
        for name, value in params.items():
            if not isinstance(value, str):
                raise NewRefused("MissingStringValue", f"{name} is not a string")
            if len(name.encode()) > KEY_BYTES or len(value) > VALUE_CHARS:
                raise NewRefused("param.cardDataInvalid", f"{name} is too long")
            if self._e.robot.unsafe in value:
                raise NewRefused("param.contentUnsafe")
        known = self._e.templates[template].layout.variables
        if known is not None and not params.keys() <= known:
            raise NewRefused("param.cardDataInvalid", f"unknown variables {sorted(params.keys() - known)}")
        self._check_form(params.get(self._e.templates[template].layout.form) or "")
        return dict(params)

    def _check_form(self, value: str) -> None:
        """A form that the component cannot draw. Raises NewRefused, where DingTalk would show an empty card."""
        if not value:
            return
        try:
            fields = json.loads(value)["fields"]
        except (ValueError, KeyError, TypeError):
            raise NewRefused("param.cardDataInvalid", "the form is none") from None
        names = [drawn.get("name") for drawn in fields]
        kinds = {drawn.get("type") for drawn in fields}
        if not all(names) or len(set(names)) < len(names) or not kinds <= FIELD_TYPES:
            raise NewRefused("param.cardDataInvalid", f"fields {names} of {sorted(map(str, kinds))}")


def callback(
    layout: Layout, params: Mapping[str, str], shown: Shown, label: str, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """What the client sends for a press: `{actionIds, params}`. Raises CannotPress."""
    if layout.ai:
        extra = json.loads(params.get("sys_full_json_obj") or "{}")
        button = next(button for button in extra["msgButtons"] if button["text"] == label)
        return {"actionIds": ["msgButtons"], "params": {"id": button["id"], **(button.get("params") or {})}}
    for own in layout.buttons:
        if params.get(own.text) == label and params.get(own.visible) == "true":
            given = {name: params.get(variable, "") for name, variable in own.params}
            return {"actionIds": [own.action_id], "params": given}
    form = json.loads(params[layout.form])
    action = params.get(layout.action_id) if layout.action_id else layout.form_id
    extra_params = {name: _variable(layout, params, variable) for name, variable in layout.params}
    return {"actionIds": [action], "params": {"form": fill(form, shown, answers), **extra_params}}


def fill(form: Mapping[str, Any], shown: Shown, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The form as submitted: defaults, overwritten by what the person entered (by name or label, value or text)."""
    left = dict(answers)
    filled: dict[str, Any] = {}
    for drawn in form["fields"]:
        name, label = drawn["name"], drawn.get("label", "")
        default = drawn.get("defaultValue")
        given = left.pop(name, left.pop(label, None)) if label else left.pop(name, None)
        value = default if given is None else _entered(drawn, given)
        if drawn.get("required") and value in (None, "", [], {"index": [], "value": []}):
            raise CannotPress(drawn.get("requiredMsg") or f"{label}必填")
        if value is not None:
            filled[name] = value
    if left:
        raise CannotPress(f"no such fields on the card: {sorted(left)}")
    return filled


def _entered(drawn: Mapping[str, Any], given: Any) -> Any:
    if drawn.get("readOnly") or drawn.get("hidden"):
        raise CannotPress(f"{drawn['label']} cannot be changed")
    match drawn["type"]:
        case "SELECT":
            return _choice(drawn, given)
        case "MULTI_SELECT":
            chosen = [_choice(drawn, one) for one in given]
            return {"index": [one["index"] for one in chosen], "value": [one["value"] for one in chosen]}
        case "NUMBER":
            return float(given) if "." in str(given) else int(given)
        case "DATETIME":
            return str(given).replace("T", " ")
    return given


def _choice(drawn: Mapping[str, Any], given: Any) -> dict[str, Any]:
    for index, option in enumerate(drawn.get("options", [])):
        if given in (option["value"], option["text"]):
            return {"index": index, "value": option["value"]}
    raise CannotPress(f"{drawn.get('label')} has no option {given}")


def _variable(layout: Layout, params: Mapping[str, str], variable: str) -> Any:
    value = params.get(variable, "")
    return json.loads(value) if variable == layout.form and value else value
