"""Why an invoice was rejected or given back, and what its supplier is asked to do, in Peppol's codes."""

import sqlalchemy as sa
from alembic import op

revision = "invoicing_0010"
down_revision = "invoicing_0009"


def upgrade() -> None:
    """Add the codes; of earlier decisions there are words only."""
    op.add_column("invoices", sa.Column("reason_code", sa.Text))
    op.add_column("invoices", sa.Column("action_code", sa.Text))
