"""Comments, attachments, feed and mails, and the replicas that say whom they concern."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.chassis.migrations import chassis_tables, protect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = UUID(as_uuid=True)
INSTANT = sa.DateTime(timezone=True)

OPERATOR = "(select scope()) = 'operator'"

# A document exists for those it is shown to; for its supplier not while its customer has switched the
# supplier's portal off (S-100, S-102). The operator sees what has been sent, not what is being written.
# The policies of remarks and files ask the same by way of this one.
SEES_DOCUMENT = (
    f"({OPERATOR} and cardinality(shown_to) = 2)"
    # ruff: noqa: S608 - conditions written here, nothing of them comes from outside
    " or organisation() = any(shown_to) and (customer_id = organisation() or not exists ("
    "select 1 from partnerships p where not p.enabled"
    " and p.supplier_id = documents.supplier_id and p.customer_id = documents.customer_id))"
)
DOCUMENT_IS_SEEN = "exists (select 1 from documents d where d.id = document_id)"


def upgrade() -> None:
    """Create everything."""
    chassis_tables(op)
    _replicas()
    _remarks_and_files()
    _feed()
    _mails()


def _replicas() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("notification_emails", ARRAY(sa.Text), nullable=False),
    )
    protect(op, "organisations", sees="id = organisation()", writes="false")
    op.create_table(
        "people",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("organisations", ARRAY(ID), nullable=False),
    )
    op.create_index("people_organisations", "people", ["organisations"], postgresql_using="gin")
    protect(op, "people", sees="organisation() = any(organisations)", writes="false")
    op.create_table(
        "partnerships",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
    )
    op.create_index(
        "partnerships_switched_off",
        "partnerships",
        ["supplier_id", "customer_id"],
        postgresql_where=sa.text("not enabled"),
    )
    protect(
        op,
        "partnerships",
        sees="customer_id = organisation() or supplier_id = organisation()",
        writes="false",
    )
    op.create_table(
        "documents",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("number", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("supplier_name", sa.Text, nullable=False),
        sa.Column("initiator_id", ID),
        sa.Column("initiator_name", sa.Text),
        sa.Column("draft_of", ID),
        sa.Column("shown_to", ARRAY(ID), nullable=False),
        sa.CheckConstraint("kind in ('order', 'invoice')", name="documents_kind"),
    )
    protect(op, "documents", sees=SEES_DOCUMENT, writes="false", operators=False)


def _remarks_and_files() -> None:
    op.create_table(
        "comments",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("document_id", ID, sa.ForeignKey("documents.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("author_name", sa.Text, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("organisation_name", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("posted_at", INSTANT, nullable=False),
        sa.Column("agreed_with", sa.Text),
        sa.Column("agreed_at", INSTANT),
        sa.Column("shown_to", ARRAY(ID), nullable=False),
        sa.CheckConstraint(
            "(kind = 'phone-agreement') = (agreed_with is not null and agreed_at is not null)",
            name="comments_agreement",
        ),
    )
    op.create_index("comments_on_document", "comments", ["document_id", "posted_at", "id"])
    protect(
        op,
        "comments",
        sees=(
            f"(organisation() = any(shown_to) or {OPERATOR} and cardinality(shown_to) = 2)"
            f" and {DOCUMENT_IS_SEEN}"
        ),
        writes=f"organisation_id = organisation() and {DOCUMENT_IS_SEEN}",
        operators=False,
        deletes=False,
    )
    op.create_table(
        "attachments",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("document_id", ID, sa.ForeignKey("documents.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("attached_by_id", ID, nullable=False),
        sa.Column("attached_by_name", sa.Text, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("organisation_name", sa.Text, nullable=False),
        sa.Column("attached_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT),
        sa.CheckConstraint("size > 0", name="attachments_size"),
    )
    op.create_index(
        "attachments_on_document",
        "attachments",
        ["document_id", "attached_at", "id"],
        postgresql_where=sa.text("removed_at is null"),
    )
    protect(
        op,
        "attachments",
        sees=DOCUMENT_IS_SEEN,
        writes=f"organisation_id = organisation() and {DOCUMENT_IS_SEEN}",
        operators=False,
        deletes=False,
    )


def _feed() -> None:
    op.create_table(
        "feed",
        sa.Column("id", ID, primary_key=True),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("document_kind", sa.Text),
        sa.Column("document_id", ID),
        sa.Column("document_number", sa.Text),
        sa.Column("actor_id", ID),
        sa.Column("actor_name", sa.Text),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT),
        sa.UniqueConstraint("event_id", "user_id", name="feed_once"),
    )
    op.create_index(
        "feed_of_user", "feed", ["user_id", "organisation_id", sa.text("at desc"), sa.text("id desc")]
    )
    op.create_index(
        "feed_unread",
        "feed",
        ["user_id", "organisation_id", "at"],
        postgresql_where=sa.text("read_at is null"),
    )
    # A feed is its user's own: colleagues and operators do not read it.
    protect(op, "feed", sees="user_id = acting_user() and organisation_id = organisation()", operators=False)


def _mails() -> None:
    op.create_table(
        "mails",
        sa.Column("id", ID, primary_key=True),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("recipient_key", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("recipient_name", sa.Text, nullable=False),
        sa.Column("organisation_id", ID),
        sa.Column("organisation_name", sa.Text),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("document_kind", sa.Text),
        sa.Column("document_id", ID),
        sa.Column("document_number", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT),
        sa.Column("reason", sa.Text),
        sa.UniqueConstraint("event_id", "recipient_key", name="mails_once"),
        sa.CheckConstraint("state in ('waiting', 'sent', 'failed')", name="mails_state"),
        sa.CheckConstraint("(state = 'waiting') = (settled_at is null)", name="mails_settled"),
    )
    op.create_index("mails_waiting", "mails", ["due_at", "id"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_index(
        "mails_failed",
        "mails",
        [sa.text("settled_at desc"), sa.text("id desc")],
        postgresql_where=sa.text("state = 'failed'"),
    )
    protect(op, "mails", sees="organisation_id = organisation()", writes="false", deletes=False)
    op.execute(
        "create function wake_mailer() returns trigger language plpgsql"
        " as $$ begin perform pg_notify('mails', ''); return null; end $$"
    )
    op.execute(
        "create trigger mails_wake_mailer after insert on mails"
        " for each statement execute function wake_mailer()"
    )


def downgrade() -> None:
    """Not offered: a schema is left behind by a further migration, not by going back."""
    raise NotImplementedError
