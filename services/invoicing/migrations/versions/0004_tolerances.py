"""Tolerances as data with their history, the ways of matching, and what a customer knows of a supplier's items."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.chassis.migrations import protect

revision = "invoicing_0004"
down_revision = "invoicing_0003"

ID = UUID(as_uuid=True)
INSTANT = sa.DateTime(timezone=True)
NUMBER = sa.Numeric()
CUSTOMER = "customer_id = organisation()"
EITHER_SIDE = "customer_id = organisation() or supplier_id = organisation()"
# An invoice is matched while its supplier sends it, by whatever its customer has set for it or for all of its
# suppliers; the supplier is told none of it.
A_SUPPLIER_OF = (
    "exists (select from partnerships p where p.customer_id = {0}.customer_id"
    " and p.supplier_id = organisation())"
)
OF_THE_POLICY = f"{CUSTOMER} or {A_SUPPLIER_OF.format('policies')}"
OF_A_TOLERANCE = f"{EITHER_SIDE} or (supplier_id is null and {A_SUPPLIER_OF.format('tolerances')})"


def upgrade() -> None:
    """Create the tables; a decision on a total that nobody checks has no limit."""
    _tolerances()
    _choices()
    _items()
    op.alter_column("matches", "allowed", existing_type=NUMBER, nullable=True)


def _tolerances() -> None:
    op.create_table(
        "policies",
        sa.Column("customer_id", ID, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "tolerances",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("supplier_id", ID),
        sa.Column("supplier_name", sa.Text),
        sa.Column("measure", sa.Text, nullable=False),
        sa.Column("terms", JSONB, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("set_by_id", ID, nullable=False),
        sa.Column("set_by_name", sa.Text, nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.Column("ended_by_id", ID),
        sa.Column("ended_by_name", sa.Text),
        sa.Column("ended_at", INSTANT),
        sa.CheckConstraint("valid_to >= valid_from - 1", name="tolerances_days"),
    )
    op.create_index("tolerances_of_customer", "tolerances", ["customer_id", "id"])
    op.create_index("tolerances_once_a_version", "tolerances", ["customer_id", "version"], unique=True)
    protect(op, "policies", sees=OF_THE_POLICY, writes=CUSTOMER, deletes=False)
    protect(op, "tolerances", sees=OF_A_TOLERANCE, writes=CUSTOMER, deletes=False)


def _choices() -> None:
    op.create_table(
        "matching_choices",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("way", sa.Text),
        sa.Column("tells_limit", sa.Boolean),
    )
    protect(op, "matching_choices", sees=EITHER_SIDE, writes=CUSTOMER, deletes=False)


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("supplier_name", sa.Text, nullable=False),
        sa.Column("item_number", sa.Text, nullable=False),
        sa.Column("buyer_item_number", sa.Text),
        sa.Column("gtin", sa.Text),
        sa.Column("category", sa.Text),
        sa.Column("units", JSONB, nullable=False),
        sa.Column("changed_by_id", ID, nullable=False),
        sa.Column("changed_by_name", sa.Text, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
    )
    op.create_index("items_once", "items", ["customer_id", "supplier_id", "item_number"], unique=True)
    protect(op, "items", sees=EITHER_SIDE, writes=CUSTOMER, deletes=False)
