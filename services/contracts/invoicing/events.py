"""The facts the invoicing service announces. Each carries the whole invoice as it stands after the fact."""

from typing import Annotated
from uuid import UUID

from services.contracts.invoicing.consolidation import (
    ConsolidatedSummary,
    ConsolidationRun,
    ConsolidationTerms,
)
from services.contracts.invoicing.credit_notes import CreditNote
from services.contracts.invoicing.discrepancies import DiscrepancyAdvice
from services.contracts.invoicing.payments import PaymentDocument
from services.contracts.invoicing.reconciliations import Reconciliation
from services.contracts.invoicing.tax_invoices import DateRequest, TaxInvoice
from services.contracts.invoicing.tolerances import ItemFacts, MatchingPolicy, OrderMatching, Tolerance
from services.contracts.invoicing.views import Change, DeletedDraft, Invoice, Match, Payment
from services.contracts.invoicing.waiting import Deputyship, WaitingRules
from services.contracts.kinds import Day, Id, Instant, Remark
from services.contracts.parties import Party
from services.contracts.shapes import Event, event

TheInvoice = Annotated[Invoice, "The invoice as it stands now."]


class _OfInvoice(Event):
    """Known to both sides of the invoice."""

    __slots__ = ()
    invoice: Invoice

    def participants(self) -> tuple[UUID, ...]:
        """The customer and the supplier."""
        return (self.invoice.customer.id, self.invoice.supplier.id)


class _OfDraft(_OfInvoice):
    """Known to the supplier alone: what it writes is its own until it is sent."""

    __slots__ = ()

    def participants(self) -> tuple[UUID, ...]:
        """The supplier."""
        return (self.invoice.supplier.id,)


# ------------------------------------------------------------------------------------------------ drafts


@event("invoicing")
class InvoiceDrafted(_OfDraft):
    """A supplier has begun an invoice."""

    invoice: TheInvoice


@event("invoicing", live_only=True)
class InvoiceDraftChanged(_OfDraft):
    """A supplier has changed a draft."""

    invoice: TheInvoice


@event("invoicing")
class InvoiceDraftDeleted(_OfDraft):
    """A supplier has thrown a draft away."""

    invoice: TheInvoice


@event("invoicing")
class InvoiceDraftsDeleted(Event):
    """A supplier's portal was switched off, and its drafts for that customer are gone (S-101, D-6)."""

    partnership_id: Annotated[Id, "The link that was switched off."]
    customer: Annotated[Party, "For whom the drafts were."]
    supplier: Annotated[Party, "Whose drafts they were."]
    switched_off_at: Annotated[Instant, "When; drafts made later are not among them."]
    drafts: Annotated[tuple[DeletedDraft, ...], "The drafts."]

    def participants(self) -> tuple[UUID, ...]:
        """The supplier: the customer never knew of the drafts."""
        return (self.supplier.id,)


# -------------------------------------------------------------------------------------- sending and matching


@event("invoicing")
class InvoiceSubmitted(_OfInvoice):
    """A supplier has sent an invoice (S-040). What matching made of it follows as a fact of its own."""

    invoice: TheInvoice


@event("invoicing", live_only=True)
class InvoiceMatched(_OfInvoice):
    """An invoice was compared with its order (S-042). Known to the customer, whose tolerance it shows."""

    invoice: TheInvoice
    match: Annotated[Match, "The decision, with everything it was made from."]

    def participants(self) -> tuple[UUID, ...]:
        """The customer."""
        return (self.invoice.customer.id,)


@event("invoicing")
class ApprovalRequested(_OfInvoice):
    """An invoice is held until the order's initiator decides (S-043); its `reasons` say why."""

    invoice: TheInvoice


@event("invoicing")
class ApprovalDelegated(_OfInvoice):
    """Whoever must decide on a held invoice is away: its `deputy` may; or is back, and nobody stands in."""

    invoice: TheInvoice


@event("invoicing")
class ApprovalReminded(_OfInvoice):
    """Whoever must decide on a held invoice was reminded by the system (S-064)."""

    invoice: TheInvoice


@event("invoicing")
class ApprovalNudged(_OfInvoice):
    """The supplier has asked for the decision on a held invoice (S-063)."""

    invoice: TheInvoice
    note: Annotated[Remark | None, "What the supplier said with it."] = None


@event("invoicing")
class ApprovalEscalated(_OfInvoice):
    """A held invoice waits too long, or its supplier asked for help: the operator is in copy (S-065)."""

    invoice: TheInvoice
    note: Annotated[Remark | None, "Why; null when only time has passed."] = None


@event("invoicing")
class InvoiceApproved(_OfInvoice):
    """An invoice will be paid: it passed by itself, or the initiator released it (S-054)."""

    invoice: TheInvoice


# --------------------------------------------------------------------------------------------- other ends


@event("invoicing")
class InvoiceRejected(_OfInvoice):
    """The initiator has refused an invoice (S-052)."""

    invoice: TheInvoice


@event("invoicing")
class InvoiceReturnedForRework(_OfInvoice):
    """The initiator has given an invoice back: it is the supplier's draft again (S-053)."""

    invoice: TheInvoice


@event("invoicing")
class InvoiceCancelled(_OfInvoice):
    """An invoice was taken back before it was decided (S-052)."""

    invoice: TheInvoice


# ------------------------------------------------------------------------------------------------ afterwards


@event("invoicing")
class InvoiceChanged(_OfInvoice):
    """The customer has changed something about an invoice that the supplier must hear of (S-057)."""

    invoice: TheInvoice
    changes: Annotated[tuple[Change, ...], "What was changed."]


@event("invoicing", live_only=True)
class PaymentRegistered(_OfInvoice):
    """The customer has registered a payment. Whether it was all, `invoice-paid` or `-partly-paid` tells."""

    invoice: TheInvoice
    payment: Annotated[Payment, "The payment."]


@event("invoicing")
class InvoicePartlyPaid(_OfInvoice):
    """A part of an invoice is paid (S-055)."""

    invoice: TheInvoice
    payment: Annotated[Payment, "The payment that did it."]


@event("invoicing")
class InvoicePaid(_OfInvoice):
    """An invoice is paid in full (S-055)."""

    invoice: TheInvoice
    payment: Annotated[Payment, "The payment that did it."]


# ----------------------------------------------------------------------------------- consolidated invoices


class _OfRun(Event):
    """Known to the operator, whose run it is."""

    __slots__ = ()
    run: ConsolidationRun

    def participants(self) -> tuple[UUID, ...]:
        """The operator."""
        return (self.run.operator.id,)


@event("invoicing", live_only=True)
class ConsolidationStarted(_OfRun):
    """The run of a day has begun, or goes on (S-083)."""

    run: Annotated[ConsolidationRun, "The run as it stands now."]


@event("invoicing")
class ConsolidationDue(Event):
    """A customer is to be sent what was approved since the run before. Invoicing does so when it hears it."""

    run_id: Annotated[Id, "The run."]
    day: Annotated[Day, "Its day."]
    until: Annotated[Instant, "What was approved up to this moment."]
    operator: Annotated[Party, "Who issues it."]
    customer: Annotated[Party, "For whom."]

    def participants(self) -> tuple[UUID, ...]:
        """The operator."""
        return (self.operator.id,)


@event("invoicing")
class ConsolidatedInvoiceIssued(Event):
    """The operator has sent a customer a consolidated invoice (S-083)."""

    consolidation: Annotated[ConsolidatedSummary, "The consolidated invoice, without its lines."]

    def participants(self) -> tuple[UUID, ...]:
        """The operator and the customer."""
        return (self.consolidation.operator.id, self.consolidation.customer.id)


@event("invoicing")
class TaxInvoiceRegistered(Event):
    """The operator's tax invoice of a consolidated invoice is registered with the tax office (S-086)."""

    consolidation: Annotated[ConsolidatedSummary, "The consolidated invoice, with its tax invoice."]

    def participants(self) -> tuple[UUID, ...]:
        """The operator and the customer."""
        return (self.consolidation.operator.id, self.consolidation.customer.id)


@event("invoicing", live_only=True)
class ConsolidationAdvanced(_OfRun):
    """One more customer has its consolidated invoices."""

    run: Annotated[ConsolidationRun, "The run as it stands now."]


@event("invoicing", live_only=True)
class ConsolidationFinished(_OfRun):
    """Every customer of a run has its consolidated invoices."""

    run: Annotated[ConsolidationRun, "The run as it stands now."]


@event("invoicing", live_only=True)
class ConsolidationTermsChanged(Event):
    """The operator has chosen another time zone or time to pay."""

    terms: Annotated[ConsolidationTerms, "The terms as they stand now."]

    def participants(self) -> tuple[UUID, ...]:
        """The operator."""
        return (self.terms.operator.id,)


@event("invoicing", live_only=True)
class DiscrepancyAdviceSet(Event):
    """The operator has chosen above which discrepancy rate work on the catalogue is advised (S-062)."""

    advice: Annotated[DiscrepancyAdvice, "The choice."]
    operator: Annotated[Party, "Who chose."]

    def participants(self) -> tuple[UUID, ...]:
        """The operator."""
        return (self.operator.id,)


@event("invoicing")
class InvoiceReopened(_OfInvoice):
    """A payment of an invoice was taken back: something of it is open again. `payment-reversed` tells people."""

    invoice: TheInvoice
    payment: Annotated[Payment, "What is no longer paid."]


@event("invoicing")
class InvoiceCredited(_OfInvoice):
    """A credit note has changed what is due of an invoice. `credit-note-issued` tells people."""

    invoice: TheInvoice
    credit_note: Annotated[CreditNote, "The credit note."]


@event("invoicing")
class CreditNoteIssued(Event):
    """A supplier has credited an invoice, by quantity or by value (S-190, S-206)."""

    credit_note: Annotated[CreditNote, "The credit note."]

    def participants(self) -> tuple[UUID, ...]:
        """The customer and the supplier."""
        return (self.credit_note.customer.id, self.credit_note.supplier.id)


# ---------------------------------------------------------------------------------- suppliers' tax invoices


class _OfTaxInvoice(Event):
    """Known to both sides of the invoice it is for."""

    __slots__ = ()
    tax_invoice: TaxInvoice

    def participants(self) -> tuple[UUID, ...]:
        """The customer and the supplier."""
        return (self.tax_invoice.customer.id, self.tax_invoice.supplier.id)


TheTaxInvoice = Annotated[TaxInvoice, "The tax invoice as it stands now."]


@event("invoicing")
class TaxInvoiceIssued(_OfTaxInvoice):
    """A supplier has issued the tax invoice of an invoice (S-204)."""

    tax_invoice: TheTaxInvoice


@event("invoicing")
class SupplierTaxInvoiceRegistered(_OfTaxInvoice):
    """A supplier has registered a tax invoice with the tax office."""

    tax_invoice: TheTaxInvoice


@event("invoicing")
class DeliveryDateAsked(_OfTaxInvoice):
    """A supplier asks to date the delivery later: the tax invoice cannot be registered in time (S-070)."""

    tax_invoice: TheTaxInvoice
    request: Annotated[DateRequest, "The request."]


@event("invoicing")
class DeliveryDateAdjusted(_OfTaxInvoice):
    """A later delivery date was granted. Invoicing dates the invoice anew when it hears it."""

    tax_invoice: TheTaxInvoice
    request: Annotated[DateRequest, "The request, with its answer."]


@event("invoicing")
class DeliveryDateKept(_OfTaxInvoice):
    """A later delivery date was refused."""

    tax_invoice: TheTaxInvoice
    request: Annotated[DateRequest, "The request, with its answer."]


class _OfPayment(Event):
    """Known to both sides of the payment."""

    __slots__ = ()
    payment: PaymentDocument

    def participants(self) -> tuple[UUID, ...]:
        """The customer and the supplier."""
        return (self.payment.customer.id, self.payment.supplier.id)


ThePayment = Annotated[PaymentDocument, "The payment as it stands now."]


@event("invoicing", live_only=True)
class PaymentRecorded(_OfPayment):
    """A customer has paid invoices; each of them tells so by itself."""

    payment: ThePayment


@event("invoicing")
class AdvancePaid(_OfPayment):
    """A customer has paid more than its payment was allocated to: the rest waits for later invoices."""

    payment: ThePayment


@event("invoicing", live_only=True)
class AdvanceAllocated(_OfPayment):
    """Invoices were paid with what was left of a payment."""

    payment: ThePayment


@event("invoicing")
class PaymentReversed(_OfPayment):
    """A customer has taken a payment back; what it paid is open again."""

    payment: ThePayment


# ------------------------------------------------------------------------------ reconciliation statements


class _OfReconciliation(Event):
    """Known to both sides of the statement."""

    __slots__ = ()
    reconciliation: Reconciliation

    def participants(self) -> tuple[UUID, ...]:
        """The customer and the supplier."""
        return (self.reconciliation.customer.id, self.reconciliation.supplier.id)


class _OfReconciliationDraft(_OfReconciliation):
    """Known to its author alone: what it writes is its own until it is sent."""

    __slots__ = ()

    def participants(self) -> tuple[UUID, ...]:
        """The author."""
        return (self.reconciliation.author.id,)


TheReconciliation = Annotated[Reconciliation, "The statement as it stands now, without its lines."]


@event("invoicing", live_only=True)
class ReconciliationDrafted(_OfReconciliationDraft):
    """A side has begun a reconciliation statement."""

    reconciliation: TheReconciliation


@event("invoicing", live_only=True)
class ReconciliationDraftChanged(_OfReconciliationDraft):
    """A side has changed the draft of a reconciliation statement."""

    reconciliation: TheReconciliation


@event("invoicing", live_only=True)
class ReconciliationDraftDeleted(_OfReconciliationDraft):
    """A draft of a reconciliation statement was thrown away, or went with its supplier's portal (S-101, D-6)."""

    reconciliation: TheReconciliation


@event("invoicing")
class ReconciliationSent(_OfReconciliation):
    """A side has sent the other one a reconciliation statement (S-200)."""

    reconciliation: TheReconciliation


@event("invoicing")
class ReconciliationRevised(_OfReconciliation):
    """The author of a contested statement has answered, and sent it again."""

    reconciliation: TheReconciliation


@event("invoicing")
class ReconciliationConfirmed(_OfReconciliation):
    """The other side has the same in its books."""

    reconciliation: TheReconciliation


@event("invoicing")
class ReconciliationContested(_OfReconciliation):
    """The other side has something else in its books: its objections say what."""

    reconciliation: TheReconciliation


@event("invoicing")
class ReconciliationWithdrawn(_OfReconciliation):
    """The author of a reconciliation statement has taken it back."""

    reconciliation: TheReconciliation


# ---------------------------------------------------------------------------------- the rules of matching


class _OfTolerance(Event):
    """Known to the customer: its tolerances are its own business."""

    __slots__ = ()
    tolerance: Tolerance

    def participants(self) -> tuple[UUID, ...]:
        """The customer."""
        return (self.tolerance.customer.id,)


@event("invoicing", live_only=True)
class ToleranceSet(_OfTolerance):
    """A customer has set a tolerance (S-046)."""

    tolerance: Annotated[Tolerance, "The tolerance."]


@event("invoicing", live_only=True)
class ToleranceEnded(_OfTolerance):
    """A tolerance was ended, or replaced by another."""

    tolerance: Annotated[Tolerance, "The tolerance as it stands now."]


@event("invoicing", live_only=True)
class MatchingChanged(Event):
    """A customer has chosen with what a supplier's invoices are compared, and what the supplier is told."""

    policy: Annotated[MatchingPolicy, "The policy as it stands now."]

    def participants(self) -> tuple[UUID, ...]:
        """The customer."""
        return (self.policy.customer.id,)


@event("invoicing", live_only=True)
class OrderMatchingChanged(Event):
    """A customer has chosen with what the invoices of one order are compared."""

    matching: Annotated[OrderMatching, "The choice as it stands now."]
    customer: Annotated[Party, "Whose order it is."]

    def participants(self) -> tuple[UUID, ...]:
        """The customer."""
        return (self.customer.id,)


@event("invoicing", live_only=True)
class ItemDescribed(Event):
    """A customer has told what it knows of a supplier's item."""

    item: Annotated[ItemFacts, "The item as it stands now."]

    def participants(self) -> tuple[UUID, ...]:
        """The customer."""
        return (self.item.customer.id,)


# ------------------------------------------------------------------------------------- absence and calendar


@event("invoicing", live_only=True)
class DeputyNamed(Event):
    """Somebody will be away, and a colleague decides on their invoices."""

    deputyship: Annotated[Deputyship, "Who for whom, and when."]

    def participants(self) -> tuple[UUID, ...]:
        """The customer."""
        return (self.deputyship.customer.id,)


@event("invoicing", live_only=True)
class DeputyshipEnded(Event):
    """A deputyship was ended early."""

    deputyship: Annotated[Deputyship, "The deputyship as it stands now."]

    def participants(self) -> tuple[UUID, ...]:
        """The customer."""
        return (self.deputyship.customer.id,)


@event("invoicing", live_only=True)
class WaitingRulesChanged(Event):
    """A customer has changed its working calendar, or when reminders and escalations are due."""

    rules: Annotated[WaitingRules, "The rules as they stand now."]

    def participants(self) -> tuple[UUID, ...]:
        """The customer."""
        return (self.rules.customer.id,)
