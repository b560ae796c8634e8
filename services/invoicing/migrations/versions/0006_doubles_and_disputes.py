"""What an invoice may be a second copy of, and the parts of it that are disputed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "invoicing_0006"
down_revision = "invoicing_0005"


def upgrade() -> None:
    """Add the columns, the bound of what is disputed, and the way to find invoices over the same amount."""
    for name in ("warnings", "disputes"):
        op.add_column("invoices", sa.Column(name, JSONB, nullable=False, server_default=sa.text("'[]'")))
    disputed = sa.Column("disputed", sa.Numeric(), nullable=False, server_default=sa.text("0"))
    op.add_column("invoices", disputed)
    op.create_check_constraint(
        "invoices_disputed", "invoices", "disputed between 0 and greatest(gross - paid, 0)"
    )
    op.create_index("invoices_of_pair_by_gross", "invoices", ["supplier_id", "customer_id", "gross"])
