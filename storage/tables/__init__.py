"""Every table, gathered, so that one import knows the whole schema."""

from __future__ import annotations

from storage.tables.base import Table
from storage.tables.customer_file import CompetitorMove, ContactChange, PolicyEffect
from storage.tables.customers import Competitor, Contact, Customer, CustomerAlias, Opportunity, Product, StageChange
from storage.tables.mechanisms import Deadline, Definition, Event, FlowInstance, FlowStep, RuleFiring, Submission
from storage.tables.people import Group, Identity, Leave, Person, Preference, Team
from storage.tables.runtime import (
    Attachment,
    CardSent,
    ConsoleMessage,
    ConsoleRead,
    Conversation,
    Inbox,
    Lease,
    Outbox,
    TranscriptRow,
)
from storage.tables.work import Draft, Interaction, ProgressReport, SupportRequest, Task, Visit

__all__ = [
    "Attachment",
    "CardSent",
    "Competitor",
    "CompetitorMove",
    "ConsoleMessage",
    "ConsoleRead",
    "Contact",
    "ContactChange",
    "Conversation",
    "Customer",
    "CustomerAlias",
    "Deadline",
    "Definition",
    "Draft",
    "Event",
    "FlowInstance",
    "FlowStep",
    "Group",
    "Identity",
    "Inbox",
    "Interaction",
    "Lease",
    "Leave",
    "Opportunity",
    "Outbox",
    "Person",
    "PolicyEffect",
    "Preference",
    "Product",
    "ProgressReport",
    "RuleFiring",
    "StageChange",
    "Submission",
    "SupportRequest",
    "Table",
    "Task",
    "Team",
    "TranscriptRow",
    "Visit",
]
