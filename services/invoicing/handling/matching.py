"""What every step of an invoice shares that may let another one be decided."""

from services.chassis.database import Transaction
from services.contracts.invoicing import views
from services.contracts.invoicing.views import InvoiceStatus
from services.invoicing import queries
from services.invoicing.domain import matching
from services.invoicing.domain.book import Book
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


def match(tx: Transaction, order: Order, terms: Terms, book: Book, invoice: Invoice) -> None:
    """Decide on an invoice while its order is locked, and count it there if it passes."""
    decided = decision(tx, order, terms, book, invoice)
    invoice.take(decided)
    book.put(invoice.counted())
    if invoice.status is InvoiceStatus.APPROVED:
        queries.count_approval(tx, invoice, decided)
