"""Charges and allowances of invoices and their lines, and by which category each line is taxed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "invoicing_0018"
down_revision = "invoicing_0017"

NONE_YET = {"nullable": False, "server_default": sa.text("'[]'")}
NOTHING = {"nullable": False, "server_default": sa.text("0")}


def upgrade() -> None:
    """Add the columns; what was billed so far was standard, or zero rated at 0 %."""
    op.add_column("invoices", sa.Column("adjustments", JSONB, **NONE_YET))
    op.add_column("invoices", sa.Column("charged", sa.Numeric, **NOTHING))
    op.add_column("invoices", sa.Column("returned_charges", sa.Numeric, **NOTHING))
    op.create_check_constraint("invoices_charged", "invoices", "returned_charges between 0 and charged")
    op.add_column("invoice_lines", sa.Column("adjustments", JSONB, **NONE_YET))
    op.add_column(
        "invoice_lines",
        sa.Column("tax_category", sa.Text, nullable=False, server_default=sa.text("'S'")),
    )
    # Without it row-level security hides every line from the migration.
    op.execute("select set_config('app.scope', 'system', true)")
    op.execute("update invoice_lines set tax_category = 'Z' where tax_rate = 0")
    op.execute("select set_config('app.scope', '', true)")
    op.create_check_constraint(
        "invoice_lines_taxed", "invoice_lines", "(tax_category = 'S') = (tax_rate > 0)"
    )
