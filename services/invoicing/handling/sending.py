"""The supplier's part: from a draft to what is sent, foreseen and matched."""

from services.chassis.commands import command, query
from services.chassis.database import Transaction
from services.contracts.actors import OrganisationKind
from services.contracts.invoicing import bulk, commands, views
from services.invoicing import queries
from services.invoicing.domain import preflight
from services.invoicing.domain.book import Book
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.lines import Content, all_that_is_open
from services.invoicing.domain.order import Order, Terms
from services.invoicing.domain.remedy import remedies
from services.invoicing.handling import matching


class Sending:
    """Drafts and their sending, and what would come of it."""

    @command(commands.DraftInvoice)
    def draft_invoice(self, tx: Transaction, wish: commands.DraftInvoice) -> views.Invoice:
        """See the command."""
        order, terms = queries.order_with_terms(tx, wish.order_id, lock=False, at_least=wish.order_sequence)
        invoice = _written(tx, order, terms, wish, queries.book_of(tx, order, terms))
        invoice.begin()
        return invoice.view()

    @command(commands.ChangeInvoiceDraft)
    def change_invoice_draft(self, tx: Transaction, wish: commands.ChangeInvoiceDraft) -> views.Invoice:
        """See the command."""
        invoice = tx.get(Invoice, wish.invoice_id)
        order, terms = queries.order_with_terms(tx, invoice.order_id, lock=False)
        invoice.change(
            order=order,
            terms=terms,
            number=wish.number,
            issue_date=wish.issue_date,
            note=wish.note,
            content=Content(wish.lines, wish.adjustments, wish.exemptions, wish.currency, wish.exchange),
            at=tx.at,
        )
        return invoice.view()

    @command(commands.DeleteInvoiceDraft)
    def delete_invoice_draft(self, tx: Transaction, wish: commands.DeleteInvoiceDraft) -> views.DeletedDraft:
        """See the command."""
        invoice = tx.get(Invoice, wish.invoice_id)
        invoice.delete()
        return views.DeletedDraft(id=invoice.id, number=invoice.number)

    @command(commands.SendInvoiceDraft)
    def send_invoice_draft(self, tx: Transaction, wish: commands.SendInvoiceDraft) -> views.Invoice:
        """See the command."""
        order, terms = queries.order_of_invoice(tx, wish.invoice_id)
        invoice = tx.get(Invoice, wish.invoice_id)
        invoice.submit(order=order, terms=terms, alike=queries.alike(tx, invoice), at=tx.at)
        matching.match(tx, order, terms, queries.book_of(tx, order, terms), invoice)
        return invoice.view()

    @command(commands.SendInvoice)
    def send_invoice(self, tx: Transaction, wish: commands.SendInvoice) -> views.Invoice:
        """See the command."""
        order, terms = queries.order_with_terms(tx, wish.order_id, lock=True, at_least=wish.order_sequence)
        book = queries.book_of(tx, order, terms)
        invoice = _written(tx, order, terms, wish, book)
        invoice.submit(order=order, terms=terms, alike=queries.alike(tx, invoice), at=tx.at)
        matching.match(tx, order, terms, book, invoice)
        return invoice.view()

    @command(commands.CancelInvoice)
    def cancel_invoice(self, tx: Transaction, wish: commands.CancelInvoice) -> views.Invoice:
        """See the command."""
        order, terms = queries.order_of_invoice(tx, wish.invoice_id)
        invoice = tx.get(Invoice, wish.invoice_id)
        invoice.cancel(by=tx.actor, reason=wish.reason, at=tx.at)
        matching.match_those_waiting(tx, order, terms, invoice)
        return invoice.view()

    @query(commands.GetOpenQuantities)
    def get_open_quantities(
        self, tx: Transaction, question: commands.GetOpenQuantities
    ) -> views.OpenQuantities:
        """See the query."""
        order, _ = queries.order_with_terms(tx, question.order_id, lock=False)
        return order.open_quantities(queries.invoiced_quantities(tx, order.id))

    @query(commands.PreflightInvoice)
    def preflight_invoice(self, tx: Transaction, question: commands.PreflightInvoice) -> views.Preflight:
        """See the query."""
        order, terms = queries.order_with_terms(
            tx, question.order_id, lock=False, at_least=question.order_sequence
        )
        book = queries.book_of(tx, order, terms)
        invoice = composed(tx, order, terms, question, book)
        if question.invoice_id is not None:
            invoice.stand_for(tx.peek(Invoice, question.invoice_id))
        return foreseen(tx, order, terms, book, invoice)

    @query(commands.PreflightInvoiceDraft)
    def preflight_invoice_draft(
        self, tx: Transaction, question: commands.PreflightInvoiceDraft
    ) -> views.Preflight:
        """See the query."""
        invoice = tx.peek(Invoice, question.invoice_id)
        order, terms = queries.order_with_terms(tx, invoice.order_id, lock=False)
        return foreseen(tx, order, terms, queries.book_of(tx, order, terms), invoice)


def _written(
    tx: Transaction,
    order: Order,
    terms: Terms,
    wish: commands.DraftInvoice | commands.SendInvoice,
    book: Book,
) -> Invoice:
    invoice = composed(tx, order, terms, wish, book)
    tx.add(invoice)
    return invoice


def composed(
    tx: Transaction,
    order: Order,
    terms: Terms,
    wish: commands.DraftInvoice | commands.SendInvoice | commands.PreflightInvoice | bulk.OneOfMany,
    book: Book,
) -> Invoice:
    """The invoice that the supplier means, which nobody keeps yet."""
    contents = wish.lines
    if contents is None:
        invoiced = {} if book.untouched else queries.invoiced_quantities(tx, order.id)
        contents = all_that_is_open(order, invoiced)
    return Invoice.write(
        invoice_id=tx.new_id(),
        order=order,
        terms=terms,
        number=wish.number,
        issue_date=wish.issue_date,
        note=wish.note,
        content=Content(contents, wish.adjustments, wish.exemptions, wish.currency, wish.exchange),
        by=tx.actor,
        at=tx.at,
    )


def foreseen(tx: Transaction, order: Order, terms: Terms, book: Book, invoice: Invoice) -> views.Preflight:
    """What sending would decide. The invoice is a copy: it is never given to the transaction."""
    in_the_way = preflight.obstacles(invoice, number_taken=queries.number_is_taken(tx, invoice))
    invoice.rehearse(order=order, terms=terms, alike=queries.alike(tx, invoice), at=tx.at)
    match = matching.decision(tx, order, terms, book, invoice)
    openly = tx.actor.kind is OrganisationKind.SUPPLIER and not terms.tells_limit

    def judged(lines: tuple[views.InvoiceLine, ...]) -> views.Match:
        return matching.decision(tx, order, terms, book, invoice.with_lines(lines))

    changes = remedies(invoice.lines, match, judged, openly=openly)
    return preflight.told(invoice, order, match, in_the_way, changes, openly=openly)
