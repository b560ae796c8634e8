"""What every step of an invoice shares that may let another one be decided."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from uuid import UUID

from services.chassis.database import Transaction
from services.contracts.invoicing import views
from services.contracts.invoicing.views import InvoiceStatus
from services.invoicing import measures, queries
from services.invoicing.domain import matching
from services.invoicing.domain.book import Book
from services.invoicing.domain.discrepancy import ways
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.order import Order, Terms


def decision(tx: Transaction, order: Order, terms: Terms, book: Book, invoice: Invoice) -> views.Match:
    """What matching says of an invoice beside what the book of its order holds; changes nothing."""
    return matching.decide(
        match_id=tx.new_id(),
        invoice_id=invoice.id,
        invoice_sequence=invoice.sequence,
        at=tx.at,
        inputs=invoice.inputs(order, terms, book),
    )


def match_those_waiting(tx: Transaction, order: Order, terms: Terms, decided: Invoice) -> None:
    """One invoice of the order is decided: match those anew that waited for it (S-072)."""
    book = queries.book_of(tx, order, terms)
    book.put(decided.counted())
    for invoice_id in book.waiting():
        match(tx, order, terms, book, tx.get(Invoice, invoice_id))


def match_held_for_receipts(tx: Transaction, order_ids: Iterable[UUID]) -> None:
    """Goods of these orders have come: decide anew what was held for nothing else (three- and four-way).

    The order is taken as it is known here, whichever news of it has come last or first, and locked before its
    invoices, as always: an invoice that is being sent meanwhile is seen here, or sees the goods itself.
    """
    held = queries.held_of_orders(tx, order_ids)
    for order_id, of_order in groupby(held, key=lambda each: each[0]):
        _match_held(tx, order_id, [invoice_id for _, invoice_id in of_order])


def _match_held(tx: Transaction, order_id: UUID, invoice_ids: Sequence[UUID]) -> None:
    order, terms = queries.order_with_terms(tx, order_id, lock=True)
    book = queries.book_of(tx, order, terms)
    for invoice_id in invoice_ids:
        invoice, last = tx.get(Invoice, invoice_id), queries.last_match_of(tx, invoice_id)
        if invoice.status is not InvoiceStatus.PENDING or last is None:
            continue
        if matching.held_for_receipts(last):
            _take(tx, book, invoice, decision(tx, order, terms, book, invoice))
    for invoice_id in book.waiting():
        match(tx, order, terms, book, tx.get(Invoice, invoice_id))


def _take(tx: Transaction, book: Book, invoice: Invoice, decided: views.Match) -> None:
    if invoice.decide_anew(decided):
        book.put(invoice.counted())
        if invoice.status is InvoiceStatus.APPROVED:
            queries.count_approval(tx, invoice, decided)


def match(tx: Transaction, order: Order, terms: Terms, book: Book, invoice: Invoice) -> None:
    """Decide on an invoice while its order is locked, and count it there if it passes."""
    decided = decision(tx, order, terms, book, invoice)
    invoice.take(decided)
    measures.matched(ways(invoice.lines, order))
    book.put(invoice.counted())
    if invoice.status is InvoiceStatus.APPROVED:
        queries.count_approval(tx, invoice, decided)
