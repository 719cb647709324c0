"""A small company for scenarios: two reps, their manager, the director, an owner in 技术部, an admin, a few customers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Competitor, Contact, Customer, Group, Identity, Interaction, Opportunity, Person, Team

START = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
"""Wednesday 10:00 in Shanghai."""

PEOPLE = (
    ("chen", "陈总监", "director", "销售部", None),
    ("wang", "王主管", "manager", "销售部", "chen"),
    ("lilei", "李雷", "rep", "销售部", "wang"),
    ("han", "韩梅", "rep", "销售部", "wang"),
    ("tech", "赵工", "owner", "技术部", "chen"),
    ("admin", "周管理", "admin", "信息部", None),
)

CUSTOMERS = (
    ("宏达机械", "lilei", "A", "方案演示"),
    ("仁和医院", "lilei", "A", "报价"),
    ("天宇科技", "lilei", "B", "谈判"),
    ("华联超市", "lilei", "B", "需求确认"),
    ("华联超市二店", "lilei", "C", "线索"),
    ("云帆软件", "han", "B", "初筛"),
)


async def settle(tx: AsyncSession, platform: str, app: str, now: datetime = START) -> dict[str, int]:
    """Writes the company; gives each person's id by user name."""
    team = Team(name="华东一组")
    tx.add(team)
    await tx.flush()
    ids: dict[str, int] = {}
    for user, name, role, department, superior in PEOPLE:
        person = Person(
            name=name,
            role=role,
            department=department,
            team_id=team.id if department == "销售部" else None,
            superior_id=ids[superior] if superior else None,
            admin=role == "admin",
            joined_at=now - timedelta(days=400),
        )
        tx.add(person)
        await tx.flush()
        ids[user] = person.id
        tx.add(Identity(person_id=person.id, platform=platform, app=app, user=user, last_seen_at=now))
    tx.add(Group(platform=platform, app=app, chat="east", title="华东一组", team_id=team.id))
    for number, (name, owner, level, stage) in enumerate(CUSTOMERS):
        customer = Customer(
            name=name, owner_id=ids[owner], level=level, created_at=now, latitude=31.23, longitude=121.47
        )
        tx.add(customer)
        await tx.flush()
        opportunity = Opportunity(
            customer_id=customer.id,
            owner_id=ids[owner],
            title=f"{name}采购",
            stage=stage,
            stage_since=now - timedelta(days=10),
        )
        contact = Interaction(
            customer_id=customer.id,
            person_id=ids[owner],
            kind="call",
            at=now - timedelta(hours=2 + number),
            note="电话",
        )
        tx.add_all([opportunity, contact])
    tx.add(Contact(customer_id=1, name="王经理", title="采购经理"))
    tx.add(Competitor(name="博创"))
    await tx.flush()
    return ids
