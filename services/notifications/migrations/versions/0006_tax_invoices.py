"""News of suppliers' tax invoices."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a document be a tax invoice."""
    op.drop_constraint("documents_kind", "documents")
    op.create_check_constraint(
        "documents_kind",
        "documents",
        "kind in ('order', 'invoice', 'payment', 'credit-note', 'consolidated-invoice', 'tax-invoice')",
    )
