"""What the invoicing service remembers of its neighbours: orders; partnerships and people from accounts."""

from collections.abc import Sequence
from typing import Any

from services.chassis.database import Transaction
from services.chassis.envelope import Incoming
from services.contracts.accounts.events import ContactChanged, PartnershipChanged
from services.contracts.accounts.views import MembershipStatus
from services.contracts.orders.views import Order
from services.invoicing.tables import orders, partnerships, people


def remember_orders(tx: Transaction, events: Sequence[Incoming[Any]]) -> None:
    """Take in orders as they now stand; an older state never overwrites a newer one."""
    tx.upsert_newer(orders, [_order_row(event.data.order, event.raw["order"]) for event in events])


def _order_row(order: Order, document: Any) -> dict[str, Any]:
    return {
        "id": order.id,
        "sequence": order.sequence,
        "customer_id": order.customer.id,
        "supplier_id": order.supplier.id,
        "document": document,
    }


def remember_partnerships(tx: Transaction, events: Sequence[Incoming[PartnershipChanged]]) -> None:
    """Take in partnerships as they now stand; an older state never overwrites a newer one."""
    tx.upsert_newer(partnerships, [_partnership_row(event) for event in events])


def _partnership_row(event: Incoming[PartnershipChanged]) -> dict[str, Any]:
    partnership = event.data.partnership
    return {
        "id": partnership.id,
        "sequence": event.sequence,
        "customer_id": partnership.customer.id,
        "customer_name": partnership.customer.name,
        "supplier_id": partnership.supplier.id,
        "supplier_name": partnership.supplier.name,
        "enabled": partnership.enabled,
        "tolerance_rate": partnership.tolerance_rate,
        "tolerance_base": partnership.tolerance_base.value,
    }


def remember_people(tx: Transaction, events: Sequence[Incoming[ContactChanged]]) -> None:
    """Take in people as they now stand, with the organisations they may act for at present."""
    tx.upsert_newer(people, [_person_row(event) for event in events])


def _person_row(event: Incoming[ContactChanged]) -> dict[str, Any]:
    user = event.data.user
    return {
        "id": user.id,
        "sequence": user.sequence,
        "name": user.name,
        "email": user.email,
        "phone": user.phone,
        "organisations": [
            standing.organisation.id
            for standing in user.standings
            if standing.status is MembershipStatus.ACTIVE
        ],
    }
