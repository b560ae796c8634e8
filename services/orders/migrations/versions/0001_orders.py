"""Products, purchase orders, goods issues and receipts; partnerships as a replica."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.chassis.migrations import chassis_tables, protect

revision = "orders_0001"
down_revision = None

ID = UUID(as_uuid=True)
QUANTITY = sa.Numeric(20, 6)
AMOUNT = sa.Numeric(24, 6)

# A supplier sees what was sent to it, while the customer keeps its portal switched on (S-020, S-100, S-102).
PORTAL_OPEN = (
    "exists (select from partnerships p where p.customer_id = {0}.customer_id"
    " and p.supplier_id = {0}.supplier_id and p.enabled)"
)
EITHER_SIDE = "customer_id = organisation() or supplier_id = organisation()"
OF_ITS_ORDER = "exists (select from orders o where o.id = {0}.order_id)"


def upgrade() -> None:
    """Create everything."""
    chassis_tables(op)
    op.create_table(
        "partnerships",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("supplier_name", sa.Text, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("lead_time_days", sa.Integer, nullable=False),
        sa.Column("minimum_order", AMOUNT, nullable=False),
        sa.Column("payment_days", sa.Integer, nullable=False),
        sa.UniqueConstraint("customer_id", "supplier_id", name="partnerships_once"),
    )
    protect(op, "partnerships", sees=EITHER_SIDE, writes="false")
    _orders()
    _movements()
    _products()


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("customer_name", sa.Text, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("supplier_name", sa.Text, nullable=False),
        sa.Column("initiator_id", ID, nullable=False),
        sa.Column("initiator_name", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("amount_places", sa.SmallInteger, nullable=False),
        sa.Column("order_date", sa.Date, nullable=False),
        sa.Column("delivery_date", sa.Date),
        sa.Column("date_proposal", JSONB),
        sa.Column("delivery_address", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("payment_days", sa.Integer, nullable=False),
        sa.Column("net", AMOUNT, nullable=False),
        sa.Column("tax", AMOUNT, nullable=False),
        sa.Column("gross", AMOUNT, nullable=False),
        sa.Column("line_count", sa.Integer, nullable=False),
        sa.Column("flags", JSONB, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True)),
        sa.Column("closing_reason", sa.Text),
        sa.UniqueConstraint("customer_id", "number", name="orders_number_once"),
        sa.CheckConstraint("gross = net + tax", name="orders_sums"),
    )
    op.create_index("orders_of_customer", "orders", ["customer_id", "id"])
    op.create_index("orders_of_supplier", "orders", ["supplier_id", "id"])
    sees = f"customer_id = organisation() or (supplier_id = organisation() and status <> 'draft' and {PORTAL_OPEN})"
    protect(op, "orders", sees=sees.format("orders"), writes=EITHER_SIDE)
    op.create_table(
        "order_lines",
        sa.Column("order_id", ID, sa.ForeignKey("orders.id", ondelete="cascade"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("item_number", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("unit_price", AMOUNT, nullable=False),
        sa.Column("tax_rate", sa.Numeric(7, 4), nullable=False),
        sa.Column("net", AMOUNT, nullable=False),
        sa.Column("delivery_date", sa.Date),
        sa.Column("confirmed_quantity", QUANTITY),
        sa.Column("confirmation_note", sa.Text),
        sa.Column("shipped_quantity", QUANTITY, nullable=False),
        sa.Column("received_quantity", QUANTITY, nullable=False),
        sa.Column("rejected_quantity", QUANTITY, nullable=False),
        sa.CheckConstraint("quantity > 0 and confirmed_quantity <= quantity", name="order_lines_confirmed"),
        sa.CheckConstraint(
            "shipped_quantity >= 0 and shipped_quantity <= coalesce(confirmed_quantity, quantity)",
            name="order_lines_shipped",
        ),
        sa.CheckConstraint(
            "rejected_quantity >= 0 and rejected_quantity <= received_quantity", name="order_lines_received"
        ),
    )
    protect(op, "order_lines", sees=OF_ITS_ORDER.format("order_lines"), writes=EITHER_SIDE)
    op.create_table(
        "order_numbers",
        sa.Column("customer_id", ID, primary_key=True),
        sa.Column("year", sa.SmallInteger, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    protect(op, "order_numbers", sees="customer_id = organisation()", operators=False, deletes=False)


def _movements() -> None:
    op.create_table(
        "goods_movements",
        sa.Column("id", ID, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("order_id", ID, sa.ForeignKey("orders.id"), nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.UniqueConstraint("order_id", "kind", "number", name="goods_movements_number_once"),
    )
    op.create_index("goods_movements_of_customer", "goods_movements", ["customer_id", "id"])
    op.create_index("goods_movements_of_supplier", "goods_movements", ["supplier_id", "id"])
    protect(
        op, "goods_movements", sees=OF_ITS_ORDER.format("goods_movements"), writes=EITHER_SIDE, deletes=False
    )


def _products() -> None:
    op.create_table(
        "products",
        sa.Column("id", ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("supplier_name", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("unit_price", AMOUNT, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("tax_rate", sa.Numeric(7, 4), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.UniqueConstraint("supplier_id", "number", name="products_number_once"),
    )
    sees = (
        "supplier_id = organisation() or exists (select from partnerships p"
        " where p.supplier_id = products.supplier_id and p.customer_id = organisation())"
    )
    protect(op, "products", sees=sees, writes="supplier_id = organisation()", deletes=False)
