"""今日拜访: start, arrive, leave; what is missing is asked for and told."""

from __future__ import annotations

from bot.platforms.base import Kind
from tests.harness.pictures import photo
from tests.harness.team import Team

LEFT = {"solved": "确认了安装位置", "need": "两周内出方案", "next_at": "2026-03-18T15:00"}


async def kept(team: Team, content: bytes) -> str:
    """A picture taken on a card, as the platform keeps it before the button is pressed."""
    return await team.app.services.attachments.put(content)


async def started(team: Team, customer: str = "宏达机械", kind: str = "客户拜访") -> None:
    await team.rep.says(f"今日拜访 {customer}")
    form = team.rep.gets("今日拜访", "现在去见谁")
    form.shows(customer)
    await team.rep.presses("提交", kind=kind)
    team.rep.sees("今日拜访 · 已提交")
    team.rep.gets(f"今日拜访 · {customer}", "已到店", "当前位置")


async def test_a_whole_visit_with_everything_is_verified(team: Team) -> None:
    await started(team)
    await team.clock.forward(minutes=40)
    await team.rep.presses("已到店", position="31.2301,121.4702,15", photo=[await kept(team, photo(1))])
    team.rep.gets("今日拜访 · 宏达机械", "本次解决的核心问题", "已离店")
    await team.clock.forward(minutes=50)
    await team.rep.presses("已离店", **LEFT)
    team.rep.gets("拜访已记下 · 宏达机械", "已验证", "下次跟进 下周三 15:00")
    team.rep.finds("今日拜访 · 宏达机械", "李雷已离店")
    team.nobody_else_heard_anything()


async def test_a_visit_without_its_photo_is_to_be_verified_and_the_manager_is_told(team: Team) -> None:
    await started(team)
    await team.rep.presses("已到店", position="31.2301,121.4702,15")
    team.rep.gets("今日拜访 · 宏达机械", "已离店")
    await team.rep.presses("已离店", **LEFT)
    team.rep.gets("拜访已记下 · 宏达机械", "待验证", "还差：现场照片")
    team.manager.gets("拜访待验证 · 李雷 · 宏达机械", "还差：现场照片")
    team.nobody_else_heard_anything()

    await team.clock.forward(minutes=20)
    await team.rep.sends(Kind.PHOTO, photo(2), name="p.jpg")
    team.rep.gets("收到现场照片", "证据已经齐了")
    team.rep.finds("拜访已记下 · 宏达机械", "已验证")
    team.manager.sees("拜访已补齐 · 李雷 · 宏达机械")
    team.nobody_else_heard_anything()


async def test_a_store_visit_needs_both_photos_and_the_goods_check(team: Team) -> None:
    await started(team, "华联超市", "门店拜访")
    await team.rep.presses("已到店", position="31.2301,121.4702,15", front=[await kept(team, photo(3))])
    team.rep.gets("今日拜访 · 华联超市", "已离店")
    await team.rep.presses("已离店", **LEFT)
    team.rep.gets("待验证", "还差：主推陈列照片、扫码验货")
    team.manager.gets("拜访待验证 · 李雷 · 华联超市")
    team.nobody_else_heard_anything()


async def test_photos_and_position_sent_in_chat_are_taken_for_the_visit(team: Team) -> None:
    await started(team)
    await team.rep.stands_at(31.2301, 121.4702)
    team.rep.gets("收到当前位置", "还差：现场照片")
    await team.rep.sends(Kind.PHOTO, photo(4), name="p.jpg")
    team.rep.gets("收到现场照片")
    await team.rep.presses("已到店")
    team.rep.gets("今日拜访 · 宏达机械", "已离店")
    await team.rep.presses("已离店", **LEFT)
    team.rep.gets("拜访已记下 · 宏达机械", "已验证")
    team.nobody_else_heard_anything()


async def test_a_photo_used_before_is_refused_with_the_earlier_visit_named(team: Team) -> None:
    await started(team)
    await team.rep.presses("已到店", position="31.23,121.47,15", photo=[await kept(team, photo(5))])
    team.rep.gets("已离店")
    await team.rep.presses("已离店", **LEFT)
    team.rep.gets("拜访已记下")
    await team.clock.forward(minutes=30)
    await started(team, "仁和医院")
    smaller = await kept(team, photo(5, side=64, quality=60))
    await team.rep.presses("已到店", position="31.23,121.47,15", photo=[smaller])
    team.rep.gets("这张照片在今天 10:00拜访宏达机械时用过了")
    await team.rep.presses("已到店", position="31.23,121.47,15", photo=[await kept(team, photo(6))])
    team.rep.gets("今日拜访 · 仁和医院", "已离店")
    team.nobody_else_heard_anything()


async def test_a_position_far_away_is_flagged_not_refused(team: Team) -> None:
    await started(team)
    await team.rep.presses("已到店", position="31.2500,121.4700,15", photo=[await kept(team, photo(7))])
    team.rep.gets("你的位置离宏达机械的地址有 2224 米")
    team.manager.gets("位置偏离 · 李雷 · 宏达机械", "2224 米")
    team.rep.gets("今日拜访 · 宏达机械", "已离店")
    team.nobody_else_heard_anything()


async def test_a_photo_of_zero_bytes_is_refused_in_words_and_the_rest_is_kept(team: Team) -> None:
    await started(team)
    await team.rep.presses("已到店", position="31.23,121.47,15", photo=[await kept(team, b"")])
    card = team.rep.sees("今日拜访 · 宏达机械", "还差一点", "文件是空的（0 字节）")
    assert card.field("position").value == "31.23,121.47,15"
    await team.rep.sends(Kind.PHOTO, b"", name="p.jpg")
    team.rep.gets("文件是空的（0 字节）")
    team.nobody_else_heard_anything()


async def test_one_visit_at_a_time_and_cancelling_frees_the_way(team: Team) -> None:
    await started(team)
    await team.rep.says("/visit 仁和医院")
    team.rep.gets("宏达机械的拜访还没离店")
    await team.rep.presses("取消拜访")
    team.rep.sees("今日拜访 · 宏达机械", "已结束")
    await started(team, "仁和医院")
    team.nobody_else_heard_anything()


async def test_an_ambiguous_or_unknown_or_foreign_customer_is_answered_in_words(team: Team) -> None:
    await team.rep.says("/visit 华联")
    team.rep.gets("「华联」可能是 华联超市、华联超市二店")
    await team.rep.says("/visit 不存在的公司")
    team.rep.gets("没有叫「不存在的公司」的客户")
    await team.rep.says("/visit 云帆软件")
    team.rep.gets("「云帆软件」现在由韩梅跟进")
    await team.rep.says("/visit 华联超市")
    team.rep.gets("今日拜访")
    team.nobody_else_heard_anything()


async def test_a_date_in_the_past_is_refused_with_the_date_named(team: Team) -> None:
    await started(team)
    await team.rep.presses("已到店", position="31.23,121.47,15", photo=[await kept(team, photo(8))])
    team.rep.gets("已离店")
    await team.rep.presses("已离店", solved="定了", need="要方案", next_at="2026-03-10T09:00")
    card = team.rep.sees("还差一点", "「下次跟进时间」是 昨天 09:00，已经过去了")
    assert card.field("need").value == "要方案"
    team.nobody_else_heard_anything()


async def test_what_is_missing_is_completed_with_one_button(team: Team) -> None:
    await started(team)
    await team.rep.presses("已到店", position="31.2301,121.4702,15")
    team.rep.gets("已离店")
    await team.rep.presses("已离店", solved="确认了安装位置", next_at="2026-03-18T15:00")
    team.rep.gets("待验证", "还差：现场照片、客户明确需求或语音备忘")
    team.manager.gets("拜访待验证")
    await team.rep.presses("补齐", on="待验证")
    form = team.rep.gets("到店", "只差这些")
    assert form.field("position").value == "31.2301,121.4702,15.0"
    await team.rep.presses("提交", photo=[await kept(team, photo(11))])
    team.rep.sees("到店 · 已提交")
    team.rep.gets("拜访已记下", "还差：客户明确需求或语音备忘")
    team.manager.gets("拜访待验证", "还差：客户明确需求或语音备忘")
    await team.rep.presses("补齐", on="还差：客户明确需求")
    assert team.rep.gets("离店", "客户明确需求").field("solved").value == "确认了安装位置"
    await team.rep.presses("提交", need="两周内出方案")
    team.rep.sees("离店 · 已提交")
    team.rep.finds("拜访已记下 · 宏达机械", "已验证")
    team.manager.sees("拜访已补齐 · 李雷 · 宏达机械")
    team.nobody_else_heard_anything()
