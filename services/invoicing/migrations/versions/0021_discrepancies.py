"""From which discrepancy rate on work on the catalogue is advised; invoices by their day, to count them."""

import sqlalchemy as sa
from alembic import op

revision = "invoicing_0021"
down_revision = "invoicing_0020"


def upgrade() -> None:
    """Add the operator's choice."""
    op.add_column(
        "operators", sa.Column("discrepancy_threshold", sa.Numeric(), nullable=False, server_default="10")
    )
    op.create_check_constraint(
        "operators_discrepancy_threshold", "operators", "discrepancy_threshold between 0 and 100"
    )
