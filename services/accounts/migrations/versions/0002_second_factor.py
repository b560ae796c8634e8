"""Two-factor sign-in: the sealed secret of each person's authenticator app, and hashed recovery codes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from services.chassis.migrations import protect

revision = "0002"
down_revision = "0001"

_ID = UUID(as_uuid=True)
_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create both tables. Nobody's question reads them, only the doorkeeper in the system's scope."""
    op.create_table(
        "second_factors",
        sa.Column("user_id", _ID, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("begun_at", _AT, nullable=False),
        sa.Column("confirmed_at", _AT),
        sa.Column("last_step", sa.BigInteger),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user_id", _ID, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("code_hash", sa.LargeBinary, primary_key=True),
        sa.Column("used_at", _AT),
    )
    protect(op, "second_factors", sees="false", operators=False)
    protect(op, "recovery_codes", sees="false", operators=False)
