"""Invoices as they are read: one, lists, numbers of the start page, search, history."""

from services.chassis.commands import query
from services.chassis.database import Transaction
from services.contracts.invoicing import commands, views
from services.contracts.search import Hits
from services.invoicing import lists, queries, searching
from services.invoicing.domain.invoice import Invoice


class Reading:
    """The questions about invoices."""

    @query(commands.GetInvoice)
    def get_invoice(self, tx: Transaction, question: commands.GetInvoice) -> views.Invoice:
        """See the query."""
        return tx.peek(Invoice, question.invoice_id).view()

    @query(commands.ListInvoices)
    def list_invoices(self, tx: Transaction, question: commands.ListInvoices) -> views.InvoicePage:
        """See the query."""
        return lists.list_invoices(tx, question)

    @query(commands.GetInvoicesDashboard)
    def get_invoices_dashboard(
        self, tx: Transaction, question: commands.GetInvoicesDashboard
    ) -> views.InvoicesDashboard:
        """See the query."""
        return lists.dashboard(tx)

    @query(commands.SearchInvoices)
    def search_invoices(self, tx: Transaction, question: commands.SearchInvoices) -> Hits:
        """See the query."""
        return searching.search(tx, question)

    @query(commands.GetInvoiceHistory)
    def get_invoice_history(
        self, tx: Transaction, question: commands.GetInvoiceHistory
    ) -> views.InvoiceHistory:
        """See the query."""
        return queries.invoice_history(tx, question.invoice_id)

    @query(commands.CountDrafts)
    def count_drafts(self, tx: Transaction, question: commands.CountDrafts) -> views.DraftCount:
        """See the query."""
        return queries.drafts_that_would_go(tx, question.partnership_id)
