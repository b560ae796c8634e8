"""A credit note: what a supplier gives back of an invoice. By quantity and by value are different facts.

By quantity, goods are taken off the invoice: they can be invoiced anew. By value, what was delivered stays
billed and costs less. Charges of the whole invoice are given back by themselves, its allowances are taken back
with the rest. Nothing ever gives back more than was invoiced: not of a line, a charge or a tax, not in all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from services.chassis.aggregate import Aggregate
from services.chassis.errors import Fault, Invalid
from services.contracts.actors import Actor
from services.contracts.invoicing import events
from services.contracts.invoicing.charges import AdjustmentKind, DocumentAdjustment
from services.contracts.invoicing.credit_notes import (
    ChargeCredit,
    CreditAdjustment,
    CreditBasis,
    CreditContent,
    CreditLine,
)
from services.contracts.invoicing.credit_notes import CreditNote as CreditNoteView
from services.contracts.invoicing.views import InvoiceLine, TaxAmount
from services.contracts.money import EXACT, percentage, product, rounded, total
from services.contracts.parties import Party, Person
from services.invoicing.domain import ledger
from services.invoicing.domain.amounts import ZERO, plain, spoken
from services.invoicing.domain.charges import sum_of
from services.invoicing.domain.invoice import FIRST_MIDNIGHT, Invoice, number_key, person
from services.invoicing.domain.ledger import Entry
from services.invoicing.domain.refusals import CreditedTooMuch, IssuedInTheFuture
from services.invoicing.domain.taxes import Key, key_of


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

    adjustments: tuple[CreditAdjustment, ...] = ()
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
        charges: Sequence[ChargeCredit] = (),
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
        if not contents and not charges:
            raise Invalid("Nothing is credited.", [Fault("/lines", "name a line or a charge")])
        lines = _lines(invoice, basis, contents)
        given_back = _charges(invoice, charges)
        adjustments = (*given_back, *_allowances(invoice, lines, given_back))
        taxes = _taxes(invoice, lines, adjustments)
        net, tax = total(one.base for one in taxes), total(one.amount for one in taxes)
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
            adjustments=adjustments,
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
            adjustments=self.adjustments,
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
                tax_category=line.tax_category,
                adjusted=_adjusted(line, quantity, invoice.amount_places),
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
    if line.adjustments:
        net = _share(line.net, quantity, line.quantity, invoice.amount_places)
    return quantity, open_net if quantity == left else min(net, open_net)


def _adjusted(line: InvoiceLine, quantity: Decimal | None, places: int) -> Decimal:
    """What of the net amount comes from charges and allowances of the line rather than from its price."""
    if quantity is None or not line.adjustments:
        return ZERO
    share = _share(line.net, quantity, line.quantity, places)
    return EXACT.subtract(share, product(quantity, line.unit_price, places))


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


def _charges(invoice: Invoice, contents: Sequence[ChargeCredit]) -> tuple[CreditAdjustment, ...]:
    charged = {each.number: each for each in invoice.adjustments if each.kind is AdjustmentKind.CHARGE}
    faults: list[Fault] = []
    found: dict[int, CreditAdjustment] = {}
    for place, content in enumerate(contents):
        charge = charged.get(content.number)
        if charge is None or content.number in found:
            why = "stands here twice" if charge else f"invoice {invoice.number} has no such charge"
            faults.append(Fault(f"/charges/{place}/number", why))
            continue
        found[content.number] = CreditAdjustment(
            kind=AdjustmentKind.CHARGE,
            number=charge.number,
            reason=charge.reason,
            code=charge.code,
            amount=_of_charge(invoice, charge, content.amount),
            tax_category=charge.tax_category,
            tax_rate=charge.tax_rate,
        )
    if faults:
        raise Invalid("The credit note has faults; each is named below.", faults)
    return tuple(found.values())


def _of_charge(invoice: Invoice, charge: DocumentAdjustment, asked: Decimal | None) -> Decimal:
    left, places = EXACT.subtract(charge.amount, charge.credited), invoice.amount_places
    amount = left if asked is None else rounded(asked, places)
    if amount > left or left == ZERO:
        raise CreditedTooMuch(
            f"Of the charge {charge.reason or charge.code} of invoice {invoice.number} {spoken(left, places)} of "
            f"{spoken(charge.amount, places)} {invoice.currency} net are not credited yet: "
            f"{spoken(amount, places)} cannot be."
        )
    return amount


def _allowances(
    invoice: Invoice, lines: Sequence[CreditLine], charges: Sequence[CreditAdjustment]
) -> tuple[CreditAdjustment, ...]:
    """What was taken off the whole is taken back with what it was taken off, in the same proportion."""
    found = []
    for tax in invoice.taxes:
        key = tax.category, tax.rate
        before = _given_back(invoice, key)
        now = EXACT.add(before, _credited(lines, charges, key))
        amount = EXACT.subtract(_taken_back(invoice, key, now), _taken_back(invoice, key, before))
        if amount:
            found.append(
                CreditAdjustment(
                    kind=AdjustmentKind.ALLOWANCE,
                    number=None,
                    reason=None,
                    code=None,
                    amount=amount,
                    tax_category=tax.category,
                    tax_rate=tax.rate,
                )
            )
    return tuple(found)


def _credited(lines: Sequence[CreditLine], adjustments: Sequence[CreditAdjustment], key: Key) -> Decimal:
    """What of one tax is credited, charges added and allowances taken off."""
    nets = (line.net for line in lines if key_of(line) == key)
    added = (
        each.amount if each.kind is AdjustmentKind.CHARGE else -each.amount
        for each in adjustments
        if key_of(each) == key
    )
    return EXACT.add(total(nets), total(added))


def _given_back(invoice: Invoice, key: Key) -> Decimal:
    """Of lines and charges of one tax, before any allowance, what credit notes have given back so far."""
    nets = (line.credited_net for line in invoice.lines if key_of(line) == key)
    charges = (each.credited for each in invoice.adjustments if key_of(each) == key)
    return EXACT.add(total(nets), total(charges))


def _taken_back(invoice: Invoice, key: Key, given_back: Decimal) -> Decimal:
    """How much of the allowances of one tax goes with so much of its lines and charges.

    Rounded as a sum: the parts of all credit notes together come to exactly the allowances, and what is credited
    never falls as more is given back.
    """
    own = [each for each in invoice.adjustments if key_of(each) == key]
    allowed = sum_of(own, AdjustmentKind.ALLOWANCE)
    if allowed == ZERO:
        return ZERO
    nets = total(line.net for line in invoice.lines if key_of(line) == key)
    whole = EXACT.add(nets, sum_of(own, AdjustmentKind.CHARGE))
    return _share(allowed, given_back, whole, invoice.amount_places)


def _share(amount: Decimal, part: Decimal, whole: Decimal, places: int) -> Decimal:
    return rounded(EXACT.divide(EXACT.multiply(amount, part), whole), places)


def _taxes(
    invoice: Invoice, lines: Sequence[CreditLine], adjustments: Sequence[CreditAdjustment]
) -> tuple[TaxAmount, ...]:
    """Tax by category and rate: never more in all than the invoice has of it, and the last part is the rest."""
    found: list[TaxAmount] = []
    for billed in invoice.taxes:
        key = billed.category, billed.rate
        credited: tuple[CreditLine | CreditAdjustment, ...] = (*lines, *adjustments)
        if not any(key_of(each) == key for each in credited):
            continue
        base = _credited(lines, adjustments, key)
        before = _given_back(invoice, key)
        before = EXACT.subtract(before, _taken_back(invoice, key, before))
        left = EXACT.subtract(billed.amount, billed.credited)
        amount = rounded(percentage(base, billed.rate), invoice.amount_places)
        last = EXACT.add(before, base) == billed.base
        found.append(replace(billed, base=base, amount=left if last else min(amount, left), credited=ZERO))
    return tuple(found)
