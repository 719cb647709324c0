"""Sample cards with every block, input and button of the neutral card, for the playground and the page's tests."""

from __future__ import annotations

from cards.model import (
    Button,
    Card,
    Chain,
    Due,
    Fact,
    Facts,
    Input,
    InputKind,
    Link,
    Option,
    Picture,
    Source,
    Style,
    Table,
    Tag,
    Tags,
    Text,
    Tone,
)


def options(*labels: str) -> tuple[Option, ...]:
    return tuple(Option(value=label, label=label) for label in labels)


def draft(recording: str = "", *, problem: str = "", support: str = "总监帮忙申请特价") -> Card:
    """What the bot understood of a voice note, to be confirmed."""
    return Card(
        title="这样记，对吗？ · 宏达机械",
        lead="来自 7 秒语音，点字段下面的时间可以听原话",
        blocks=(
            Input(
                name="customer",
                label="客户",
                kind=InputKind.CHOICE,
                value="宏达机械",
                options=options("宏达机械", "宏达电气", "云帆软件", "仁和医院"),
                required=True,
                source=Source(text="听到“红打机械”，按你的客户改为“宏达机械”", audio=recording, start=0.2, end=1.4),
            ),
            Input(
                name="action",
                label="今日关键动作",
                kind=InputKind.CHOICE,
                value="已报价",
                options=options("已签合同", "已寄样", "已报价", "已约拜访"),
                required=True,
            ),
            Input(
                name="obstacle",
                label="阻碍因素",
                kind=InputKind.CHOICE,
                value="竞品压价",
                options=options("客户预算冻结", "技术参数未确认", "竞品压价", "内部流程卡点", "无"),
                required=True,
            ),
            Input(
                name="support",
                label="需支持事项",
                kind=InputKind.TEXT,
                value=support,
                max_length=50,
                problem=problem,
                source=Source(text="听到“希望总监帮忙申请特价”", audio=recording, start=3.1, end=5.8),
            ),
            Input(
                name="next", label="下次跟进", kind=InputKind.DATETIME, placeholder="没听到，选一个时间", required=True
            ),
        ),
        buttons=(
            Button(label="确认", action={"a": "confirm", "id": 1}, style=Style.PRIMARY, submits=True),
            Button(label="重说一遍", action={"a": "again", "id": 1}),
            Button(label="不记", action={"a": "drop", "id": 1}, confirm="这段话就不记了，语音还留着。"),
        ),
    )


def filed() -> Card:
    return Card(
        title="已记下 · 宏达机械 · 已报价",
        tone=Tone.GOOD,
        blocks=(
            Tags(tags=(Tag(text="竞品压价", tone=Tone.WARN), Tag(text="申请特价"))),
            Chain(
                links=(
                    Link(who="你", what="10:09 提出", state="done"),
                    Link(who="王主管", what="15:39 前答复（午休不计）", state="now"),
                    Link(who="陈总监", what="超时后接手"),
                )
            ),
            Due(text="今天 15:39 前（还剩 4 小时工作时间）", elapsed=0.02),
        ),
        buttons=(
            Button(
                label="撤销（10 分钟内）",
                action={"a": "undo", "id": 1},
                confirm="撤销后，王主管那边的请求也会一起收回。",
            ),
            Button(label="补一句", action={"a": "more", "id": 1}),
        ),
    )


def support(*, state: str = "now") -> Card:
    """A support request on the manager's side."""
    late = state == "late"
    return Card(
        title="支持请求 · 李雷 · 宏达机械",
        lead="报价后客户嫌价格高，竞品压价",
        tone=Tone.LATE if late else Tone.WARN,
        blocks=(
            Facts(
                facts=(
                    Fact(label="要什么", value="总监帮忙申请特价"),
                    Fact(label="预计金额", value="38.6 万元（团队中位 22 万）"),
                    Fact(label="上次联系", value="今天 10:08 拜访", tone=Tone.GOOD),
                )
            ),
            Chain(
                links=(
                    Link(who="李雷", what="10:09", state="done"),
                    Link(who="你", what="15:39 前答复", state="late" if late else "now"),
                    Link(who="陈总监"),
                )
            ),
            Due(
                text="已超时 12 分钟，已转陈总监" if late else "今天 15:39 前回复（还剩 50 分钟工作时间）",
                elapsed=1.0 if late else 0.8,
                tone=Tone.LATE if late else Tone.WARN,
            ),
            Input(
                name="note",
                label="附一句（可不填）",
                kind=InputKind.LONG_TEXT,
                placeholder="例如：最低 9.2 折",
                max_length=200,
            ),
        ),
        buttons=(
            Button(label="已协调", action={"a": "settle", "id": 7}, style=Style.PRIMARY, submits=True),
            Button(label="需更多信息", action={"a": "ask", "id": 7}, submits=True),
            Button(label="转给别人", action={"a": "pass", "id": 7}),
        ),
    )


def stalled() -> Card:
    return Card(
        title="停滞提醒 · 天宇科技 · 方案演示",
        lead="已 52 小时没有新的沟通（这一阶段最多 48 小时）",
        tone=Tone.WARN,
        blocks=(
            Tags(tags=(Tag(text="预计 38 万"), Tag(text="上次：周一下午 微信"), Tag(text="A 级", tone=Tone.GOOD))),
        ),
        buttons=(
            Button(label="约拜访", action={"a": "visit", "id": 3}, style=Style.PRIMARY),
            Button(label="记一次沟通", action={"a": "contact", "id": 3}),
            Button(label="为什么提醒我", action={"a": "why", "id": 3}),
        ),
    )


def digest() -> Card:
    return Card(
        title="华东一组 · 今日 18:30",
        lead="拜访 **9** 次（昨天 7 次），还差 2 条",
        blocks=(
            Table(
                columns=("姓名", "拜访", "已报价", "待补", "本月回款"),
                rows=(
                    ("李雷", "4", "2", "1", "12.8 万"),
                    ("韩梅梅", "3", "1", "0", "30.0 万"),
                    ("林涛", "2", "0", "1", "8.4 万"),
                ),
            ),
            Text(text="**韩梅梅** 今天签了云帆软件，38.6 万元。\n明天 8:30 前请补齐两条待补的记录。"),
            Text(text="数字按今天 18:30 的记录；补录会在明早的摘要里更新。", soft=True),
        ),
        buttons=(Button(label="看明细", url="/console/static/icon.svg"),),
    )


def evidence(picture: str, *, photos: tuple[str, ...] = ()) -> Card:
    """Inputs of the remaining kinds, and a picture."""
    return Card(
        title="到店 · 仁和医院 · 还差 2 样",
        lead="位置和照片只在到店时取一次，30 天后删除",
        tone=Tone.LATE,
        blocks=(
            Picture(attachment=picture, alt="仁和医院门头，上次拜访时拍"),
            Input(name="position", label="到店位置", kind=InputKind.POSITION, required=True),
            Input(name="photos", label="门头和陈列", kind=InputKind.PHOTO, value=photos, required=True),
            Input(name="papers", label="资料", kind=InputKind.FILE),
            Input(
                name="products",
                label="谈到的产品",
                kind=InputKind.MULTI_CHOICE,
                value=("监护仪",),
                options=options("监护仪", "呼吸机", "输液泵", "除颤仪"),
            ),
            Input(name="count", label="样品数量", kind=InputKind.NUMBER, value="2", placeholder="台"),
            Input(name="date", label="送样日期", kind=InputKind.DATE, value="2026-03-18"),
            Input(name="code", label="验货码", kind=InputKind.CODE, placeholder="扫码或手输"),
            Input(
                name="need",
                label="客户明确需求",
                kind=InputKind.LONG_TEXT,
                value="",
                required=True,
                problem="还没有填：客户说要什么，写一句就行",
            ),
        ),
        buttons=(
            Button(label="提交", action={"a": "submit", "id": 9}, style=Style.PRIMARY, submits=True),
            Button(
                label="取消这次拜访",
                action={"a": "cancel", "id": 9},
                style=Style.DANGER,
                confirm="取消后，今天就不去仁和医院了。",
            ),
        ),
    )
