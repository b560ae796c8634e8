"""Invoices, match decisions, payments and the ledger; orders and partnerships as replicas."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.chassis.migrations import chassis_tables, protect

revision = "invoicing_0001"
down_revision = None

ID = UUID(as_uuid=True)
INSTANT = sa.DateTime(timezone=True)
NUMBER = sa.Numeric()

SENT = "submitted_at is not null"
EITHER_SIDE = "customer_id = organisation() or supplier_id = organisation()"
# A customer sees an invoice once it was sent, also while it is given back for rework.
ONCE_SENT = f"supplier_id = organisation() or (customer_id = organisation() and {SENT})"
OF_ITS_INVOICE = "exists (select from invoices i where i.id = {0}.invoice_id)"
SUPPLIER = "supplier_id = organisation()"
CUSTOMER = "customer_id = organisation()"

FUNCTIONS = """
create function never_changes() returns trigger language plpgsql as $$
begin
    raise exception 'rows of % are only ever added', tg_table_name using errcode = 'restrict_violation';
end $$;
create function sums_to_zero() returns trigger language plpgsql as $$
begin
    if exists (select from posted group by source_type, source_id, currency having sum(amount) <> 0) then
        raise exception 'a posting does not sum to zero'
            using errcode = 'check_violation', constraint = 'ledger_sums_to_zero', table = 'ledger';
    end if;
    return null;
end $$;
create trigger ledger_sums_to_zero after insert on ledger
    referencing new table as posted for each statement execute function sums_to_zero();
"""
ONLY_ADDED = ("matches", "payments", "ledger")


def upgrade() -> None:
    """Create everything."""
    chassis_tables(op)
    _orders()
    _partnerships()
    _invoices()
    _invoice_lines()
    _matches()
    _payments()
    _ledger()
    protect(op, "orders", sees=EITHER_SIDE)
    protect(op, "partnerships", sees=EITHER_SIDE, writes="false")
    protect(op, "invoices", sees=ONCE_SENT)
    protect(op, "invoice_lines", sees=OF_ITS_INVOICE.format("invoice_lines"), writes=SUPPLIER)
    # A decision shows the tolerance, which is the customer's own business.
    protect(op, "matches", sees=CUSTOMER, writes=EITHER_SIDE, deletes=False)
    protect(op, "payments", sees=EITHER_SIDE, writes=CUSTOMER, deletes=False)
    protect(op, "ledger", sees=EITHER_SIDE, deletes=False)
    op.execute(FUNCTIONS)
    for table in ONLY_ADDED:
        op.execute(
            f"create trigger {table}_never_change before update or delete on {table}"
            " for each row execute function never_changes()"
        )


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("approved_net", NUMBER, nullable=False, server_default=sa.text("0")),
        sa.Column("approved_gross", NUMBER, nullable=False, server_default=sa.text("0")),
        sa.Column("limit_net", NUMBER),
        sa.Column("limit_gross", NUMBER),
        sa.CheckConstraint("approved_net <= limit_net", name="orders_approved_net"),
        sa.CheckConstraint("approved_gross <= limit_gross", name="orders_approved_gross"),
    )


def _partnerships() -> None:
    op.create_table(
        "partnerships",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("supplier_name", sa.Text, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("tolerance_rate", NUMBER, nullable=False),
        sa.Column("tolerance_base", sa.Text, nullable=False),
    )
    op.create_index("partnerships_pair", "partnerships", ["customer_id", "supplier_id"], unique=True)


def _invoices() -> None:
    op.create_table(
        "invoices",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("number", sa.Text),
        sa.Column("number_key", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("order_id", ID, sa.ForeignKey("orders.id"), nullable=False),
        sa.Column("order_number", sa.Text, nullable=False),
        sa.Column("partnership_id", ID, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("supplier_name", sa.Text, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("initiator_id", ID, nullable=False),
        sa.Column("initiator_name", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("amount_places", sa.SmallInteger, nullable=False),
        sa.Column("issue_date", sa.Date, nullable=False),
        sa.Column("due_date", sa.Date, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("taxes", JSONB, nullable=False),
        sa.Column("net", NUMBER, nullable=False),
        sa.Column("tax", NUMBER, nullable=False),
        sa.Column("gross", NUMBER, nullable=False),
        sa.Column("paid", NUMBER, nullable=False),
        sa.Column("planned_on", sa.Date),
        sa.Column("reasons", JSONB, nullable=False),
        sa.Column("waiting_since", INSTANT),
        sa.Column("approval", sa.Text),
        sa.Column("decided_by_id", ID),
        sa.Column("decided_by_name", sa.Text),
        sa.Column("decided_at", INSTANT),
        sa.Column("remark", sa.Text),
        sa.Column("created_by_id", ID, nullable=False),
        sa.Column("created_by_name", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("drafted_at", INSTANT, nullable=False),
        sa.Column("submitted_at", INSTANT),
        sa.CheckConstraint("gross = net + tax", name="invoices_sums"),
        sa.CheckConstraint("paid between 0 and gross", name="invoices_paid"),
        sa.CheckConstraint(
            "case status when 'paid' then paid = gross when 'partly-paid' then paid > 0 and paid < gross"
            " else paid = 0 end",
            name="invoices_payment_status",
        ),
        sa.CheckConstraint(
            "(approval is not null) = (status in ('approved', 'partly-paid', 'paid'))",
            name="invoices_approval",
        ),
        sa.CheckConstraint(
            "status = 'draft' or (number is not null and submitted_at is not null)", name="invoices_sent"
        ),
    )
    op.create_index(
        "invoices_number_once",
        "invoices",
        ["supplier_id", "number_key", "customer_id"],
        unique=True,
        postgresql_ops={"number_key": "text_pattern_ops"},
    )
    op.create_index(
        "invoices_number_of_customer",
        "invoices",
        ["customer_id", "number_key"],
        postgresql_ops={"number_key": "text_pattern_ops"},
        postgresql_where=sa.text(SENT),
    )
    op.create_index("invoices_of_order", "invoices", ["order_id"])
    op.create_index("invoices_of_supplier", "invoices", ["supplier_id", "id"])
    op.create_index("invoices_of_supplier_by_status", "invoices", ["supplier_id", "status", "id"])
    op.create_index("invoices_of_customer", "invoices", ["customer_id", "id"], postgresql_where=sa.text(SENT))
    op.create_index(
        "invoices_of_customer_by_status",
        "invoices",
        ["customer_id", "status", "id"],
        postgresql_where=sa.text(SENT),
    )
    op.create_index("invoices_of_pair", "invoices", ["supplier_id", "customer_id", "id"])


def _invoice_lines() -> None:
    op.create_table(
        "invoice_lines",
        sa.Column("invoice_id", ID, sa.ForeignKey("invoices.id", ondelete="cascade"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("order_line", sa.Integer),
        sa.Column("item_number", sa.Text),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("quantity", NUMBER, nullable=False),
        sa.Column("unit_price", NUMBER, nullable=False),
        sa.Column("tax_rate", NUMBER, nullable=False),
        sa.Column("net", NUMBER, nullable=False),
    )


def _matches() -> None:
    op.create_table(
        "matches",
        sa.Column("id", ID, primary_key=True),
        sa.Column("invoice_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("compared", NUMBER, nullable=False),
        sa.Column("allowed", NUMBER, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.CheckConstraint("verdict <> 'passes' or compared <= allowed", name="matches_passed_within_limit"),
    )
    op.create_index("matches_of_invoice", "matches", ["invoice_id", "id"])


def _payments() -> None:
    op.create_table(
        "payments",
        sa.Column("id", ID, primary_key=True),
        sa.Column("invoice_id", ID, sa.ForeignKey("invoices.id"), nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("amount", NUMBER, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("registered_by_id", ID, nullable=False),
        sa.Column("registered_by_name", sa.Text, nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.CheckConstraint("amount > 0", name="payments_positive"),
    )
    op.create_index("payments_of_invoice", "payments", ["invoice_id", "id"])


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("source_type", sa.Text, primary_key=True),
        sa.Column("source_id", ID, primary_key=True),
        sa.Column("entry", sa.SmallInteger, primary_key=True),
        sa.Column("partnership_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("invoice_id", ID, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("amount", NUMBER, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("posted_on", sa.Date, nullable=False),
        sa.Column("posted_at", INSTANT, nullable=False),
        sa.CheckConstraint("amount <> 0", name="ledger_not_empty"),
    )
    op.create_index("ledger_of_pair", "ledger", ["customer_id", "supplier_id", "account", "currency"])
