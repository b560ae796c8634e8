"""Orders by their date: for lists sorted or narrowed by it, and for the months of the dashboard."""

from alembic import op

revision = "orders_0002"
down_revision = "orders_0001"


def upgrade() -> None:
    """Add an index for each side."""
    for side in ("customer", "supplier"):
        op.create_index(f"orders_of_{side}_by_date", "orders", [f"{side}_id", "order_date", "id"])
