"""What an order has been billed so far: every invoice of it that counts, kept while its row is locked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from services.contracts.invoicing.views import AmountBase, EarlierInvoice, EarlierLine, InvoiceStatus
from services.invoicing.domain.amounts import ZERO
from services.invoicing.domain.checks import UNDECIDED

NOT_COUNTED = frozenset({InvoiceStatus.DRAFT, InvoiceStatus.REJECTED, InvoiceStatus.CANCELED})
"""Drafts are not sent yet; what was rejected or canceled is not owed (D-1)."""


@dataclass(frozen=True, slots=True)
class Counted:
    """An invoice of the order that counts against its limit."""

    id: UUID
    number: str
    status: InvoiceStatus
    net: Decimal
    gross: Decimal
    submitted_at: datetime
    lines: tuple[EarlierLine, ...] = ()
    """Only where a rule asks for them."""
    charges: Decimal = ZERO

    def earlier(self, base: AmountBase, *, both: bool = False, charges: bool = False) -> EarlierInvoice:
        """It as a match decision keeps it; with its other total and its charges where a rule asks for them."""
        amount, other = (self.net, self.gross) if base is AmountBase.NET else (self.gross, self.net)
        return EarlierInvoice(
            id=self.id,
            number=self.number,
            status=self.status,
            amount=amount,
            other_amount=other if both else None,
            charges=self.charges if charges else None,
            lines=self.lines,
        )


class Book:
    """The invoices of one order in the order in which they were sent; `drafts` is how many are not sent."""

    def __init__(self, counted: Iterable[Counted], *, drafts: int = 0) -> None:
        self._counted = {entry.id: entry for entry in counted if entry.status not in NOT_COUNTED}
        self.untouched = not self._counted and not drafts
        """Nothing of the order was on any invoice yet."""

    def put(self, entry: Counted) -> None:
        """Note that an invoice was sent, or has changed its status. What it billed of each line stays."""
        before = self._counted.pop(entry.id, None)
        if entry.status not in NOT_COUNTED:
            lines = entry.lines if before is None else entry.lines or before.lines
            self._counted[entry.id] = replace(entry, lines=lines)

    def before(self, entry: Counted) -> tuple[Counted, ...]:
        """What counts besides `entry`: all that is approved, and what was sent before it and is undecided."""
        return tuple(other for other in self._sorted() if other.id != entry.id and _counts(other, entry))

    def waiting(self) -> tuple[UUID, ...]:
        """The invoices that wait for an earlier one, in the order in which they were sent."""
        return tuple(entry.id for entry in self._sorted() if entry.status is InvoiceStatus.MATCHING)

    def _sorted(self) -> list[Counted]:
        return sorted(self._counted.values(), key=_place)


def _place(entry: Counted) -> tuple[datetime, UUID]:
    return (entry.submitted_at, entry.id)


def _counts(other: Counted, entry: Counted) -> bool:
    return other.status not in UNDECIDED or _place(other) < _place(entry)
