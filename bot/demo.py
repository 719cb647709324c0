"""The demo company: people, customers and a few weeks of plausible history, the same each time.

Everything is written through the same tables the product uses. The demo's clock starts on a working day at ten, so that
a visitor on a Sunday night sees a company at work.
"""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from rules.calendar import BusinessCalendar
from storage.people import by_identity
from storage.tables import (
    Competitor,
    Contact,
    Customer,
    Group,
    Identity,
    Interaction,
    Opportunity,
    Person,
    Product,
    ProgressReport,
    Submission,
    Team,
    Visit,
)

FILE = Path(__file__).parent.parent / "config" / "demo" / "company.yaml"
PLATFORM, APP = "console", "web"
EMULATED = ("feishu", "dingtalk", "wecom")
EMULATED_APP = "main"
TEN = time(10)
WEEKS = 5
SEED = 20260311

ACTIONS = ("已拜访", "已报价", "已寄样", "已约拜访", "其他沟通")
OBSTACLES = ("无", "无", "无", "竞品压价", "技术参数未确认", "客户预算冻结", "内部流程卡点")
KINDS = ("call", "message", "progress", "progress", "visit")


def opening(now: datetime, calendar: BusinessCalendar) -> datetime:
    """When the demo begins: now, if it is working time, else at ten on the last workday."""
    local = now.astimezone(calendar.zone)
    if any(start <= now < end for start, end in calendar.intervals(local.date())):
        return now
    day = (
        local.date()
        if calendar.is_workday(local.date()) and local.time() > TEN
        else calendar.previous_workday(local.date())
    )
    return datetime.combine(day, TEN, calendar.zone)


def definition() -> dict[str, Any]:
    plain: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return plain


async def is_empty(tx: AsyncSession) -> bool:
    return (await tx.scalars(select(Person.id).limit(1))).first() is None


async def settle(tx: AsyncSession, now: datetime, calendar: BusinessCalendar) -> None:
    """Writes the whole demo company as of `now`."""
    company = definition()
    people = await _people(tx, company, now)
    tx.add_all([Competitor(name=name) for name in company["competitors"]])
    tx.add_all([Product(name=name) for name in company["products"]])
    chance = random.Random(SEED)
    for entry in company["customers"]:
        customer, opportunity = await _customer(tx, entry, people, now, chance)
        await _history(tx, customer, opportunity, entry[8], now, calendar, chance)


async def put_on_all(tx: AsyncSession) -> None:
    """The demo's people on the emulated platforms too: one person each, wherever they speak.

    Who has a `usual` platform was seen there last, so that is where the first pushes go.
    """
    for entry in definition()["people"]:
        person = await by_identity(tx, PLATFORM, APP, entry["user"])
        if person is None:
            continue
        for platform in EMULATED:
            if await by_identity(tx, platform, EMULATED_APP, entry["user"]) is None:
                seen = person.joined_at + timedelta(days=platform == entry.get("usual"))
                tx.add(_identity(person, platform, EMULATED_APP, entry["user"], seen))


def _identity(person: Person, platform: str, app: str, user: str, seen: datetime) -> Identity:
    return Identity(person_id=person.id, platform=platform, app=app, user=user, last_seen_at=seen)


async def _people(tx: AsyncSession, company: dict[str, Any], now: datetime) -> dict[str, Person]:
    joined = now - timedelta(days=400)
    teams: dict[str, Team] = {}
    for entry in company["teams"]:
        team = teams[entry["name"]] = Team(name=entry["name"])
        tx.add(team)
        await tx.flush()
        tx.add(Group(platform=PLATFORM, app=APP, chat=entry["chat"], title=entry["title"], team_id=team.id))
    people: dict[str, Person] = {}
    for entry in company["people"]:
        fields = {key: entry[key] for key in ("name", "role", "title", "department")}
        person = Person(**fields, admin=entry.get("admin", False), joined_at=joined)
        person.team_id = teams[entry["team"]].id if "team" in entry else None
        tx.add(person)
        await tx.flush()
        tx.add(_identity(person, PLATFORM, APP, entry["user"], joined))
        people[entry["user"]] = person
    by_name = {person.name: person for person in people.values()}
    for entry in company["people"]:
        if "superior" in entry:
            people[entry["user"]].superior_id = by_name[entry["superior"]].id
    return people


async def _customer(
    tx: AsyncSession, entry: list[Any], people: dict[str, Person], now: datetime, chance: random.Random
) -> tuple[Customer, Opportunity]:
    name, user, level, industry, region, line, stage, amount, _, contact = entry
    owner = people[user]
    customer = Customer(
        name=name,
        level=level,
        industry=industry,
        region=region,
        product_line=line,
        owner_id=owner.id,
        address=f"{region}{name}",
        latitude=round(31.2 + chance.uniform(-0.2, 0.2), 6),
        longitude=round(121.4 + chance.uniform(-0.3, 0.3), 6),
        created_at=now - timedelta(days=chance.randint(60, 300)),
    )
    tx.add(customer)
    await tx.flush()
    opportunity = Opportunity(
        customer_id=customer.id,
        owner_id=owner.id,
        title=f"{name}{line}",
        stage=stage,
        stage_since=now - timedelta(days=chance.randint(2, 12)),
        amount=Decimal(amount) * 10_000,
    )
    tx.add_all([opportunity, Contact(customer_id=customer.id, name=contact)])
    await tx.flush()
    return customer, opportunity


async def _history(
    tx: AsyncSession,
    customer: Customer,
    opportunity: Opportunity,
    idle_days: int,
    now: datetime,
    calendar: BusinessCalendar,
    chance: random.Random,
) -> None:
    """Contacts on workdays over the last weeks, the newest `idle_days` workdays ago."""
    day = calendar.previous_workday(now.astimezone(calendar.zone).date(), idle_days)
    first = now.astimezone(calendar.zone).date() - timedelta(weeks=WEEKS)
    while day > first:
        at = datetime.combine(day, time(chance.randint(9, 17), chance.randint(0, 59)), calendar.zone)
        await _contact(tx, customer, at, chance)
        day = calendar.previous_workday(day, chance.randint(2, 6))


async def _contact(tx: AsyncSession, customer: Customer, at: datetime, chance: random.Random) -> None:
    kind = chance.choice(KINDS)
    contact = Interaction(customer_id=customer.id, person_id=customer.owner_id, kind=kind, at=at)
    if kind == "progress":
        report = await _report(tx, customer, at, chance)
        contact.source_kind, contact.source_id, contact.note = "progress_report", report.id, report.action
    elif kind == "visit":
        visit = await _visit(tx, customer, at, chance)
        contact.source_kind, contact.source_id, contact.note = "visit", visit.id, "客户拜访"
    else:
        contact.note = "电话沟通需求" if kind == "call" else "微信确认资料"
    tx.add(contact)


async def _report(tx: AsyncSession, customer: Customer, at: datetime, chance: random.Random) -> ProgressReport:
    action, obstacle = chance.choice(ACTIONS), chance.choice(OBSTACLES)
    answers = {"customer": customer.id, "action": action, "obstacle": obstacle}
    submission = Submission(form="progress", version=1, person_id=customer.owner_id, answers=answers, about={}, at=at)
    tx.add(submission)
    await tx.flush()
    report = ProgressReport(
        submission_id=submission.id,
        person_id=customer.owner_id,
        customer_id=customer.id,
        at=at,
        action=action,
        obstacle=obstacle,
    )
    tx.add(report)
    await tx.flush()
    return report


async def _visit(tx: AsyncSession, customer: Customer, at: datetime, chance: random.Random) -> Visit:
    complete = chance.random() < 0.8
    visit = Visit(
        person_id=customer.owner_id,
        customer_id=customer.id,
        kind="客户拜访",
        state="verified" if complete else "incomplete",
        started_at=at - timedelta(minutes=50),
        arrived_at=at - timedelta(minutes=40),
        left_at=at,
        evidence={"solved": "确认了现场工况", "need": "希望两周内给方案"},
        missing=[] if complete else ["front"],
    )
    tx.add(visit)
    await tx.flush()
    return visit
