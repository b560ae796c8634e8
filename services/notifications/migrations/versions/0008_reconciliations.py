"""News of reconciliation statements."""

from alembic import op

revision = "notifications_0008"
down_revision = "notifications_0007"


def upgrade() -> None:
    """Let a document be a reconciliation statement."""
    op.drop_constraint("documents_kind", "documents", type_="check")
    op.create_check_constraint(
        "documents_kind",
        "documents",
        "kind in ('order', 'invoice', 'payment', 'credit-note', 'consolidated-invoice', 'tax-invoice',"
        " 'reconciliation')",
    )
