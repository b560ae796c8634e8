"""Reconciliation statements, and their lines each time they are sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.chassis.migrations import protect

revision = "invoicing_0022"
down_revision = "invoicing_0021"

ID = UUID(as_uuid=True)
NUMBER = sa.Numeric()
INSTANT = sa.DateTime(timezone=True)

PARTY = "(customer_id = organisation() or supplier_id = organisation())"
# A draft is its author's own.
SEES = f"{PARTY} and (author_id = organisation() or sent_at is not null)"

# Row-level security hides drafts from the customer. This tells it a number, of its own partnership only.
DRAFTS_OF_PARTNERSHIP = """
create function statement_drafts_of_partnership(link uuid) returns integer language plpgsql as $$
declare
    scope_before text := scope();
    drafts integer;
begin
    perform set_config('app.scope', 'system', true);
    select count(*) into drafts from partnerships p join reconciliations r on r.partnership_id = p.id
    where p.id = link and p.customer_id = organisation()
        and r.author_id = p.supplier_id and r.status = 'draft';
    perform set_config('app.scope', scope_before, true);
    return drafts;
end $$
"""


def upgrade() -> None:
    """Create the tables."""
    _statements()
    _lines()
    op.execute(DRAFTS_OF_PARTNERSHIP)


def _statements() -> None:
    op.create_table(
        "reconciliations",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("number", sa.Text),
        sa.Column("number_key", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("partnership_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("supplier_name", sa.Text, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("date_from", sa.Date, nullable=False),
        sa.Column("date_to", sa.Date, nullable=False),
        sa.Column("receivable", NUMBER, nullable=False),
        sa.Column("payable", NUMBER, nullable=False),
        sa.Column("contested", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.Column("document", JSONB, nullable=False),
        sa.CheckConstraint("author_id in (customer_id, supplier_id)", name="reconciliations_author"),
        sa.CheckConstraint(
            "(number is null) = (sent_at is null) and (sent_at is null) = (revision = 0)"
            " and (status in ('draft', 'withdrawn') or number is not null)",
            name="reconciliations_sent",
        ),
    )
    op.create_index(
        "reconciliations_number_once", "reconciliations", ["author_id", "number_key"], unique=True
    )
    op.create_index("reconciliations_of_customer", "reconciliations", ["customer_id", "id"])
    op.create_index("reconciliations_of_supplier", "reconciliations", ["supplier_id", "id"])
    protect(op, "reconciliations", sees=SEES, deletes=False)


def _lines() -> None:
    op.create_table(
        "reconciliation_lines",
        sa.Column("reconciliation_id", ID, sa.ForeignKey("reconciliations.id"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("lines", JSONB, nullable=False),
    )
    protect(
        op,
        "reconciliation_lines",
        sees=PARTY,
        writes=f"{PARTY} and author_id = organisation()",
        deletes=False,
    )
    op.execute(
        "create trigger reconciliation_lines_never_change before update or delete on reconciliation_lines"
        " for each row execute function never_changes()"
    )
