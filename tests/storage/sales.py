"""Records of many shapes for the tests of facts, rules and metrics: with and without contacts, prices, replies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.facts import AsOf, Policy
from storage.migrating import migrate
from storage.tables import (
    Customer,
    FlowInstance,
    FlowStep,
    Interaction,
    Opportunity,
    Person,
    ProgressReport,
    Submission,
    SupportRequest,
    Visit,
)
from tests.harness.company import START, settle

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STAGES = ("线索", "初筛", "需求确认", "方案演示", "报价", "谈判", "签约")


def as_of(now: datetime = START) -> AsOf:
    return AsOf(now, SHANGHAI, Policy(STAGES, {"方案演示": 48 * HOUR}, 72 * HOUR, 7 * DAY))


@asynccontextmanager
async def settled(url: str) -> AsyncIterator[Database]:
    """A database with the company of the scenarios and the records below."""
    db = Database(url)
    try:
        await migrate(db)
        async with db.write() as tx:
            await settle(tx, "console", "web")
            await _work(tx)
        yield db
    finally:
        await db.close()


async def _work(tx: AsyncSession) -> None:
    customers = {one.name: one for one in (await tx.scalars(select(Customer))).all()}
    people = {one.name: one.id for one in (await tx.scalars(select(Person))).all()}
    lilei, han = people["李雷"], people["韩梅"]
    customers["宏达机械"].industry, customers["宏达机械"].region = "机械", "华东 100%"
    customers["云帆软件"].level = ""
    silent = Customer(name="远山物流", owner_id=None, level="C", industry="物流_1", created_at=START - 30 * DAY)
    tx.add(silent)
    await tx.flush()
    tx.add(Interaction(customer_id=silent.id, person_id=han, kind="call", at=START - DAY, undone_at=START))
    amounts = iter([Decimal("120000"), None, Decimal("0.01"), Decimal("99999999.99"), Decimal(0), Decimal("50000.5")])
    states = iter(["open", "open", "won", "lost", "open", "won"])
    for opportunity in (await tx.scalars(select(Opportunity).order_by(Opportunity.id))).all():
        opportunity.amount, opportunity.state = next(amounts), next(states)
        opportunity.stage_since = START - timedelta(hours=37 * opportunity.id)
    for number, (deal, target) in enumerate(
        [("88", "100"), ("100", "88"), (None, "1"), ("33.33", "99.99"), ("5", "0")]
    ):
        await report(tx, (lilei, han)[number % 2], customers["宏达机械"].id, START - number * 9 * DAY, deal, target)
    for number, state in enumerate(["verified", "verified", "incomplete", "cancelled", "open", "verified"]):
        await visit(tx, (lilei, han)[number % 2], customers["仁和医院"].id, START - number * 4 * DAY, state)


async def report(
    tx: AsyncSession,
    person: int,
    customer: int,
    at: datetime,
    deal: str | None = None,
    target: str | None = None,
    *,
    action: str = "已报价",
) -> ProgressReport:
    kept = Submission(form="progress", version=1, person_id=person, answers={}, about={}, at=at)
    tx.add(kept)
    await tx.flush()
    prices = {name: Decimal(text) if text else None for name, text in (("deal", deal), ("target", target))}
    row = ProgressReport(submission_id=kept.id, person_id=person, customer_id=customer, at=at, action=action, **prices)
    tx.add(row)
    await tx.flush()
    return row


async def visit(tx: AsyncSession, person: int, customer: int, at: datetime, state: str) -> None:
    left = at + 2 * HOUR if state in ("verified", "incomplete") else None
    arrived = at + HOUR / 2 if left else None
    fields = {"kind": "客户拜访", "state": state, "evidence": {}, "missing": []}
    tx.add(Visit(person_id=person, customer_id=customer, started_at=at, arrived_at=arrived, left_at=left, **fields))
    await tx.flush()


async def request(tx: AsyncSession, report_: ProgressReport, replied_after: timedelta | None) -> SupportRequest:
    """A support request due after 4 hours; answered after a time, or not at all."""
    flow = FlowInstance(
        flow="support", version=1, definition={}, reporter_id=report_.person_id, about_kind="support_request", about_id=1,
        context={}, progress={}, started_at=report_.at,
    )  # fmt: skip
    tx.add(flow)
    await tx.flush()
    step = FlowStep(
        instance_id=flow.id, name="reply", owner_ids=[], calendar={}, escalated_ids=[], opened_at=report_.at,
        due_at=report_.at + 4 * HOUR, state="done" if replied_after else "open",
        closed_at=report_.at + replied_after if replied_after else None,
    )  # fmt: skip
    row = SupportRequest(
        report_id=report_.id, customer_id=report_.customer_id, reporter_id=report_.person_id, text="特价", flow_id=flow.id,
        state="answered" if replied_after else "open", at=report_.at,
    )  # fmt: skip
    tx.add_all([step, row])
    await tx.flush()
    return row
