"""The other numbers of what is billed, and how its order line was found."""

import sqlalchemy as sa
from alembic import op

revision = "invoicing_0005"
down_revision = "invoicing_0004"


def upgrade() -> None:
    """Add three columns; what was written before had its order line named, or found by the item number."""
    for name in ("buyer_item_number", "gtin", "matched_by"):
        op.add_column("invoice_lines", sa.Column(name, sa.Text))
