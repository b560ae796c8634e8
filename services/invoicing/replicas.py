"""What the invoicing service remembers of its neighbours: orders, and partnerships from accounts."""

from collections.abc import Sequence
from typing import Any

from services.chassis.database import Transaction
from services.chassis.envelope import Incoming
from services.contracts.accounts.events import PartnershipChanged
from services.contracts.orders.views import Order
from services.invoicing.tables import orders, partnerships


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
