"""What each refusal means for a push."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import CardExpired, Credentials, DeliveryError, Permanent, RetryAfter, Unanswered, Unreachable
from bot.platforms.dingtalk.codes import error_of, refusal_of
from bot.platforms.http import Reply


def reply(body: Any, status: int = 200) -> Reply:
    return Reply(status, body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize(
    "well",
    [{"processQueryKey": "x"}, {"errcode": 0, "errmsg": "ok"}, {"success": True, "result": {}}, {"code": "0"}],
)
def test_a_success_refuses_nothing(well: dict[str, Any]) -> None:
    assert refusal_of(reply(well)) is None


NEW: list[tuple[str, int, type[DeliveryError]]] = [
    ("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", 403, RetryAfter),
    ("invalidParameter.send.too.fast", 400, RetryAfter),
    ("system.error", 500, RetryAfter),
    ("ServiceUnavailable", 503, RetryAfter),
    ("something.new", 502, Unanswered),
    ("Forbidden.AccessDenied.ApiCountLimitForOrg", 403, Credentials),
    ("Forbidden.AccessDenied.AccessTokenPermissionDenied", 403, Credentials),
    ("Forbidden.AccessDenied.IpNotInWhiteList", 403, Credentials),
    ("InvalidAuthentication", 400, Credentials),
    ("invalidClientIdOrSecret", 400, Credentials),
    ("invalidParameter.robotCode.notExsit", 400, Credentials),
    ("robotCode.auth", 400, Credentials),
    ("staffId.notExisted", 400, Unreachable),
    ("invalidParameter.staffId.notExisted", 400, Unreachable),
    ("group.disbanded", 400, Unreachable),
    ("resource.not.found", 404, Unreachable),
    ("param.cardNotExist", 400, CardExpired),
    ("invalidParameter.msgParam.tooLong", 400, Permanent),
    ("contain.unsafe.url", 400, Permanent),
    ("something.new", 400, Permanent),
]


@pytest.mark.parametrize(("code", "status", "kind"), NEW)
def test_codes_of_the_new_api(code: str, status: int, kind: type[DeliveryError]) -> None:
    refusal = refusal_of(reply({"code": code, "message": "m", "requestid": "r"}, status))
    assert refusal is not None and type(error_of(refusal)) is kind


OLD: list[tuple[int, type[DeliveryError]]] = [
    (90018, RetryAfter),
    (90002, RetryAfter),
    (-1, RetryAfter),
    (410100, RetryAfter),
    (90020, Credentials),
    (40014, Credentials),
    (42001, Credentials),
    (60020, Credentials),
    (50004, Credentials),
    (60121, Unreachable),
    (300001, Unreachable),
    (430104, Permanent),
]


@pytest.mark.parametrize(("code", "kind"), OLD)
def test_codes_of_the_old_api(code: int, kind: type[DeliveryError]) -> None:
    refusal = refusal_of(reply({"errcode": code, "errmsg": "m"}))
    assert refusal is not None and type(error_of(refusal)) is kind


@pytest.mark.parametrize(
    ("body", "status", "after"),
    [
        (b"<html>blocked</html>", 200, timedelta(seconds=2)),
        (b"", 502, timedelta(seconds=2)),
        (b"upstream timeout", 503, timedelta(seconds=1)),
        ({"status": 1111, "wait": 5, "source": "x5", "punish": "deny"}, 200, timedelta(minutes=5)),
        ({"errcode": 410100, "errmsg": "m"}, 200, timedelta(minutes=10)),
    ],
)
def test_gateways_and_bans_are_waited_out(body: Any, status: int, after: timedelta) -> None:
    refusal = refusal_of(reply(body, status))
    assert refusal is not None
    error = error_of(refusal)
    assert isinstance(error, RetryAfter) and error.after == after


def test_a_missing_permission_says_what_to_tick() -> None:
    refusal = refusal_of(reply({"code": "Forbidden.AccessDenied.AccessTokenPermissionDenied", "message": "scope"}, 403))
    assert refusal is not None and "权限管理" in str(error_of(refusal))
