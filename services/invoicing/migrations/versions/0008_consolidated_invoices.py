"""Consolidated invoices from the operator to its customers, and the runs that issue them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.chassis.migrations import protect

revision = "invoicing_0008"
down_revision = "invoicing_0007"

ID = UUID(as_uuid=True)
INSTANT = sa.DateTime(timezone=True)
NUMBER = sa.Numeric()

OPERATOR = "operator_id = organisation()"
CUSTOMER = "customer_id = organisation()"
# Only the system writes what a run issues.
NOBODY = "false"
OF_ITS_DOCUMENT = (
    "exists (select from consolidated_invoices c where c.id = consolidated_lines.consolidated_id)"
)

SUMS = """
create function consolidated_lines_sum() returns trigger language plpgsql as $$
begin
    if exists (
        select from consolidated_invoices c join consolidated_lines l on l.consolidated_id = c.id
        where c.id in (select consolidated_id from added)
        group by c.id
        having (count(*), sum(l.net), sum(l.tax), sum(l.gross)) <> (c.invoices, c.net, c.tax, c.gross)
    ) then
        raise exception 'the lines of a consolidated invoice do not sum to it'
            using errcode = 'check_violation', constraint = 'consolidated_lines_sum', table = 'consolidated_lines';
    end if;
    return null;
end $$;
create trigger consolidated_lines_sum after insert on consolidated_lines
    referencing new table as added for each statement execute function consolidated_lines_sum();
create trigger consolidated_lines_never_change before update or delete on consolidated_lines
    for each row execute function never_changes();
"""


def upgrade() -> None:
    """Create the tables, and the place in an invoice for the one document it may stand on."""
    _operators()
    _runs()
    _documents()
    op.add_column("invoices", sa.Column("consolidated_id", ID, sa.ForeignKey("consolidated_invoices.id")))
    op.add_column("invoices", sa.Column("consolidated_on", sa.Date))
    op.create_check_constraint(
        "invoices_consolidated_on", "invoices", "(consolidated_id is null) = (consolidated_on is null)"
    )
    op.create_check_constraint(
        "invoices_consolidated_approved", "invoices", "consolidated_id is null or approval is not null"
    )
    op.create_index(
        "invoices_to_consolidate",
        "invoices",
        ["customer_id", "decided_at"],
        postgresql_where=sa.text("consolidated_id is null and approval is not null"),
    )
    op.create_index(
        "invoices_consolidated",
        "invoices",
        ["consolidated_id"],
        postgresql_where=sa.text("consolidated_id is not null"),
    )


def _operators() -> None:
    op.create_table(
        "operators",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("known_since", INSTANT, nullable=False, server_default=sa.func.now()),
        sa.Column("time_zone", sa.Text, nullable=False, server_default="UTC"),
        sa.Column("payment_days", sa.Integer, nullable=False, server_default="30"),
        sa.Column("terms_sequence", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_table(
        "number_series",
        sa.Column("operator_id", ID, primary_key=True),
        sa.Column("series", sa.Text, primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    # Its name and its time zone are no secret: they stand on documents.
    protect(op, "operators", sees="true", writes="id = organisation()", deletes=False)
    protect(op, "number_series", sees=OPERATOR, deletes=False)


def _runs() -> None:
    op.create_table(
        "consolidation_runs",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("operator_id", ID, nullable=False),
        sa.Column("operator_name", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("started_by_id", ID),
        sa.Column("started_by_name", sa.Text),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT),
        sa.Column("waiting", JSONB, nullable=False),
        sa.Column("totals", JSONB, nullable=False),
    )
    op.create_index(
        "consolidation_runs_once_a_day", "consolidation_runs", ["operator_id", "day"], unique=True
    )
    protect(op, "consolidation_runs", sees=OPERATOR, deletes=False)


def _documents() -> None:
    op.create_table(
        "consolidated_invoices",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("run_id", ID, sa.ForeignKey("consolidation_runs.id"), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("due_date", sa.Date, nullable=False),
        sa.Column("operator_id", ID, nullable=False),
        sa.Column("operator_name", sa.Text, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("amount_places", sa.SmallInteger, nullable=False),
        sa.Column("invoices", sa.Integer, nullable=False),
        sa.Column("taxes", JSONB, nullable=False),
        sa.Column("net", NUMBER, nullable=False),
        sa.Column("tax", NUMBER, nullable=False),
        sa.Column("gross", NUMBER, nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.CheckConstraint("gross = net + tax", name="consolidated_invoices_sums"),
    )
    op.create_index(
        "consolidated_invoices_number_once", "consolidated_invoices", ["operator_id", "number"], unique=True
    )
    op.create_index("consolidated_invoices_of_customer", "consolidated_invoices", ["customer_id", "id"])
    op.create_index("consolidated_invoices_of_run", "consolidated_invoices", ["run_id", "id"])
    op.create_table(
        "consolidated_lines",
        sa.Column("consolidated_id", ID, sa.ForeignKey("consolidated_invoices.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("invoice_id", ID, sa.ForeignKey("invoices.id"), nullable=False),
        sa.Column("invoice_number", sa.Text, nullable=False),
        sa.Column("issue_date", sa.Date, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("supplier_name", sa.Text, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("order_number", sa.Text, nullable=False),
        sa.Column("net", NUMBER, nullable=False),
        sa.Column("tax", NUMBER, nullable=False),
        sa.Column("gross", NUMBER, nullable=False),
    )
    op.create_index("consolidated_lines_once", "consolidated_lines", ["invoice_id"], unique=True)
    protect(op, "consolidated_invoices", sees=CUSTOMER, writes=NOBODY, deletes=False)
    protect(op, "consolidated_lines", sees=OF_ITS_DOCUMENT, writes=NOBODY, deletes=False)
    op.execute(SUMS)
