"""Many invoices in one action. One transaction: whatever dies in the middle has sent nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from services.chassis.commands import command, query
from services.chassis.database import Transaction
from services.chassis.errors import CounterpartError, Fault, Invalid, Later, NotFound
from services.contracts.invoicing import bulk as shapes
from services.contracts.invoicing.views import InvoiceLine, InvoiceStatus, Verdict
from services.invoicing import billable, queries
from services.invoicing.domain import bulk
from services.invoicing.domain.book import Book
from services.invoicing.domain.invoice import Invoice, number_key
from services.invoicing.domain.order import Order, Terms
from services.invoicing.domain.refusals import NothingOpen, NumberMissing, NumberTaken, SeveralOrders
from services.invoicing.handling import matching, sending


class _Found(NamedTuple):
    """One of the invoices and the order it bills, or why there is none."""

    place: int
    wish: shapes.OneOfMany
    order_id: UUID | None
    why: tuple[shapes.Hindrance, ...] = ()


class Bulk:
    """Invoices for many orders at once."""

    @query(shapes.ListBillableOrders)
    def list_billable_orders(
        self, tx: Transaction, question: shapes.ListBillableOrders
    ) -> shapes.BillableOrders:
        """See the query."""
        return billable.billable_orders(tx, question)

    @query(shapes.PreflightInvoices)
    def preflight_invoices(self, tx: Transaction, question: shapes.PreflightInvoices) -> shapes.ForeseenMany:
        """See the query."""
        return bulk.all_foreseen(one.told for one in foreseen(tx, enumerate(question.invoices)))

    @command(shapes.SendInvoices)
    def send_invoices(self, tx: Transaction, wish: shapes.SendInvoices) -> shapes.SentMany:
        """See the command."""
        items = sent(tx, enumerate(wish.invoices))
        if not wish.keep_good and any(item.hindrances for item in items):
            raise Invalid("Some of the invoices cannot be sent, so none was.", bulk.as_faults(items))
        return bulk.all_sent(items)


class Foresight(NamedTuple):
    """What would come of one of the invoices, and its lines as they would be billed."""

    told: shapes.ForeseenOne
    lines: tuple[InvoiceLine, ...] = ()


def foreseen(tx: Transaction, wishes: Iterable[tuple[int, shapes.OneOfMany]]) -> list[Foresight]:
    """What would come of sending the invoices one after the other; each with its place among them."""
    items = []
    books: dict[UUID, tuple[Order, Terms, Book]] = {}
    billed: set[UUID] = set()
    numbers = _Numbers()
    for one in _found(tx, wishes):
        order = None
        try:
            if one.order_id is None:
                items.append(Foresight(bulk.not_foreseen(one.place, one.wish.number, None, one.why)))
                continue
            if one.order_id not in books:
                order, terms = queries.order_with_terms(tx, one.order_id, lock=False)
                books[one.order_id] = order, terms, queries.book_of(tx, order, terms)
            order, terms, book = books[one.order_id]
            if one.wish.lines is None and one.order_id in billed:
                raise NothingOpen(f"Another of these invoices bills all that is open of {order.number}.")
            invoice = sending.composed(tx, order, terms, one.wish, book)
            numbers.once(order, one.wish.number)
            told = sending.foreseen(tx, order, terms, book, invoice)
            # The next one of the same order is matched as if this one had been sent.
            book.put(replace(invoice.counted(), status=_COMES_TO[told.verdict]))
            billed.add(one.order_id)
            items.append(Foresight(bulk.foreseen(one.place, order, one.wish.number, told), told.lines))
        except Later:
            raise
        except CounterpartError as refusal:
            why = bulk.hindrances(refusal)
            items.append(Foresight(bulk.not_foreseen(one.place, one.wish.number, order, why)))
    return items


def sent(tx: Transaction, wishes: Iterable[tuple[int, shapes.OneOfMany]]) -> list[shapes.SentOne]:
    """Send the invoices that can be sent; each with its place among them."""
    return [_send_one(tx, one) for one in _found(tx, wishes)]


def _send_one(tx: Transaction, one: _Found) -> shapes.SentOne:
    order = None
    if one.order_id is None:
        return bulk.not_sent(one.place, one.wish.number, None, one.why)
    try:
        order, terms = queries.order_with_terms(tx, one.order_id, lock=True)
        book = queries.book_of(tx, order, terms)
        invoice = sending.composed(tx, order, terms, one.wish, book)
        _check_number(tx, invoice)
        invoice.submit(order=order, terms=terms, alike=queries.alike(tx, invoice), at=tx.at)
    except Later:
        raise
    except CounterpartError as refusal:
        # Nothing of it has been given to the transaction yet.
        return bulk.not_sent(one.place, one.wish.number, order, bulk.hindrances(refusal))
    tx.add(invoice)
    matching.match(tx, order, terms, book, invoice)
    # Written now: the next one may be of the same order, or have the same number.
    tx.flush()
    return bulk.sent(one.place, invoice)


_COMES_TO = {
    Verdict.PASSES: InvoiceStatus.APPROVED,
    Verdict.HELD: InvoiceStatus.PENDING,
    Verdict.WAITS: InvoiceStatus.MATCHING,
}


class _Numbers:
    """The numbers that the invoices of one action have, by customer."""

    def __init__(self) -> None:
        self._seen: set[tuple[UUID, str]] = set()

    def once(self, order: Order, number: str | None) -> None:
        """Refuse a number that another invoice of the same action has for the same customer."""
        if number is None:
            return
        key = (order.customer.id, number_key(number))
        if key in self._seen:
            raise NumberTaken(f"Another of these invoices has the number {number}. Give this one another.")
        self._seen.add(key)


def _check_number(tx: Transaction, invoice: Invoice) -> None:
    if invoice.number is None:
        raise NumberMissing("Give the invoice the number it has in your books, then send it.")
    if queries.number_is_taken(tx, invoice):
        raise NumberTaken(f"You have used the number {invoice.number} for {invoice.customer.name} before.")


def _found(tx: Transaction, wishes: Iterable[tuple[int, shapes.OneOfMany]]) -> Iterator[_Found]:
    """The invoices with their orders, in the order of the orders' ids.

    Who locks several orders locks them in this order, so that no two ever wait for each other.
    """
    placed = list(wishes)
    by_number = queries.orders_by_number(tx, [wish.order_number for _, wish in placed if wish.order_number])
    found = [_order_of(place, wish, by_number) for place, wish in placed]
    yield from sorted(found, key=lambda one: (str(one.order_id), one.place))


def _order_of(place: int, wish: shapes.OneOfMany, by_number: dict[str, list[UUID]]) -> _Found:
    if wish.order_id is not None and wish.order_number is None:
        return _Found(place, wish, wish.order_id)
    refusal: CounterpartError
    if wish.order_id is not None or wish.order_number is None:
        refusal = Invalid(
            "Name the order.", [Fault("/order_number", "name the order by its id or its number")]
        )
        return _Found(place, wish, None, bulk.hindrances(refusal))
    ids = by_number.get(wish.order_number, [])
    if len(ids) == 1:
        return _Found(place, wish, ids[0])
    if ids:
        refusal = SeveralOrders(
            f"Several of your customers have an order {wish.order_number}: name it by its id."
        )
    else:
        refusal = NotFound(f"There is no order {wish.order_number} here.")
    return _Found(place, wish, None, bulk.hindrances(refusal))
