"""A payment: money that came in on a day, the invoices it paid, and what is left of it as an advance."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from services.chassis.aggregate import Aggregate
from services.chassis.errors import Fault, Invalid
from services.contracts.actors import Actor
from services.contracts.invoicing import events
from services.contracts.invoicing.credit_notes import CreditNote
from services.contracts.invoicing.payments import Allocation, InvoicePart, PaymentStatus
from services.contracts.invoicing.payments import PaymentDocument as PaymentView
from services.contracts.invoicing.views import Payment
from services.contracts.money import EXACT, minor_unit, total
from services.contracts.parties import Party, Person
from services.invoicing.domain import ledger
from services.invoicing.domain.amounts import ZERO, spoken
from services.invoicing.domain.invoice import FIRST_MIDNIGHT, Invoice, person
from services.invoicing.domain.ledger import Entry
from services.invoicing.domain.refusals import (
    AllocatedTooMuch,
    AnotherPartnership,
    CurrencyDiffers,
    NoMoney,
    PaidInTheFuture,
    ReversedAlready,
)


@dataclass(frozen=True, slots=True)
class Part:
    """What of a payment goes to one invoice, by the identity the allocation will have."""

    id: UUID
    invoice: Invoice
    amount: Decimal


def each_once(parts: Sequence[InvoicePart]) -> tuple[InvoicePart, ...]:
    """The parts in the order of their invoices' ids, in which they are locked; one for each invoice."""
    seen: set[UUID] = set()
    faults: list[Fault] = []
    for place, part in enumerate(parts):
        if part.invoice_id in seen:
            faults.append(Fault(f"/allocations/{place}/invoice_id", "stands here twice"))
        seen.add(part.invoice_id)
    if faults:
        raise Invalid("Name each invoice once.", faults)
    return tuple(sorted(parts, key=lambda part: part.invoice_id))


@dataclass(eq=False, kw_only=True)
class PaymentDocument(Aggregate):
    """Money a customer has paid a supplier."""

    noun: ClassVar[str] = "payment"

    id: UUID
    partnership_id: UUID
    customer: Party
    supplier: Party
    currency: str
    amount: Decimal
    paid_on: date
    reference: str
    registered_by: Person
    registered_at: datetime
    allocations: tuple[Allocation, ...] = ()
    reversed_by: Person | None = None
    reversed_at: datetime | None = None
    reversal_reason: str = ""
    credit_note_id: UUID | None = None
    """What made this advance when it was no money."""

    new_allocations: list[Allocation] = field(default_factory=list)
    new_entries: list[Entry] = field(default_factory=list)
    """What was made since it was loaded and is stored beside it."""

    @classmethod
    def record_for(
        cls,
        *,
        payment_id: UUID,
        partnership_id: UUID,
        customer: Party,
        supplier: Party,
        currency: str,
        amount: Decimal,
        paid_on: date | None,
        reference: str,
        parts: Sequence[Part],
        by: Actor,
        at: datetime,
    ) -> "PaymentDocument":
        """Take in money. What the parts leave of it is an advance."""
        day = paid_on or at.date()
        if day > (at + FIRST_MIDNIGHT).date():
            raise PaidInTheFuture(f"{day} has not come yet. Register it once it is made.")
        payment = cls(
            id=payment_id,
            partnership_id=partnership_id,
            customer=customer,
            supplier=supplier,
            currency=currency,
            amount=amount,
            paid_on=day,
            reference=reference,
            registered_by=person(by),
            registered_at=at,
        )
        payment._pay(parts, on=day, by=by, at=at)
        posted = ledger.of_payment(payment_id, amount, _shares(parts), day)
        payment.new_entries.extend(posted)
        payment.record(events.AdvancePaid if payment.advance else events.PaymentRecorded)
        return payment

    @classmethod
    def from_credit(cls, note: CreditNote, *, payment_id: UUID) -> "PaymentDocument | None":
        """The advance that a credit note leaves of what was paid already; the credit note has posted it."""
        if not note.advance:
            return None
        advance = cls(
            id=payment_id,
            partnership_id=note.partnership_id,
            customer=note.customer,
            supplier=note.supplier,
            currency=note.currency,
            amount=note.advance,
            paid_on=note.issue_date,
            reference=note.number,
            registered_by=note.issued_by,
            registered_at=note.issued_at,
            credit_note_id=note.id,
        )
        advance.record(events.PaymentRecorded)
        return advance

    def allocate(self, parts: Sequence[Part], *, by: Actor, at: datetime) -> None:
        """Pay invoices with what is left of it."""
        self._check_not_reversed("allocated")
        on = at.date()
        self._pay(parts, on=on, by=by, at=at)
        for part, share in zip(parts, _shares(parts), strict=True):
            self.new_entries.extend(ledger.of_allocation(part.id, share, on))
        self.record(events.AdvanceAllocated)

    def reverse(self, invoices: Sequence[Invoice], *, reason: str, by: Actor, at: datetime) -> None:
        """Take it back: the invoices it paid, which are those given here, are open again; nothing is deleted."""
        self._check_not_reversed("reversed")
        if self.credit_note_id is not None:
            raise NoMoney(f"This advance comes from credit note {self.reference}, which is not taken back.")
        paid = {invoice.id: invoice for invoice in invoices}
        for allocation in self.allocations:
            paid[allocation.invoice_id].take_back(self._as_paid(allocation))
        shares = [ledger.Share(each.invoice_id, each.order_id, each.amount) for each in self.allocations]
        self.new_entries.extend(ledger.of_reversal(self.id, self.amount, shares, at.date()))
        self.reversed_by, self.reversed_at, self.reversal_reason = person(by), at, reason
        self.record(events.PaymentReversed)

    def _pay(self, parts: Sequence[Part], *, on: date, by: Actor, at: datetime) -> None:
        asked = total(part.amount for part in parts)
        if asked > self.advance:
            places = minor_unit(self.currency)
            raise AllocatedTooMuch(
                f"The invoices come to {spoken(asked, places)} {self.currency}, and there are "
                f"{spoken(self.advance, places)} to pay them with."
            )
        for part in parts:
            self._check_fits(part.invoice)
            allocation = Allocation(
                id=part.id,
                invoice_id=part.invoice.id,
                invoice_number=part.invoice.number or "–",
                order_id=part.invoice.order_id,
                amount=part.amount,
                allocated_on=on,
                allocated_by=person(by),
                allocated_at=at,
            )
            part.invoice.pay(self._as_paid(allocation), at=at)
            self.allocations = (*self.allocations, allocation)
            self.new_allocations.append(allocation)

    def _check_fits(self, invoice: Invoice) -> None:
        if invoice.partnership_id != self.partnership_id:
            raise AnotherPartnership(
                f"Invoice {invoice.number} is of {invoice.supplier.name} for {invoice.customer.name}; this "
                f"payment is for {self.supplier.name}."
            )
        if invoice.currency != self.currency:
            raise CurrencyDiffers(
                f"Invoice {invoice.number} is in {invoice.currency}, and the payment in {self.currency}."
            )

    def _check_not_reversed(self, done: str) -> None:
        if self.reversed_at is not None:
            raise ReversedAlready(f"This payment was taken back: it cannot be {done} any more.")

    def _as_paid(self, allocation: Allocation) -> Payment:
        """The allocation as the invoice tells it."""
        return Payment(
            id=allocation.id,
            invoice_id=allocation.invoice_id,
            amount=allocation.amount,
            currency=self.currency,
            paid_on=allocation.allocated_on,
            reference=self.reference,
            registered_by=allocation.allocated_by,
            registered_at=allocation.allocated_at,
            payment_id=self.id,
        )

    @property
    def allocated(self) -> Decimal:
        """What of it pays invoices."""
        return ZERO if self.reversed_at else total(each.amount for each in self.allocations)

    @property
    def advance(self) -> Decimal:
        """What is left of it."""
        return ZERO if self.reversed_at else EXACT.subtract(self.amount, self.allocated)

    @property
    def status(self) -> PaymentStatus:
        """Where it stands."""
        if self.reversed_at is not None:
            return PaymentStatus.REVERSED
        return PaymentStatus.ADVANCE if self.advance else PaymentStatus.ALLOCATED

    def view(self) -> PaymentView:
        """The payment as both sides see it."""
        return PaymentView(
            id=self.id,
            partnership_id=self.partnership_id,
            customer=self.customer,
            supplier=self.supplier,
            status=self.status,
            currency=self.currency,
            amount=self.amount,
            allocated=self.allocated,
            advance=self.advance,
            paid_on=self.paid_on,
            reference=self.reference,
            allocations=self.allocations,
            registered_by=self.registered_by,
            registered_at=self.registered_at,
            reversed_by=self.reversed_by,
            reversed_at=self.reversed_at,
            reversal_reason=self.reversal_reason,
            credit_note_id=self.credit_note_id,
            sequence=self.sequence,
        )


def _shares(parts: Sequence[Part]) -> list[ledger.Share]:
    return [ledger.Share(part.invoice.id, part.invoice.order_id, part.amount) for part in parts]
