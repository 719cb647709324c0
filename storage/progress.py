"""Drafts, progress reports and the contacts they leave."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Draft, Interaction, ProgressReport, Submission, SupportRequest


async def draft_of(tx: AsyncSession, person_id: int, draft_id: int) -> Draft | None:
    """A draft, if it is this person's."""
    draft = await tx.get(Draft, draft_id)
    return draft if draft is not None and draft.person_id == person_id else None


async def last_report(tx: AsyncSession, person_id: int) -> ProgressReport | None:
    """The newest report of a person that still stands."""
    query = select(ProgressReport).where(ProgressReport.person_id == person_id, ProgressReport.undone_at.is_(None))
    return (await tx.scalars(query.order_by(ProgressReport.id.desc()).limit(1))).first()


async def undo(tx: AsyncSession, report: ProgressReport, now: datetime) -> None:
    """Takes a report back with the contact it left; both stay as rows."""
    report.undone_at = now
    submission = await tx.get_one(Submission, report.submission_id)
    submission.undone_at = now
    for contact in await contacts_from(tx, "progress_report", report.id):
        contact.undone_at = now


async def contacts_from(tx: AsyncSession, source_kind: str, source_id: int) -> list[Interaction]:
    query = select(Interaction).where(Interaction.source_kind == source_kind, Interaction.source_id == source_id)
    return list((await tx.scalars(query)).all())


async def reports_between(
    tx: AsyncSession, person_ids: list[int], since: datetime, until: datetime
) -> list[ProgressReport]:
    query = select(ProgressReport).where(
        ProgressReport.person_id.in_(person_ids),
        ProgressReport.at >= since,
        ProgressReport.at < until,
        ProgressReport.undone_at.is_(None),
    )
    return list((await tx.scalars(query.order_by(ProgressReport.at))).all())


async def report_of_flow(tx: AsyncSession, flow_id: int) -> ProgressReport | None:
    """The report whose support request this flow carries."""
    query = select(ProgressReport).join(SupportRequest, SupportRequest.report_id == ProgressReport.id)
    return (await tx.scalars(query.where(SupportRequest.flow_id == flow_id))).first()
