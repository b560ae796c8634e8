"""The tables of the orders service."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

metadata = MetaData()

ID = UUID(as_uuid=True)
QUANTITY = Numeric(20, 6)
AMOUNT = Numeric(24, 6)

orders = Table(
    "orders",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("number", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("supplier_name", Text, nullable=False),
    Column("initiator_id", ID, nullable=False),
    Column("initiator_name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount_places", SmallInteger, nullable=False),
    Column("order_date", Date, nullable=False),
    Column("delivery_date", Date),
    Column("date_proposal", JSONB(none_as_null=True)),
    Column("delivery_address", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("payment_days", Integer, nullable=False),
    Column("net", AMOUNT, nullable=False),
    Column("tax", AMOUNT, nullable=False),
    Column("gross", AMOUNT, nullable=False),
    Column("line_count", Integer, nullable=False),
    Column("flags", JSONB, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("submitted_at", DateTime(timezone=True)),
    Column("closing_reason", Text),
    UniqueConstraint("customer_id", "number", name="orders_number_once"),
    CheckConstraint("gross = net + tax", name="orders_sums"),
    Index("orders_of_customer", "customer_id", "id"),
    Index("orders_of_supplier", "supplier_id", "id"),
    Index("orders_of_customer_by_date", "customer_id", "order_date", "id"),
    Index("orders_of_supplier_by_date", "supplier_id", "order_date", "id"),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("order_id", ID, ForeignKey("orders.id", ondelete="cascade"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("customer_id", ID, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("item_number", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("quantity", QUANTITY, nullable=False),
    Column("unit_price", AMOUNT, nullable=False),
    Column("tax_rate", Numeric(7, 4), nullable=False),
    Column("net", AMOUNT, nullable=False),
    Column("delivery_date", Date),
    Column("confirmed_quantity", QUANTITY),
    Column("confirmation_note", Text),
    Column("shipped_quantity", QUANTITY, nullable=False),
    Column("received_quantity", QUANTITY, nullable=False),
    Column("rejected_quantity", QUANTITY, nullable=False),
    CheckConstraint("quantity > 0 and confirmed_quantity <= quantity", name="order_lines_confirmed"),
    CheckConstraint(
        "shipped_quantity >= 0 and shipped_quantity <= coalesce(confirmed_quantity, quantity)",
        name="order_lines_shipped",
    ),
    CheckConstraint(
        "rejected_quantity >= 0 and rejected_quantity <= received_quantity", name="order_lines_received"
    ),
)
Index(
    "order_lines_by_item",
    order_lines.c.supplier_id,
    func.lower(order_lines.c.item_number).label("item_key"),
    order_lines.c.order_id,
    postgresql_ops={"item_key": "text_pattern_ops"},
)

order_numbers = Table(
    "order_numbers",
    metadata,
    Column("customer_id", ID, primary_key=True),
    Column("year", SmallInteger, primary_key=True),
    Column("count", Integer, nullable=False),
)

goods_movements = Table(
    "goods_movements",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("order_id", ID, ForeignKey("orders.id"), nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("document", JSONB, nullable=False),
    UniqueConstraint("order_id", "kind", "number", name="goods_movements_number_once"),
    Index("goods_movements_of_customer", "customer_id", "id"),
    Index("goods_movements_of_supplier", "supplier_id", "id"),
)

products = Table(
    "products",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("supplier_name", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("unit_price", AMOUNT, nullable=False),
    Column("currency", Text, nullable=False),
    Column("tax_rate", Numeric(7, 4), nullable=False),
    Column("active", Boolean, nullable=False),
    UniqueConstraint("supplier_id", "number", name="products_number_once"),
)

# A replica, fed by accounts.
partnerships = Table(
    "partnerships",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("supplier_name", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("currency", Text, nullable=False),
    Column("lead_time_days", Integer, nullable=False),
    Column("minimum_order", AMOUNT, nullable=False),
    Column("payment_days", Integer, nullable=False),
    UniqueConstraint("customer_id", "supplier_id", name="partnerships_once"),
)
