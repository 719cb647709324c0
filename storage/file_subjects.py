"""What rules may say of a customer's file: 关键人变动, 竞品动态, 政策影响."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select

from rules.expression import Kind
from rules.key_people import KINDS
from storage.fact_queries import joined
from storage.facts import FactDef, Subject, define, named
from storage.tables import CompetitorMove, Contact, ContactChange, PolicyEffect


def file_subjects(customer: list[FactDef]) -> tuple[Subject, ...]:
    """Each with the facts of its customer."""
    return (_key_people(customer), _moves(customer), _policies(customer))


def _key_people(customer: list[FactDef]) -> Subject:
    mine = ContactChange
    facts = [
        define("变动类型", Kind.CHOICE, mine.kind, "新联系人、接手、换职务或离开", options=KINDS),
        define("关键人", Kind.TEXT, _contact(), "客户方的哪个人"),
        define("变动前", Kind.TEXT, mine.before, "原来的职务，或原来由谁负责"),
        define("变动后", Kind.TEXT, mine.after, "现在的职务，或现在由谁负责"),
        define("变动原话", Kind.TEXT, mine.words, "销售是怎么说的"),
        define("变动时间", Kind.DATE, mine.at, "什么时候记下的"),
    ]
    return _subject("关键人变动", "contact_change", mine, facts + customer)


def _moves(customer: list[FactDef]) -> Subject:
    mine = CompetitorMove
    facts = [
        define("竞品名称", Kind.TEXT, mine.competitor, "哪家竞品"),
        define("竞品动作", Kind.TEXT, mine.kind, "降价、报价、试用、条件、中标、挖人、接触、出问题或提到"),
        define("竞品报价", Kind.MONEY, mine.price, "竞品给的价"),
        define("竞品原话", Kind.TEXT, mine.words, "销售是怎么说的"),
        define("动态时间", Kind.DATE, mine.at, "什么时候记下的"),
    ]
    return _subject("竞品动态", "competitor_move", mine, facts + customer)


def _policies(customer: list[FactDef]) -> Subject:
    mine = PolicyEffect
    facts = [
        define("政策名称", Kind.TEXT, mine.policy, "政策、标准或文号"),
        define("政策作用", Kind.TEXT, mine.effect, "利好、不利，或没有说"),
        define("政策原话", Kind.TEXT, mine.words, "销售是怎么说的"),
        define("政策时间", Kind.DATE, mine.at, "什么时候记下的"),
    ]
    return _subject("政策影响", "policy_effect", mine, facts + customer)


def _subject(name: str, kind: str, table: Any, facts: list[FactDef]) -> Subject:
    rows = joined(table, table.person_id)
    standing = (table.undone_at.is_(None),)
    return Subject(name, kind, table.id, table.person_id, table.customer_id, rows, named(facts), standing)


def _contact() -> ColumnElement[str]:
    query = select(Contact.name).where(Contact.id == ContactChange.contact_id)
    return query.correlate(ContactChange).scalar_subquery()
