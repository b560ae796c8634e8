"""Invoices in another currency than their order's: the rate they are compared at, its source and its day."""

import sqlalchemy as sa
from alembic import op

revision = "invoicing_0023"
down_revision = "invoicing_0022"


def upgrade() -> None:
    """Add the columns; so far every invoice is in its order's currency."""
    op.add_column("invoices", sa.Column("order_currency", sa.Text))
    op.add_column("invoices", sa.Column("exchange_rate", sa.Numeric))
    op.add_column("invoices", sa.Column("exchange_source", sa.Text))
    op.add_column("invoices", sa.Column("exchange_day", sa.Date))
    op.create_check_constraint(
        "invoices_exchange",
        "invoices",
        "exchange_rate > 0 and num_nulls(order_currency, exchange_rate, exchange_source, exchange_day) in (0, 4)",
    )
