from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.durations import Limit
from rules.expression import (
    Action,
    Among,
    And,
    Arithmetic,
    Catalogue,
    Compare,
    Condition,
    Contains,
    Day,
    Empty,
    Fact,
    FactRef,
    Kind,
    Literal,
    Not,
    OnEvent,
    Or,
    Rule,
    Schedule,
    Trigger,
    Verb,
    Within,
)
from rules.grammar import parse, parse_condition
from rules.literals import BadRule

FACTS = (
    Fact("客户等级", Kind.CHOICE, ("A", "B", "C")),
    Fact("阶段", Kind.CHOICE, ("方案演示", "谈判", "报价"), aliases=("商机阶段",)),
    Fact("阶段停留时长", Kind.DURATION),
    Fact("本月拜访次数", Kind.NUMBER, unit="次"),
    Fact("未联系天数", Kind.NUMBER, unit="天"),
    Fact("非标订单数", Kind.NUMBER),
    Fact("最近联系", Kind.DATE),
    Fact("成交价", Kind.MONEY),
    Fact("目标价", Kind.MONEY),
    Fact("让步幅度", Kind.SHARE),
    Fact("行业", Kind.TEXT),
    Fact("已签约", Kind.BOOL),
    Fact("类型", Kind.CHOICE, ("行业", "定制（新）")),
)
CATALOGUE = Catalogue(FACTS)
LEVEL = FactRef("客户等级", Kind.CHOICE)
STAGE = FactRef("阶段", Kind.CHOICE)
VISITS = FactRef("本月拜访次数", Kind.NUMBER)
CONTACT = FactRef("最近联系", Kind.DATE)
DEAL = FactRef("成交价", Kind.MONEY)
TARGET = FactRef("目标价", Kind.MONEY)
SHARE = FactRef("让步幅度", Kind.SHARE)
TRADE = FactRef("行业", Kind.TEXT)
SIGNED = FactRef("已签约", Kind.BOOL)
IS_A = Compare("=", LEVEL, Literal("A", Kind.CHOICE))
FEW = Compare("<", VISITS, Literal(Decimal(2), Kind.NUMBER))
LOSS = Rule(None, And((IS_A, FEW)), (Action(Verb.PUSH, "高潜客户流失预警", ("主管",)),))


@pytest.mark.parametrize(
    "sentence",
    [
        "当 客户等级 = A 且 本月拜访次数 < 2 时 推送 高潜客户流失预警 给 主管",
        "当客户等级=A且本月拜访次数<2时推送高潜客户流失预警给主管",
        "当客户等级＝Ａ且本月拜访次数＜２次时，推送「高潜客户流失预警」给主管。",
        "如果 客户等级 是 A 并且 本月拜访次数 不足 2 次 则 推送 高潜客户流失预警 给 主管",
        "当（客户等级 == 「A」）而且（本月拜访次数少于2）的时候推送“高潜客户流失预警”给主管",
    ],
)
def test_one_rule_in_many_spellings(sentence: str) -> None:
    assert parse(sentence, CATALOGUE) == LOSS


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("客户等级 ≠ A", Compare("≠", LEVEL, Literal("A", Kind.CHOICE))),
        ("客户等级为A", IS_A),
        ("客户等级不为A", Compare("≠", LEVEL, Literal("A", Kind.CHOICE))),
        ("行业为空", Empty(TRADE)),
        ("A = 客户等级", Compare("=", Literal("A", Kind.CHOICE), LEVEL)),
        ("商机阶段属于(谈判、报价)", Among(STAGE, (Literal("谈判", Kind.CHOICE), Literal("报价", Kind.CHOICE)))),
        ("阶段 不属于 谈判、报价", Not(Among(STAGE, (Literal("谈判", Kind.CHOICE), Literal("报价", Kind.CHOICE))))),
        (
            "阶段停留时长>48小时",
            Compare(">", FactRef("阶段停留时长", Kind.DURATION), Literal(timedelta(days=2), Kind.DURATION)),
        ),
        ("未联系天数 至少 7 天", Compare("≥", FactRef("未联系天数", Kind.NUMBER), Literal(Decimal(7), Kind.NUMBER))),
        ("非标订单数 > 3", Compare(">", FactRef("非标订单数", Kind.NUMBER), Literal(Decimal(3), Kind.NUMBER))),
        ("本月拜访次数 > -1", Compare(">", VISITS, Literal(Decimal(-1), Kind.NUMBER))),
        ("成交价 超过 5万", Compare(">", DEAL, Literal(Decimal(50000), Kind.MONEY))),
        ("成交价 不超过 1,200.5 元", Compare("≤", DEAL, Literal(Decimal("1200.5"), Kind.MONEY))),
        ("让步幅度 > 12.5%", Compare(">", SHARE, Literal(Decimal("0.125"), Kind.SHARE))),
        ("让步幅度 > 0.12", Compare(">", SHARE, Literal(Decimal("0.12"), Kind.SHARE))),
        ("行业 = 医疗器械", Compare("=", TRADE, Literal("医疗器械", Kind.TEXT))),
        ("行业 包含 「时代 且」", Contains(TRADE, Literal("时代 且", Kind.TEXT))),
        ("行业 不为空", Not(Empty(TRADE))),
        ("已签约", Compare("=", SIGNED, Literal(True, Kind.BOOL))),
        ("非 已签约", Not(Compare("=", SIGNED, Literal(True, Kind.BOOL)))),
        ("已签约 = 否", Compare("=", SIGNED, Literal(False, Kind.BOOL))),
        ("最近联系 属于 本月", Within(CONTACT, "本月")),
        ("最近联系 早于 2026年3月1日", Compare("<", CONTACT, Literal(date(2026, 3, 1), Kind.DATE))),
        (
            "最近联系 < 今天-7天",
            Compare("<", CONTACT, Arithmetic("-", Day("今天"), Literal(timedelta(days=7), Kind.DURATION), Kind.DATE)),
        ),
        (
            "(目标价-成交价)÷目标价 > 12%",
            Compare(
                ">",
                Arithmetic("/", Arithmetic("-", TARGET, DEAL, Kind.MONEY), TARGET, Kind.NUMBER),
                Literal(Decimal("0.12"), Kind.SHARE),
            ),
        ),
        ("客户等级=A或客户等级=A且本月拜访次数<2", Or((IS_A, And((IS_A, FEW))))),
        ("(客户等级=A或客户等级=A)且本月拜访次数<2", And((Or((IS_A, IS_A)), FEW))),
        ("客户等级=A且(客户等级=A且本月拜访次数<2)", And((IS_A, IS_A, FEW))),
        ("类型 = 行业", Compare("=", FactRef("类型", Kind.CHOICE), Literal("行业", Kind.CHOICE))),
        ("类型 = 「定制(新)」", Compare("=", FactRef("类型", Kind.CHOICE), Literal("定制（新）", Kind.CHOICE))),
    ],
)
def test_conditions(text: str, condition: Condition) -> None:
    assert parse_condition(text, CATALOGUE) == condition


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("每天 8:30", Schedule("day", time(8, 30))),
        ("每个工作日 17点半", Schedule("workday", time(17, 30))),
        ("每周五17：00", Schedule("week", time(17), 4)),
        ("每周天 9点", Schedule("week", time(9), 6)),
        ("每月1日 9:05", Schedule("month", time(9, 5), 1)),
        ("每小时", Schedule("interval", interval=timedelta(hours=1))),
        ("每30分钟", Schedule("interval", interval=timedelta(minutes=30))),
        ("发生 客户推进已提交", OnEvent("客户推进已提交")),
        ("发生客户推进已提交", OnEvent("客户推进已提交")),
    ],
)
def test_triggers(text: str, trigger: Trigger) -> None:
    assert parse(f"{text} 当 客户等级 = A 时 锁定 任务", CATALOGUE).trigger == trigger
    assert parse(f"{text} 锁定 任务", CATALOGUE) == Rule(trigger, None, (Action(Verb.LOCK, "任务"),))


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        ("推送 提醒 给 主管、总监", [Action(Verb.PUSH, "提醒", ("主管", "总监"))]),
        ("推送客户升级提醒给主管", [Action(Verb.PUSH, "客户升级提醒", ("主管",))]),
        ("推送「交给 法务」给法务部", [Action(Verb.PUSH, "交给 法务", ("法务部",))]),
        (
            "开任务 上门 给 销售 限 2个工作日",
            [Action(Verb.TASK, "上门", ("销售",), limit=Limit(working=True, workdays=2))],
        ),
        ("开任务 上门", [Action(Verb.TASK, "上门")]),
        ("启动流程 样机申请", [Action(Verb.FLOW, "样机申请")]),
        ("冻结 新合同 7天", [Action(Verb.FREEZE, "新合同", limit=Limit(timedelta(days=7)))]),
        ("冻结 新合同", [Action(Verb.FREEZE, "新合同")]),
        ("奖励10分给销售", [Action(Verb.AWARD, "", ("销售",), 10)]),
        ("锁定 任务 并 升级 给 总监", [Action(Verb.LOCK, "任务"), Action(Verb.ESCALATE, "", ("总监",))]),
        ("推送提醒给主管并奖励 5 积分", [Action(Verb.PUSH, "提醒", ("主管",)), Action(Verb.AWARD, points=5)]),
        ("推送合并订单给主管，锁定任务", [Action(Verb.PUSH, "合并订单", ("主管",)), Action(Verb.LOCK, "任务")]),
    ],
)
def test_actions(text: str, actions: list[Action]) -> None:
    assert parse(f"当 客户等级 = A 时 {text}", CATALOGUE).actions == tuple(actions)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("客户级别 = A", "没有「客户级别」这个字段，是不是「客户等级」？"),
        ("客户级别=A且本月拜访次数<2", "没有「客户级别」这个字段，是不是「客户等级」？"),
        ("天气 = 晴", "没有「天气」这个字段；可用：客户等级、阶段、商机阶段"),
        ("客户等级 = S", "「客户等级」没有「S」这个选项；可选：A、B、C"),
        ("客户等级 属于 (A、X)", "没有「X」这个选项"),
        ("客户等级 > A", "是选项，不分大小"),
        ("行业 > 医疗", "是文字，不分大小"),
        ("成交价 = 很高", "「成交价」是金额，不能和「很高」比较；例如 5万元"),
        ("成交价 > 让步幅度", "成交价 是金额，让步幅度 是比例"),
        ("最近联系 > 成交价", "最近联系 是日期，成交价 是金额"),
        ("成交价 + 最近联系 > 5", "金额和日期不能用 +"),
        ("最近联系 - 3小时 < 今天", "日期只能加减整天"),
        ("成交价 * 成交价 > 5", "算不出来"),
        ("阶段停留时长 > 48", "缺少单位：时长要写成 48小时"),
        ("阶段停留时长 > 1.01分钟", "要是整分钟"),
        ("阶段停留时长 > -3天", "不能是负数"),
        ("本月拜访次数 > 3天", "不能比较"),
        ("让步幅度 > 12", "请写成 12%"),
        ("最近联系 > 5", "缺少单位：日期"),
        ("最近联系 > 2026-02-30", "没有「2026-02-30」这一天"),
        ("成交价 属于 本月", "不是日期，不能属于「本月」"),
        ("成交价 包含 5", "不能用「包含」"),
        ("已签约 = A", "只有 是 和 否，没有「A」"),
        ("本月拜访次数", "是数字，后面要写比较"),
        ("(客户等级 = A) + 3 > 5", "是条件，这里要一个值"),
        ("3 > 2", "没有「3」这个字段"),
        ("客户等级 A", "看不懂「A」"),
        ("客户等级 =", "没有写完"),
        ("", "没有写完"),
    ],
)
def test_what_does_not_fit_is_said_in_words(text: str, says: str) -> None:
    with pytest.raises(BadRule) as refused:
        parse_condition(text, CATALOGUE)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("你好", "看不懂「你好」（第 1 个字起）；完整的例子：当 客户等级"),
        ("当 客户等级 = A 时", "没有写完"),
        ("每天 25:00 锁定 任务", "没有「25:00」这个时刻"),
        ("每月32日 9:00 锁定 任务", "没有「每月32日」"),
        ("每0分钟 锁定 任务", "太短"),
        ("开任务 上门 给 销售 限 3光年", "看不懂时长「3光年」"),
        ("推送 流失预警 给 主管", "没有「流失预警」这张卡片，是不是「高潜客户流失预警」？"),
        ("推送 高潜客户流失预警 给 主管大人", "没有「主管大人」这个接收人，是不是「主管」？"),
        ("发生 客户推进提交 锁定 任务", "没有「客户推进提交」这个事件，是不是「客户推进已提交」？"),
        ("启动流程 样机", "没有「样机」这个流程；现在还没有可用的"),
    ],
)
def test_whole_sentences_that_cannot_be_taken(text: str, says: str) -> None:
    known = Catalogue(FACTS, ("客户推进已提交",), ("高潜客户流失预警",), ("主管", "销售"), None, ())
    with pytest.raises(BadRule) as refused:
        parse(text, known)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("非" * 900 + "已签约", "套了 40 层以上"),
        ("+".join(["本月拜访次数"] * 100) + " > 5", "套了 40 层以上"),
        ("已签约 且 " * 200 + "已签约", "最多 1000 个"),
    ],
)
def test_sentences_nobody_could_read_are_refused(text: str, says: str) -> None:
    with pytest.raises(BadRule, match=says):
        parse_condition(text, CATALOGUE)


def test_brackets_do_no_harm() -> None:
    assert parse_condition("(" * 400 + "客户等级=A" + ")" * 400, CATALOGUE) == IS_A


FRAGMENTS = (
    *(
        "当",
        "时",
        "且",
        "或",
        "非",
        "(",
        ")",
        "（",
        "、",
        "，",
        "=",
        "≠",
        ">",
        "不",
        "属于",
        "为空",
        "包含",
        "的",
        "。",
    ),
    *(
        "客户等级",
        "行业",
        "成交价",
        "已签约",
        "最近联系",
        "A",
        "B",
        "今天",
        "本月",
        "-",
        "+",
        "/",
        "7天",
        "5万",
        "12%",
        "3",
    ),
    *(
        "「x」",
        "「",
        "推送",
        "给",
        "主管",
        "并",
        "锁定",
        "奖励",
        "5分",
        "每天",
        "8:30",
        "发生",
        "限",
        "未知",
        "\n",
        "\0",
    ),
)
fragments = st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=3))


@given(st.lists(fragments, max_size=20), st.sampled_from(["", " "]))
def test_any_text_is_read_or_refused_in_words(parts: list[str], space: str) -> None:
    for read in (parse, parse_condition):
        try:
            read(space.join(parts), CATALOGUE)
        except BadRule as refused:
            said = str(refused)
        else:
            said = "read"
        assert said


def test_the_longest_name_wins() -> None:
    known = Catalogue((*FACTS, Fact("客户等级变化", Kind.NUMBER)))
    condition = parse_condition("客户等级变化>0", known)
    assert condition == Compare(">", FactRef("客户等级变化", Kind.NUMBER), Literal(Decimal(0), Kind.NUMBER))


def test_an_empty_catalogue_knows_no_word() -> None:
    with pytest.raises(BadRule, match="没有「客户等级」这个字段；现在还没有可用的"):
        parse_condition("客户等级 = A", Catalogue(()))
