"""How DingTalk refuses: the new API by HTTP status and code, the old one by errcode inside HTTP 200."""

from __future__ import annotations

from aiohttp import web


class Refused(Exception):
    """A refusal on its way to the caller."""

    def response(self) -> web.Response:
        raise NotImplementedError


class NewRefused(Refused):
    """api.dingtalk.com: `{code, message, requestid}` with a 4xx or 5xx."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(code)
        self.code, self.message, self.status = code, message or code, status

    def response(self) -> web.Response:
        body = {"code": self.code, "message": self.message, "requestid": "emulated"}
        return web.json_response(body, status=self.status)


class OldRefused(Refused):
    """oapi.dingtalk.com: `{errcode, errmsg, request_id}` with 200."""

    def __init__(self, errcode: int, errmsg: str = "") -> None:
        super().__init__(str(errcode))
        self.errcode, self.errmsg = errcode, errmsg or str(errcode)

    def response(self) -> web.Response:
        return web.json_response({"errcode": self.errcode, "errmsg": self.errmsg, "request_id": "emulated"})


class Raw(Refused):
    """Whatever a gateway may say: an HTML page, a 503, a ban."""

    def __init__(self, status: int, body: str, content_type: str = "text/html") -> None:
        super().__init__(str(status))
        self.status, self.body, self.content_type = status, body, content_type

    def response(self) -> web.Response:
        return web.Response(status=self.status, text=self.body, content_type=self.content_type)


def banned() -> Raw:
    """What an address gets that called too often."""
    return Raw(200, '{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"u"}', "application/json")


def qps() -> NewRefused:
    return NewRefused("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", "too many calls", 403)


def no_permission(scope: str = "Card.Instance.Write") -> NewRefused:
    return NewRefused("Forbidden.AccessDenied.AccessTokenPermissionDenied", f"scope missing: {scope}", 403)


def quota() -> NewRefused:
    return NewRefused("Forbidden.AccessDenied.ApiCountLimitForOrg", "monthly quota used up", 403)
