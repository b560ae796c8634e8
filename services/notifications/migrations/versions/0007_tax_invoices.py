"""News of suppliers' tax invoices."""

from alembic import op

revision = "notifications_0007"
down_revision = "notifications_0006"


def upgrade() -> None:
    """Let a document be a tax invoice."""
    op.drop_constraint("documents_kind", "documents")
    op.create_check_constraint(
        "documents_kind",
        "documents",
        "kind in ('order', 'invoice', 'payment', 'credit-note', 'consolidated-invoice', 'tax-invoice')",
    )
