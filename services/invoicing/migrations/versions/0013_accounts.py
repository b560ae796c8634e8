"""How the entries of an account lie together, for balances and statements."""

import sqlalchemy as sa
from alembic import op

revision = "invoicing_0013"
down_revision = "invoicing_0012"

BETWEEN = "account in ('receivable', 'advance')"


def upgrade() -> None:
    """Create the indexes."""
    for name, columns in (
        ("ledger_of_account", ["customer_id", "supplier_id", "currency", "posted_on"]),
        ("ledger_of_supplier", ["supplier_id", "customer_id", "currency"]),
    ):
        op.create_index(
            name,
            "ledger",
            columns,
            postgresql_include=["account", "amount"],
            postgresql_where=sa.text(BETWEEN),
        )
