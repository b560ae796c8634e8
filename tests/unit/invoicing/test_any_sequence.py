"""Whatever is done in whatever order, the money adds up: orders, invoices, payments, credits, disputes, reversals.

Hypothesis chooses the steps and makes a failing sequence as short as it can. Each step is a transaction: what is
refused leaves no trace. After each of them the ledger and the documents, which never look at each other, say the same.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.chassis.errors import CounterpartError
from services.contracts.invoicing.credit_notes import CreditBasis, CreditContent
from services.contracts.invoicing.views import Dispute, DisputeOutcome, DisputeReason, InvoiceStatus
from services.invoicing.domain.book import Book
from services.invoicing.domain.credit import CreditNote
from services.invoicing.domain.invoice import OWED, TRANSITIONS, Invoice
from services.invoicing.domain.ledger import Account, Entry
from services.invoicing.domain.order import Order
from services.invoicing.domain.payment import Part, PaymentDocument
from tests.unit.invoicing.builders import (
    CUSTOMER,
    NOON,
    SUPPLIER,
    TODAY,
    a_buyer,
    a_draft,
    a_payer,
    a_supplier,
    an_id,
    an_order,
    an_order_line,
    billing,
    match_again,
    terms,
)

T = TypeVar("T")
S, ZERO = InvoiceStatus, Decimal(0)
AGREED = terms("5")
#: By which steps of the table each deed may move an invoice.
STEPS = {
    "send": {"submit", "pass", "hold", "wait"},
    "decide": {"approve", "reject", "return", "cancel", "pass", "hold", "wait"},
    "pay": {"pay a part", "pay the rest"},
    "reverse": {"take a part back", "take all back"},
    "credit": {"credit a part", "credit the rest"},
    "dispute": set(),
}
cents = st.integers(1, 40_000).map(lambda number: Decimal(number) / 100)
#: Which one of those there are.
which = st.integers(0, 50)
days_ago = st.integers(0, 3)


@dataclass
class Trade:
    """Two sides, and everything that stands between them."""

    orders: list[tuple[Order, Book]] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    payments: list[PaymentDocument] = field(default_factory=list)
    credits: list[CreditNote] = field(default_factory=list)
    ledger: list[Entry] = field(default_factory=list)
    ordered_by: dict[UUID, int] = field(default_factory=dict)
    """Of which order each invoice is."""

    def order_of(self, invoice: Invoice) -> tuple[Order, Book]:
        """The order an invoice bills, with its book."""
        return self.orders[self.ordered_by[invoice.id]]

    def sum(self, account: Account, chosen: Callable[[Entry], bool] = lambda _: True) -> Decimal:
        """What stands on an account."""
        return sum((e.amount for e in self.ledger if e.account is account and chosen(e)), ZERO)


class AnySequence(RuleBasedStateMachine):
    """Does whatever may be done, and much that may not."""

    def __init__(self) -> None:
        super().__init__()
        self.trade = Trade()
        self.count = 0

    @initialize()
    def begin(self) -> None:
        self.order()

    # ------------------------------------------------------------------------------------------ the deeds

    @rule()
    def order(self) -> None:
        ordered = (
            an_order_line(1, "10", "30.00", tax_rate="20"),
            an_order_line(2, "5", "7.77", tax_rate="7"),
        )
        self.trade.orders.append((an_order(*ordered), Book(())))

    @rule(at=which, price=cents, line=st.integers(1, 2), quantity=st.integers(1, 12), ago=days_ago)
    def send(self, at: int, price: Decimal, line: int, quantity: int, ago: int) -> None:
        with self.transaction("send"):
            order, book = self.one(self.trade.orders, at)
            invoice = a_draft(
                billing(str(price), order_line=line, quantity=str(quantity)),
                order=order,
                agreed=AGREED,
                number=self.name("INV"),
                issue_date=TODAY - timedelta(days=ago),
            )
            invoice.submit(order=order, terms=AGREED, at=NOON + timedelta(seconds=self.count))
            self.trade.invoices.append(invoice)
            self.trade.ordered_by[invoice.id] = at % len(self.trade.orders)
            match_again(invoice, order=order, agreed=AGREED, book=book)

    @precondition(lambda self: any(invoice.status is S.DRAFT for invoice in self.trade.invoices))
    @rule(at=which)
    def send_again(self, at: int) -> None:
        with self.transaction("send"):
            invoice = self.one([each for each in self.trade.invoices if each.status is S.DRAFT], at)
            order, book = self.trade.order_of(invoice)
            invoice.submit(order=order, terms=AGREED, at=NOON + timedelta(seconds=self.count))
            match_again(invoice, order=order, agreed=AGREED, book=book)

    @precondition(lambda self: self.trade.invoices)
    @rule(at=which, how=st.sampled_from(["approve", "reject", "give back", "cancel"]))
    def decide(self, at: int, how: str) -> None:
        with self.transaction("decide"):
            place = at % len(self.trade.invoices)
            invoice, anna = self.trade.invoices[place], a_buyer()
            if how == "approve":
                invoice.approve(by=anna, remark=None, at=NOON)
            elif how == "reject":
                invoice.reject(by=anna, reason="x", at=NOON)
            elif how == "give back":
                invoice.give_back(terms=AGREED, by=anna, reason="x", at=NOON)
            else:
                invoice.cancel(by=a_supplier(), reason="x", at=NOON)
            order, book = self.trade.order_of(invoice)
            book.put(invoice.counted())
            by_id = {each.id: each for each in self.trade.invoices}
            for waiting in book.waiting():
                match_again(by_id[waiting], order=order, agreed=AGREED, book=book)

    @precondition(lambda self: self.trade.invoices)
    @rule(amount=cents, parts=st.lists(st.tuples(which, st.integers(1, 110)), max_size=3), ago=days_ago)
    def pay(self, amount: Decimal, parts: list[tuple[int, int]], ago: int) -> None:
        with self.transaction("pay"):
            name = self.name("P")
            shares = self.parts(name, parts)
            payment = PaymentDocument.record_for(
                payment_id=an_id(name),
                partnership_id=an_id("partnership"),
                customer=CUSTOMER,
                supplier=SUPPLIER,
                currency="EUR",
                amount=sum((part.amount for part in shares), amount),
                paid_on=TODAY - timedelta(days=ago),
                reference=name,
                parts=shares,
                by=a_payer(),
                at=NOON,
            )
            self.trade.payments.append(payment)

    @precondition(lambda self: self.trade.payments and self.trade.invoices)
    @rule(at=which, part=st.tuples(which, st.integers(1, 110)))
    def allocate(self, at: int, part: tuple[int, int]) -> None:
        with self.transaction("pay"):
            shares = self.parts(self.name("A"), [part])
            self.one(self.trade.payments, at).allocate(shares, by=a_payer(), at=NOON)

    @precondition(lambda self: self.trade.payments)
    @rule(at=which)
    def reverse(self, at: int) -> None:
        with self.transaction("reverse"):
            self.one(self.trade.payments, at).reverse(self.trade.invoices, reason="x", by=a_payer(), at=NOON)

    @precondition(lambda self: self.trade.invoices)
    @rule(at=which, amount=st.none() | cents, disputed=st.booleans())
    def credit_value(self, at: int, amount: Decimal | None, disputed: bool) -> None:
        self.credit(at, CreditBasis.VALUE, CreditContent(line=1, amount=amount), disputed)

    @precondition(lambda self: self.trade.invoices)
    @rule(at=which, quantity=st.none() | st.integers(1, 12).map(Decimal))
    def credit_quantity(self, at: int, quantity: Decimal | None) -> None:
        self.credit(at, CreditBasis.QUANTITY, CreditContent(line=1, quantity=quantity), disputed=False)

    @precondition(lambda self: self.trade.invoices)
    @rule(at=which, amount=st.none() | cents)
    def dispute(self, at: int, amount: Decimal | None) -> None:
        with self.transaction("dispute"):
            invoice = self.one(self.trade.invoices, at)
            net, held = invoice.part_of(1, None, amount)
            raised = Dispute(
                id=an_id(self.name("D")),
                line=1,
                reason=DisputeReason.PRICE,
                note="x",
                net=net,
                held=held,
                raised_by=invoice.initiator,
                raised_at=NOON,
            )
            invoice.dispute(raised, by=a_payer())

    @precondition(lambda self: any(invoice.disputes for invoice in self.trade.invoices))
    @rule(at=which, outcome=st.sampled_from(DisputeOutcome))
    def settle(self, at: int, outcome: DisputeOutcome) -> None:
        with self.transaction("dispute"):
            invoice = self.one([each for each in self.trade.invoices if each.disputes], at)
            invoice.settle(invoice.disputes[-1].id, outcome, note="", by=a_payer(), at=NOON)

    # -------------------------------------------------------------------------------------- what must hold

    @invariant()
    def every_posting_sums_to_zero(self) -> None:
        sums: dict[object, Decimal] = {}
        for entry in self.trade.ledger:
            source = (entry.source_type, entry.source_id)
            sums[source] = sums.get(source, ZERO) + entry.amount
        assert not any(sums.values())
        keys = [(entry.source_type, entry.source_id, entry.number) for entry in self.trade.ledger]
        assert len(keys) == len(set(keys))

    @invariant()
    def what_is_owed_of_an_invoice_is_what_the_ledger_says(self) -> None:
        for invoice in self.trade.invoices:
            posted = self.trade.sum(Account.RECEIVABLE, lambda e, id=invoice.id: e.invoice_id == id)
            assert posted == invoice.open
        owed = sum((invoice.open for invoice in self.trade.invoices), ZERO)
        assert self.trade.sum(Account.RECEIVABLE) == owed
        left = sum((payment.advance for payment in self.trade.payments), ZERO)
        assert -self.trade.sum(Account.ADVANCE) == left

    @invariant()
    def a_statement_says_what_the_documents_say_of_any_day(self) -> None:
        for day in (TODAY - timedelta(days=ago) for ago in range(5)):
            until: Callable[[Entry], bool] = lambda entry, day=day: entry.posted_on <= day  # noqa: E731
            assert self.trade.sum(Account.RECEIVABLE, until) == _owed_on(self.trade, day)
            assert -self.trade.sum(Account.ADVANCE, until) == _held_on(self.trade, day)

    @invariant()
    def nothing_is_credited_or_paid_beyond_what_was_invoiced(self) -> None:
        for invoice in self.trade.invoices:
            assert invoice.paid >= 0 <= invoice.deducted <= invoice.credited <= invoice.gross
            assert invoice.paid + invoice.deducted <= invoice.gross
            assert 0 <= invoice.disputed <= invoice.open
            for line in invoice.lines:
                assert 0 <= line.credited_net <= line.net
                assert 0 <= line.credited_quantity <= line.quantity
            for tax in invoice.taxes:
                assert 0 <= tax.credited <= tax.amount

    @invariant()
    def a_status_tells_how_the_money_stands(self) -> None:
        for invoice in self.trade.invoices:
            if invoice.status not in OWED:
                assert (invoice.paid, invoice.credited, invoice.open) == (0, 0, 0)
            elif invoice.open == 0:
                assert invoice.status is S.PAID
            else:
                assert invoice.status is (S.PARTLY_PAID if invoice.paid else S.APPROVED)

    # ------------------------------------------------------------------------------------------------ how

    def credit(self, at: int, basis: CreditBasis, content: CreditContent, disputed: bool) -> None:
        with self.transaction("credit"):
            invoice, name = self.one(self.trade.invoices, at), self.name("CN")
            note = CreditNote.issue(
                invoice,
                credit_note_id=an_id(name),
                number=name,
                basis=basis,
                reason="x",
                issue_date=None,
                dispute_id=invoice.disputes[0].id if disputed and invoice.disputes else None,
                contents=[content],
                by=a_supplier(),
                at=NOON,
            )
            self.trade.credits.append(note)
            _, book = self.trade.order_of(invoice)
            book.put(invoice.counted())
            advance = PaymentDocument.from_credit(note.view(), payment_id=an_id(f"advance {name}"))
            if advance is not None:
                self.trade.payments.append(advance)

    @contextmanager
    def transaction(self, deed: str) -> Iterator[None]:
        """All of it or nothing; then what was posted is in the ledger, and no status has left the table."""
        before = copy.deepcopy(self.trade)
        try:
            yield
        except CounterpartError:
            self.trade = before
            return
        for document in (*self.trade.invoices, *self.trade.payments, *self.trade.credits):
            self.trade.ledger += document.new_entries
            document.new_entries, document.facts = [], []
        for document in self.trade.payments:
            document.new_allocations = []
        was = {invoice.id: invoice.status for invoice in before.invoices}
        for invoice in self.trade.invoices:
            assert invoice.status in _reachable(was.get(invoice.id, S.DRAFT), STEPS[deed])

    def parts(self, name: str, wanted: list[tuple[int, int]]) -> list[Part]:
        """Shares of what is open, now and then more than that; of each invoice one."""
        chosen = {at % len(self.trade.invoices): percent for at, percent in wanted}
        return [
            Part(
                an_id(f"{name} {place}"),
                self.trade.invoices[place],
                max(
                    (self.trade.invoices[place].open * percent / 100).quantize(Decimal("0.01")),
                    Decimal("0.01"),
                ),
            )
            for place, percent in chosen.items()
        ]

    def one(self, of: list[T], at: int) -> T:
        return of[at % len(of)]

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}-{self.count}"


def _reachable(status: InvoiceStatus, steps: set[str]) -> set[InvoiceStatus]:
    """Where the table leads from a status by these steps, taken as often as one likes."""
    found, more = {status}, {status}
    while more:
        more = {after for (at, step), after in TRANSITIONS.items() if at in more and step in steps} - found
        found |= more
    return found


def _owed_on(trade: Trade, day: date) -> Decimal:
    """What the customer owes after a day, by the documents alone."""
    owed = sum((i.gross for i in trade.invoices if i.status in OWED and i.issue_date <= day), ZERO)
    owed -= sum((note.deducted for note in trade.credits if note.issue_date <= day), ZERO)
    for payment in trade.payments:
        if not _taken_back(payment, day):
            owed -= sum((each.amount for each in payment.allocations if each.allocated_on <= day), ZERO)
    return owed


def _held_on(trade: Trade, day: date) -> Decimal:
    """What the supplier holds of the customer's after a day."""
    held = ZERO
    for payment in trade.payments:
        if payment.paid_on <= day and not _taken_back(payment, day):
            used = sum((each.amount for each in payment.allocations if each.allocated_on <= day), ZERO)
            held += payment.amount - used
    return held


def _taken_back(payment: PaymentDocument, day: date) -> bool:
    return payment.reversed_at is not None and payment.reversed_at.date() <= day


AnySequence.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestAnySequence = AnySequence.TestCase
