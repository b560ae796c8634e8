"""What the orders service remembers of its neighbours: partnerships, from accounts."""

from collections.abc import Sequence
from typing import Any

from services.chassis.database import Transaction
from services.chassis.envelope import Incoming
from services.contracts.accounts.events import PartnershipChanged
from services.orders.tables import partnerships


def remember_partnerships(tx: Transaction, events: Sequence[Incoming[PartnershipChanged]]) -> None:
    """Take in partnerships as they now stand; an older state never overwrites a newer one."""
    tx.upsert_newer(partnerships, [_row(event) for event in events])


def _row(event: Incoming[PartnershipChanged]) -> dict[str, Any]:
    partnership = event.data.partnership
    return {
        "id": partnership.id,
        "sequence": event.sequence,
        "customer_id": partnership.customer.id,
        "customer_name": partnership.customer.name,
        "supplier_id": partnership.supplier.id,
        "supplier_name": partnership.supplier.name,
        "enabled": partnership.enabled,
        "currency": partnership.currency,
        "lead_time_days": partnership.lead_time_days,
        "minimum_order": partnership.minimum_order,
        "payment_days": partnership.payment_days,
    }
