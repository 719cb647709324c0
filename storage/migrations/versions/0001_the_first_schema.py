"""The first schema: people, customers, work, mechanisms, runtime, web chat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import BigId, Duration, Instant, Json, Money

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "competitors",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competitors")),
        sa.UniqueConstraint("name", name=op.f("uq_competitors_name")),
    )
    op.create_table(
        "console_messages",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("conversation", sa.String(length=200), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_console_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_console_messages_key")),
    )
    with op.batch_alter_table("console_messages") as batch:
        batch.create_index("ix_console_messages_conversation_id", ["conversation", "id"], unique=False)

    op.create_table(
        "console_reads",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("user", sa.String(length=200), nullable=False),
        sa.Column("conversation", sa.String(length=200), nullable=False),
        sa.Column("last_id", BigId, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_console_reads")),
        sa.UniqueConstraint("user", "conversation", name=op.f("uq_console_reads_user_conversation")),
    )
    op.create_table(
        "deadlines",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject_kind", sa.String(length=64), nullable=False),
        sa.Column("subject_id", BigId, nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("attempts", BigId, nullable=False),
        sa.Column("fired_at", Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
        sa.UniqueConstraint("key", name=op.f("uq_deadlines_key")),
    )
    with op.batch_alter_table("deadlines") as batch:
        batch.create_index("ix_deadlines_state_at", ["state", "at"], unique=False)
        batch.create_index("ix_deadlines_subject", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("platform", sa.String(length=64), nullable=False),
        sa.Column("app", sa.String(length=64), nullable=False),
        sa.Column("event_key", sa.String(length=200), nullable=False),
        sa.Column("mailbox", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("attempts", BigId, nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("handled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("platform", "app", "event_key", name=op.f("uq_inbox_platform_app_event_key")),
    )
    with op.batch_alter_table("inbox") as batch:
        batch.create_index("ix_inbox_state_mailbox_id", ["state", "mailbox", "id"], unique=False)

    op.create_table(
        "products",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("name", name=op.f("uq_products_name")),
    )
    op.create_table(
        "rule_firings",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("version", BigId, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("subject_kind", sa.String(length=64), nullable=False),
        sa.Column("subject_id", BigId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("inputs", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_firings")),
        sa.UniqueConstraint("rule", "key", name=op.f("uq_rule_firings_rule_key")),
    )
    op.create_table(
        "teams",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("parent_id", BigId, nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["teams.id"], name=op.f("fk_teams_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
    )
    op.create_table(
        "transcripts",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_transcripts")),
    )
    op.create_table(
        "groups",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("platform", sa.String(length=64), nullable=False),
        sa.Column("app", sa.String(length=64), nullable=False),
        sa.Column("chat", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("team_id", BigId, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_groups_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("platform", "app", "chat", name=op.f("uq_groups_platform_app_chat")),
    )
    with op.batch_alter_table("groups") as batch:
        batch.create_index(batch.f("ix_groups_team_id"), ["team_id"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("team_id", BigId, nullable=True),
        sa.Column("superior_id", BigId, nullable=True),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("mobile", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("joined_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["superior_id"], ["people.id"], name=op.f("fk_people_superior_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_people_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    with op.batch_alter_table("people") as batch:
        batch.create_index(batch.f("ix_people_superior_id"), ["superior_id"], unique=False)
        batch.create_index(batch.f("ix_people_team_id"), ["team_id"], unique=False)

    op.create_table(
        "attachments",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("mime", sa.String(length=64), nullable=False),
        sa.Column("size", BigId, nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_attachments_person_id")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_attachments")),
    )
    with op.batch_alter_table("attachments") as batch:
        batch.create_index(batch.f("ix_attachments_fingerprint"), ["fingerprint"], unique=False)

    op.create_table(
        "conversations",
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("state", Json, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_conversations_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_conversations")),
    )
    op.create_table(
        "customers",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=64), nullable=False),
        sa.Column("industry", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=200), nullable=False),
        sa.Column("product_line", sa.String(length=200), nullable=False),
        sa.Column("owner_id", BigId, nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("licence", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_customers_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("name", name=op.f("uq_customers_name")),
    )
    with op.batch_alter_table("customers") as batch:
        batch.create_index(batch.f("ix_customers_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "definitions",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("version", BigId, nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_definitions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definitions")),
        sa.UniqueConstraint("kind", "name", "version", name=op.f("uq_definitions_kind_name_version")),
    )
    op.create_table(
        "events",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject_kind", sa.String(length=64), nullable=False),
        sa.Column("subject_id", BigId, nullable=True),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("cause", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_events_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events") as batch:
        batch.create_index("ix_events_kind_at", ["kind", "at"], unique=False)
        batch.create_index("ix_events_subject", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "flow_instances",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("flow", sa.String(length=64), nullable=False),
        sa.Column("version", BigId, nullable=False),
        sa.Column("definition", Json, nullable=False),
        sa.Column("reporter_id", BigId, nullable=False),
        sa.Column("about_kind", sa.String(length=64), nullable=False),
        sa.Column("about_id", BigId, nullable=False),
        sa.Column("context", Json, nullable=False),
        sa.Column("progress", Json, nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["reporter_id"], ["people.id"], name=op.f("fk_flow_instances_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_instances")),
    )
    with op.batch_alter_table("flow_instances") as batch:
        batch.create_index("ix_flow_instances_about", ["about_kind", "about_id"], unique=False)
        batch.create_index(batch.f("ix_flow_instances_reporter_id"), ["reporter_id"], unique=False)

    op.create_table(
        "identities",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("platform", sa.String(length=64), nullable=False),
        sa.Column("app", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=200), nullable=False),
        sa.Column("last_seen_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_identities_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("platform", "app", "user", name=op.f("uq_identities_platform_app_user")),
    )
    with op.batch_alter_table("identities") as batch:
        batch.create_index(batch.f("ix_identities_person_id"), ["person_id"], unique=False)

    op.create_table(
        "leaves",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("substitute_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_leaves_person_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["people.id"], name=op.f("fk_leaves_substitute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
    )
    with op.batch_alter_table("leaves") as batch:
        batch.create_index("ix_leaves_person_id_first", ["person_id", "first"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("receiver", sa.String(length=200), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("group_id", BigId, nullable=True),
        sa.Column("address", Json, nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("thread", sa.String(length=200), nullable=False),
        sa.Column("why", Json, nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("not_before", Instant(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("attempts", BigId, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("receipt", Json, nullable=True),
        sa.Column("sent_to", Json, nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_outbox_group_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_outbox_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    with op.batch_alter_table("outbox") as batch:
        batch.create_index("ix_outbox_receiver_state_id", ["receiver", "state", "id"], unique=False)
        batch.create_index("ix_outbox_state_not_before", ["state", "not_before"], unique=False)

    op.create_table(
        "preferences",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_preferences_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preferences")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_preferences_person_id_key")),
    )
    op.create_table(
        "submissions",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("version", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("answers", Json, nullable=False),
        sa.Column("about", Json, nullable=False),
        sa.Column("inbox_id", BigId, nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_submissions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
    )
    with op.batch_alter_table("submissions") as batch:
        batch.create_index(batch.f("ix_submissions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "cards_sent",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("outbox_id", BigId, nullable=False),
        sa.Column("receiver", sa.String(length=200), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.Column("thread", sa.String(length=200), nullable=False),
        sa.Column("card", Json, nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("form_version", BigId, nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_cards_sent_outbox_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_cards_sent_person_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_cards_sent")),
    )
    with op.batch_alter_table("cards_sent") as batch:
        batch.create_index("ix_cards_sent_thread_receiver", ["thread", "receiver"], unique=False)

    op.create_table(
        "contacts",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("customer_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_contacts_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    with op.batch_alter_table("contacts") as batch:
        batch.create_index(batch.f("ix_contacts_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "customer_aliases",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("customer_id", BigId, nullable=False),
        sa.Column("alias", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_customer_aliases_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_aliases")),
        sa.UniqueConstraint("customer_id", "alias", name=op.f("uq_customer_aliases_customer_id_alias")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answers", Json, nullable=False),
        sa.Column("sources", Json, nullable=False),
        sa.Column("audio", sa.String(length=64), nullable=False),
        sa.Column("inbox_id", BigId, nullable=True),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("submission_id", BigId, nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_drafts_person_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_drafts_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    with op.batch_alter_table("drafts") as batch:
        batch.create_index(batch.f("ix_drafts_person_id"), ["person_id"], unique=False)

    op.create_table(
        "flow_steps",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("instance_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("round", BigId, nullable=False),
        sa.Column("owner_ids", Json, nullable=False),
        sa.Column("calendar", Json, nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("paused_at", Instant(), nullable=True),
        sa.Column("remaining", Duration(), nullable=True),
        sa.Column("escalated_ids", Json, nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_by_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["closed_by_id"], ["people.id"], name=op.f("fk_flow_steps_closed_by_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["flow_instances.id"], name=op.f("fk_flow_steps_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_steps")),
    )
    with op.batch_alter_table("flow_steps") as batch:
        batch.create_index(batch.f("ix_flow_steps_instance_id"), ["instance_id"], unique=False)
        batch.create_index(batch.f("ix_flow_steps_state"), ["state"], unique=False)

    op.create_table(
        "interactions",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("customer_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source_kind", sa.String(length=64), nullable=False),
        sa.Column("source_id", BigId, nullable=True),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_interactions_customer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_interactions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interactions")),
    )
    with op.batch_alter_table("interactions") as batch:
        batch.create_index("ix_interactions_customer_id_at", ["customer_id", "at"], unique=False)
        batch.create_index("ix_interactions_person_id_at", ["person_id", "at"], unique=False)

    op.create_table(
        "opportunities",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("customer_id", BigId, nullable=False),
        sa.Column("owner_id", BigId, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("stage_since", Instant(), nullable=False),
        sa.Column("amount", Money(), nullable=True),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_opportunities_customer_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_opportunities_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opportunities")),
    )
    with op.batch_alter_table("opportunities") as batch:
        batch.create_index(batch.f("ix_opportunities_customer_id"), ["customer_id"], unique=False)
        batch.create_index(batch.f("ix_opportunities_owner_id"), ["owner_id"], unique=False)
        batch.create_index("ix_opportunities_state_stage", ["state", "stage"], unique=False)

    op.create_table(
        "progress_reports",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("submission_id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("customer_id", BigId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("obstacle", sa.String(length=64), nullable=False),
        sa.Column("support", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(length=64), nullable=False),
        sa.Column("signal", sa.String(length=64), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("competitor", sa.String(length=200), nullable=False),
        sa.Column("deal", Money(), nullable=True),
        sa.Column("target", Money(), nullable=True),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_progress_reports_customer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_progress_reports_person_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_progress_reports_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_reports")),
    )
    with op.batch_alter_table("progress_reports") as batch:
        batch.create_index(batch.f("ix_progress_reports_customer_id"), ["customer_id"], unique=False)
        batch.create_index("ix_progress_reports_person_id_at", ["person_id", "at"], unique=False)
        batch.create_index(batch.f("ix_progress_reports_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "tasks",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("customer_id", BigId, nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("origin_kind", sa.String(length=64), nullable=False),
        sa.Column("origin_id", BigId, nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_tasks_customer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_tasks_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    with op.batch_alter_table("tasks") as batch:
        batch.create_index("ix_tasks_person_id_state_due_at", ["person_id", "state", "due_at"], unique=False)

    op.create_table(
        "visits",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("customer_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("flow_id", BigId, nullable=True),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("arrived_at", Instant(), nullable=True),
        sa.Column("left_at", Instant(), nullable=True),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("missing", Json, nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_visits_customer_id")),
        sa.ForeignKeyConstraint(["flow_id"], ["flow_instances.id"], name=op.f("fk_visits_flow_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_visits_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    with op.batch_alter_table("visits") as batch:
        batch.create_index(batch.f("ix_visits_customer_id"), ["customer_id"], unique=False)
        batch.create_index("ix_visits_person_id_started_at", ["person_id", "started_at"], unique=False)

    op.create_table(
        "stage_changes",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("opportunity_id", BigId, nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("after", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("person_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["opportunity_id"], ["opportunities.id"], name=op.f("fk_stage_changes_opportunity_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_stage_changes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_changes")),
    )
    with op.batch_alter_table("stage_changes") as batch:
        batch.create_index(batch.f("ix_stage_changes_opportunity_id"), ["opportunity_id"], unique=False)

    op.create_table(
        "support_requests",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("report_id", BigId, nullable=False),
        sa.Column("customer_id", BigId, nullable=False),
        sa.Column("reporter_id", BigId, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("flow_id", BigId, nullable=True),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_support_requests_customer_id")),
        sa.ForeignKeyConstraint(["flow_id"], ["flow_instances.id"], name=op.f("fk_support_requests_flow_id")),
        sa.ForeignKeyConstraint(["report_id"], ["progress_reports.id"], name=op.f("fk_support_requests_report_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["people.id"], name=op.f("fk_support_requests_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_requests")),
    )
    with op.batch_alter_table("support_requests") as batch:
        batch.create_index(batch.f("ix_support_requests_customer_id"), ["customer_id"], unique=False)
        batch.create_index(batch.f("ix_support_requests_report_id"), ["report_id"], unique=False)
        batch.create_index(batch.f("ix_support_requests_reporter_id"), ["reporter_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("support_requests") as batch:
        batch.drop_index(batch.f("ix_support_requests_reporter_id"))
        batch.drop_index(batch.f("ix_support_requests_report_id"))
        batch.drop_index(batch.f("ix_support_requests_customer_id"))

    op.drop_table("support_requests")
    with op.batch_alter_table("stage_changes") as batch:
        batch.drop_index(batch.f("ix_stage_changes_opportunity_id"))

    op.drop_table("stage_changes")
    with op.batch_alter_table("visits") as batch:
        batch.drop_index("ix_visits_person_id_started_at")
        batch.drop_index(batch.f("ix_visits_customer_id"))

    op.drop_table("visits")
    with op.batch_alter_table("tasks") as batch:
        batch.drop_index("ix_tasks_person_id_state_due_at")

    op.drop_table("tasks")
    with op.batch_alter_table("progress_reports") as batch:
        batch.drop_index(batch.f("ix_progress_reports_submission_id"))
        batch.drop_index("ix_progress_reports_person_id_at")
        batch.drop_index(batch.f("ix_progress_reports_customer_id"))

    op.drop_table("progress_reports")
    with op.batch_alter_table("opportunities") as batch:
        batch.drop_index("ix_opportunities_state_stage")
        batch.drop_index(batch.f("ix_opportunities_owner_id"))
        batch.drop_index(batch.f("ix_opportunities_customer_id"))

    op.drop_table("opportunities")
    with op.batch_alter_table("interactions") as batch:
        batch.drop_index("ix_interactions_person_id_at")
        batch.drop_index("ix_interactions_customer_id_at")

    op.drop_table("interactions")
    with op.batch_alter_table("flow_steps") as batch:
        batch.drop_index(batch.f("ix_flow_steps_state"))
        batch.drop_index(batch.f("ix_flow_steps_instance_id"))

    op.drop_table("flow_steps")
    with op.batch_alter_table("drafts") as batch:
        batch.drop_index(batch.f("ix_drafts_person_id"))

    op.drop_table("drafts")
    op.drop_table("customer_aliases")
    with op.batch_alter_table("contacts") as batch:
        batch.drop_index(batch.f("ix_contacts_customer_id"))

    op.drop_table("contacts")
    with op.batch_alter_table("cards_sent") as batch:
        batch.drop_index("ix_cards_sent_thread_receiver")

    op.drop_table("cards_sent")
    with op.batch_alter_table("submissions") as batch:
        batch.drop_index(batch.f("ix_submissions_person_id"))

    op.drop_table("submissions")
    op.drop_table("preferences")
    with op.batch_alter_table("outbox") as batch:
        batch.drop_index("ix_outbox_state_not_before")
        batch.drop_index("ix_outbox_receiver_state_id")

    op.drop_table("outbox")
    with op.batch_alter_table("leaves") as batch:
        batch.drop_index("ix_leaves_person_id_first")

    op.drop_table("leaves")
    with op.batch_alter_table("identities") as batch:
        batch.drop_index(batch.f("ix_identities_person_id"))

    op.drop_table("identities")
    with op.batch_alter_table("flow_instances") as batch:
        batch.drop_index(batch.f("ix_flow_instances_reporter_id"))
        batch.drop_index("ix_flow_instances_about")

    op.drop_table("flow_instances")
    with op.batch_alter_table("events") as batch:
        batch.drop_index("ix_events_subject")
        batch.drop_index("ix_events_kind_at")

    op.drop_table("events")
    op.drop_table("definitions")
    with op.batch_alter_table("customers") as batch:
        batch.drop_index(batch.f("ix_customers_owner_id"))

    op.drop_table("customers")
    op.drop_table("conversations")
    with op.batch_alter_table("attachments") as batch:
        batch.drop_index(batch.f("ix_attachments_fingerprint"))

    op.drop_table("attachments")
    with op.batch_alter_table("people") as batch:
        batch.drop_index(batch.f("ix_people_team_id"))
        batch.drop_index(batch.f("ix_people_superior_id"))

    op.drop_table("people")
    with op.batch_alter_table("groups") as batch:
        batch.drop_index(batch.f("ix_groups_team_id"))

    op.drop_table("groups")
    op.drop_table("transcripts")
    op.drop_table("teams")
    op.drop_table("rule_firings")
    op.drop_table("products")
    with op.batch_alter_table("inbox") as batch:
        batch.drop_index("ix_inbox_state_mailbox_id")

    op.drop_table("inbox")
    with op.batch_alter_table("deadlines") as batch:
        batch.drop_index("ix_deadlines_subject")
        batch.drop_index("ix_deadlines_state_at")

    op.drop_table("deadlines")
    op.drop_table("console_reads")
    with op.batch_alter_table("console_messages") as batch:
        batch.drop_index("ix_console_messages_conversation_id")

    op.drop_table("console_messages")
    op.drop_table("competitors")
