"""Whether the signed originals of an invoice have arrived, who noted it, and when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "invoicing_0016"
down_revision = "invoicing_0015"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("invoices", sa.Column("originals_at", sa.DateTime(timezone=True)))
    op.add_column("invoices", sa.Column("originals_by_id", UUID(as_uuid=True)))
    op.add_column("invoices", sa.Column("originals_by_name", sa.Text))
