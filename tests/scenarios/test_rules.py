"""/rule: written in a sentence, tried, published, fired once, switched off, taken back."""

from __future__ import annotations

from sqlalchemy import func, select

from storage.tables import Customer, Definition, Interaction, Opportunity, RuleFiring, Task
from tests.harness.team import Team

LOSS = "高潜客户流失预警"
SENTENCE = "当 客户等级 = A 且 本月拜访次数 < 2 时 推送 高潜客户流失预警 给 主管"


async def without_stalls(team: Team) -> None:
    """The shipped rule has its own scenarios."""
    await team.admin.says("/rule off 停滞提醒")
    team.admin.gets("规则 · 停滞提醒 · 已停用", "已经开始的流程照常走完")


def only_rules(team: Team) -> None:
    for actor in team.actors.values():
        for message in actor.messages:
            title = message.card.title if message.card else message.words
            if "今天" in title or "日清" in title or "还没" in title or "还差" in title:
                message.read = True
    for message in team.group:
        message.read = True


async def published(team: Team, sentence: str = SENTENCE, title: str = LOSS) -> None:
    await team.admin.says(f"/rule add {title} {sentence}")
    team.admin.gets(f"规则 · {title} · 草稿")
    await team.admin.says(f"/rule publish {title}")
    team.admin.gets(f"规则 · {title} · 在用（第 1 版）")


async def test_a_rule_is_written_tried_and_published(company: Team) -> None:
    await without_stalls(company)
    await company.admin.says(f"/rule add {LOSS} {SENTENCE}")
    draft = company.admin.gets(
        f"规则 · {LOSS} · 草稿", "我的理解：当 客户等级 = A 且 本月拜访次数 < 2 时", "说的是 客户"
    )
    assert draft.buttons() == ["试运行", "发布"]
    await company.admin.presses("试运行")
    tried = company.admin.gets(
        f"试运行 · {LOSS} · 现在会提醒 2 条", "没有发出任何消息", "宏达机械 李雷 A 0 次", "仁和医院"
    )
    company.manager.heard_nothing()
    await company.admin.presses_button(tried.message, tried.card.buttons[0], {})
    company.admin.gets(f"规则 · {LOSS} · 在用（第 1 版）")
    await company.clock.to("11:01")
    told = company.manager.gets(f"{LOSS} · 2 条", "宏达机械 李雷 A 0 次", "仁和医院 李雷 A 0 次")
    assert told.card.tone == "warn"
    await company.clock.to("17:59")
    company.nobody_else_heard_anything()


async def test_it_fires_again_when_its_inputs_change(team: Team) -> None:
    await without_stalls(team)
    await published(team, "当 客户等级 = A 且 本月联系次数 < 3 时 推送 联系太少 给 负责人", "联系太少")
    await team.clock.to("11:01")
    team.rep.gets("联系太少 · 2 条")
    async with team.app.services.db.write() as tx:
        tx.add(Interaction(customer_id=2, person_id=3, kind="call", at=team.clock.now()))
    await team.clock.to("12:01")
    card = team.rep.gets("联系太少 · 李雷 · 仁和医院", "本月联系次数 2 次")
    assert card.buttons() == ["看客户档案"]
    await team.clock.to("17:59")
    team.nobody_else_heard_anything()


async def test_a_timetable_is_kept_to_the_minute(team: Team) -> None:
    await without_stalls(team)
    await published(team, f"每周四 16:10 {SENTENCE}")
    await team.clock.to("16:09", days=1)
    only_rules(team)
    team.nobody_else_heard_anything()
    await team.clock.to("16:10")
    team.manager.gets(f"{LOSS} · 2 条")
    await team.clock.to("17:59")
    team.nobody_else_heard_anything()


async def test_an_event_is_acted_on_at_once_for_what_it_is_about(team: Team) -> None:
    await without_stalls(team)
    await published(team, "发生 记下推进 当 阻碍因素 = 竞品压价 时 推送 竞品来了 给 总监", "竞品来了")
    await team.rep.says("宏达机械今天已报价，竞品压价")
    await team.rep.presses("确认")
    team.rep.sees("已记下 · 宏达机械")
    team.director.gets("竞品来了 · 李雷 · 宏达机械", "阻碍因素 竞品压价")
    await team.rep.says("天宇科技今天已报价，客户预算冻结")
    await team.rep.presses("确认")
    team.rep.sees("已记下 · 天宇科技")
    team.nobody_else_heard_anything()


async def test_a_task_is_opened(team: Team) -> None:
    await without_stalls(team)
    await published(team, "当 客户名称 = 宏达机械 时 开任务 回访客户 给 负责人 限 2个工作日", "该回访了")
    await team.clock.to("11:01")
    team.rep.gets("回访客户 · 宏达机械", "周五 11:00 前完成")
    async with team.app.services.db.read() as tx:
        task = (await tx.scalars(select(Task))).one()
    assert (task.title, task.person_id, task.customer_id) == ("回访客户", 3, 1)
    team.nobody_else_heard_anything()


async def test_mistakes_are_told_in_words_with_what_could_be_meant(team: Team) -> None:
    for sentence, answer in (
        ("当 客户等极 = A 时 推送 预警 给 主管", "没有「客户等极」这个字段，是不是「客户等级」？"),
        ("当 客户等级 = D 时 推送 预警 给 主管", "「客户等级」没有「D」这个选项；可选：A、B、C"),
        ("当 客户等级 = A 时 推送 预警 给 王主任", "没有「王主任」这个接收人，是不是「王主管」？"),
        ("当 客户等级 = A 时 启动流程 停滞提示", "没有「停滞提示」这个流程，是不是「停滞提醒」？"),
        ("当 商机金额 > 7天 时 推送 预警 给 主管", "不能比较"),
        (
            "当 拜访状态 = 待验证 且 商机状态 = 进行中 时 推送 预警 给 主管",
            "「拜访状态」属于拜访；「商机状态」属于商机",
        ),
        ("推送 预警 给 主管", "这条规则没有条件"),
        ("发生 记下推进 当 拜访状态 = 待验证 时 推送 预警 给 主管", "「记下推进」说的是客户推进，它没有「拜访状态」"),
        ("当 客户等级 = A 时 冻结 新线索", "规则里还不能写「冻结」；现在可以：推送、启动流程、开任务、升级"),
        ("当 客户等级 = A", "没有写完"),
    ):
        await team.admin.says(f"/rule add 预警 {sentence}")
        team.admin.gets(answer)
    await team.admin.says("/rule show 停滞题醒")
    team.admin.gets("没有叫「停滞题醒」的规则，是不是「停滞提醒」？")
    await team.admin.says("/rule add")
    team.admin.gets("/rule add 高潜客户流失预警")
    async with team.app.services.db.read() as tx:
        assert (await tx.scalars(select(func.count()).select_from(Definition))).one() == 0
    team.nobody_else_heard_anything()


async def test_only_admins_change_rules_and_superiors_may_read(team: Team) -> None:
    await team.rep.says("/rule list")
    team.rep.gets("主管以上")
    await team.manager.says(f"/rule add {LOSS} {SENTENCE}")
    team.manager.gets("管理员")
    await team.manager.says("/rule list")
    team.manager.gets("规则 · 3 条", "竞品动态 已停用", "停滞提醒 在用 每小时 0 次")
    await team.manager.says("/rule show 停滞提醒")
    team.manager.gets("规则 · 停滞提醒 · 在用", "未联系时长 ≥ 停滞时限", "说的是 商机")
    team.nobody_else_heard_anything()


async def test_a_sentence_is_tried_without_a_name(team: Team) -> None:
    await team.admin.says("/rule dry-run 当 客户等级 = C 且 负责人 = 李雷 时 推送 小客户 给 负责人")
    tried = team.admin.gets("试运行 · 这句话 · 现在会提醒 1 条", "华联超市二店 李雷")
    assert tried.buttons() == []
    await team.admin.says("/rule dry-run 当 客户等级 = C 且 负责人 = 韩梅 时 推送 小客户 给 负责人")
    team.admin.gets("现在不会提醒", "现在没有符合条件的")
    team.nobody_else_heard_anything()


async def test_versions_go_forward_and_back(team: Team) -> None:
    await without_stalls(team)
    await published(team)
    await team.admin.says(f"/rule add {LOSS} 当 客户等级 = C 时 推送 高潜客户流失预警 给 主管")
    team.admin.gets(f"规则 · {LOSS} · 草稿")
    await team.admin.says(f"/rule show {LOSS}")
    shown = team.admin.sees(f"规则 · {LOSS} · 在用")
    shown.shows("本月拜访次数 < 2", "还没发布的草稿", "客户等级 = C", "版本 1")
    await team.admin.says(f"/rule publish {LOSS}")
    team.admin.gets(f"规则 · {LOSS} · 在用（第 2 版）")
    await team.admin.presses("撤销")
    team.admin.gets(f"规则 · {LOSS} · 在用（第 3 版）", "回到第 1 版：当 客户等级 = A")
    await team.clock.to("11:01")
    team.manager.gets(f"{LOSS} · 2 条", "宏达机械")
    await team.admin.says(f"/rule off {LOSS}")
    team.admin.gets("已停用（第 4 版）")
    await team.admin.says(f"/rule off {LOSS}")
    team.admin.gets("已经停用了")
    async with team.app.services.db.write() as tx:
        (await tx.get_one(Customer, 6)).level = "A"
    await team.clock.to("17:59")
    team.nobody_else_heard_anything()


async def test_undoing_the_first_version_takes_a_rule_out_and_a_shipped_one_back(team: Team) -> None:
    await without_stalls(team)
    await team.admin.says("/rule undo 停滞提醒")
    team.admin.gets("规则 · 停滞提醒 · 在用（第 2 版）")
    await published(team)
    await team.admin.says(f"/rule undo {LOSS}")
    team.admin.gets(f"规则 · {LOSS} · 已停用（第 2 版）")
    await team.clock.to("17:59")
    team.nobody_else_heard_anything()


async def test_a_firing_is_kept_with_what_it_saw_and_why_tells_it(company: Team) -> None:
    await without_stalls(company)
    await published(company, "当 客户名称 = 宏达机械 且 客户未联系时长 > 2小时 时 推送 该联系了 给 主管", "该联系了")
    await company.clock.to("11:01")
    company.manager.gets("该联系了 · 李雷 · 宏达机械", "客户未联系时长 3 小时")
    async with company.app.services.db.read() as tx:
        firing = (await tx.scalars(select(RuleFiring))).one()
    assert (firing.rule, firing.version, firing.subject_kind, firing.subject_id) == ("该联系了", 1, "customer", 1)
    assert firing.inputs["facts"]["客户未联系时长"] == "3 小时"
    await company.manager.says("/why")
    company.manager.gets("为什么收到：该联系了", "规则「该联系了」的条件成立", "客户未联系时长 3 小时", "第 1 版")
    company.nobody_else_heard_anything()


async def test_a_rule_that_cannot_be_read_any_more_stops_no_other(team: Team) -> None:
    await published(team)
    async with team.app.services.db.write() as tx:
        row = (await tx.scalars(select(Definition).where(Definition.kind == "rule"))).one()
        broken = {**row.body, "name": "坏规则", "title": "坏规则", "sentence": "当 没有的字段 = 1 时 推送 预警 给 主管"}
        tx.add(Definition(kind="rule", name="坏规则", version=1, body=broken, at=team.clock.now()))
        for one in (await tx.scalars(select(Opportunity))).all():
            one.state = "lost"
    await team.clock.to("11:01")
    team.manager.gets(f"{LOSS} · 2 条")
    await team.admin.says("/rule show 坏规则")
    team.admin.gets("坏规则", "没有「没有的字段」这个字段")
    team.nobody_else_heard_anything()
