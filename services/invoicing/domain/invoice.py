"""An invoice: drafted, sent, matched, decided, paid. It moves by the transition table and by nothing else."""

import unicodedata
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from services.chassis.errors import Fault, Invalid, NotFound
from services.contracts.actors import Actor
from services.contracts.invoicing import events
from services.contracts.invoicing.charges import AdjustmentKind, DocumentAdjustment
from services.contracts.invoicing.commands import PAYERS
from services.contracts.invoicing.credit_notes import CreditBasis, CreditNote
from services.contracts.invoicing.responses import StatusAction, StatusReason
from services.contracts.invoicing.views import (
    AmountBase,
    Approval,
    BilledLine,
    Change,
    Dispute,
    DisputeOutcome,
    Exchange,
    InvoiceExchange,
    InvoiceLine,
    InvoiceStatus,
    Match,
    MatchInputs,
    Originals,
    Payment,
    TaxAmount,
    ToldExchange,
    Verdict,
)
from services.contracts.invoicing.views import Invoice as InvoiceView
from services.contracts.money import EXACT, GREATEST_AMOUNT, minor_unit, percentage, product, rounded, total
from services.contracts.parties import Party, Person
from services.invoicing.domain import ledger
from services.invoicing.domain.amounts import ZERO, spoken
from services.invoicing.domain.book import Book, Counted
from services.invoicing.domain.charges import (
    adjusted_by_rate,
    all_charges,
    changed_document,
    returned_charges,
    sum_of,
)
from services.invoicing.domain.held import Held, word
from services.invoicing.domain.ledger import Entry
from services.invoicing.domain.lines import Content, computed
from services.invoicing.domain.matching import reasons
from services.invoicing.domain.order import Order, Terms
from services.invoicing.domain.refusals import (
    DisputeAnswered,
    DisputeSettled,
    IssuedInTheFuture,
    MoreThanOpen,
    NotADraft,
    NotCancellable,
    NotCreditable,
    NothingToDispute,
    NotPayable,
    NotPending,
    NotSentYet,
    NotTheInitiator,
    NotTheirDispute,
    NotTheirOriginals,
    NumberMissing,
    PaidInTheFuture,
    PartDisputed,
    PlannedInThePast,
    PortalSwitchedOff,
    WaitsForAnother,
)
from services.invoicing.domain.responses import check_choice, response
from services.invoicing.domain.taxes import Totals, exemptions_of, totals_of
from services.invoicing.domain.tolerance import Wanted, base_of, wanted

S = InvoiceStatus

TRANSITIONS: dict[tuple[InvoiceStatus, str], InvoiceStatus] = {
    (S.DRAFT, "submit"): S.MATCHING,
    (S.MATCHING, "pass"): S.APPROVED,
    (S.MATCHING, "hold"): S.PENDING,
    (S.MATCHING, "wait"): S.MATCHING,
    (S.MATCHING, "cancel"): S.CANCELED,
    # Decided anew because what it was held for has come: goods, see `decide_anew`.
    (S.PENDING, "pass"): S.APPROVED,
    (S.PENDING, "hold"): S.PENDING,
    (S.PENDING, "wait"): S.MATCHING,
    (S.PENDING, "approve"): S.APPROVED,
    (S.PENDING, "reject"): S.REJECTED,
    (S.PENDING, "return"): S.DRAFT,
    (S.PENDING, "cancel"): S.CANCELED,
    (S.APPROVED, "pay a part"): S.PARTLY_PAID,
    (S.APPROVED, "pay the rest"): S.PAID,
    (S.PARTLY_PAID, "pay a part"): S.PARTLY_PAID,
    (S.PARTLY_PAID, "pay the rest"): S.PAID,
    (S.APPROVED, "credit a part"): S.APPROVED,
    (S.APPROVED, "credit the rest"): S.PAID,
    (S.PARTLY_PAID, "credit a part"): S.PARTLY_PAID,
    (S.PARTLY_PAID, "credit the rest"): S.PAID,
    (S.PAID, "credit the rest"): S.PAID,
    (S.PARTLY_PAID, "take a part back"): S.PARTLY_PAID,
    (S.PARTLY_PAID, "take all back"): S.APPROVED,
    (S.PAID, "take a part back"): S.PARTLY_PAID,
    (S.PAID, "take all back"): S.APPROVED,
}
"""(status, step) → status after it. What is not here does not happen."""

Codes = tuple[StatusReason, StatusAction]
CODES: Codes = (StatusReason.OTHER, StatusAction.NEW_INVOICE)
"""What a decision says in Peppol's codes when only words were given."""

PAYABLE = frozenset({S.APPROVED, S.PARTLY_PAID})
OWED = frozenset({S.APPROVED, S.PARTLY_PAID, S.PAID})

FIRST_MIDNIGHT = timedelta(hours=14)
"""A day begins 14 hours earlier on the first islands than in UTC: a date may be that far ahead."""

LAST_MIDNIGHT = timedelta(hours=12)
"""A day ends 12 hours later in the last places than in UTC."""

NOT_NUMBERED = "without number"
"""What stands for the number of an invoice that is only rehearsed."""


def number_key(number: str) -> str:
    """What makes two numbers the same: `INV 17`, `inv-17` and `INV/17` are one."""
    folded = unicodedata.normalize("NFKC", number).casefold()
    return "".join(character for character in folded if character.isalnum())


def still_open(status: InvoiceStatus, gross: Decimal, paid: Decimal, deducted: Decimal) -> Decimal:
    """What is still owed of an invoice: nothing before it is approved."""
    return EXACT.subtract(gross, EXACT.add(paid, deducted)) if status in OWED else ZERO


@dataclass(frozen=True, slots=True)
class Alike:
    """Another invoice of the same supplier to the same customer over the same amount."""

    number: str
    order_id: UUID
    order_number: str
    issue_date: date


def _holds(dispute: Dispute) -> bool:
    return dispute.outcome is not DisputeOutcome.RELEASED and dispute.credit_note_id is None


def person(actor: Actor) -> Person:
    """The actor as they stand on a document."""
    return Person(id=actor.user_id, name=actor.user_name)


@dataclass(eq=False, kw_only=True)
class Invoice(Held):
    """A supplier's invoice for one order."""

    noun: ClassVar[str] = "invoice"

    id: UUID
    order_id: UUID
    order_number: str
    partnership_id: UUID
    supplier: Party
    customer: Party
    initiator: Person
    currency: str
    amount_places: int
    number: str | None
    issue_date: date
    due_date: date
    note: str
    lines: tuple[InvoiceLine, ...]
    adjustments: tuple[DocumentAdjustment, ...] = ()
    taxes: tuple[TaxAmount, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    created_by: Person
    created_at: datetime
    drafted_at: datetime
    """When it became a draft: written, or given back. Switching the portal off takes what was one before."""
    exchange: Exchange | None = None
    """At which rate it is compared with its order, when it is in another currency."""
    order_currency: str
    status: InvoiceStatus = S.DRAFT
    paid: Decimal = ZERO
    credited: Decimal = ZERO
    """Sum of its credit notes."""
    deducted: Decimal = ZERO
    """What of them was taken off what was due; the rest was paid already."""
    returned_net: Decimal = ZERO
    returned_gross: Decimal = ZERO
    """What of them was credited by quantity: its goods can be invoiced anew, so it no longer counts (S-048)."""
    returned_charges: Decimal = ZERO
    """What of its charges was given back, by themselves or with the goods they were for."""
    planned_on: date | None = None
    reasons: tuple[str, ...] = ()
    waiting_since: datetime | None = None
    approval: Approval | None = None
    decided_by: Person | None = None
    decided_at: datetime | None = None
    remark: str | None = None
    submitted_at: datetime | None = None
    warnings: tuple[str, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    reason_code: StatusReason | None = None
    action_code: StatusAction | None = None
    originals: Originals | None = None
    delivery_date: date | None = None
    """Only where another one than the order's was agreed (S-070)."""

    deleted: bool = False
    new_matches: list[Match] = field(default_factory=list)
    new_entries: list[Entry] = field(default_factory=list)
    """What was made since it was loaded and is stored beside it."""

    # ------------------------------------------------------------------------------ the supplier's part

    @classmethod
    def write(
        cls,
        *,
        invoice_id: UUID,
        order: Order,
        terms: Terms,
        number: str | None,
        issue_date: date | None,
        note: str,
        content: Content,
        by: Actor,
        at: datetime,
    ) -> "Invoice":
        """A new draft. No fact yet: it is begun or sent next."""
        order.check_billable()
        terms.check_enabled(order)
        written = computed(content, order)
        totals = written.totals
        day = issue_date or at.date()
        invoice = cls(
            id=invoice_id,
            order_id=order.id,
            order_number=order.number,
            partnership_id=terms.partnership_id,
            supplier=order.supplier,
            customer=order.customer,
            initiator=order.initiator,
            currency=written.currency,
            amount_places=written.amount_places,
            exchange=content.exchange,
            order_currency=order.currency,
            number=number,
            issue_date=day,
            due_date=day + timedelta(days=order.payment_days),
            note=note,
            lines=written.lines,
            adjustments=written.adjustments,
            taxes=totals.taxes,
            net=totals.net,
            tax=totals.tax,
            gross=totals.gross,
            created_by=person(by),
            created_at=at,
            drafted_at=at,
        )
        invoice._check_content(at)
        return invoice

    def begin(self) -> None:
        """Keep it as a draft (S-025)."""
        self.record(events.InvoiceDrafted)

    def change(
        self,
        *,
        order: Order,
        terms: Terms,
        number: str | None,
        issue_date: date,
        note: str,
        content: Content,
        at: datetime,
    ) -> None:
        """Replace what the draft says (S-071)."""
        self._check_draft("changed")
        order.check_billable()
        terms.check_enabled(order)
        written = computed(content, order)
        self.lines, self.adjustments = written.lines, written.adjustments
        self.currency, self.amount_places = written.currency, written.amount_places
        self.exchange = content.exchange
        self._sum_up(written.totals)
        self.number, self.note, self.issue_date = number, note, issue_date
        self.due_date = issue_date + timedelta(days=order.payment_days)
        self._check_content(at)
        self.record(events.InvoiceDraftChanged)

    def delete(self) -> None:
        """Throw the draft away; its history stays."""
        self._check_draft("deleted")
        self.deleted = True
        self.record(events.InvoiceDraftDeleted)

    def submit(self, *, order: Order, terms: Terms, alike: Sequence[Alike] = (), at: datetime) -> None:
        """Send it to the customer (S-040). Matching follows in the same breath.

        `alike` are other invoices that it may be a second copy of: both sides are told, and nothing is refused.
        """
        self._check_draft("sent")
        order.check_billable()
        terms.check_enabled(order)
        if self.number is None:
            raise NumberMissing("Give the invoice the number it has in your books, then send it.")
        self._check_content(at)
        self._step("submit")
        # Whoever is the initiator when it is sent decides on it (S-043).
        self.initiator = order.initiator
        self.submitted_at = at
        self.reasons, self.remark, self.decided_by, self.decided_at = (), None, None, None
        self.decided_for = self.reason_code = self.action_code = self.originals = None
        self.warnings = tuple(self._resembles(other) for other in alike)
        self.record(events.InvoiceSubmitted)

    def stand_for(self, draft: "Invoice") -> None:
        """Be what a draft would become, to be rehearsed in its place."""
        draft._check_draft("sent")
        if draft.order_id != self.order_id:
            fault = Fault("/invoice_id", f"is a draft for order {draft.order_number}")
            raise Invalid("A draft stays with its order.", [fault])
        self.id = draft.id

    def rehearse(self, *, order: Order, terms: Terms, alike: Sequence[Alike] = (), at: datetime) -> None:
        """Be sent for the sake of asking, numbered or not. Only for an invoice that nobody keeps."""
        self.number = self.number or NOT_NUMBERED
        self.submit(order=order, terms=terms, alike=alike, at=at)

    def with_lines(self, lines: tuple[InvoiceLine, ...]) -> "Invoice":
        """A copy that bills other lines, to be judged and never kept."""
        other = copy(self)
        places, exemptions = self.amount_places, exemptions_of(self.taxes)
        other.facts, other.lines = [], lines
        other.adjustments = changed_document(self.adjustments, self.lines, lines, places)
        other._sum_up(totals_of(lines, places, other.adjustments, exemptions))
        return other

    def cancel(self, *, by: Actor, reason: str, at: datetime) -> None:
        """Take it back before it is decided."""
        if (self.status, "cancel") not in TRANSITIONS:
            raise NotCancellable(self._why_not_cancelled())
        self._decide("cancel", by, reason, at)
        self.record(events.InvoiceCancelled)

    # ----------------------------------------------------------------------------------------- matching

    def inputs(self, order: Order, terms: Terms, book: Book) -> MatchInputs:
        """What a match decision on it is made from."""
        tolerances = terms.applied_to(order)
        base, asked = base_of(tolerances), wanted(tolerances)
        if any(line.order_line is None for line in self.lines):
            # What was not ordered is held against everything that was.
            asked = replace(asked, lines=True)
        other = AmountBase.GROSS if base is AmountBase.NET else AmountBase.NET
        me = self.counted()
        return MatchInputs(
            order_number=order.number,
            order_sequence=order.sequence,
            currency=order.currency,
            amount_places=order.amount_places,
            base=base,
            tolerance_rate=terms.tolerance_rate,
            order_amount=order.amount(base),
            ordered=tuple(line.as_matched(order.amount_places, asked) for line in order.lines),
            invoice_amount=self._left(base),
            billed=tuple(_as_matched(line, asked) for line in self.lines),
            earlier=tuple(
                each.earlier(base, both=asked.other_total, charges=asked.charges) for each in book.before(me)
            ),
            initiator=self.initiator,
            way=order.way or terms.way,
            tells_limit=terms.tells_limit,
            policy_version=terms.policy_version,
            tolerances=tolerances,
            order_other_amount=order.amount(other) if asked.other_total else None,
            invoice_other_amount=self._left(other) if asked.other_total else None,
            invoice_tax=self.tax if asked.tax else None,
            adjusted=adjusted_by_rate(self.adjustments) if asked.tax else (),
            charges=EXACT.subtract(self.charged, self.returned_charges) if asked.charges else None,
            exchange_rate=None if self.exchange is None else self.exchange.rate,
            exchange=None if self.exchange is None else self._matched_exchange(self.exchange),
        )

    def _left(self, base: AmountBase) -> Decimal:
        if base is AmountBase.NET:
            return EXACT.subtract(self.net, self.returned_net)
        return EXACT.subtract(self.gross, self.returned_gross)

    def _matched_exchange(self, exchange: Exchange) -> ToldExchange:
        return ToldExchange(
            currency=self.currency,
            amount_places=self.amount_places,
            source=exchange.source,
            day=exchange.day,
        )

    def take(self, match: Match) -> None:
        """Do what the decision says: be approved, be held, or wait (S-042 … S-048)."""
        asked_before = self.status is S.PENDING
        self.new_matches.append(match)
        self.reasons = reasons(match)
        if match.verdict is Verdict.PASSES:
            self._step("pass")
            self.approval, self.waiting_since, self.decided_at = Approval.AUTOMATIC, None, match.at
        else:
            self._step("hold" if match.verdict is Verdict.HELD else "wait")
            self.waiting_since = self.waiting_since or match.at
        if self.status is S.PENDING and not asked_before:
            self.ask(match.at)
        elif self.status is not S.PENDING and asked_before:
            self.wait_no_longer()
        self.record(events.InvoiceMatched, match=match)
        if self.status is S.APPROVED:
            self._post_approval()
            self.record(events.InvoiceApproved)
        elif self.status is S.PENDING and not asked_before:
            self.record(events.ApprovalRequested)

    def decide_anew(self, match: Match) -> bool:
        """Take a decision that was made again because goods have come; the same one again changes nothing.

        Answers whether it was taken. Who is asked to decide was told so before, and is not told again.
        """
        if match.verdict is Verdict.HELD and reasons(match) == self.reasons:
            return False
        self.take(match)
        return True

    def counted(self) -> Counted:
        """It as the book of its order keeps it; only what was sent is in a book."""
        if self.number is None or self.submitted_at is None:
            raise NumberMissing("An invoice counts once it was sent with a number.")
        net, gross, charges = (
            self.counting(EXACT.subtract(whole, returned))
            for whole, returned in (
                (self.net, self.returned_net),
                (self.gross, self.returned_gross),
                (self.charged, self.returned_charges),
            )
        )
        return Counted(self.id, self.number, self.status, net, gross, self.submitted_at, charges=charges)

    # ------------------------------------------------------------------------ the initiator's decision

    def approve(self, *, by: Actor, remark: str | None, at: datetime, stands_in: bool = False) -> None:
        """Release it although it was held (S-072). `stands_in`: for the initiator, who is away."""
        self._check_decidable(by, "approve", stands_in)
        self._decide("approve", by, remark, at)
        self.approval = Approval.INITIATOR
        self._post_approval()
        self.record(events.InvoiceApproved)

    def reject(
        self, *, by: Actor, reason: str, at: datetime, stands_in: bool = False, codes: Codes = CODES
    ) -> None:
        """Refuse it; what it billed can be invoiced again (S-072)."""
        self._check_decidable(by, "reject", stands_in)
        check_choice("reject", *codes)
        self._decide("reject", by, reason, at)
        self.reason_code, self.action_code = codes
        self.record(events.InvoiceRejected)

    def give_back(
        self,
        *,
        terms: Terms,
        by: Actor,
        reason: str,
        at: datetime,
        stands_in: bool = False,
        codes: Codes = CODES,
    ) -> None:
        """Have the supplier rework it: it is a draft again (S-053, S-072)."""
        self._check_decidable(by, "return", stands_in)
        if not terms.enabled:
            raise PortalSwitchedOff(
                f"The portal is switched off for {self.supplier.name}, so it could not rework the invoice. "
                "Switch it on first, or approve or reject the invoice."
            )
        check_choice("return", *codes)
        self._decide("return", by, reason, at)
        self.reason_code, self.action_code = codes
        self.drafted_at = at
        self.record(events.InvoiceReturnedForRework)

    # --------------------------------------------------------------------------------------- afterwards

    def plan_payment(self, *, on: date | None, at: datetime) -> None:
        """Tell when it will be paid. Saying the same again changes nothing."""
        self._check_payable("A day of payment can be told")
        if on is not None and on < (at - LAST_MIDNIGHT).date():
            raise PlannedInThePast(f"{on} is over. Name a day to come, or register the payment.")
        if on == self.planned_on:
            return
        change = Change(field="planned_on", before=_text(self.planned_on), after=_text(on))
        self.planned_on = on
        self.record(events.InvoiceChanged, changes=(change,))

    def note_originals(self, *, received: bool, by: Actor, at: datetime) -> None:
        """Note that its signed originals have arrived, or have not after all. Saying the same changes nothing."""
        ours = by.organisation_id == self.customer.id
        if not ours or not (by.user_id == self.initiator.id or by.has_any(PAYERS)):
            raise NotTheirOriginals(
                f"{self.initiator.name}, who placed order {self.order_number}, and who registers payments note "
                "that originals have arrived."
            )
        if self.status is S.DRAFT:
            raise NotSentYet(
                f"The invoice is with {self.supplier.name} again: what arrived is of an older state."
            )
        if received == (self.originals is not None):
            return
        before = None if self.originals is None else _text(self.originals.received_at.date())
        self.originals = Originals(received_at=at, received_by=person(by)) if received else None
        after = _text(at.date()) if received else None
        change = Change(field="originals_received", before=before, after=after)
        self.record(events.InvoiceChanged, changes=(change,))

    def date_delivery(self, on: date, *, before: date | None) -> None:
        """Have its goods count as delivered on another day (S-070); `before` is the day that stood until now."""
        if on == self.delivery_date:
            return
        change = Change(field="delivery_date", before=_text(self.delivery_date or before), after=_text(on))
        self.delivery_date = on
        self.record(events.InvoiceChanged, changes=(change,))

    def pay(self, payment: Payment, *, at: datetime) -> None:
        """Take in a part of a payment: never more than is open, never before it is approved (S-055, S-058).

        The payment keeps the part and posts it.
        """
        self._check_payable("A payment can be registered")
        self._check_payment(payment, at)
        self.paid = EXACT.add(self.paid, payment.amount)
        self._step("pay a part" if self.open else "pay the rest")
        self.record(events.PaymentRegistered, payment=payment)
        outcome = events.InvoicePaid if self.status is S.PAID else events.InvoicePartlyPaid
        self.record(outcome, payment=payment)

    def take_back(self, payment: Payment) -> None:
        """Be open again by what a payment has paid of it that was taken back."""
        self.paid = EXACT.subtract(self.paid, payment.amount)
        self._step("take a part back" if self.paid else "take all back")
        self.record(events.InvoiceReopened, payment=payment)

    def check_creditable(self) -> None:
        """Raise unless something of it can be credited."""
        if self.status not in OWED:
            raise NotCreditable(
                f"A credit note can be issued for an approved or paid invoice only; {self.number or 'this one'} is "
                f"{word(self.status)}."
            )

    def credit(self, note: CreditNote, *, by: Actor, at: datetime) -> None:
        """Owe less by a credit note; the dispute it answers holds nothing back any more."""
        if note.dispute_id is not None:
            self._answer(note.dispute_id, note, by, at)
        self.deducted = EXACT.add(self.deducted, note.deducted)
        self.credited = EXACT.add(self.credited, note.gross)
        if note.basis is CreditBasis.QUANTITY:
            self.returned_net = EXACT.add(self.returned_net, note.net)
            self.returned_gross = EXACT.add(self.returned_gross, note.gross)
        self.returned_charges = EXACT.add(self.returned_charges, returned_charges(self.lines, note))
        self.lines = tuple(_after_credit(line, note) for line in self.lines)
        self.adjustments = tuple(_after_credit_charge(each, note) for each in self.adjustments)
        self.taxes = tuple(_after_credit_tax(tax, note) for tax in self.taxes)
        self._step("credit a part" if self.open else "credit the rest")
        self.record(events.InvoiceCredited, credit_note=note)

    def _answer(self, dispute_id: UUID, note: CreditNote, by: Actor, at: datetime) -> None:
        found = next((each for each in self.disputes if each.id == dispute_id), None)
        if found is None:
            raise NotFound(f"There is no dispute {dispute_id} here.")
        if not _holds(found):
            raise DisputeAnswered(
                "Nothing is held back by this dispute any more. Issue the credit note without it."
            )
        answered = replace(found, credit_note_id=note.id, credit_note_number=note.number)
        if found.outcome is None:
            # Who credits what the other side disputes agrees with it.
            answered = replace(
                answered,
                outcome=DisputeOutcome.UPHELD,
                settled_by=person(by),
                settled_at=at,
                settlement=note.reason,
            )
        self.disputes = tuple(answered if each.id == dispute_id else each for each in self.disputes)

    def dispute(self, raised: Dispute, *, by: Actor) -> None:
        """Hold a part of a line: it is not paid before the two sides agree."""
        self._check_payable("A line can be disputed")
        self._check_disputes(by)
        if raised.held <= ZERO:
            raise NothingToDispute(
                f"Nothing of line {raised.line} of invoice {self.number} is open and not disputed already."
            )
        self.disputes = (*self.disputes, raised)
        self._tell_of(raised.line, ZERO, raised.held, f"{raised.reason.value}: {raised.note}")

    def part_of(
        self, line_number: int, quantity: Decimal | None, amount: Decimal | None
    ) -> tuple[Decimal, Decimal]:
        """The net amount of a part of a line, and what of it with its tax is open and not disputed yet."""
        line = next((each for each in self.lines if each.number == line_number), None)
        if line is None:
            raise Invalid(
                "There is no such line.", [Fault("/line", f"invoice {self.number} has no such line")]
            )
        if quantity is not None and amount is not None:
            raise Invalid("One of them is enough.", [Fault("/amount", "does not go with a quantity")])
        if quantity is not None and quantity > line.quantity:
            raise Invalid(
                "That is too much.", [Fault("/quantity", f"is more than the {line.quantity} billed")]
            )
        before = total(each.net for each in self.disputes if each.line == line_number and _holds(each))
        before = EXACT.add(before, line.credited_net)
        whole = EXACT.subtract(line.net, before)
        asked = amount if quantity is None else product(quantity, line.unit_price, self.amount_places)
        net = whole if asked is None else min(asked, whole)
        tax = rounded(percentage(net, line.tax_rate), self.amount_places)
        return net, min(EXACT.add(net, tax), self.payable)

    def settle(
        self, dispute_id: UUID, outcome: DisputeOutcome, *, note: str, by: Actor, at: datetime
    ) -> None:
        """End a dispute. What is upheld stays unpaid: a credit note is expected."""
        self._check_disputes(by)
        found = next((each for each in self.disputes if each.id == dispute_id), None)
        if found is None:
            raise NotFound(f"There is no dispute {dispute_id} here.")
        if found.outcome is not None:
            raise DisputeSettled(f"This dispute has ended: its part is {found.outcome.value}.")
        ended = replace(found, outcome=outcome, settled_by=person(by), settled_at=at, settlement=note)
        self.disputes = tuple(ended if each.id == dispute_id else each for each in self.disputes)
        held = found.held if outcome is DisputeOutcome.UPHELD else ZERO
        self._tell_of(found.line, found.held, held, f"{outcome.value}: {note}" if note else outcome.value)

    def _tell_of(self, line: int, before: Decimal, after: Decimal, why: str) -> None:
        change = Change(
            field=f"disputed_of_line_{line}",
            before=spoken(before, self.amount_places),
            after=f"{spoken(after, self.amount_places)} ({why})"[:4000],
        )
        self.record(events.InvoiceChanged, changes=(change,))

    def in_order_currency(self, amount: Decimal) -> Decimal:
        """An amount of it in its order's currency, not rounded."""
        return amount if self.exchange is None else EXACT.multiply(amount, self.exchange.rate)

    def counting(self, amount: Decimal) -> Decimal:
        """The same as other invoices of the order are compared with it: with six decimals, as records keep it."""
        return amount if self.exchange is None else rounded(self.in_order_currency(amount), 6)

    @property
    def told_exchange(self) -> InvoiceExchange | None:
        """The rate with what the invoice comes to by it; None in the order's own currency."""
        if self.exchange is None:
            return None
        return InvoiceExchange(
            rate=self.exchange.rate,
            source=self.exchange.source,
            day=self.exchange.day,
            currency=self.order_currency,
            net=self.in_order_currency(self.net),
            tax=rounded(self.in_order_currency(self.tax), minor_unit(self.order_currency)),
            gross=self.in_order_currency(self.gross),
        )

    @property
    def lines_net(self) -> Decimal:
        """Sum of the lines."""
        return total(line.net for line in self.lines)

    @property
    def charged(self) -> Decimal:
        """All its freight and other charges, those of lines included."""
        return all_charges(self.lines, self.adjustments)

    @property
    def open(self) -> Decimal:
        """What is still owed of it."""
        return still_open(self.status, self.gross, self.paid, self.deducted)

    @property
    def disputed(self) -> Decimal:
        """What of it is held by disputes: no more than is open, whatever was credited meanwhile."""
        return min(total(each.held for each in self.disputes if _holds(each)), self.open)

    @property
    def payable(self) -> Decimal:
        """What may be paid now."""
        return EXACT.subtract(self.open, self.disputed)

    def view(self) -> InvoiceView:
        """The invoice as both sides see it."""
        return InvoiceView(
            id=self.id,
            number=self.number,
            status=self.status,
            order_id=self.order_id,
            order_number=self.order_number,
            partnership_id=self.partnership_id,
            supplier=self.supplier,
            customer=self.customer,
            initiator=self.initiator,
            currency=self.currency,
            amount_places=self.amount_places,
            issue_date=self.issue_date,
            due_date=self.due_date,
            note=self.note,
            lines=self.lines,
            taxes=self.taxes,
            net=self.net,
            tax=self.tax,
            gross=self.gross,
            paid=self.paid,
            open=self.open,
            planned_on=self.planned_on,
            reasons=self.reasons,
            waiting_since=self.waiting_since,
            approval=self.approval,
            decided_by=self.decided_by,
            decided_at=self.decided_at,
            remark=self.remark,
            created_by=self.created_by,
            created_at=self.created_at,
            submitted_at=self.submitted_at,
            sequence=self.sequence,
            warnings=self.warnings,
            disputes=self.disputes,
            disputed=self.disputed,
            payable=self.payable,
            credited=self.credited,
            deducted=self.deducted,
            asked_at=self.asked_at,
            deputy=self.deputy,
            decided_for=self.decided_for,
            reminders=self.reminders,
            nudged_at=self.nudged_at,
            escalated_at=self.escalated_at,
            response=response(
                self.status,
                sent=self.submitted_at is not None,
                reason=self.reason_code,
                action=self.action_code,
                disputed=(each.reason for each in self.disputes if _holds(each)),
            ),
            originals=self.originals,
            delivery_date=self.delivery_date,
            adjustments=self.adjustments,
            lines_net=self.lines_net,
            allowances=sum_of(self.adjustments, AdjustmentKind.ALLOWANCE),
            charges=sum_of(self.adjustments, AdjustmentKind.CHARGE),
            exchange=self.told_exchange,
        )

    # -------------------------------------------------------------------------------------------- rules

    def _sum_up(self, totals: Totals) -> None:
        self.taxes, self.net, self.tax, self.gross = totals.taxes, totals.net, totals.tax, totals.gross

    def _step(self, step: str) -> None:
        self.status = TRANSITIONS[self.status, step]

    def _decide(self, step: str, by: Actor, remark: str | None, at: datetime) -> None:
        self._step(step)
        self.decided_by, self.decided_at, self.remark, self.waiting_since = person(by), at, remark, None
        own = by.user_id == self.initiator.id or by.organisation_id != self.customer.id
        self.decided_for = None if own else self.initiator
        self.wait_no_longer()

    def _post_approval(self) -> None:
        self.new_entries.extend(
            ledger.of_approval(self.id, self.order_id, self.net, self.tax, self.gross, self.issue_date)
        )

    def _check_content(self, at: datetime) -> None:
        if self.number is not None and not number_key(self.number):
            raise Invalid("The number is not usable.", [Fault("/number", "needs a letter or a digit")])
        if self.issue_date > (at + FIRST_MIDNIGHT).date():
            raise IssuedInTheFuture(f"{self.issue_date} has not come yet. Date the invoice today or earlier.")
        charged, taken_off = (sum_of(self.adjustments, kind) for kind in AdjustmentKind)
        if max(self.gross, self.lines_net, charged, taken_off) > GREATEST_AMOUNT:
            fault = Fault("/lines", f"come to more than {spoken(GREATEST_AMOUNT, 0)} together")
            raise Invalid("The sums are too large.", [fault])
        if self.exchange is not None:
            self._check_exchange(self.exchange)

    def _check_exchange(self, exchange: Exchange) -> None:
        if exchange.day > self.issue_date:
            fault = Fault("/exchange/day", f"is after {self.issue_date}, the date of the invoice")
            raise Invalid("The rate is not of that time.", [fault])
        if self.in_order_currency(max(self.gross, self.lines_net)) > GREATEST_AMOUNT:
            fault = Fault("/exchange/rate", f"makes it more than {spoken(GREATEST_AMOUNT, 0)}")
            raise Invalid("The sums are too large.", [fault])

    def _check_draft(self, done: str) -> None:
        if self.status is not S.DRAFT:
            raise NotADraft(
                f"Invoice {self.number} is {word(self.status)}: only a draft can be {done}. "
                f"While it is pending, {self.initiator.name} can return it and you can cancel it."
            )

    def _check_decidable(self, by: Actor, step: str, stands_in: bool) -> None:
        ours = by.organisation_id == self.customer.id
        if not ours or not (stands_in or by.user_id == self.initiator.id):
            raise NotTheInitiator(
                f"Only {self.initiator.name}, who placed order {self.order_number}, decides on its invoices."
            )
        if self.status is S.MATCHING:
            raise WaitsForAnother(f"Invoice {self.number}: {' '.join(self.reasons)} Decide that one first.")
        if (self.status, step) not in TRANSITIONS:
            raise NotPending(f"Invoice {self.number} is {word(self.status)}: there is nothing to decide.")

    def _why_not_cancelled(self) -> str:
        if self.status is S.DRAFT:
            return "A draft is deleted, not cancelled."
        if self.status in OWED:
            return f"Invoice {self.number} is {word(self.status)}: ask {self.customer.name} what to do."
        return f"Invoice {self.number} is {word(self.status)} already."

    def _check_payable(self, what: str) -> None:
        if self.status is S.PAID:
            raise NotPayable(f"Invoice {self.number} is paid in full already.")
        if self.status not in PAYABLE:
            raise NotPayable(
                f"{what} for an approved invoice only; {self.number or 'this one'} is {word(self.status)}."
            )

    def _check_payment(self, payment: Payment, at: datetime) -> None:
        if payment.paid_on > (at + FIRST_MIDNIGHT).date():
            raise PaidInTheFuture(f"{payment.paid_on} has not come yet. Register it once it is made.")
        if payment.amount > self.open:
            raise MoreThanOpen(
                f"{spoken(payment.amount, self.amount_places)} {self.currency} is more than what is open of "
                f"invoice {self.number}: {spoken(self.open, self.amount_places)} {self.currency}."
            )
        if payment.amount > self.payable:
            raise PartDisputed(
                f"Of invoice {self.number} {spoken(self.disputed, self.amount_places)} {self.currency} are disputed: "
                f"{spoken(self.payable, self.amount_places)} can be paid before that is settled."
            )

    def _check_disputes(self, by: Actor) -> None:
        ours = by.organisation_id == self.customer.id
        if not ours or not (by.user_id == self.initiator.id or by.has_any(PAYERS)):
            raise NotTheirDispute(
                f"{self.initiator.name}, who placed order {self.order_number}, and who registers payments dispute "
                "its invoices."
            )

    def _resembles(self, other: Alike) -> str:
        same = [f"the same amount, {spoken(self.gross, self.amount_places)} {self.currency}"]
        if other.issue_date == self.issue_date:
            same.append("the same date")
        if other.order_id == self.order_id:
            same.append("the same order")
        return (
            f"It may be a second copy of {other.number} of {other.issue_date} for order {other.order_number}, "
            f"which has {', '.join(same[:-1])} and {same[-1]}."
        )


def _as_matched(line: InvoiceLine, asked: Wanted) -> BilledLine:
    detailed = asked.lines
    return BilledLine(
        number=line.number,
        order_line=line.order_line,
        item_number=line.item_number,
        description=line.description,
        unit=line.unit if detailed else None,
        quantity=line.quantity if detailed else None,
        unit_price=line.unit_price if detailed else None,
        net=line.net if detailed else None,
        tax_rate=line.tax_rate if detailed else None,
    )


def _after_credit(line: InvoiceLine, note: CreditNote) -> InvoiceLine:
    for one in note.lines:
        if one.invoice_line == line.number:
            return replace(
                line,
                credited_net=EXACT.add(line.credited_net, one.net),
                credited_quantity=EXACT.add(line.credited_quantity, one.quantity or ZERO),
            )
    return line


def _after_credit_charge(each: DocumentAdjustment, note: CreditNote) -> DocumentAdjustment:
    given_back = total(one.amount for one in note.adjustments if one.number == each.number)
    return replace(each, credited=EXACT.add(each.credited, given_back)) if given_back else each


def _after_credit_tax(tax: TaxAmount, note: CreditNote) -> TaxAmount:
    taken = total(one.amount for one in note.taxes if (one.category, one.rate) == (tax.category, tax.rate))
    return replace(tax, credited=EXACT.add(tax.credited, taken))


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
