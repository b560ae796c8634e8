"""The tables of notifications. Each is under row-level security, see the migrations."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

metadata = MetaData()

Id = UUID(as_uuid=True)
Instant = DateTime(timezone=True)

# ------------------------------------------------------------------------------------------- replicas

organisations = Table(
    "organisations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("notification_emails", ARRAY(Text), nullable=False),
    Column("kind", Text),
)

people = Table(
    "people",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("organisations", ARRAY(Id), nullable=False),
    Index("people_organisations", "organisations", postgresql_using="gin"),
)

partnerships = Table(
    "partnerships",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("customer_id", Id, nullable=False),
    Column("supplier_id", Id, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Index("partnerships_switched_off", "supplier_id", "customer_id", postgresql_where=text("not enabled")),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("number", Text),
    Column("status", Text, nullable=False),
    Column("customer_id", Id, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("supplier_id", Id, nullable=False),
    Column("supplier_name", Text, nullable=False),
    Column("initiator_id", Id),
    Column("initiator_name", Text),
    # The organisation that is still writing it; null once it is sent.
    Column("draft_of", Id),
    Column("shown_to", ARRAY(Id), nullable=False),
    CheckConstraint(
        "kind in ('order', 'invoice', 'payment', 'credit-note', 'consolidated-invoice', 'tax-invoice',"
        " 'reconciliation')",
        name="documents_kind",
    ),
)

# -------------------------------------------------------------------------------- remarks and files

comments = Table(
    "comments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("document_id", Id, ForeignKey("documents.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("author_id", Id, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("organisation_id", Id, nullable=False),
    Column("organisation_name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("posted_at", Instant, nullable=False),
    Column("agreed_with", Text),
    Column("agreed_at", Instant),
    # Fixed when it is written: what is said on a draft stays on that side.
    Column("shown_to", ARRAY(Id), nullable=False),
    CheckConstraint(
        "(kind = 'phone-agreement') = (agreed_with is not null and agreed_at is not null)",
        name="comments_agreement",
    ),
    Index("comments_on_document", "document_id", "posted_at", "id"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("document_id", Id, ForeignKey("documents.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("attached_by_id", Id, nullable=False),
    Column("attached_by_name", Text, nullable=False),
    Column("organisation_id", Id, nullable=False),
    Column("organisation_name", Text, nullable=False),
    Column("attached_at", Instant, nullable=False),
    Column("removed_at", Instant),
    CheckConstraint("size > 0", name="attachments_size"),
    Index("attachments_by_digest", "sha256"),
    Index(
        "attachments_on_document",
        "document_id",
        "attached_at",
        "id",
        postgresql_where=text("removed_at is null"),
    ),
)

# ------------------------------------------------------------------------------------ feed and mails

feed = Table(
    "feed",
    metadata,
    Column("id", Id, primary_key=True),
    Column("event_id", Id, nullable=False),
    Column("user_id", Id, nullable=False),
    Column("organisation_id", Id, nullable=False),
    Column("event", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("document_kind", Text),
    Column("document_id", Id),
    Column("document_number", Text),
    Column("actor_id", Id),
    Column("actor_name", Text),
    Column("at", Instant, nullable=False),
    Column("read_at", Instant),
    UniqueConstraint("event_id", "user_id", name="feed_once"),
    Index("feed_of_user", "user_id", "organisation_id", text("at desc"), text("id desc")),
    Index("feed_unread", "user_id", "organisation_id", "at", postgresql_where=text("read_at is null")),
)

mails = Table(
    "mails",
    metadata,
    Column("id", Id, primary_key=True),
    Column("event_id", Id, nullable=False),
    # In lower case, so that one address written in two ways is one recipient; `recipient` is how it is used.
    Column("recipient_key", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("recipient_name", Text, nullable=False),
    Column("organisation_id", Id),
    Column("organisation_name", Text),
    Column("event", Text, nullable=False),
    Column("document_kind", Text),
    Column("document_id", Id),
    Column("document_number", Text),
    Column("language", Text, nullable=False),
    Column("content", JSONB, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("reason", Text),
    UniqueConstraint("event_id", "recipient_key", name="mails_once"),
    CheckConstraint("state in ('waiting', 'sent', 'failed')", name="mails_state"),
    CheckConstraint("(state = 'waiting') = (settled_at is null)", name="mails_settled"),
    Index("mails_waiting", "due_at", "id", postgresql_where=text("state = 'waiting'")),
    Index(
        "mails_failed", text("settled_at desc"), text("id desc"), postgresql_where=text("state = 'failed'")
    ),
)
