"""The queries inside facts: last contacts, counts of this month, replies. Each hangs on the row of its subject."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, case, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, aliased, join

from storage.fact_sql import elapsed, whole
from storage.facts import AsOf, Sql
from storage.tables import (
    Customer,
    FlowStep,
    Interaction,
    Opportunity,
    Person,
    ProgressReport,
    SupportRequest,
    Table,
    Team,
    Visit,
)

Owner = aliased(Person, name="owner")
"""Whose record it is."""

Theirs = aliased(Customer, name="theirs")
"""The customers of one person."""


def last_contact(at: AsOf, customer: type[Customer] = Customer) -> ColumnElement[Any]:
    """The newest contact with a customer that stands; NULL when there never was one."""
    query = select(func.max(Interaction.at)).where(
        Interaction.customer_id == customer.id, Interaction.undone_at.is_(None), Interaction.at <= at.now
    )
    return query.correlate(customer).scalar_subquery()


def silent_since(at: AsOf, customer: type[Customer] = Customer) -> ColumnElement[Any]:
    """From when a customer has been silent: the last contact, or its first day where there was none."""
    return func.coalesce(last_contact(at, customer), customer.created_at)


def contacts_this_month(at: AsOf) -> ColumnElement[int]:
    query = select(func.count()).where(
        Interaction.customer_id == Customer.id, Interaction.undone_at.is_(None), *_this_month(at, Interaction.at)
    )
    return query.correlate(Customer).scalar_subquery()


def visits_of_customer(at: AsOf) -> ColumnElement[int]:
    """Verified visits of this month."""
    query = select(func.count()).where(Visit.customer_id == Customer.id, *_verified(at))
    return query.correlate(Customer).scalar_subquery()


def open_opportunities() -> ColumnElement[int]:
    query = select(func.count()).where(Opportunity.customer_id == Customer.id, Opportunity.state == "open")
    return query.correlate(Customer).scalar_subquery()


def reports_in_stage() -> ColumnElement[int]:
    """Progress reports on an opportunity's customer since it entered its stage."""
    query = select(func.count()).where(
        ProgressReport.customer_id == Opportunity.customer_id,
        ProgressReport.undone_at.is_(None),
        ProgressReport.at >= Opportunity.stage_since,
    )
    return query.correlate(Opportunity).scalar_subquery()


def stage_limit(at: AsOf) -> ColumnElement[int]:
    """Seconds an opportunity may stay without contact in its stage."""
    limits = {stage: whole(int(limit.total_seconds())) for stage, limit in at.policy.stall.items()}
    default = whole(int(at.policy.stall_default.total_seconds()))
    return case(limits, value=Opportunity.stage, else_=default) if limits else default


def concession() -> ColumnElement[int]:
    """Millionths of the target price given away; NULL without a price, or where the target is not above zero."""
    deal, target = (type_coerce(price, BigInteger()) for price in (ProgressReport.deal, ProgressReport.target))
    return case((target > 0, (target - deal) * whole(1_000_000) // func.nullif(target, 0, type_=BigInteger())))


def reply(column: Sql) -> ColumnElement[Any]:
    """Something of the newest answered step of a support request's flow; NULL while nobody has answered."""
    query = select(column).where(FlowStep.instance_id == SupportRequest.flow_id, FlowStep.state == "done")
    return query.order_by(FlowStep.id.desc()).limit(1).correlate(SupportRequest).scalar_subquery()


def visits_of_person(at: AsOf) -> ColumnElement[int]:
    return _owned(Visit, Visit.person_id, *_verified(at))


def reports_of_person(at: AsOf) -> ColumnElement[int]:
    standing = ProgressReport.undone_at.is_(None)
    return _owned(ProgressReport, ProgressReport.person_id, standing, *_this_month(at, ProgressReport.at))


def customers_of_person() -> ColumnElement[int]:
    return _owned(Theirs, Theirs.owner_id)


def untouched_of_person(at: AsOf) -> ColumnElement[int]:
    """Customers of a person that have been silent for the limit or longer."""
    limit = whole(int(at.policy.untouched.total_seconds()))
    return _owned(Theirs, Theirs.owner_id, elapsed(at.now, silent_since(at, Theirs)) >= limit)


def _owned(
    table: type[Table], person: InstrumentedAttribute[Any], *standing: ColumnElement[bool]
) -> ColumnElement[int]:
    query = select(func.count()).select_from(table).where(person == Owner.id, *standing)
    return query.correlate(Owner).scalar_subquery()


def _verified(at: AsOf) -> tuple[ColumnElement[bool], ...]:
    return (Visit.state == "verified", *_this_month(at, Visit.started_at))


def _this_month(at: AsOf, column: InstrumentedAttribute[Any]) -> tuple[ColumnElement[bool], ...]:
    start, end = at.month()
    return column >= start, column < end


def joined(table: Any, person: InstrumentedAttribute[Any]) -> FromClause:
    """A record's rows with its customer, whose it is, and their team."""
    return with_owner(join(table, Customer, Customer.id == table.customer_id), person)


def with_owner(rows: Any, person: InstrumentedAttribute[Any]) -> FromClause:
    with_person = join(rows, Owner, Owner.id == person, isouter=True)
    return join(with_person, Team, Team.id == Owner.team_id, isouter=True)
