"""What each refusal means for a push."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import CardExpired, Credentials, DeliveryError, Permanent, RetryAfter, Unanswered, Unreachable
from bot.platforms.dingtalk.codes import Unsafe, error_of, refusal_of
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
    ("Forbidden.AccessDenied.QpmLimitForAppkeyAndApi", 403, RetryAfter),
    ("QpsLimitForApi", 403, RetryAfter),
    ("send.byToken.tooFast", 400, RetryAfter),
    ("unauthorized", 400, Credentials),
    ("invalidParameter.auth.error", 400, Credentials),
    ("invalidParameter.robotCode.coolApp", 400, Credentials),
    ("robot.oto.notExist", 400, Unreachable),
    ("invalidParameter.invalid.openConversationId", 400, Unreachable),
    ("bot.stopped", 400, Unreachable),
    ("conversation.org.notMatch", 400, Unreachable),
    ("invalidParameter.userIds.overMax", 400, Permanent),
    ("invalidParameter.msgKey.invalid", 400, Permanent),
    ("msg.unsupport", 400, Permanent),
    ("miss.param.msgKey", 400, Permanent),
    ("contain.notAllowed.picture", 400, Unsafe),
    ("only.groupAdmin.canAtAll", 400, Permanent),
    ("invalidClientIdOrSecret", 400, Credentials),
    ("invalidParameter.robotCode.notExsit", 400, Credentials),
    ("robotCode.auth", 400, Credentials),
    ("staffId.notExisted", 400, Unreachable),
    ("invalidParameter.staffId.notExisted", 400, Unreachable),
    ("group.disbanded", 400, Unreachable),
    ("resource.not.found", 404, Unreachable),
    ("param.cardNotExist", 400, CardExpired),
    ("invalidParameter.msgParam.tooLong", 400, Permanent),
    ("contain.unsafe.url", 400, Unsafe),
    ("invalidParameter.contain.notAllowed.content", 400, Unsafe),
    ("param.contentUnsafe", 400, Unsafe),
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
    (430104, Unsafe),
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
        (b"", 200, timedelta(seconds=2)),
        (b"upstream busy", 200, timedelta(seconds=2)),
        (b"[]", 200, timedelta(seconds=2)),
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


def test_a_token_that_is_no_good_is_known_by_any_spelling() -> None:
    for code in ("InvalidAuthentication", "Forbidden.InvalidAuthentication", "40014", "42001", "88"):
        refusal = refusal_of(reply({"code": code, "message": "m"}, 400))
        assert refusal is not None and refusal.token_expired
    unauthorised = refusal_of(reply({"code": "unauthorized.client"}, 401))
    assert unauthorised is not None and unauthorised.token_expired


@pytest.mark.parametrize(("sub_code", "expired"), [("60011", False), (60011, False), ("40014", True), ("", True)])
def test_an_authentication_failure_means_what_its_sub_code_says(sub_code: str | int, expired: bool) -> None:
    """Contacts answer 88 both for an old token and for a permission nobody ticked."""
    said = "应用尚未开通所需的权限：[qyapi_get_department_list]"
    refusal = refusal_of(reply({"errcode": 88, "sub_code": sub_code, "sub_msg": said, "errmsg": "ding talk error"}))
    assert refusal is not None and refusal.token_expired is expired
    assert "qyapi_get_department_list" in str(error_of(refusal))
    assert ("权限管理" in str(error_of(refusal))) is not expired


def test_a_missing_permission_names_its_points() -> None:
    body = {
        "code": "Forbidden.AccessDenied.AccessTokenPermissionDenied",
        "message": "m",
        "accessdenieddetail": {"requiredScopes": ["qyapi_robot_sendmsg"]},
    }
    refusal = refusal_of(reply(body, 403))
    assert refusal is not None and "qyapi_robot_sendmsg" in str(error_of(refusal))


def test_a_missing_permission_says_what_to_tick() -> None:
    refusal = refusal_of(reply({"code": "Forbidden.AccessDenied.AccessTokenPermissionDenied", "message": "scope"}, 403))
    assert refusal is not None and "权限管理" in str(error_of(refusal))
