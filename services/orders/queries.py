"""How orders, products and goods movements are read and written: explicit statements, one per table."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Text, any_, bindparam, delete, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.chassis import history, paging, wire
from services.chassis.database import Transaction
from services.chassis.statements import prepared
from services.contracts.orders import commands, events, views
from services.contracts.parties import Party, Person
from services.orders.domain import Line, Order, Terms
from services.orders.lists import containing
from services.orders.tables import goods_movements, order_lines, order_numbers, orders, partnerships, products

# The facts after which the lines have to be written again; the others leave them as they are.
TOUCH_LINES = (
    events.OrderDraftChanged,
    events.OrderRevised,
    events.OrderConfirmed,
    events.GoodsIssued,
    events.GoodsReceived,
)

_THIS_ORDER = select(orders).where(orders.c.id == bindparam("order_id"))
_ORDER = prepared(_THIS_ORDER)
_ORDER_LOCKED = prepared(_THIS_ORDER.with_for_update())
_LINES = prepared(
    select(order_lines).where(order_lines.c.order_id == bindparam("order_id")).order_by(order_lines.c.number)
)
_DELETE_ORDER = delete(orders).where(
    orders.c.id == bindparam("order_id"), orders.c.sequence == bindparam("loaded_sequence")
)


class OrderStore:
    """Loads and saves purchase orders."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> Order | None:
        """The order with its lines."""
        row = tx.execute(_ORDER_LOCKED if lock else _ORDER, {"order_id": id}).one_or_none()
        if row is None:
            return None
        return _order(row, [_line(line) for line in tx.execute(_LINES, {"order_id": id})])

    def insert(self, tx: Transaction, order: Order) -> None:
        """Write a new order."""
        tx.write(orders, [_row(order)])
        tx.write(order_lines, _line_rows(order))

    def update(self, tx: Transaction, order: Order, loaded_sequence: int) -> int:
        """Write a changed order, or remove a deleted draft."""
        if isinstance(order.facts[-1].event, events.OrderDraftDeleted):
            this = {"order_id": order.id, "loaded_sequence": loaded_sequence}
            return tx.execute(_DELETE_ORDER, this).rowcount
        count = tx.overwrite(orders, _row(order), order.id, loaded_sequence)
        if count and any(isinstance(fact.event, TOUCH_LINES) for fact in order.facts):
            _rewrite_lines(tx, order)
        return count


def _rewrite_lines(tx: Transaction, order: Order) -> None:
    tx.execute(
        delete(order_lines).where(order_lines.c.order_id == order.id, order_lines.c.number > len(order.lines))
    )
    wish = insert(order_lines).values(_line_rows(order))
    changed = {
        column.name: wish.excluded[column.name] for column in order_lines.columns if not column.primary_key
    }
    tx.execute(wish.on_conflict_do_update(index_elements=["order_id", "number"], set_=changed))


def _row(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "sequence": order.sequence,
        "number": order.number,
        "status": order.status.value,
        "customer_id": order.customer.id,
        "customer_name": order.customer.name,
        "supplier_id": order.supplier.id,
        "supplier_name": order.supplier.name,
        "initiator_id": order.initiator.id,
        "initiator_name": order.initiator.name,
        "currency": order.currency,
        "amount_places": order.amount_places,
        "order_date": order.order_date,
        "delivery_date": order.delivery_date,
        "date_proposal": wire.encode(order.date_proposal),
        "delivery_address": order.delivery_address,
        "note": order.note,
        "payment_days": order.payment_days,
        "net": order.net,
        "tax": order.tax,
        "gross": order.gross,
        "line_count": len(order.lines),
        "flags": wire.encode(order.flags),
        "revision": order.revision,
        "submitted_at": order.submitted_at,
        "closing_reason": order.closing_reason,
    }


def _line_rows(order: Order) -> list[dict[str, Any]]:
    return [
        {
            "order_id": order.id,
            "number": line.number,
            "customer_id": order.customer.id,
            "supplier_id": order.supplier.id,
            "item_number": line.item_number,
            "description": line.description,
            "unit": line.unit,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "tax_rate": line.tax_rate,
            "net": line.net,
            "delivery_date": line.delivery_date,
            "confirmed_quantity": line.confirmed_quantity,
            "confirmation_note": line.confirmation_note,
            "shipped_quantity": line.shipped_quantity,
            "received_quantity": line.received_quantity,
            "rejected_quantity": line.rejected_quantity,
        }
        for line in order.lines
    ]


def _order(row: Row[Any], lines: list[Line]) -> Order:
    order = Order(
        id=row.id,
        number=row.number,
        customer=Party(id=row.customer_id, name=row.customer_name),
        supplier=Party(id=row.supplier_id, name=row.supplier_name),
        initiator=Person(id=row.initiator_id, name=row.initiator_name),
        currency=row.currency,
        amount_places=row.amount_places,
        order_date=row.order_date,
        payment_days=row.payment_days,
        lines=lines,
        delivery_date=row.delivery_date,
        delivery_address=row.delivery_address,
        note=row.note,
        status=views.OrderStatus(row.status),
        date_proposal=wire.decode(views.DateProposal, row.date_proposal) if row.date_proposal else None,
        flags=tuple(wire.decode(views.Flag, flag) for flag in row.flags),
        revision=row.revision,
        submitted_at=row.submitted_at,
        closing_reason=row.closing_reason,
        net=row.net,
        tax=row.tax,
        gross=row.gross,
    )
    order.sequence = row.sequence
    return order


def _line(row: Row[Any]) -> Line:
    return Line(
        number=row.number,
        item_number=row.item_number,
        description=row.description,
        unit=row.unit,
        quantity=row.quantity,
        unit_price=row.unit_price,
        tax_rate=row.tax_rate,
        net=row.net,
        delivery_date=row.delivery_date,
        confirmed_quantity=row.confirmed_quantity,
        confirmation_note=row.confirmation_note,
        shipped_quantity=row.shipped_quantity,
        received_quantity=row.received_quantity,
        rejected_quantity=row.rejected_quantity,
    )


_COUNT_UP = prepared(
    insert(order_numbers)
    .values(customer_id=bindparam("customer_id"), year=bindparam("year"), count=1)
    .on_conflict_do_update(index_elements=["customer_id", "year"], set_={"count": order_numbers.c.count + 1})
    .returning(order_numbers.c.count)
)


def next_number(tx: Transaction, customer_id: UUID, year: int) -> int:
    """The customer's next order number of the year. Others wait until this transaction ends: no gaps."""
    number: int = tx.execute(_COUNT_UP, {"customer_id": customer_id, "year": year}).scalar_one()
    return number


# ------------------------------------------------------------------------------------------- partnerships


_PARTNERSHIP = prepared(
    select(partnerships).where(
        partnerships.c.customer_id == bindparam("customer_id"),
        partnerships.c.supplier_id == bindparam("supplier_id"),
    )
)


def terms_between(tx: Transaction, customer_id: UUID, supplier_id: UUID) -> Terms | None:
    """What the two have agreed; None when they are not linked, as far as is known here."""
    pair = {"customer_id": customer_id, "supplier_id": supplier_id}
    row = tx.execute(_PARTNERSHIP, pair).one_or_none()
    if row is None:
        return None
    return Terms(
        customer=Party(id=row.customer_id, name=row.customer_name),
        supplier=Party(id=row.supplier_id, name=row.supplier_name),
        enabled=row.enabled,
        currency=row.currency,
        lead_time_days=row.lead_time_days,
        minimum_order=row.minimum_order,
        payment_days=row.payment_days,
    )


# ---------------------------------------------------------------------------------------------- products


_PRODUCTS = prepared(
    select(products).where(
        products.c.supplier_id == bindparam("supplier_id"),
        products.c.number == any_(bindparam("numbers", type_=ARRAY(Text))),
        products.c.active,
    )
)


def products_by_number(
    tx: Transaction, supplier_id: UUID, numbers: Sequence[str]
) -> dict[str, views.Product]:
    """The supplier's products with these numbers that can be ordered."""
    rows = tx.execute(_PRODUCTS, {"supplier_id": supplier_id, "numbers": list(numbers)})
    return {row.number: _product(row) for row in rows}


def product_with_number(tx: Transaction, supplier_id: UUID, number: str) -> views.Product | None:
    """The supplier's product with this number, locked for change."""
    row = tx.execute(
        select(products)
        .where(products.c.supplier_id == supplier_id, products.c.number == number)
        .with_for_update()
    ).one_or_none()
    return None if row is None else _product(row)


def save_product(tx: Transaction, product: views.Product) -> None:
    """Write a product, new or changed."""
    row = {
        "id": product.id,
        "sequence": product.sequence,
        "supplier_id": product.supplier.id,
        "supplier_name": product.supplier.name,
        "number": product.number,
        "name": product.name,
        "unit": product.unit,
        "unit_price": product.unit_price,
        "currency": product.currency,
        "tax_rate": product.tax_rate,
        "active": product.active,
    }
    wish = insert(products).values(row)
    changed = {name: wish.excluded[name] for name in row if name != "id"}
    tx.execute(wish.on_conflict_do_update(index_elements=["id"], set_=changed))


def list_products(tx: Transaction, supplier_id: UUID, question: commands.ListProducts) -> views.ProductPage:
    """A page of a supplier's products, by number."""
    wanted = select(products).where(products.c.supplier_id == supplier_id)
    if question.active is not None:
        wanted = wanted.where(products.c.active == question.active)
    if question.search:
        pattern = containing(question.search)
        wanted = wanted.where(
            or_(products.c.number.ilike(pattern, escape="\\"), products.c.name.ilike(pattern, escape="\\"))
        )
    if question.after:
        (number,) = paging.key_of(question.after, str)
        wanted = wanted.where(products.c.number > number)
    rows = list(tx.execute(wanted.order_by(products.c.number).limit(question.limit + 1)))
    shown, following = paging.page(rows, question.limit, lambda row: (row.number,))
    return views.ProductPage(items=tuple(_product(row) for row in shown), next=following)


def _product(row: Row[Any]) -> views.Product:
    return views.Product(
        id=row.id,
        supplier=Party(id=row.supplier_id, name=row.supplier_name),
        number=row.number,
        name=row.name,
        unit=row.unit,
        unit_price=row.unit_price,
        currency=row.currency,
        tax_rate=row.tax_rate,
        active=row.active,
        sequence=row.sequence,
    )


# ---------------------------------------------------------------------------------------------- movements


def _of_party(tx: Transaction, table: Any, partner_id: UUID | None) -> list[Any]:
    """The conditions that keep to the actor's documents; row-level security would hide the others anyway."""
    me = tx.actor.organisation_id
    kind = tx.actor.kind.value
    if kind == "customer":
        mine = [table.c.customer_id == me]
        return mine if partner_id is None else [*mine, table.c.supplier_id == partner_id]
    if kind == "supplier":
        mine = [table.c.supplier_id == me]
        if table is orders:
            mine.append(orders.c.status != views.OrderStatus.DRAFT.value)
        return mine if partner_id is None else [*mine, table.c.customer_id == partner_id]
    if partner_id is None:
        return []
    return [or_(table.c.customer_id == partner_id, table.c.supplier_id == partner_id)]


def insert_movement(tx: Transaction, movement: views.GoodsMovement) -> None:
    """Write a goods issue or receipt."""
    tx.execute(
        goods_movements.insert(),
        {
            "id": movement.id,
            "kind": movement.kind.value,
            "number": movement.number,
            "order_id": movement.order_id,
            "customer_id": movement.customer.id,
            "supplier_id": movement.supplier.id,
            "document": wire.encode(movement),
        },
    )


def list_movements(tx: Transaction, question: commands.ListGoodsMovements) -> views.GoodsMovementPage:
    """A page of goods issues and receipts, newest first."""
    wanted = select(goods_movements.c.id, goods_movements.c.document)
    for condition in _of_party(tx, goods_movements, None):
        wanted = wanted.where(condition)
    if question.kind is not None:
        wanted = wanted.where(goods_movements.c.kind == question.kind.value)
    if question.order_id is not None:
        wanted = wanted.where(goods_movements.c.order_id == question.order_id)
    if question.after:
        wanted = wanted.where(goods_movements.c.id < paging.key_of(question.after, paging.identifier)[0])
    rows = list(tx.execute(wanted.order_by(goods_movements.c.id.desc()).limit(question.limit + 1)))
    shown, following = paging.page(rows, question.limit, lambda row: (row.id,))
    items = tuple(wire.decode(views.GoodsMovement, row.document) for row in shown)
    return views.GoodsMovementPage(items=items, next=following)


def orders_statement(tx: Transaction, question: commands.GetOrdersStatement) -> views.OrdersStatement:
    """Ordered, shipped and pending of the orders in progress, and of no others (S-172)."""
    due = func.coalesce(order_lines.c.confirmed_quantity, order_lines.c.quantity)
    pending = func.greatest(due - order_lines.c.shipped_quantity, 0).label("pending")
    wanted = (
        select(
            orders,
            order_lines.c.item_number,
            order_lines.c.description,
            order_lines.c.unit,
            order_lines.c.quantity,
            order_lines.c.shipped_quantity,
            pending,
        )
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .where(orders.c.status == views.OrderStatus.IN_PROGRESS.value)
        .order_by(orders.c.id, order_lines.c.number)
    )
    for condition in _of_party(tx, orders, question.partner_id):
        wanted = wanted.where(condition)
    lines = tuple(
        views.StatementLine(
            order_id=row.id,
            order_number=row.number,
            customer=Party(id=row.customer_id, name=row.customer_name),
            supplier=Party(id=row.supplier_id, name=row.supplier_name),
            item_number=row.item_number,
            description=row.description,
            unit=row.unit,
            ordered=row.quantity,
            shipped=row.shipped_quantity,
            pending=row.pending,
        )
        for row in tx.execute(wanted)
    )
    return views.OrdersStatement(lines=lines)


# ----------------------------------------------------------------------------------------------- history


def order_history(tx: Transaction, order_id: UUID) -> views.OrderHistory:
    """What the journal knows of an order, as far as the actor may know it."""
    entries = tuple(
        views.HistoryEntry(**history.told(step), state=wire.decode(views.Order, step.data["order"]))
        for step in history.steps(tx, Order.noun, order_id)
    )
    return views.OrderHistory(entries=entries)
