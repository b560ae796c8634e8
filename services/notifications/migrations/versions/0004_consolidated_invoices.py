"""News of the operator's consolidated invoices."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a document be a consolidated invoice."""
    op.drop_constraint("documents_kind", "documents")
    op.create_check_constraint(
        "documents_kind",
        "documents",
        "kind in ('order', 'invoice', 'payment', 'credit-note', 'consolidated-invoice')",
    )
