"""Which organisation runs the portal: it is told of invoices that wait too long."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the kind; of organisations known already it is null until they change."""
    op.add_column("organisations", sa.Column("kind", sa.Text))
