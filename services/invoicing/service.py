"""The invoicing service: its commands, its queries, and what it hears from orders and accounts."""

from services.chassis.amqp import every
from services.chassis.servicebase import ServiceBase
from services.invoicing import (
    auditing,
    consolidating,
    credit_notes,
    payments,
    policies,
    queries,
    reconciliations,
    tax_invoices,
    waiting,
)
from services.invoicing.domain.choices import Item, OneOrderMatching, PartnerMatching
from services.invoicing.domain.consolidation import Calendar, Consolidated, Run
from services.invoicing.domain.credit import CreditNote
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.payment import PaymentDocument
from services.invoicing.domain.reconciliation import Reconciliation
from services.invoicing.domain.tax_invoice import TaxInvoice
from services.invoicing.domain.tolerance import ToleranceRule
from services.invoicing.domain.waiting import Deputyship, WaitingRules
from services.invoicing.handling.auditing import Auditing
from services.invoicing.handling.bulk import Bulk
from services.invoicing.handling.bulk_files import BulkFiles
from services.invoicing.handling.consolidating import Consolidating
from services.invoicing.handling.crediting import Crediting
from services.invoicing.handling.deciding import Deciding
from services.invoicing.handling.discrepant import Discrepant
from services.invoicing.handling.explaining import Explaining
from services.invoicing.handling.hearing import Hearing
from services.invoicing.handling.paying import Paying
from services.invoicing.handling.reading import Reading
from services.invoicing.handling.reconciling import Reconciling
from services.invoicing.handling.replacing import Replacing
from services.invoicing.handling.reporting import Reporting
from services.invoicing.handling.rules import Rules
from services.invoicing.handling.sending import Sending
from services.invoicing.handling.taxing import Taxing
from services.invoicing.handling.waiting import Waiting


class InvoicingService(
    Sending,
    Bulk,
    BulkFiles,
    Deciding,
    Explaining,
    Discrepant,
    Waiting,
    Paying,
    Crediting,
    Reporting,
    Reconciling,
    Auditing,
    Rules,
    Reading,
    Hearing,
    Consolidating,
    Taxing,
    Replacing,
    ServiceBase,
):
    """Invoices from draft to payment, each matched with its order."""

    name = "invoicing"
    stores = {
        Invoice: queries.InvoiceStore(),
        PaymentDocument: payments.PaymentStore(),
        CreditNote: credit_notes.CreditNoteStore(),
        Reconciliation: reconciliations.ReconciliationStore(),
        ToleranceRule: policies.ToleranceStore(),
        PartnerMatching: policies.PartnerMatchingStore(),
        OneOrderMatching: policies.OrderMatchingStore(),
        Item: policies.ItemStore(),
        WaitingRules: waiting.RulesStore(),
        Deputyship: waiting.DeputyshipStore(),
        Calendar: consolidating.CalendarStore(),
        Run: consolidating.RunStore(),
        Consolidated: consolidating.ConsolidatedStore(),
        TaxInvoice: tax_invoices.TaxInvoiceStore(),
    }

    @every(1800)
    def check_the_books(self) -> None:
        """Recompute the books once a day, soon after midnight UTC; the first process to come does it."""
        with self.database.transaction() as tx:
            auditing.check_once_a_night(tx)


Service = InvoicingService
