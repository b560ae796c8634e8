"""What can be asked of the invoicing service."""

from datetime import date
from typing import Annotated

from services.contracts.actors import BUYERS, EVERYONE, OPERATORS, PARTIES, SUPPLIERS, Role
from services.contracts.invoicing import responses, tolerances, views
from services.contracts.invoicing.charges import Adjustments, Exemptions, LineAdjustments, TaxCategory
from services.contracts.kinds import (
    After,
    CurrencyCode,
    Day,
    DocumentNumber,
    Id,
    ItemNumber,
    Limit,
    LineNumber,
    Name,
    Percent,
    PositiveAmount,
    Quantity,
    Reason,
    Remark,
    Sequence,
    Text,
    UnitCode,
    UnitPrice,
)
from services.contracts.search import Hits, MostHits, SearchText
from services.contracts.shapes import Command, Length, Query, command, query, shape

SUPPLIER_KEEPERS = frozenset({Role.SUPPLIER_MANAGER, Role.BUYER_ADMIN})
PAYERS = frozenset({Role.BUYER_ACCOUNTING, Role.BUYER_ADMIN})

# -------------------------------------------------------------------------------------- the supplier's part


@shape
class LineContent:
    """An invoice line as the supplier writes it. What is left out is taken from the order line it bills."""

    order_line: Annotated[
        LineNumber | None,
        "The order line it bills; when left out, the only one with the same item number, customer's item number "
        "or GTIN.",
    ] = None
    item_number: Annotated[ItemNumber | None, "The supplier's item number."] = None
    buyer_item_number: Annotated[ItemNumber | None, "The customer's item number."] = None
    gtin: Annotated[tolerances.Gtin | None, "The item's GTIN."] = None
    description: Annotated[Name | None, "What is billed; needed when it was not ordered."] = None
    unit: Annotated[UnitCode | None, "Unit of measure; needed when it was not ordered."] = None
    quantity: Annotated[Quantity, "Quantity billed."]
    unit_price: Annotated[UnitPrice | None, "Net price of one unit; needed when it was not ordered."] = None
    tax_rate: Annotated[Percent | None, "Tax in percent; 0 when it was not ordered."] = None
    tax_category: Annotated[
        TaxCategory | None, "How it is taxed; S, or Z at 0 %, when left out. Every other one is at 0 %."
    ] = None
    adjustments: LineAdjustments = ()


Lines = Annotated[tuple[LineContent, ...], Length(1, 1000), "What is billed; numbered from 1 as it stands."]
OpenLines = Annotated[
    tuple[LineContent, ...] | None, Length(1, 1000), "What is billed; all that is open when left out (S-025)."
]
Currency = Annotated[
    CurrencyCode | None, "Currency of all amounts; the order's when left out. Another one needs a rate."
]
RateOfExchange = Annotated[
    views.Exchange | None,
    "At which rate an invoice in another currency is compared with its order. The rate is the supplier's word: "
    "the order's initiator decides.",
]
OrderState = Annotated[
    Sequence | None, "The `sequence` of the order as it was read; 503 until it has arrived here too."
]


@command("invoicing", answers=views.Invoice, allowed=SUPPLIERS)
class DraftInvoice(Command):
    """Begin an invoice for an order, filled with what is not yet invoiced (S-025)."""

    order_id: Annotated[Id, "The order to bill."]
    number: Annotated[DocumentNumber | None, "The supplier's number; needed before it is sent."] = None
    issue_date: Annotated[date | None, "Date of the invoice; today when left out."] = None
    note: Annotated[Text, "For the customer to read."] = ""
    lines: OpenLines = None
    adjustments: Adjustments = ()
    exemptions: Exemptions = ()
    currency: Currency = None
    exchange: RateOfExchange = None
    order_sequence: OrderState = None


@command("invoicing", answers=views.Invoice, allowed=SUPPLIERS)
class ChangeInvoiceDraft(Command):
    """Replace what a draft says (S-071)."""

    invoice_id: Annotated[Id, "The draft."]
    number: Annotated[DocumentNumber | None, "The supplier's number."] = None
    issue_date: Annotated[Day, "Date of the invoice."]
    note: Annotated[Text, "For the customer to read."] = ""
    lines: Lines
    adjustments: Adjustments = ()
    exemptions: Exemptions = ()
    currency: Currency = None
    exchange: RateOfExchange = None


@command("invoicing", answers=views.DeletedDraft, allowed=SUPPLIERS)
class DeleteInvoiceDraft(Command):
    """Throw a draft away."""

    invoice_id: Annotated[Id, "The draft."]


@command("invoicing", answers=views.Invoice, allowed=SUPPLIERS)
class SendInvoiceDraft(Command):
    """Send a draft to the customer; it is matched at once (S-040, S-042)."""

    invoice_id: Annotated[Id, "The draft."]


@command("invoicing", answers=views.Invoice, allowed=SUPPLIERS)
class SendInvoice(Command):
    """Write and send an invoice in one step: what a program does that has the invoice already (S-059)."""

    order_id: Annotated[Id, "The order to bill."]
    number: Annotated[DocumentNumber, "The supplier's number, unique for this customer."]
    issue_date: Annotated[date | None, "Date of the invoice; today when left out."] = None
    note: Annotated[Text, "For the customer to read."] = ""
    lines: OpenLines = None
    adjustments: Adjustments = ()
    exemptions: Exemptions = ()
    currency: Currency = None
    exchange: RateOfExchange = None
    order_sequence: OrderState = None


@command("invoicing", answers=views.Invoice, allowed=SUPPLIERS)
class CancelInvoice(Command):
    """Take an invoice back that is not decided yet; what it billed can be invoiced again."""

    invoice_id: Annotated[Id, "The invoice."]
    reason: Annotated[Reason, "Why; the customer reads it."]


# ------------------------------------------------------------------------------------------ the buyer's part


ReasonCode = Annotated[
    responses.StatusReason, "The same as a code of Peppol's Invoice Response (OPStatusReason)."
]
ActionCode = Annotated[responses.StatusAction, "What the supplier is asked to do (OPStatusAction)."]


@command("invoicing", answers=views.Invoice, allowed=BUYERS)
class ApproveInvoice(Command):
    """Release a held invoice. Any buyer may ask; only the order's initiator is heard (S-043)."""

    invoice_id: Annotated[Id, "The invoice."]
    remark: Annotated[Remark | None, "What to say with it."] = None


@command("invoicing", answers=views.Invoice, allowed=BUYERS)
class RejectInvoice(Command):
    """Refuse a held invoice; what it billed can be invoiced again (S-072). The order's initiator only."""

    invoice_id: Annotated[Id, "The invoice."]
    reason: Annotated[Reason, "Why; the supplier reads it."]
    code: ReasonCode = responses.StatusReason.OTHER
    action: ActionCode = responses.StatusAction.NEW_INVOICE


@command("invoicing", answers=views.Invoice, allowed=BUYERS)
class ReturnInvoice(Command):
    """Give a held invoice back for rework: it is a draft again (S-053, S-072). The order's initiator only."""

    invoice_id: Annotated[Id, "The invoice."]
    reason: Annotated[Reason, "What to change; the supplier reads it."]
    code: ReasonCode = responses.StatusReason.OTHER
    action: ActionCode = responses.StatusAction.NEW_INVOICE


@command("invoicing", answers=views.Invoice, allowed=BUYERS)
class NoteOriginals(Command):
    """Note that the signed originals of an invoice have arrived, or that this was a mistake (S-067).

    The order's initiator may, and who registers payments.
    """

    invoice_id: Annotated[Id, "The invoice."]
    received: Annotated[bool, "Whether they are here."]


@command("invoicing", answers=views.Invoice, allowed=PAYERS)
class PlanPayment(Command):
    """Tell the supplier when an approved invoice will be paid, or that it is no longer planned."""

    invoice_id: Annotated[Id, "The invoice."]
    planned_on: Annotated[date | None, "The day; null to take an earlier word back."]


@command("invoicing", answers=views.Invoice, allowed=PAYERS)
class RegisterPayment(Command):
    """Register that an approved invoice was paid, in full or in part (S-055, S-058)."""

    invoice_id: Annotated[Id, "The invoice."]
    amount: Annotated[PositiveAmount, "How much; never more than is open."]
    paid_on: Annotated[date | None, "Day of the payment; today when left out."] = None
    reference: Annotated[Text, "How the supplier finds it on its account."] = ""


@command("invoicing", answers=views.Invoice, allowed=BUYERS)
class DisputeLine(Command):
    """Hold a part of an approved invoice that one disagrees with; the rest may be paid.

    The order's initiator may, and who registers payments. Without quantity and amount the whole line is meant.
    """

    invoice_id: Annotated[Id, "The invoice."]
    line: Annotated[LineNumber, "The line of the invoice."]
    reason: Annotated[views.DisputeReason, "Why."]
    note: Annotated[Reason, "The same in words; the supplier reads it."]
    quantity: Annotated[Quantity | None, "How much of the line."] = None
    amount: Annotated[PositiveAmount | None, "Or how much of its net amount."] = None


@command("invoicing", answers=views.Invoice, allowed=BUYERS)
class SettleDispute(Command):
    """End a dispute: its part is paid after all, or it is not and a credit note is expected."""

    invoice_id: Annotated[Id, "The invoice."]
    dispute_id: Annotated[Id, "The dispute."]
    outcome: Annotated[views.DisputeOutcome, "How it ends."]
    note: Annotated[Text, "What to say with it; the supplier reads it."] = ""


# ------------------------------------------------------------------------------- the rules of matching


@command("invoicing", answers=tolerances.Tolerance, allowed=SUPPLIER_KEEPERS)
class SetTolerance(Command):
    """Set a tolerance; one for the same thing that still holds ends the day before (S-046).

    Only later matches are decided by it; each decision keeps the tolerances it was made by.
    """

    supplier_id: Annotated[Id | None, "Only for this supplier's invoices; null: for all suppliers."] = None
    terms: Annotated[tolerances.ToleranceTerms, "What it says."]
    valid_from: Annotated[date | None, "The first day on which it holds; today when left out."] = None
    valid_to: Annotated[date | None, "The last day; null: until it is ended."] = None


@command("invoicing", answers=tolerances.Tolerance, allowed=SUPPLIER_KEEPERS)
class EndTolerance(Command):
    """Let a tolerance hold no longer."""

    tolerance_id: Annotated[Id, "The tolerance."]
    last_day: Annotated[date | None, "The last day on which it holds; ends at once when left out."] = None


@command("invoicing", answers=tolerances.MatchingPolicy, allowed=SUPPLIER_KEEPERS)
class ChangeMatching(Command):
    """Choose with what a supplier's invoices are compared, and whether it is told the limit."""

    partnership_id: Annotated[Id, "The link between customer and supplier."]
    way: Annotated[tolerances.MatchingWay, "Two-, three- or four-way."]
    tells_limit: Annotated[bool, "Whether the supplier is told the limit, or the verdict only."]


@command("invoicing", answers=tolerances.OrderMatching, allowed=SUPPLIER_KEEPERS)
class ChangeOrderMatching(Command):
    """Choose with what the invoices of one order are compared."""

    order_id: Annotated[Id, "The order."]
    way: Annotated[tolerances.MatchingWay | None, "Two-, three- or four-way; null: as for its supplier."]


@command("invoicing", answers=tolerances.ItemFacts, allowed=SUPPLIER_KEEPERS)
class DescribeItem(Command):
    """Tell what orders do not tell of a supplier's item: its category, other numbers, comparable units."""

    partnership_id: Annotated[Id, "The link between customer and supplier."]
    item_number: Annotated[ItemNumber, "The supplier's item number."]
    buyer_item_number: Annotated[ItemNumber | None, "The customer's own number."] = None
    gtin: Annotated[tolerances.Gtin | None, "The GTIN."] = None
    category: Annotated[tolerances.Category | None, "The category, for tolerances."] = None
    units: Annotated[
        tuple[tolerances.UnitFactor, ...], Length(0, 20), "Units that only this item makes comparable."
    ] = ()


# ------------------------------------------------------------------------------------------------- questions


@query("invoicing", answers=tolerances.Tolerance, allowed=BUYERS | OPERATORS)
class GetTolerance(Query):
    """One tolerance, also one that no longer holds."""

    tolerance_id: Annotated[Id, "The tolerance."]


@query("invoicing", answers=tolerances.TolerancePage, allowed=BUYERS | OPERATORS)
class ListTolerances(Query):
    """Tolerances, the newest first, those that no longer hold included: their history."""

    supplier_id: Annotated[Id | None, "Only those for this supplier alone."] = None
    measure: Annotated[tolerances.Measure | None, "Only about this."] = None
    on: Annotated[date | None, "Only those that hold on this day."] = None
    after: After = None
    limit: Limit = 50


@query("invoicing", answers=tolerances.MatchingPolicy, allowed=BUYERS | OPERATORS)
class GetMatchingPolicy(Query):
    """By what a supplier's invoices are matched today: each measure, and whether it is checked at all."""

    partnership_id: Annotated[Id, "The link between customer and supplier."]


@query("invoicing", answers=tolerances.Replay, allowed=SUPPLIER_KEEPERS | PAYERS)
class ReplayMatching(Query):
    """Decide the invoices of a time anew under other tolerances, and change nothing.

    Orders count as they stood when their invoices were matched, lines and receipts as they stand now. What is
    held counts, for the invoices after it, as it was decided in truth.
    """

    supplier_id: Annotated[Id | None, "Only the invoices of this supplier."] = None
    date_from: Annotated[
        date | None, "Sent on this day or later; a year before the last day when left out."
    ] = None
    date_to: Annotated[date | None, "Sent on this day or earlier; today when left out."] = None
    rates: Annotated[
        tuple[Percent, ...], Length(1, 21), "Rates to try in place of those agreed, percent of the net total."
    ]
    terms: Annotated[
        tuple[tolerances.ToleranceTerms, ...],
        Length(0, 20),
        "Tolerances to try beside them; those about lines with one rate only.",
    ] = ()
    way: Annotated[tolerances.MatchingWay, "With what the invoices are compared."] = (
        tolerances.MatchingWay.TWO
    )


@query("invoicing", answers=tolerances.OrderMatching, allowed=BUYERS | OPERATORS)
class GetOrderMatching(Query):
    """With what the invoices of one order are compared."""

    order_id: Annotated[Id, "The order."]


@query("invoicing", answers=tolerances.ItemFactsPage, allowed=BUYERS | OPERATORS)
class ListItemFacts(Query):
    """What the customer has told of a supplier's items, by number."""

    partnership_id: Annotated[Id, "The link between customer and supplier."]
    category: Annotated[tolerances.Category | None, "Only of this category."] = None
    after: After = None
    limit: Limit = 50


@query("invoicing", answers=views.OpenQuantities, allowed=EVERYONE)
class GetOpenQuantities(Query):
    """What of an order is not invoiced yet (S-025)."""

    order_id: Annotated[Id, "The order."]


@query("invoicing", answers=views.Preflight, allowed=SUPPLIERS)
class PreflightInvoice(Query):
    """What would come of sending this invoice now: decided as sending decides, without changing anything."""

    order_id: Annotated[Id, "The order to bill."]
    invoice_id: Annotated[Id | None, "The draft this would replace, when it is one already."] = None
    number: Annotated[DocumentNumber | None, "The supplier's number."] = None
    issue_date: Annotated[date | None, "Date of the invoice; today when left out."] = None
    note: Annotated[Text, "For the customer to read."] = ""
    lines: OpenLines = None
    adjustments: Adjustments = ()
    exemptions: Exemptions = ()
    currency: Currency = None
    exchange: RateOfExchange = None
    order_sequence: OrderState = None


@query("invoicing", answers=views.Preflight, allowed=EVERYONE)
class PreflightInvoiceDraft(Query):
    """What would come of sending a draft now. Who may see its matches is told limit and tolerance too."""

    invoice_id: Annotated[Id, "The draft."]


@query("invoicing", answers=views.Invoice, allowed=EVERYONE)
class GetInvoice(Query):
    """One invoice. A draft that was never sent exists for its supplier only."""

    invoice_id: Annotated[Id, "The invoice."]


@query("invoicing", answers=views.InvoicePage, allowed=EVERYONE)
class ListInvoices(Query):
    """Invoices, newest first unless sorted: a supplier's of any status, a customer's once sent (S-041, S-203)."""

    status: Annotated[tuple[views.InvoiceStatus, ...], Length(0, 8), "Only in one of these statuses."] = ()
    waiting_for: Annotated[views.InvoiceWaiting | None, "Only those that wait for the caller."] = None
    partner_id: Annotated[Id | None, "Only with this customer or supplier."] = None
    order_id: Annotated[Id | None, "Only of this order."] = None
    date_from: Annotated[date | None, "Issued on this day or later."] = None
    date_to: Annotated[date | None, "Issued on this day or earlier."] = None
    due_from: Annotated[date | None, "Due on this day or later."] = None
    due_to: Annotated[date | None, "Due on this day or earlier."] = None
    currency: Annotated[CurrencyCode | None, "Only in this currency."] = None
    originals: Annotated[
        views.OriginalsFilter | None, "Only those sent whose originals have arrived, or have not."
    ] = None
    answered: Annotated[
        views.Answered | None,
        "Only those whose first answer came in time or late within the last 90 days, or is overdue.",
    ] = None
    search: Annotated[Name | None, "How the number begins; case, blanks and dashes do not matter."] = None
    sort: Annotated[views.InvoiceSort, "In which order."] = views.InvoiceSort.NEWEST
    after: After = None
    limit: Limit = 50


@query("invoicing", answers=views.InvoicesDashboard, allowed=EVERYONE)
class GetInvoicesDashboard(Query):
    """The numbers of the start page; each is what the list of invoices holds under the same filters (S-005)."""


@query("invoicing", answers=Hits, allowed=EVERYONE)
class SearchInvoices(Query):
    """Invoices by number, order's number, partner or item."""

    text: Annotated[SearchText, "Part of a number or of a partner's name, or how an item's number begins."]
    limit: Annotated[MostHits, "How many at most."] = 8


@query("invoicing", answers=views.Matches, allowed=BUYERS | OPERATORS)
class GetInvoiceMatches(Query):
    """How an invoice was matched, each decision in full. The tolerance is the customer's own business."""

    invoice_id: Annotated[Id, "The invoice."]


@query("invoicing", answers=views.InvoiceHistory, allowed=EVERYONE)
class GetInvoiceHistory(Query):
    """Who changed what of an invoice, and when (S-230)."""

    invoice_id: Annotated[Id, "The invoice."]


@query("invoicing", answers=views.Payments, allowed=EVERYONE)
class ListPayments(Query):
    """The payments of an invoice."""

    invoice_id: Annotated[Id, "The invoice."]


@query("invoicing", answers=views.PartnerBalance, allowed=PARTIES)
class GetPartnerBalance(Query):
    """What is due between the caller's organisation and a partner (S-210)."""

    partner_id: Annotated[Id, "The customer or supplier on the other side."]


@query("invoicing", answers=views.DraftCount, allowed=SUPPLIER_KEEPERS)
class CountDrafts(Query):
    """How many drafts switching a supplier's portal off would delete: asked before it is done (S-101).

    A customer sees none of these drafts; it is told their number and nothing else.
    """

    partnership_id: Annotated[Id, "The link between customer and supplier."]
