"""How entries come into the ledger."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from services.chassis.database import Transaction
from services.invoicing.domain.ledger import Entry
from services.invoicing.tables import ledger


class Sides(NamedTuple):
    """Between whom an entry stands, and in which currency."""

    partnership_id: UUID
    customer_id: UUID
    supplier_id: UUID
    currency: str


def post(tx: Transaction, entries: Sequence[Entry], sides: Sides) -> None:
    """Add the entries of one or several facts; the database refuses what does not sum to zero."""
    if not entries:
        return
    rows = [
        {
            "source_type": entry.source_type.value,
            "source_id": entry.source_id,
            "entry": entry.number,
            **sides._asdict(),
            "order_id": entry.order_id,
            "invoice_id": entry.invoice_id,
            "account": entry.account.value,
            "amount": entry.amount,
            "posted_on": entry.posted_on,
            "posted_at": tx.at,
        }
        for entry in entries
    ]
    tx.write(ledger, rows)
