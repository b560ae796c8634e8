"""The journal keeps the name of whoever did something, as it was then (S-230)."""

from alembic import op

revision = "notifications_0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; of what happened before, only the number of the person is known."""
    op.execute("alter table journal add column if not exists actor_name text")
