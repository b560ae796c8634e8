"""The operator's tax invoice of each consolidated invoice, and where it is registered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "invoicing_0015"
down_revision = "invoicing_0014"

ID = UUID(as_uuid=True)
# The operator writes where a tax invoice is registered, and a trigger keeps it to that.
OPERATOR = "(select scope() = 'system') or operator_id = (select organisation())"
KEPT = """
create function consolidated_invoices_are_kept() returns trigger language plpgsql as $$
declare
    noted text[] := '{sequence, tax_registration, tax_registered_on, tax_registered_by_id, tax_registered_by_name}';
begin
    if (to_jsonb(new) - noted) is distinct from (to_jsonb(old) - noted)
        or old.tax_registration is not null then
        raise exception 'a consolidated invoice is issued, never changed' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger consolidated_invoices_are_kept before update on consolidated_invoices
    for each row execute function consolidated_invoices_are_kept();
"""


def upgrade() -> None:
    """Add the columns, and let the operator write them."""
    for name, kind in (
        ("tax_number", sa.Text()),
        ("tax_registration", sa.Text()),
        ("tax_registered_on", sa.Date()),
        ("tax_registered_by_id", ID),
        ("tax_registered_by_name", sa.Text()),
    ):
        op.add_column("consolidated_invoices", sa.Column(name, kind))
    op.create_check_constraint(
        "consolidated_invoices_tax_registration",
        "consolidated_invoices",
        "(tax_registration is null) = (tax_registered_on is null)"
        " and (tax_registration is null or tax_number is not null)",
    )
    op.create_index(
        "consolidated_invoices_tax_number_once",
        "consolidated_invoices",
        ["operator_id", "tax_number"],
        unique=True,
    )
    op.execute(f"alter policy changes on consolidated_invoices using ({OPERATOR}) with check ({OPERATOR})")
    op.execute(KEPT)
