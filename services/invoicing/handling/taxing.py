"""Suppliers' tax invoices, and the requests to date a delivery later for their sake (S-070)."""

from services.chassis.commands import command, query
from services.chassis.consuming import Incoming, consumes
from services.chassis.database import Transaction
from services.contracts.invoicing import tax_invoices as asked
from services.contracts.invoicing.events import DeliveryDateAdjusted
from services.invoicing import measures, tax_invoices
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.tax_invoice import TaxInvoice


class Taxing:
    """Tax invoices of suppliers."""

    @command(asked.IssueTaxInvoice)
    def issue_tax_invoice(self, tx: Transaction, wish: asked.IssueTaxInvoice) -> asked.TaxInvoice:
        """See the command."""
        # Locked, so that it is not taken back meanwhile.
        invoice = tx.get(Invoice, wish.invoice_id)
        tax = TaxInvoice.issue(
            invoice, id=tx.new_id(), number=wish.number, day=wish.day, by=tx.actor, at=tx.at
        )
        tx.add(tax)
        measures.taxed("issued")
        return tax.view()

    @command(asked.RegisterSupplierTaxInvoice)
    def register_supplier_tax_invoice(
        self, tx: Transaction, wish: asked.RegisterSupplierTaxInvoice
    ) -> asked.TaxInvoice:
        """See the command."""
        tax = tx.get(TaxInvoice, wish.tax_invoice_id)
        if tax.register(wish.registration, on=wish.registered_on, by=tx.actor, at=tx.at):
            measures.taxed("registered-late" if wish.registered_on > tax.register_by else "registered")
        return tax.view()

    @command(asked.AskForDeliveryDate)
    def ask_for_delivery_date(self, tx: Transaction, wish: asked.AskForDeliveryDate) -> asked.TaxInvoice:
        """See the command."""
        tax = tx.get(TaxInvoice, wish.tax_invoice_id)
        stands = tx.peek(Invoice, tax.invoice_id).delivery_date
        ordered = tax_invoices.delivery_date_of_order(tx, tax.order_id)
        tax.ask(wish, request_id=tx.new_id(), delivery_date=stands or ordered, by=tx.actor, at=tx.at)
        measures.taxed("date-asked")
        return tax.view()

    @command(asked.GrantDeliveryDate)
    def grant_delivery_date(self, tx: Transaction, wish: asked.GrantDeliveryDate) -> asked.TaxInvoice:
        """See the command."""
        tax = tx.get(TaxInvoice, wish.tax_invoice_id)
        tax.grant(wish.request_id, on=wish.delivery_date, answer=wish.answer, by=tx.actor, at=tx.at)
        measures.taxed("date-granted")
        return tax.view()

    @command(asked.RefuseDeliveryDate)
    def refuse_delivery_date(self, tx: Transaction, wish: asked.RefuseDeliveryDate) -> asked.TaxInvoice:
        """See the command."""
        tax = tx.get(TaxInvoice, wish.tax_invoice_id)
        tax.refuse(wish.request_id, answer=wish.answer, by=tx.actor, at=tx.at)
        measures.taxed("date-refused")
        return tax.view()

    @consumes(DeliveryDateAdjusted)
    def on_delivery_date_adjusted(self, tx: Transaction, event: Incoming[DeliveryDateAdjusted]) -> None:
        """Date the invoice anew. Not at once: the operator grants dates, and writes no invoices."""
        request = event.data.request
        assert request.granted_date is not None
        invoice = tx.get(Invoice, event.data.tax_invoice.invoice_id)
        invoice.date_delivery(request.granted_date, before=request.delivery_date)

    @query(asked.GetTaxInvoice)
    def get_tax_invoice(self, tx: Transaction, question: asked.GetTaxInvoice) -> asked.TaxInvoice:
        """See the query."""
        return tx.peek(TaxInvoice, question.tax_invoice_id).view()

    @query(asked.GetTaxInvoiceHistory)
    def get_tax_invoice_history(
        self, tx: Transaction, question: asked.GetTaxInvoiceHistory
    ) -> asked.TaxInvoiceHistory:
        """See the query."""
        return tax_invoices.history_of(tx, question.tax_invoice_id)

    @query(asked.ListTaxInvoices)
    def list_tax_invoices(self, tx: Transaction, question: asked.ListTaxInvoices) -> asked.TaxInvoicePage:
        """See the query."""
        return tax_invoices.list_tax_invoices(tx, question)
