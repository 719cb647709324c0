"""The phone page over HTTP: whose it is, how long it holds, what it takes, and how what is wrong is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import FormData
from sqlalchemy import func, select

from storage import people
from storage.tables import Submission
from tests.harness.pictures import photo
from tests.harness.team import Team
from tests.web.phone import PUBLIC, filled, link, phone

NEXT = "2026-03-13T10:00"
PROGRESS = {"customer": "1", "action": "已报价", "obstacle": "无", "support": "", "next_at": NEXT}


async def on_the_way(team: Team, kind: str = "门店拜访") -> dict[str, object]:
    """李雷 is on his way to a store; gives what his arrival form is about."""
    await team.rep.says("今日拜访 华联超市二店")
    await team.rep.presses("提交", kind=kind)
    button = next(button for button in team.rep.sees("已到店").card.buttons if button.label == "已到店")
    assert button.action is not None
    team.everybody_has_read()
    return {"flow_step": button.action["step"], "choice": button.action["choice"]}


async def test_a_form_filled_in_on_the_phone_becomes_a_record(team: Team) -> None:
    path = await link(team, "progress", values={"customer": "1", "action": "已报价"})
    async with phone(team) as he:
        opened = await he.opens(path)
        opened.shows("客户推进", "李雷", "今天 12:00 前有效", "今日关键动作", "必填")
        assert opened.status == 200 and opened.holds("action") == ["已报价"]
        taken = await he.submits(path, filled(PROGRESS))
        assert (taken.status, taken.location) == (303, path)
        await team.app.runtime.settle()
        (await he.opens(path)).shows("已提交 · 客户推进", "已经处理", "宏达机械", "已报价", "聊天里")
    team.rep.gets("已记下 · 宏达机械 · 已报价")
    team.nobody_else_heard_anything()


async def test_an_arrival_with_photos_position_and_code(team: Team) -> None:
    about = await on_the_way(team)
    path = await link(team, "visit_arrive_store", about=about)
    async with phone(team) as he:
        (await he.opens(path)).shows("到店", "华联超市二店", "门头照片", "取当前位置", "扫码")
        values = {"position": "31.2300,121.4700,18", "code": "6901234567892"}
        taken = await he.submits(path, filled(values, front=photo(1), display=photo(2)))
        assert taken.status == 303
        (await he.opens(path)).shows("正在处理", "已收到 1 张照片", "已定位", "6901234567892")
        await team.app.runtime.settle()
    team.rep.sees("今日拜访 · 华联超市二店", "已离店")


async def test_a_link_works_once(team: Team) -> None:
    path = await link(team, "progress")
    async with phone(team) as he:
        for _ in range(3):
            assert (await he.submits(path, filled(PROGRESS))).status == 303
        await team.app.runtime.settle()
        (await he.opens(path)).shows("已提交 · 客户推进")
    team.rep.gets("已记下 · 宏达机械")
    async with team.app.services.db.read() as tx:
        assert await tx.scalar(select(func.count()).select_from(Submission)) == 1
    team.nobody_else_heard_anything()


async def test_an_expired_link_says_so(team: Team) -> None:
    path = await link(team, "progress")
    await team.clock.forward(hours=2)
    async with phone(team) as he:
        opened, posted = await he.opens(path), await he.submits(path, filled(PROGRESS))
    assert opened.status == posted.status == 410
    opened.shows("这个链接已经过期", "用手机填")


async def test_what_was_submitted_stays_to_be_seen_after_the_link_is_over(team: Team) -> None:
    path = await link(team, "progress")
    async with phone(team) as he:
        await he.submits(path, filled(PROGRESS))
        await team.clock.forward(hours=3)
        (await he.opens(path)).shows("已提交 · 客户推进")


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: "x" + t, lambda t: t[:12] + "AAAA" + t[16:], lambda t: "nothing"]
)
async def test_a_changed_link_opens_nothing(team: Team, change: object) -> None:
    path = await link(team, "progress")
    token = path.removeprefix("/forms/")
    async with phone(team) as he:
        opened = await he.opens(f"/forms/{change(token)}")  # type: ignore[operator]  # a lambda of the table above
    assert opened.status == 404
    opened.shows("这个链接不完整")


async def test_somebody_else_reads_whom_it_is_for(team: Team) -> None:
    path = await link(team, "progress", values={"customer": "1", "support": "机密"})
    async with phone(team, "han") as she:
        opened, posted = await she.opens(path), await she.submits(path, filled(PROGRESS))
    assert opened.status == posted.status == 403
    opened.shows("这个链接是发给 李雷 的")
    assert "机密" not in opened.html
    await team.app.runtime.settle()
    team.nobody_else_heard_anything()


async def test_nobody_logged_in_is_asked_to(team: Team) -> None:
    path = await link(team, "progress")
    async with phone(team, "") as somebody:
        opened = await somebody.opens(path)
    assert opened.status == 401
    opened.shows("请先登录网页聊天")


async def test_problems_keep_everything_typed(team: Team) -> None:
    path = await link(team, "progress")
    wrong = PROGRESS | {"action": "", "support": "请总监" * 20, "next_at": "2026-03-01T10:00"}
    async with phone(team) as he:
        seen = await he.submits(path, filled(wrong))
        assert seen.status == 422
        seen.shows("还差 3 处", "「今日关键动作」还没选", "最多 50 个字，现在 60 个", "已经过去了")
        assert seen.holds("support") == ["请总监" * 20]
        assert seen.holds("next_at") == ["2026-03-01T10:00"]
        assert seen.holds("obstacle") == ["无"]
        assert (await he.submits(path, filled(PROGRESS))).status == 303


async def test_photos_survive_a_problem_elsewhere_and_are_his_alone(team: Team) -> None:
    about = await on_the_way(team)
    path = await link(team, "visit_arrive_store", about=about)
    async with phone(team) as he, phone(team, "han") as she:
        seen = await he.submits(path, filled({"position": "nowhere"}, front=photo(3)))
        seen.shows("不是有效的位置")
        (key,) = seen.holds("kept.front")
        seen_again = await he.opens(f"{path}/photos/{key}")
        assert (seen_again.status, seen_again.headers["Content-Type"]) == (200, "image/jpeg")
        assert (await she.opens(f"{path}/photos/{key}")).status == 403
        again = await he.submits(path, filled({"position": "", "kept.front": key}))
        assert again.status == 303
        (await he.opens(path)).shows("门头照片 已收到 1 张照片")


async def test_a_photo_somebody_else_brought_is_not_taken(team: Team) -> None:
    await team.other_rep.says("你好")
    path = await link(team, "visit_arrive_store", about=await on_the_way(team))
    theirs = await link(team, "visit_arrive_store", user="han")
    async with phone(team) as he, phone(team, "han") as she:
        (key,) = (await she.submits(theirs, filled({"position": "nowhere"}, front=photo(4)))).holds("kept.front")
        seen = await he.submits(path, filled({"position": "nowhere", "kept.front": key}))
    assert seen.holds("kept.front") == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "0 字节"),
        (b"<script>alert(1)</script>", "不是能打开的图片"),
        (b"\xff\xd8\xff" + b"\x00" * 40, "打不开"),
        (b"\xff\xd8\xff" + b"\x00" * (1 << 20), "超过 1 MB"),
    ],
)
async def test_a_photo_that_is_none_is_said_beside_it(team: Team, content: bytes, words: str) -> None:
    team.app.settings.media_bytes = 1 << 20
    path = await link(team, "visit_arrive_store", about=await on_the_way(team))
    async with phone(team) as he:
        seen = await he.submits(path, filled({"code": "690"}, front=content))
    assert seen.status == 422
    seen.shows("「门头照片」", words)
    assert seen.holds("code") == ["690"]


async def test_a_body_beyond_all_measure_is_refused(team: Team) -> None:
    team.app.settings.media_bytes = 1 << 20
    path = await link(team, "progress")
    async with phone(team) as he:
        seen = await he.submits(path, filled(PROGRESS, front=b"\xff" * (32 << 20)))
    assert seen.status == 413
    seen.shows("这次提交太大")


async def test_what_people_type_is_never_markup(team: Team) -> None:
    evil = '"><script>alert(1)</script>'
    path = await link(team, "progress", values={"support": evil})
    async with phone(team) as he:
        opened = await he.opens(path)
        seen = await he.submits(path, filled(PROGRESS | {"support": evil, "customer": evil, "action": evil}))
    for answer in (opened, seen):
        assert "<script>alert" not in answer.html
        assert answer.holds("support") == [evil]
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy
    assert "style=" not in opened.html and "onclick" not in opened.html


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_other_sites_cannot_submit(team: Team, headers: dict[str, str]) -> None:
    path = await link(team, "progress")
    for public in (PUBLIC, ""):
        team.app.settings.public_url = public
        async with phone(team) as he:
            assert (await he.submits(path, filled(PROGRESS), **headers)).status == 403
    await team.app.runtime.settle()
    team.nobody_else_heard_anything()


async def test_the_public_address_may_submit(team: Team) -> None:
    path = await link(team, "progress")
    async with phone(team) as he:
        assert (await he.submits(path, filled(PROGRESS), Origin=PUBLIC)).status == 303


async def test_a_torn_body_is_not_a_submission(team: Team) -> None:
    path = await link(team, "progress")
    async with phone(team) as he:
        torn = b'--b\r\nContent-Disposition: form-data; name="customer"\r\n\r\n1'
        async with he.client.post(
            path, data=torn, headers={"Content-Type": "multipart/form-data; boundary=b"}
        ) as answer:
            assert answer.status in (400, 422)
        async with he.client.post(path, json={"customer": "1"}) as answer:
            assert answer.status == 400
    await team.app.runtime.settle()
    team.nobody_else_heard_anything()


async def test_a_step_that_is_over_says_who_closed_it(team: Team) -> None:
    path = await link(team, "visit_arrive_store", about=await on_the_way(team))
    await team.rep.presses("已到店", code="690")
    async with phone(team) as he:
        opened, posted = await he.opens(path), await he.submits(path, FormData(default_to_multipart=True))
    assert opened.status == 409
    opened.shows("这张表已经不用填了", "李雷")
    assert posted.status in (409, 422)


async def test_somebody_who_left_cannot_open_it(team: Team) -> None:
    path = await link(team, "progress")
    async with team.app.services.db.write() as tx:
        person = await people.by_identity(tx, "console", "web", "lilei")
        assert person is not None
        person.active = False
    async with phone(team) as he:
        opened = await he.opens(path)
    assert opened.status == 403
    opened.shows("你的账号已经停用")


@pytest.mark.parametrize("name", ["page.css", "page.js", "photos.js", "place.js", "scan.js", "icon.svg"])
async def test_the_parts_of_the_page_are_served(team: Team, name: str) -> None:
    async with phone(team, "") as anybody:
        part = await anybody.opens(f"/forms/static/{name}")
        assert part.status == 200
        assert (
            await anybody.opens(f"/forms/static/{name}", headers={"If-None-Match": part.headers["ETag"]})
        ).status == 304
        assert (await anybody.opens("/forms/static/..%2f..%2fserver.py")).status == 404


async def test_the_life_of_a_link_is_a_setting(team: Team) -> None:
    team.app.settings.page_minutes = 10
    path = await link(team, "progress")
    async with phone(team) as he:
        assert (await he.opens(path)).status == 200
        await team.clock.forward(seconds=timedelta(minutes=10).total_seconds())
        assert (await he.opens(path)).status == 410
