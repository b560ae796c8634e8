"""A credit note: what a supplier gives back of an invoice. By quantity and by value are different facts.

By quantity, goods are taken off the invoice: they can be invoiced anew. By value, what was delivered stays
billed and costs less. Neither ever gives back more than was invoiced: not of a line, not of a tax, not in all.
"""

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
from services.contracts.invoicing.credit_notes import CreditBasis, CreditContent, CreditLine
from services.contracts.invoicing.credit_notes import CreditNote as CreditNoteView
from services.contracts.invoicing.views import InvoiceLine, TaxAmount
from services.contracts.money import EXACT, percentage, product, rounded, total
from services.contracts.parties import Party, Person
from services.invoicing.domain import ledger
from services.invoicing.domain.amounts import ZERO, plain, spoken
from services.invoicing.domain.invoice import FIRST_MIDNIGHT, Invoice, number_key, person
from services.invoicing.domain.ledger import Entry
from services.invoicing.domain.refusals import CreditedTooMuch, IssuedInTheFuture


@dataclass(eq=False, kw_only=True)
class CreditNote(Aggregate):
    """What a supplier has given back of one invoice; never changed once it is issued."""

    noun: ClassVar[str] = "credit_note"

    id: UUID
    number: str
    invoice_id: UUID
    invoice_number: str
    order_id: UUID
    order_number: str
    partnership_id: UUID
    supplier: Party
    customer: Party
    initiator: Person
    basis: CreditBasis
    reason: str
    dispute_id: UUID | None
    currency: str
    amount_places: int
    issue_date: date
    lines: tuple[CreditLine, ...]
    taxes: tuple[TaxAmount, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    deducted: Decimal
    issued_by: Person
    issued_at: datetime

    new_entries: list[Entry] = field(default_factory=list)

    @classmethod
    def issue(
        cls,
        invoice: Invoice,
        *,
        credit_note_id: UUID,
        number: str,
        basis: CreditBasis,
        reason: str,
        issue_date: date | None,
        dispute_id: UUID | None,
        contents: Sequence[CreditContent],
        by: Actor,
        at: datetime,
    ) -> "CreditNote":
        """Credit an invoice, which is told and owes less from now on."""
        day = issue_date or at.date()
        if not number_key(number):
            raise Invalid("The number is not usable.", [Fault("/number", "needs a letter or a digit")])
        if day > (at + FIRST_MIDNIGHT).date():
            raise IssuedInTheFuture(f"{day} has not come yet. Date the credit note today or earlier.")
        if day < invoice.issue_date:
            fault = Fault("/issue_date", f"is before {invoice.issue_date}, the date of the invoice")
            raise Invalid("A credit note follows its invoice.", [fault])
        invoice.check_creditable()
        lines = _lines(invoice, basis, contents)
        taxes = _taxes(invoice, lines)
        net, tax = total(line.net for line in lines), total(one.amount for one in taxes)
        gross = EXACT.add(net, tax)
        deducted = min(gross, invoice.open)
        note = cls(
            id=credit_note_id,
            number=number,
            invoice_id=invoice.id,
            invoice_number=invoice.number or "–",
            order_id=invoice.order_id,
            order_number=invoice.order_number,
            partnership_id=invoice.partnership_id,
            supplier=invoice.supplier,
            customer=invoice.customer,
            initiator=invoice.initiator,
            basis=basis,
            reason=reason,
            dispute_id=dispute_id,
            currency=invoice.currency,
            amount_places=invoice.amount_places,
            issue_date=day,
            lines=lines,
            taxes=taxes,
            net=net,
            tax=tax,
            gross=gross,
            deducted=deducted,
            issued_by=person(by),
            issued_at=at,
        )
        posted = ledger.of_credit(
            credit_note_id, ledger.Share(invoice.id, invoice.order_id, deducted), net, tax, day
        )
        note.new_entries.extend(posted)
        note.record(events.CreditNoteIssued)
        invoice.credit(note.view(), by=by, at=at)
        return note

    @property
    def advance(self) -> Decimal:
        """What was paid already and is owed to the customer now."""
        return EXACT.subtract(self.gross, self.deducted)

    def view(self) -> CreditNoteView:
        """The credit note as both sides see it."""
        return CreditNoteView(
            id=self.id,
            number=self.number,
            invoice_id=self.invoice_id,
            invoice_number=self.invoice_number,
            order_id=self.order_id,
            order_number=self.order_number,
            partnership_id=self.partnership_id,
            supplier=self.supplier,
            customer=self.customer,
            initiator=self.initiator,
            basis=self.basis,
            reason=self.reason,
            dispute_id=self.dispute_id,
            currency=self.currency,
            amount_places=self.amount_places,
            issue_date=self.issue_date,
            lines=self.lines,
            taxes=self.taxes,
            net=self.net,
            tax=self.tax,
            gross=self.gross,
            deducted=self.deducted,
            advance=self.advance,
            issued_by=self.issued_by,
            issued_at=self.issued_at,
            sequence=self.sequence,
        )


def _lines(invoice: Invoice, basis: CreditBasis, contents: Sequence[CreditContent]) -> tuple[CreditLine, ...]:
    billed = {line.number: line for line in invoice.lines}
    faults: list[Fault] = []
    seen: set[int] = set()
    lines: list[CreditLine] = []
    for place, content in enumerate(contents):
        line = billed.get(content.line)
        if line is None or content.line in seen:
            why = "stands here twice" if line else f"invoice {invoice.number} has no such line"
            faults.append(Fault(f"/lines/{place}/line", why))
            continue
        seen.add(content.line)
        fits_not = content.amount if basis is CreditBasis.QUANTITY else content.quantity
        if fits_not is not None:
            name = "amount" if basis is CreditBasis.QUANTITY else "quantity"
            faults.append(Fault(f"/lines/{place}/{name}", f"is not for a credit note by {basis.value}"))
            continue
        quantity, net = (
            _by_quantity(invoice, line, content.quantity)
            if basis is CreditBasis.QUANTITY
            else (None, _by_value(invoice, line, content.amount))
        )
        lines.append(
            CreditLine(
                number=len(lines) + 1,
                invoice_line=line.number,
                item_number=line.item_number,
                description=line.description,
                unit=line.unit,
                quantity=quantity,
                unit_price=line.unit_price,
                tax_rate=line.tax_rate,
                net=net,
            )
        )
    if faults:
        raise Invalid("The credit note has faults; each is named below.", faults)
    return tuple(lines)


def _by_quantity(invoice: Invoice, line: InvoiceLine, asked: Decimal | None) -> tuple[Decimal, Decimal]:
    left = EXACT.subtract(line.quantity, line.credited_quantity)
    quantity = left if asked is None else asked
    if quantity > left or left == ZERO:
        raise CreditedTooMuch(
            f"Of line {line.number} of invoice {invoice.number} {plain(left)} of {plain(line.quantity)} "
            f"{line.unit} are not credited yet: {plain(quantity)} cannot be."
        )
    open_net = EXACT.subtract(line.net, line.credited_net)
    # What credit notes by value gave back is not given back again with the goods, and the last part is the rest.
    net = product(quantity, line.unit_price, invoice.amount_places)
    return quantity, open_net if quantity == left else min(net, open_net)


def _by_value(invoice: Invoice, line: InvoiceLine, asked: Decimal | None) -> Decimal:
    left = EXACT.subtract(line.net, line.credited_net)
    net = left if asked is None else rounded(asked, invoice.amount_places)
    if net > left or left == ZERO:
        places = invoice.amount_places
        raise CreditedTooMuch(
            f"Of line {line.number} of invoice {invoice.number} {spoken(left, places)} of "
            f"{spoken(line.net, places)} {invoice.currency} net are not credited yet: {spoken(net, places)} "
            "cannot be."
        )
    return net


def _taxes(invoice: Invoice, lines: Sequence[CreditLine]) -> tuple[TaxAmount, ...]:
    """Tax by rate: never more in all than the invoice has of it, and with the last net amount all the rest."""
    found: list[TaxAmount] = []
    for billed in invoice.taxes:
        base = total(line.net for line in lines if line.tax_rate == billed.rate)
        if not any(line.tax_rate == billed.rate for line in lines):
            continue
        before = total(line.credited_net for line in invoice.lines if line.tax_rate == billed.rate)
        left = EXACT.subtract(billed.amount, billed.credited)
        amount = rounded(percentage(base, billed.rate), invoice.amount_places)
        last = EXACT.add(before, base) == billed.base
        found.append(TaxAmount(rate=billed.rate, base=base, amount=left if last else min(amount, left)))
    return tuple(found)
