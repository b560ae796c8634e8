"""Payments as documents of their own: one for many invoices, with what is left of it, and taken back if need be."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from services.chassis.migrations import protect

revision = "invoicing_0007"
down_revision = "invoicing_0006"

ID = UUID(as_uuid=True)
INSTANT = sa.DateTime(timezone=True)
NUMBER = sa.Numeric()

EITHER_SIDE = "customer_id = organisation() or supplier_id = organisation()"
CUSTOMER = "customer_id = organisation()"

# What was paid once stays what it was; only its use changes, and whether it was taken back.
KEPT = """
create function payments_are_kept() returns trigger language plpgsql as $$
begin
    if (new.id, new.partnership_id, new.customer_id, new.supplier_id, new.currency, new.amount, new.paid_on,
        new.reference, new.registered_by_id, new.registered_at) is distinct from
       (old.id, old.partnership_id, old.customer_id, old.supplier_id, old.currency, old.amount, old.paid_on,
        old.reference, old.registered_by_id, old.registered_at) or old.reversed_at is not null then
        raise exception 'a payment is taken back, never changed' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger payment_documents_are_kept before update on payment_documents
    for each row execute function payments_are_kept();
create trigger payment_documents_never_go before delete on payment_documents
    for each row execute function never_changes();
"""
# What was paid so far paid one invoice each: the payment is the same thing, and has the same id.
FROM_BEFORE = """
select set_config('app.scope', 'system', true);
insert into payment_documents (id, sequence, partnership_id, customer_id, customer_name, supplier_id, supplier_name,
    currency, amount, allocated, paid_on, reference, registered_by_id, registered_by_name, registered_at,
    reversal_reason)
select p.id, 1, i.partnership_id, i.customer_id, i.customer_name, i.supplier_id, i.supplier_name, p.currency,
    p.amount, p.amount, p.paid_on, p.reference, p.registered_by_id, p.registered_by_name, p.registered_at, ''
from payments p join invoices i on i.id = p.invoice_id;
alter table payments disable trigger payments_never_change;
update payments set payment_id = id;
alter table payments enable trigger payments_never_change;
alter table ledger disable trigger ledger_never_change;
update ledger set invoice_id = null, order_id = null where account = 'money';
alter table ledger enable trigger ledger_never_change;
select set_config('app.scope', '', true);
"""


def upgrade() -> None:
    """Create the documents, and make one of each payment there was."""
    _documents()
    op.add_column("payments", sa.Column("payment_id", ID))
    op.create_index("payments_of_document", "payments", ["payment_id", "id"])
    op.alter_column("ledger", "order_id", nullable=True)
    op.alter_column("ledger", "invoice_id", nullable=True)
    op.execute(FROM_BEFORE)
    op.alter_column("payments", "payment_id", nullable=False)
    op.create_foreign_key("payments_payment_id_fkey", "payments", "payment_documents", ["payment_id"], ["id"])
    protect(op, "payment_documents", sees=EITHER_SIDE, writes=CUSTOMER, deletes=False)
    op.execute(KEPT)


def _documents() -> None:
    op.create_table(
        "payment_documents",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("partnership_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("supplier_name", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("amount", NUMBER, nullable=False),
        sa.Column("allocated", NUMBER, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("registered_by_id", ID, nullable=False),
        sa.Column("registered_by_name", sa.Text, nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("reversed_by_id", ID),
        sa.Column("reversed_by_name", sa.Text),
        sa.Column("reversed_at", INSTANT),
        sa.Column("reversal_reason", sa.Text, nullable=False),
        sa.CheckConstraint("amount > 0", name="payment_documents_positive"),
        sa.CheckConstraint("allocated between 0 and amount", name="payment_documents_allocated"),
        sa.CheckConstraint("reversed_at is null or allocated = 0", name="payment_documents_reversed"),
    )
    for side in ("customer", "supplier"):
        op.create_index(f"payment_documents_of_{side}", "payment_documents", [f"{side}_id", "id"])
