"""The number of a partnership's drafts for its customer, who sees none of them; lines by item, for the search."""

import sqlalchemy as sa
from alembic import op

revision = "invoicing_0003"
down_revision = "invoicing_0002"

# Row-level security hides drafts from the customer. This tells it a number, of its own partnership only.
DRAFTS_OF_PARTNERSHIP = """
create function drafts_of_partnership(link uuid) returns integer language plpgsql as $$
declare
    scope_before text := scope();
    drafts integer;
begin
    perform set_config('app.scope', 'system', true);
    select count(*) into drafts from partnerships p join invoices i
        on i.supplier_id = p.supplier_id and i.customer_id = p.customer_id
    where p.id = link and p.customer_id = organisation() and i.status = 'draft';
    perform set_config('app.scope', scope_before, true);
    return drafts;
end $$
"""


def upgrade() -> None:
    """Create the function and the index."""
    op.execute(DRAFTS_OF_PARTNERSHIP)
    op.create_index(
        "invoice_lines_by_item",
        "invoice_lines",
        ["supplier_id", sa.literal_column("lower(item_number)").label("item_key"), "invoice_id"],
        postgresql_ops={"item_key": "text_pattern_ops"},
    )
