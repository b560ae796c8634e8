"""Suppliers' tax invoices with their requests for another delivery date, and that date on invoices (S-070, S-204)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.chassis.migrations import protect

revision = "invoicing_0019"
down_revision = "invoicing_0018"

ID = UUID(as_uuid=True)
NUMBER = sa.Numeric()
BOTH = "customer_id = organisation() or supplier_id = organisation()"
KEPT = """
create function tax_invoices_are_kept() returns trigger language plpgsql as $$
declare
    changing text[] := '{sequence, day, register_by, registration, registered_on, registered_by_id,
        registered_by_name, requests, asked}';
begin
    if (to_jsonb(new) - changing) is distinct from (to_jsonb(old) - changing)
        or old.registration is not null then
        raise exception 'a tax invoice is issued, never changed' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger tax_invoices_are_kept before update on tax_invoices
    for each row execute function tax_invoices_are_kept();
"""


def upgrade() -> None:
    """Create the table, and the column of invoices."""
    op.add_column("invoices", sa.Column("delivery_date", sa.Date))
    op.create_table(
        "tax_invoices",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("number_key", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("invoice_id", ID, sa.ForeignKey("invoices.id"), nullable=False),
        sa.Column("invoice_number", sa.Text, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("order_number", sa.Text, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("supplier_name", sa.Text, nullable=False),
        sa.Column("initiator_id", ID, nullable=False),
        sa.Column("initiator_name", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("amount_places", sa.SmallInteger, nullable=False),
        sa.Column("taxes", JSONB, nullable=False),
        sa.Column("net", NUMBER, nullable=False),
        sa.Column("tax", NUMBER, nullable=False),
        sa.Column("gross", NUMBER, nullable=False),
        sa.Column("register_by", sa.Date, nullable=False),
        sa.Column("registration", sa.Text),
        sa.Column("registered_on", sa.Date),
        sa.Column("registered_by_id", ID),
        sa.Column("registered_by_name", sa.Text),
        sa.Column("requests", JSONB, nullable=False),
        sa.Column("asked", sa.Boolean, nullable=False),
        sa.Column("issued_by_id", ID, nullable=False),
        sa.Column("issued_by_name", sa.Text, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("gross = net + tax", name="tax_invoices_sums"),
        sa.CheckConstraint(
            "(registration is null) = (registered_on is null) and not (asked and registration is not null)",
            name="tax_invoices_registration",
        ),
    )
    op.create_index("tax_invoices_one_of_invoice", "tax_invoices", ["invoice_id"], unique=True)
    op.create_index(
        "tax_invoices_number_once", "tax_invoices", ["supplier_id", "number_key", "customer_id"], unique=True
    )
    op.create_index("tax_invoices_of_customer", "tax_invoices", ["customer_id", "id"])
    op.create_index("tax_invoices_of_supplier", "tax_invoices", ["supplier_id", "id"])
    protect(op, "tax_invoices", sees=BOTH, writes="supplier_id = organisation()", deletes=False)
    # Whoever grants another delivery date writes that on the tax invoice; the trigger keeps the rest of it.
    answers = (
        "(select scope() in ('system', 'operator')) or supplier_id = (select organisation())"
        " or customer_id = (select organisation())"
    )
    op.execute(f"alter policy changes on tax_invoices using ({answers}) with check ({answers})")
    op.execute(KEPT)
