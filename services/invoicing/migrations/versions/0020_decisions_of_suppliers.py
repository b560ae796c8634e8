"""A supplier's own decisions, which row-level security hides: invoicing tells of them without the limits."""

from alembic import op

revision = "invoicing_0020"
down_revision = "invoicing_0019"

# The records hold the customer's tolerances. The service takes these out before the supplier reads any of it,
# as it does when a supplier asks what would be decided.
MATCHES_OF_SUPPLIER = """
create function matches_of_supplier(wanted uuid) returns setof jsonb language plpgsql as $$
declare
    scope_before text := scope();
begin
    perform set_config('app.scope', 'system', true);
    return query select m.document from matches m
        where m.invoice_id = wanted and m.supplier_id = organisation() order by m.id desc;
    perform set_config('app.scope', scope_before, true);
end $$
"""


def upgrade() -> None:
    """Create the function."""
    op.execute(MATCHES_OF_SUPPLIER)
