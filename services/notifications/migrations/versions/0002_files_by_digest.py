"""An index to find who refers to a stored file, before it is swept."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create it."""
    op.create_index("attachments_by_digest", "attachments", ["sha256"])
