"""Credit notes by quantity and by value, never over more than was invoiced; the advances that come of them."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.chassis.migrations import protect

revision = "invoicing_0012"
down_revision = "invoicing_0011"

ID = UUID(as_uuid=True)
NUMBER = sa.Numeric()
SUPPLIER = "supplier_id = organisation()"

INVOICES = {
    "invoices_disputed": "disputed between 0 and greatest(gross - paid - deducted, 0)",
    "invoices_paid": "paid between 0 and gross - deducted",
    "invoices_credited": (
        "credited between 0 and gross and deducted between 0 and credited"
        " and returned_gross between 0 and credited and returned_net between 0 and net"
    ),
    "invoices_payment_status": (
        "case status when 'paid' then paid + deducted = gross"
        " when 'partly-paid' then paid > 0 and paid + deducted < gross else paid = 0 end"
    ),
}


def upgrade() -> None:
    """Create the table, and what invoices and their lines know of it."""
    _credit_notes()
    for name in ("credited", "deducted", "returned_net", "returned_gross"):
        op.add_column("invoices", _nothing(name))
    for name, rule in INVOICES.items():
        if name != "invoices_credited":
            op.drop_constraint(name, "invoices", type_="check")
        op.create_check_constraint(name, "invoices", rule)
    for name in ("credited_quantity", "credited_net"):
        op.add_column("invoice_lines", _nothing(name))
    op.create_check_constraint(
        "invoice_lines_credited",
        "invoice_lines",
        "credited_quantity between 0 and quantity and credited_net between 0 and net",
    )
    op.add_column("payment_documents", sa.Column("credit_note_id", ID, sa.ForeignKey("credit_notes.id")))
    # The advance that a credit note leaves is written by the supplier who issues it.
    op.execute(
        "alter policy adds on payment_documents with check"
        " ((select scope() = 'system') or customer_id = (select organisation())"
        " or (credit_note_id is not null and supplier_id = (select organisation())))"
    )


def _nothing(name: str) -> sa.Column[Any]:
    return sa.Column(name, NUMBER, nullable=False, server_default=sa.text("0"))


def _credit_notes() -> None:
    op.create_table(
        "credit_notes",
        sa.Column("id", ID, primary_key=True),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("number_key", sa.Text, nullable=False),
        sa.Column("invoice_id", ID, sa.ForeignKey("invoices.id"), nullable=False),
        sa.Column("invoice_number", sa.Text, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("supplier_name", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("issue_date", sa.Date, nullable=False),
        sa.Column("net", NUMBER, nullable=False),
        sa.Column("gross", NUMBER, nullable=False),
        sa.Column("deducted", NUMBER, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.CheckConstraint("deducted between 0 and gross", name="credit_notes_deducted"),
    )
    op.create_index(
        "credit_notes_number_once", "credit_notes", ["supplier_id", "number_key", "customer_id"], unique=True
    )
    op.create_index("credit_notes_of_customer", "credit_notes", ["customer_id", "id"])
    op.create_index("credit_notes_of_invoice", "credit_notes", ["invoice_id", "id"])
    protect(
        op,
        "credit_notes",
        sees="customer_id = organisation() or supplier_id = organisation()",
        writes=SUPPLIER,
        deletes=False,
    )
    op.execute(
        "create trigger credit_notes_never_change before update or delete on credit_notes"
        " for each row execute function never_changes()"
    )
