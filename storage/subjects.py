"""What rules and metrics may be about, with every fact of it: 客户, 商机, 拜访, 客户推进, 支持请求, 人, and the file."""

from __future__ import annotations

from sqlalchemy import true
from sqlalchemy.orm import join

from rules.expression import Catalogue, Condition, Kind
from storage import fact_queries as queries
from storage.fact_queries import Owner, joined, with_owner
from storage.fact_sql import elapsed, epoch, later, whole
from storage.facts import AsOf, FactDef, Sql, Subject, choose, define, named
from storage.file_subjects import file_subjects
from storage.tables import Customer, FlowStep, Opportunity, ProgressReport, SupportRequest, Team, Visit

REPS = ("rep", "assistant")
"""Roles whose work the figures are about."""

LEVELS = ("A", "B", "C")
STATES = {"进行中": "open", "赢单": "won", "丢单": "lost"}
VISIT_STATES = {"进行中": "open", "已验证": "verified", "待验证": "incomplete", "已取消": "cancelled"}
REQUEST_STATES = {"待答复": "open", "待补充": "paused", "已答复": "answered", "已撤回": "withdrawn"}
ROLES = {
    "销售": "rep",
    "销售助理": "assistant",
    "主管": "manager",
    "总监": "director",
    "VP": "vp",
    "流程负责人": "owner",
    "管理员": "admin",
}


def subjects(at: AsOf) -> tuple[Subject, ...]:
    """Every subject as of a moment, the plainest first: a sentence is about the first that knows all its facts."""
    owner = _owner_facts()
    customer = [*_customer_facts(at), *owner]
    return (
        _customer(customer),
        _opportunity(at, customer),
        _visit(at, customer),
        _progress(at, customer),
        _support(at, customer),
        _person(at, owner),
        *file_subjects(customer),
    )


def subject(name: str, at: AsOf) -> Subject:
    """By its Chinese name or its kind. Raises KeyError."""
    for one in subjects(at):
        if name in (one.name, one.kind):
            return one
    raise KeyError(name)


def subject_of(condition: Condition | None, at: AsOf) -> Subject:
    """What a condition is about. Raises MixedSubjects."""
    return choose(condition, subjects(at))


def catalogue(at: AsOf, *, events: tuple[str, ...] | None = None, flows: tuple[str, ...] | None = None) -> Catalogue:
    """The words a rule may use, each fact once."""
    facts = {one.name: one.fact for each in subjects(at) for one in each.facts.values()}
    return Catalogue(facts=tuple(facts.values()), events=events, flows=flows)


def _customer(facts: list[FactDef]) -> Subject:
    rows = with_owner(Customer, Customer.owner_id)
    return Subject("客户", "customer", Customer.id, Customer.owner_id, Customer.id, rows, named(facts))


def _opportunity(at: AsOf, customer: list[FactDef]) -> Subject:
    mine = Opportunity
    silent = later(mine.stage_since, queries.last_contact(at))
    facts = [
        define("商机名称", Kind.TEXT, mine.title, "商机的名称"),
        define("商机阶段", Kind.CHOICE, mine.stage, "现在的阶段", "阶段", options=at.policy.stages),
        define("商机状态", Kind.CHOICE, mine.state, "进行中、赢单或丢单", codes=STATES),
        define("商机金额", Kind.MONEY, mine.amount, "预计成交金额", "金额"),
        define("进入阶段时间", Kind.DATE, mine.stage_since, "什么时候进入现在的阶段"),
        _growing("阶段停留时长", at, mine.stage_since, "在现在的阶段里已经多久"),
        _growing("未联系时长", at, silent, "这个阶段里多久没有新的联系；没有联系过就从进入阶段算起"),
        define("停滞时限", Kind.DURATION, queries.stage_limit(at), "这个阶段最多多久不联系，用 /stall 设置"),
        define("推进次数", Kind.NUMBER, queries.reports_in_stage(), "进入现在的阶段以来推进了几次", unit="次"),
    ]
    rows = joined(mine, mine.owner_id)
    return Subject("商机", "opportunity", mine.id, mine.owner_id, mine.customer_id, rows, named(facts + customer))


def _visit(at: AsOf, customer: list[FactDef]) -> Subject:
    mine = Visit
    facts = [
        define(
            "拜访类型",
            Kind.CHOICE,
            mine.kind,
            "哪种拜访，决定要哪些证据",
            options=at.policy.options.get("拜访类型", ()),
        ),
        define("拜访状态", Kind.CHOICE, mine.state, "证据齐了是已验证，缺一样是待验证", codes=VISIT_STATES),
        define("拜访时间", Kind.DATE, mine.started_at, "什么时候出发"),
        define("离店时间", Kind.DATE, mine.left_at, "什么时候离店"),
        define("在店时长", Kind.DURATION, epoch(mine.left_at) - epoch(mine.arrived_at), "从到店到离店"),
    ]
    rows = joined(mine, mine.person_id)
    return Subject("拜访", "visit", mine.id, mine.person_id, mine.customer_id, rows, named(facts + customer))


def _progress(at: AsOf, customer: list[FactDef]) -> Subject:
    mine = ProgressReport
    options = at.policy.options
    facts = [
        define("关键动作", Kind.CHOICE, mine.action, "今日关键动作", options=options.get("关键动作", ())),
        define("阻碍因素", Kind.CHOICE, mine.obstacle, "卡在哪里", options=options.get("阻碍因素", ())),
        define("需支持事项", Kind.TEXT, mine.support, "请上级帮什么忙"),
        define("决策状态", Kind.TEXT, mine.decision, "关键人的态度"),
        define("推进时间", Kind.DATE, mine.at, "什么时候记下的"),
        define("下次跟进时间", Kind.DATE, mine.next_at, "约好的下次"),
        define("成交价", Kind.MONEY, mine.deal, "报的成交价"),
        define("目标价", Kind.MONEY, mine.target, "公司的目标价"),
        define("让步幅度", Kind.SHARE, queries.concession(), "（目标价 − 成交价）÷ 目标价"),
    ]
    rows = joined(mine, mine.person_id)
    known, standing = named(facts + customer), (mine.undone_at.is_(None),)
    return Subject("客户推进", "progress_report", mine.id, mine.person_id, mine.customer_id, rows, known, standing)


def _support(at: AsOf, customer: list[FactDef]) -> Subject:
    mine = SupportRequest
    facts = [
        define("支持请求状态", Kind.CHOICE, mine.state, "待答复、待补充、已答复或已撤回", codes=REQUEST_STATES),
        define("支持事项", Kind.TEXT, mine.text, "请上级帮什么忙"),
        define("提出时间", Kind.DATE, mine.at, "什么时候提出的"),
        define("答复时间", Kind.DATE, queries.reply(FlowStep.closed_at), "上级什么时候答复的"),
        define("按时答复", Kind.BOOL, queries.reply(FlowStep.closed_at <= FlowStep.due_at), "上级在时限内答复了"),
        _growing("支持等待时长", at, mine.at, "从提出到现在多久"),
    ]
    rows = joined(mine, mine.reporter_id)
    return Subject(
        "支持请求", "support_request", mine.id, mine.reporter_id, mine.customer_id, rows, named(facts + customer)
    )


def _person(at: AsOf, owner: list[FactDef]) -> Subject:
    facts = [
        define("角色", Kind.CHOICE, Owner.role, "销售、主管、总监等", codes=ROLES),
        define("部门", Kind.TEXT, Owner.department, "所在部门"),
        define("入职时间", Kind.DATE, Owner.joined_at, "什么时候入职"),
        _growing("入职时长", at, Owner.joined_at, "入职多久了"),
        define("个人本月拜访次数", Kind.NUMBER, queries.visits_of_person(at), "本月已验证的拜访", unit="次"),
        define("个人本月推进次数", Kind.NUMBER, queries.reports_of_person(at), "本月记下的推进", unit="次"),
        define("名下客户数", Kind.NUMBER, queries.customers_of_person(), "负责多少客户", unit="家"),
        define("名下久未联系客户数", Kind.NUMBER, queries.untouched_of_person(at), "其中超过久未联系时限的", unit="家"),
    ]
    rows = join(Owner, Team, Team.id == Owner.team_id, isouter=True)
    return Subject("人", "person", Owner.id, Owner.id, None, rows, named(facts + owner), (Owner.active == true(),))


def _customer_facts(at: AsOf) -> list[FactDef]:
    untouched = whole(int(at.policy.untouched.total_seconds()))
    last = queries.last_contact(at)
    return [
        define("客户名称", Kind.TEXT, Customer.name, "客户的全名", "客户"),
        define("客户等级", Kind.CHOICE, Customer.level, "A、B 或 C", "等级", options=LEVELS),
        define("行业", Kind.TEXT, Customer.industry, "客户的行业"),
        define("区域", Kind.TEXT, Customer.region, "客户在哪里"),
        define("产品线", Kind.TEXT, Customer.product_line, "卖给它的产品线"),
        define("建档时间", Kind.DATE, Customer.created_at, "什么时候成为我们的客户"),
        define("最近联系时间", Kind.DATE, last, "最近一次拜访、电话、会议、消息或推进", "最近联系"),
        _growing("客户未联系时长", at, queries.silent_since(at), "多久没有联系这家客户；没有联系过就从建档算起"),
        define("久未联系时限", Kind.DURATION, untouched, "多久不联系算久未联系"),
        define("本月拜访次数", Kind.NUMBER, queries.visits_of_customer(at), "本月已验证的拜访", unit="次"),
        define("本月联系次数", Kind.NUMBER, queries.contacts_this_month(at), "本月各种联系", unit="次"),
        define("进行中商机数", Kind.NUMBER, queries.open_opportunities(), "还在谈的商机", unit="个"),
    ]


def _owner_facts() -> list[FactDef]:
    return [
        define("负责人", Kind.TEXT, Owner.name, "这条记录是谁的", "销售姓名"),
        define("团队", Kind.TEXT, Team.name, "负责人所在的团队"),
    ]


def _growing(name: str, at: AsOf, since: Sql, explanation: str) -> FactDef:
    """A duration that grows while nothing happens."""
    return define(name, Kind.DURATION, elapsed(at.now, since), explanation, since=since)
