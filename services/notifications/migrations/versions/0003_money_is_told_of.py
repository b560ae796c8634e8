"""Payments and credit notes are documents that people are told of."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Let a document be one of them."""
    op.drop_constraint("documents_kind", "documents", type_="check")
    op.create_check_constraint(
        "documents_kind", "documents", "kind in ('order', 'invoice', 'payment', 'credit-note')"
    )
