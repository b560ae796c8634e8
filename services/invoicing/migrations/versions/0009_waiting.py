"""Waiting: working calendars, deputies, who is asked since when, and how soon answers came."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.chassis.migrations import protect

revision = "invoicing_0009"
down_revision = "invoicing_0008"

ID = UUID(as_uuid=True)
INSTANT = sa.DateTime(timezone=True)
EITHER_SIDE = "customer_id = organisation() or supplier_id = organisation()"
# A supplier is told by which calendar its customer works, and how the initiators of its orders are reached.
ONES_SUPPLIER = (
    "exists (select from partnerships p where p.customer_id = {0} and p.supplier_id = organisation())"
)
OF_RULES = f"id = organisation() or {ONES_SUPPLIER.format('waiting_rules.id')}"
OF_PEOPLE = f"organisation() = any(organisations) or {ONES_SUPPLIER.format('any(people.organisations)')}"
NOBODY = "false"


def upgrade() -> None:
    """Create the tables; invoices that are held already are looked at as soon as somebody can."""
    _columns()
    _people()
    _rules()
    _deputyships()
    _answers()


def _columns() -> None:
    columns = {
        "asked_at": INSTANT,
        "deputy_id": ID,
        "deputy_name": sa.Text,
        "decided_for_id": ID,
        "decided_for_name": sa.Text,
        "reminded_at": INSTANT,
        "nudged_at": INSTANT,
        "escalated_at": INSTANT,
        "answer_by": INSTANT,
        "watch_at": INSTANT,
    }
    for name, kind in columns.items():
        op.add_column("invoices", sa.Column(name, kind))
    op.add_column("invoices", sa.Column("reminders", sa.Integer, nullable=False, server_default=sa.text("0")))
    op.execute("select set_config('app.scope', 'system', true)")
    op.execute("update invoices set asked_at = waiting_since, watch_at = now() where status = 'pending'")
    op.execute("select set_config('app.scope', '', true)")
    op.create_check_constraint("invoices_asked", "invoices", "(asked_at is not null) = (status = 'pending')")
    op.create_index(
        "invoices_to_watch", "invoices", ["watch_at"], postgresql_where=sa.text("watch_at is not null")
    )
    op.create_index(
        "invoices_held", "invoices", ["customer_id", "initiator_id"],
        postgresql_where=sa.text("asked_at is not null"),
    )  # fmt: skip


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("phone", sa.Text),
        sa.Column("organisations", ARRAY(ID), nullable=False),
    )
    op.create_index("people_of_organisations", "people", ["organisations"], postgresql_using="gin")
    protect(op, "people", sees=OF_PEOPLE, writes=NOBODY, deletes=False)


def _rules() -> None:
    op.create_table(
        "waiting_rules",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("terms", JSONB, nullable=False),
        sa.Column("changed_by_id", ID, nullable=False),
        sa.Column("changed_by_name", sa.Text, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
    )
    protect(op, "waiting_rules", sees=OF_RULES, writes="id = organisation()", deletes=False)


def _deputyships() -> None:
    op.create_table(
        "deputyships",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("principal_id", ID, nullable=False),
        sa.Column("principal_name", sa.Text, nullable=False),
        sa.Column("deputy_id", ID, nullable=False),
        sa.Column("deputy_name", sa.Text, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("named_by_id", ID, nullable=False),
        sa.Column("named_by_name", sa.Text, nullable=False),
        sa.Column("named_at", INSTANT, nullable=False),
        sa.Column("ended_by_id", ID),
        sa.Column("ended_by_name", sa.Text),
        sa.Column("ended_at", INSTANT),
        sa.CheckConstraint("last_day >= first_day", name="deputyships_days"),
        sa.CheckConstraint("deputy_id <> principal_id", name="deputyships_of_others"),
    )
    op.create_index("deputyships_of_principal", "deputyships", ["customer_id", "principal_id", "last_day"])
    protect(op, "deputyships", sees="customer_id = organisation()", deletes=False)


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("invoice_id", ID, primary_key=True),
        sa.Column("asked_at", INSTANT, primary_key=True),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.Column("answered_by_id", ID, nullable=False),
        sa.Column("worked_minutes", sa.Integer, nullable=False),
        sa.Column("in_time", sa.Boolean, nullable=False),
    )
    op.create_index("answers_of_customer", "answers", ["customer_id", "answered_at"])
    op.create_index("answers_of_supplier", "answers", ["supplier_id", "answered_at"])
    protect(op, "answers", sees=EITHER_SIDE, writes="customer_id = organisation()", deletes=False)
