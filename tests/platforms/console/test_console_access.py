"""Who is asking, what they may see, and what keeps others out."""

from __future__ import annotations

import re

import pytest
from itsdangerous import URLSafeTimedSerializer
from pydantic import SecretStr

from bot.platforms.console import ConsoleSettings
from bot.platforms.console.page import FOLDER
from bot.platforms.console.signing import FileGrant, Signer
from tests.platforms.console import samples
from tests.platforms.console.conftest import OpenStage
from tests.platforms.console.playground import drawing, tone
from tests.platforms.console.stage import Stage

SECRET = "0123456789abcdef0123456789abcdef"


async def test_the_demo_offers_its_people_and_its_clock(stage: Stage) -> None:
    await stage.says("早", user="wang")
    status, answer = await stage.get("people", "lilei")
    assert (status, answer["demo"], answer["clock"], answer["me"]["name"]) == (200, True, True, "李雷")
    assert {person["user"]: person["unread"] for person in answer["people"]}["wang"] == 1
    assert "/form" not in [command["name"] for command in answer["commands"]]
    assert (await stage.get("people", "nobody"))[1]["me"]["user"] == "lilei"


async def test_somebody_who_does_not_exist_sees_nothing(stage: Stage) -> None:
    for path in ("conversations", "messages", "today", "stream"):
        assert (await stage.get(path, "nobody"))[0] == 401


async def test_messages_come_in_pages_oldest_first(stage: Stage) -> None:
    ids = [await stage.says(f"第 {number} 条", user="lilei") for number in range(5)]
    _, newest = await stage.get("messages", "lilei", conversation="user:lilei", limit=2)
    assert ([message["id"] for message in newest["messages"]], newest["more"]) == (ids[3:], True)
    _, oldest = await stage.get("messages", "lilei", conversation="user:lilei", limit=3, before=ids[3])
    assert ([message["id"] for message in oldest["messages"]], oldest["more"]) == (ids[:3], False)
    assert (await stage.get("messages", "wang", conversation="user:lilei"))[0] == 404


async def test_conversations_show_their_last_line_and_what_is_unread(stage: Stage) -> None:
    first = await stage.says("早", user="lilei")
    await stage.shows(samples.filed(), user="lilei")
    await stage.types("lilei", "收到")
    _, answer = await stage.get("conversations", "lilei")
    private, group = answer["conversations"]
    assert (private["title"], private["unread"], private["last"]["line"]) == ("跟进", 2, "收到")
    assert (group["title"], group["unread"], group["last"]) == ("华东一组", 0, None)
    _, read = await stage.post("read", "lilei", {"conversation": "user:lilei", "upto": first})
    assert (read["upto"], read["unread"]) == (first, 1)
    _, again = await stage.post("read", "lilei", {"conversation": "user:lilei", "upto": "x"})
    assert again["upto"] == first


async def test_today_is_there_for_whom_it_is(stage: Stage) -> None:
    assert (await stage.get("today", "lilei"))[1]["title"] == "今天还差 2 条"
    assert (await stage.get("today", "wang"))[1] is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "https://crm.example.com"}, 200),
        ({"Origin": "http://crm.example.com"}, 403),
    ],
)
async def test_a_post_from_another_page_is_refused(open_stage: OpenStage, headers: dict[str, str], status: int) -> None:
    stage = await open_stage(origins=("https://crm.example.com",))
    body = {"id": "message-1", "conversation": "user:lilei", "text": "早"}
    assert (await stage.post("messages", "lilei", body, headers))[0] == status
    assert len(stage.sink.messages) == (status == 200)


@pytest.mark.parametrize("path", ["messages", "presses", "uploads", "enter", "read", "clock"])
async def test_every_post_checks_where_it_comes_from(stage: Stage, path: str) -> None:
    status, answer = await stage.post(path, "lilei", {}, {"Origin": "https://evil.example"})
    assert (status, answer["error"]["code"]) == (403, "origin")


async def test_our_own_page_may_post(stage: Stage) -> None:
    origin = str(stage.http.make_url("/").origin())
    body = {"id": "message-1", "conversation": "user:lilei", "text": "早"}
    assert (await stage.post("messages", "lilei", body, {"Origin": origin}))[0] == 200


async def test_without_the_demo_a_login_link_opens_a_session(open_stage: OpenStage) -> None:
    stage = await open_stage(demo=False, secret=SECRET)
    assert (await stage.get("people", "lilei"))[0] == 401
    login = await stage.http.get(stage.platform.login_path("wang"), allow_redirects=False)
    assert (login.status, login.headers["Location"]) == (303, "/")
    cookie = login.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Secure" not in cookie
    _, answer = await stage.get("people", "lilei")
    assert (answer["me"]["user"], answer["people"], answer["demo"], answer["clock"]) == ("wang", [], False, False)
    assert (await stage.post("clock", "wang", {"to": "+1h"}))[0] == 404


async def test_a_session_is_no_login_link_and_a_forged_one_opens_nothing(open_stage: OpenStage) -> None:
    stage = await open_stage(demo=False, secret=SECRET)
    signer = Signer(ConsoleSettings(secret=SecretStr(SECRET)))
    for token in (signer.session_cookie("wang"), "forged", "", signer.file_token(FileGrant("wang", "0" * 64))):
        assert (await stage.http.get("/console/login", params={"token": token})).status == 403
    stage.http.session.cookie_jar.update_cookies({"genjin_session": signer.login_token("wang")})
    assert (await stage.get("people", ""))[0] == 401


def test_tokens_grow_old(monkeypatch: pytest.MonkeyPatch) -> None:
    signer = Signer(ConsoleSettings(secret=SecretStr(SECRET)))
    login, session = signer.login_token("wang"), signer.session_cookie("wang")
    assert (signer.login_user(login), signer.session_user(session)) == ("wang", "wang")
    now = URLSafeTimedSerializer.default_signer("x").get_timestamp()
    later = now + 601
    monkeypatch.setattr(URLSafeTimedSerializer.default_signer, "get_timestamp", lambda _: later)
    assert (signer.login_user(login), signer.session_user(session)) == (None, "wang")


async def test_an_attachment_is_served_to_whom_its_address_was_signed_for(open_stage: OpenStage) -> None:
    stage = await open_stage(demo=False, secret=SECRET)
    sha256 = await stage.attachments.put(drawing(), name="x", mime="image/png")
    await stage.shows(samples.evidence(sha256), user="wang")
    await stage.http.get(stage.platform.login_path("wang"), allow_redirects=False)
    [message] = await stage.conversation("wang")
    address = message["files"][sha256]
    assert (await stage.http.get(address)).content_type == "image/png"
    assert (await stage.http.get(address.replace(sha256, "0" * 64))).status == 403
    assert (await stage.http.get(f"/console/attachments/{sha256}")).status == 403
    await stage.http.get(stage.platform.login_path("chen"), allow_redirects=False)
    assert (await stage.http.get(address)).status == 403


async def test_only_pictures_and_sound_open_in_the_page(stage: Stage) -> None:
    await stage.sends("lilei", "file", b"<script>alert(1)</script>", "页面.html")
    await stage.sends("lilei", "voice", tone(0.1), "语音.wav")
    page, sound = [next(iter(message["files"].values())) for message in await stage.conversation("lilei")]
    served = await stage.http.get(page)
    assert served.content_type == "application/octet-stream"
    assert served.headers["Content-Disposition"].startswith("attachment;")
    assert (
        served.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in served.headers["Content-Security-Policy"]
    )
    part = await stage.http.get(sound, headers={"Range": "bytes=0-3"})
    assert (part.status, await part.read(), part.headers["Content-Type"]) == (206, b"RIFF", "audio/wav")
    assert (await stage.http.get(sound, headers={"Range": "bytes=999999-"})).status == 416
    stage.attachments.kept.clear()
    assert (await stage.http.get(sound)).status == 404


async def test_the_page_forbids_scripts_and_styles_from_elsewhere(stage: Stage) -> None:
    page = await stage.http.get("/")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    text = await page.text()
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|https?://", text)
    again = await stage.http.get("/", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status == 304


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
async def test_every_part_of_the_page_is_served_and_loads_nothing_from_elsewhere(stage: Stage, path: object) -> None:
    name = path.name  # type: ignore[attr-defined]
    part = await stage.http.get(f"/console/static/{name}")
    assert part.status == 200
    text = await part.text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
    assert set(re.findall(r"https?://[\w.]+", text)) <= {"http://www.w3.org"}


@pytest.mark.parametrize("name", ["..%2Fpage.py", "missing.js", "%2e%2e%2f%2e%2e%2fclient.py", ".hidden"])
async def test_nothing_else_is_served(stage: Stage, name: str) -> None:
    assert (await stage.http.get(f"/console/static/{name}")).status == 404


async def test_the_clock_moves_forward_in_the_demo_only_and_by_its_four_steps(stage: Stage) -> None:
    assert (await stage.post("clock", "lilei", {"to": "+1h"}))[1] == {"now": "2026-03-11T03:10:00+00:00"}
    status, answer = await stage.post("clock", "lilei", {"to": "yesterday"})
    assert (status, answer["error"]["code"]) == (400, "clock")


async def test_what_was_not_foreseen_is_answered_without_a_stack_trace(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("disk on fire at /var/lib")

    monkeypatch.setattr("storage.console.newest", broken)
    status, answer = await stage.get("conversations", "lilei")
    assert (status, answer["error"]["code"]) == (500, "failed")
    assert "fire" not in answer["error"]["words"]
