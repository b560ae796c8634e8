"""What the nightly check of the books has found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.chassis.migrations import protect

revision = "invoicing_0014"
down_revision = "invoicing_0013"


def upgrade() -> None:
    """Create the table; it is for operators alone."""
    op.create_table(
        "ledger_checks",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", JSONB, nullable=False),
    )
    op.create_index("ledger_checks_by_time", "ledger_checks", ["at"])
    protect(op, "ledger_checks", sees="false", writes="scope() = 'operator'", deletes=False)
