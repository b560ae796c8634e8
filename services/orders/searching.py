"""Orders found by what people remember of them: a number, a partner, an item."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from services.chassis.database import Transaction
from services.contracts.actors import OrganisationKind
from services.contracts.orders import commands
from services.contracts.orders.views import OrderStatus
from services.contracts.parties import Party
from services.contracts.search import FoundBy, Hit, HitKind, Hits
from services.orders.lists import beginning, containing
from services.orders.tables import order_lines, orders, partnerships


def search(tx: Transaction, question: commands.SearchOrders) -> Hits:
    """The closest hits: each way to find is asked only while there is room."""
    found: dict[Any, Hit] = {}
    for found_by, condition in _ways(tx, question.text):
        if len(found) < question.limit:
            for hit in _hits(tx, found_by, condition, question.limit):
                found.setdefault(hit.id, hit)
    return Hits(items=tuple(found.values())[: question.limit])


def _ways(tx: Transaction, text: str) -> list[tuple[FoundBy, ColumnElement[bool]]]:
    pattern = containing(text)
    return [
        (FoundBy.NUMBER, orders.c.number.ilike(pattern, escape="\\")),
        (FoundBy.PARTNER, _partner_name(tx).ilike(pattern, escape="\\")),
        (FoundBy.ITEM, _has_item(tx, text)),
    ]


def _partner_name(tx: Transaction) -> ColumnElement[str]:
    return orders.c.customer_name if tx.actor.kind is OrganisationKind.SUPPLIER else orders.c.supplier_name


def _has_item(tx: Transaction, text: str) -> ColumnElement[bool]:
    """By how the item's number begins; its supplier is named so that the index is of use to both sides."""
    key = func.lower(order_lines.c.item_number).like(beginning(text.lower()), escape="\\")
    lines = select(order_lines.c.order_id).where(key)
    me = tx.actor.organisation_id
    if tx.actor.kind is OrganisationKind.SUPPLIER:
        lines = lines.where(order_lines.c.supplier_id == me)
    elif tx.actor.kind is OrganisationKind.CUSTOMER:
        suppliers = select(partnerships.c.supplier_id).where(partnerships.c.customer_id == me)
        lines = lines.where(order_lines.c.supplier_id.in_(suppliers), order_lines.c.customer_id == me)
    return orders.c.id.in_(lines)


def _mine(tx: Transaction) -> list[ColumnElement[bool]]:
    me = tx.actor.organisation_id
    match tx.actor.kind:
        case OrganisationKind.CUSTOMER:
            return [orders.c.customer_id == me]
        case OrganisationKind.SUPPLIER:
            return [orders.c.supplier_id == me, orders.c.status != OrderStatus.DRAFT.value]
    return []


def _hits(tx: Transaction, found_by: FoundBy, condition: ColumnElement[bool], most: int) -> list[Hit]:
    wanted = select(orders).where(*_mine(tx), condition).order_by(orders.c.id.desc()).limit(most)
    at_supplier = tx.actor.kind is OrganisationKind.SUPPLIER
    return [
        Hit(
            kind=HitKind.ORDER,
            id=row.id,
            number=row.number,
            found_by=found_by,
            partner=(
                Party(id=row.customer_id, name=row.customer_name)
                if at_supplier
                else Party(id=row.supplier_id, name=row.supplier_name)
            ),
            status=row.status,
            day=row.order_date,
            currency=row.currency,
            gross=row.gross,
        )
        for row in tx.execute(wanted)
    ]
