"""Order lines by item, for the search."""

import sqlalchemy as sa
from alembic import op

revision = "orders_0003"
down_revision = "orders_0002"


def upgrade() -> None:
    """Add the index: both sides of an order name its supplier when they search."""
    op.create_index(
        "order_lines_by_item",
        "order_lines",
        ["supplier_id", sa.literal_column("lower(item_number)").label("item_key"), "order_id"],
        postgresql_ops={"item_key": "text_pattern_ops"},
    )
