"""An index to find a supplier's orders by number, as a file of invoices names them."""

from alembic import op

revision = "invoicing_0011"
down_revision = "invoicing_0010"


def upgrade() -> None:
    """Create it."""
    op.execute("create index orders_by_number on orders (supplier_id, (document ->> 'number'))")
