"""What a fact means to people: which sentence tells it, about which document, with which particulars.

One function for each kind of fact turns the event into an `Announcement`, free of any language; `letter`
and `sentence` put it into words.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from services.contracts.invoicing import events as invoicing
from services.contracts.invoicing.consolidation import ConsolidatedSummary
from services.contracts.invoicing.credit_notes import CreditNote
from services.contracts.invoicing.payments import PaymentDocument
from services.contracts.invoicing.reconciliations import Objection, Reconciliation
from services.contracts.invoicing.tax_invoices import TaxInvoice
from services.contracts.invoicing.views import Approval, Invoice, InvoiceStatus
from services.contracts.money import Money
from services.contracts.notifications.events import CommentPosted, DeliveryFailed, FileAttached
from services.contracts.notifications.kinds import CommentKind, DocumentKind
from services.contracts.orders import events as orders
from services.contracts.orders.views import Order, OrderStatus
from services.contracts.shapes import Event, event_type
from services.notifications.domain.documents import Document
from services.notifications.domain.mails import Language, Letter, one_line
from services.notifications.domain.wording import WORDINGS

DELETED = "deleted"

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Announcement:
    """A fact as people will be told it.

    `key` names the sentence; `words` are the names in it; `facts` are pairs of label key and value.
    `by_nobody`: the system decided by itself, so that whoever set it off is told like everybody else.
    `stand_in`: who decides for the initiator, who is away.
    """

    event: str
    key: str
    document: Document | None
    words: dict[str, str]
    paragraphs: tuple[str, ...] = ()
    facts: Facts = ()
    by_nobody: bool = False
    organisation: UUID | None = None
    stand_in: UUID | None = None


# ----------------------------------------------------------------------------------------- documents


def order_document(order: Order, *, deleted: bool = False) -> Document:
    """What notifications remembers of an order. A draft is the customer's alone (S-020)."""
    draft = order.status is OrderStatus.DRAFT
    both = (order.customer.id, order.supplier.id)
    return Document(
        kind=DocumentKind.ORDER,
        id=order.id,
        sequence=order.sequence,
        number=order.number,
        status=DELETED if deleted else order.status.value,
        customer=order.customer,
        supplier=order.supplier,
        initiator=order.initiator,
        draft_of=order.customer.id if draft else None,
        shown_to=() if deleted else both[:1] if draft else both,
    )


def invoice_document(invoice: Invoice, *, deleted: bool = False) -> Document:
    """What notifications remembers of an invoice. A draft is the supplier's alone until it is first sent.

    An invoice that was given back for rework is a draft again; its customer has seen it and keeps seeing it.
    """
    draft = invoice.status is InvoiceStatus.DRAFT
    unseen = draft and invoice.submitted_at is None
    both = (invoice.supplier.id, invoice.customer.id)
    return Document(
        kind=DocumentKind.INVOICE,
        id=invoice.id,
        sequence=invoice.sequence,
        number=invoice.number,
        status=DELETED if deleted else invoice.status.value,
        customer=invoice.customer,
        supplier=invoice.supplier,
        initiator=invoice.initiator,
        draft_of=invoice.supplier.id if draft else None,
        shown_to=() if deleted else both[:1] if unseen else both,
    )


def consolidated_document(consolidated: ConsolidatedSummary) -> Document:
    """What notifications remembers of a consolidated invoice. Its issuer, the operator, is the selling side."""
    return Document(
        kind=DocumentKind.CONSOLIDATED_INVOICE,
        id=consolidated.id,
        sequence=consolidated.sequence,
        number=consolidated.number,
        status=consolidated.status.value,
        customer=consolidated.customer,
        supplier=consolidated.operator,
        initiator=None,
        draft_of=None,
        shown_to=(consolidated.customer.id, consolidated.operator.id),
    )


def payment_document(payment: PaymentDocument) -> Document:
    """What notifications remembers of a payment. Its number is the reference, or the day."""
    return Document(
        kind=DocumentKind.PAYMENT,
        id=payment.id,
        sequence=payment.sequence,
        number=one_line(payment.reference, 35) or payment.paid_on.isoformat(),
        status=payment.status.value,
        customer=payment.customer,
        supplier=payment.supplier,
        initiator=None,
        draft_of=None,
        shown_to=(payment.customer.id, payment.supplier.id),
    )


def credit_note_document(note: CreditNote) -> Document:
    """What notifications remembers of a credit note."""
    return Document(
        kind=DocumentKind.CREDIT_NOTE,
        id=note.id,
        sequence=note.sequence,
        number=note.number,
        status="issued",
        customer=note.customer,
        supplier=note.supplier,
        initiator=note.initiator,
        draft_of=None,
        shown_to=(note.customer.id, note.supplier.id),
    )


def tax_invoice_document(tax: TaxInvoice) -> Document:
    """What notifications remembers of a supplier's tax invoice."""
    return Document(
        kind=DocumentKind.TAX_INVOICE,
        id=tax.id,
        sequence=tax.sequence,
        number=tax.number,
        status=tax.status.value,
        customer=tax.customer,
        supplier=tax.supplier,
        initiator=tax.initiator,
        draft_of=None,
        shown_to=(tax.customer.id, tax.supplier.id),
    )


def reconciliation_document(statement: Reconciliation) -> Document:
    """What notifications remembers of a reconciliation statement, of which it hears once it is sent."""
    return Document(
        kind=DocumentKind.RECONCILIATION,
        id=statement.id,
        sequence=statement.sequence,
        number=statement.number,
        status=statement.status.value,
        customer=statement.customer,
        supplier=statement.supplier,
        initiator=None,
        draft_of=None,
        shown_to=(statement.customer.id, statement.supplier.id),
    )


# ------------------------------------------------------------------------------------- announcements


def _names(document: Document) -> dict[str, str]:
    return {
        "customer": document.customer.name,
        "supplier": document.supplier.name,
        "initiator": document.initiator.name if document.initiator else document.customer.name,
        "number": document.number or "",
    }


def _money(amount: Decimal, currency: str) -> str:
    return str(Money(amount, currency))


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def of_order(event: orders.OrderSubmitted) -> Announcement:
    """Any fact of an order."""
    order = event.order
    document = order_document(order)
    facts: list[tuple[str, str]] = [
        ("order", order.number),
        ("customer", order.customer.name),
        ("supplier", order.supplier.name),
    ]
    if order.delivery_date:
        facts.append(("delivery-date", order.delivery_date.isoformat()))
    facts += [("net", _money(order.net, order.currency)), ("gross", _money(order.gross, order.currency))]
    more = _PARTICULARS_OF_ORDER.get(type(event))
    paragraphs, further = more(event) if more else ((), ())
    name = event_type(event).name
    return Announcement(name, name, document, _names(document), _said(paragraphs), (*facts, *further))


def of_invoice(event: invoicing.InvoiceSubmitted) -> Announcement:
    """Any fact of an invoice."""
    invoice = event.invoice
    document = invoice_document(invoice)
    facts = (
        ("invoice", invoice.number or ""),
        ("order", invoice.order_number),
        ("supplier", invoice.supplier.name),
        ("customer", invoice.customer.name),
        ("gross", _money(invoice.gross, invoice.currency)),
        ("due", invoice.due_date.isoformat()),
    )
    more = _PARTICULARS_OF_INVOICE.get(type(event))
    paragraphs, further = more(event) if more else ((), ())
    name = event_type(event).name
    by_itself = invoice.approval is Approval.AUTOMATIC and isinstance(event, invoicing.InvoiceApproved)
    back = invoice.deputy is None and isinstance(event, invoicing.ApprovalDelegated)
    deputy = invoice.deputy.name if invoice.deputy else invoice.initiator.name
    return Announcement(
        event=name,
        key=f"{name}-by-itself" if by_itself else f"{name}-back" if back else name,
        document=document,
        words={**_names(document), "deputy": deputy},
        paragraphs=_said(paragraphs),
        facts=(*facts, *further),
        by_nobody=by_itself or isinstance(event, invoicing.ApprovalRequested),
        stand_in=invoice.deputy.id if invoice.deputy else None,
    )


def of_consolidated(
    event: invoicing.ConsolidatedInvoiceIssued | invoicing.TaxInvoiceRegistered,
) -> Announcement:
    """A consolidated invoice, or that its tax invoice is registered (S-083, S-086)."""
    issued = event.consolidation
    tax = issued.tax_invoice
    document = consolidated_document(issued)
    name = event_type(event).name
    return Announcement(
        event=name,
        key=name,
        document=document,
        words=_names(document),
        facts=(
            ("consolidated-invoice", issued.number),
            ("issuer", issued.operator.name),
            ("invoices", str(issued.invoices)),
            ("gross", _money(issued.gross, issued.currency)),
            ("due", issued.due_date.isoformat()),
            ("tax-invoice", tax.number if tax else ""),
            ("registration", (tax and tax.registration) or ""),
        ),
        by_nobody=True,
    )


def of_payment(event: invoicing.AdvancePaid | invoicing.PaymentReversed) -> Announcement:
    """A payment that left an advance, or was taken back. What it paid, each invoice tells."""
    payment = event.payment
    document = payment_document(payment)
    money = partial(_money, currency=payment.currency)
    facts = [
        ("customer", payment.customer.name),
        ("supplier", payment.supplier.name),
        ("payment", money(payment.amount)),
        ("paid-on", payment.paid_on.isoformat()),
        ("reference", payment.reference),
        *(("invoice", f"{each.invoice_number}: {money(each.amount)}") for each in payment.allocations),
    ]
    if payment.advance:
        facts.append(("advance", money(payment.advance)))
    name = event_type(event).name
    return Announcement(
        event=name,
        key=name,
        document=document,
        words={**_names(document), "amount": money(payment.advance or payment.amount)},
        paragraphs=_said((payment.reversal_reason,)),
        facts=tuple(facts),
    )


def of_credit_note(event: invoicing.CreditNoteIssued) -> Announcement:
    """A credit note: what it is for, and what becomes of it."""
    note = event.credit_note
    document = credit_note_document(note)
    money = partial(_money, currency=note.currency)
    name = event_type(event).name
    facts = [
        ("credit-note", note.number),
        ("invoice", note.invoice_number),
        ("order", note.order_number),
        ("supplier", note.supplier.name),
        ("gross", money(note.gross)),
        ("deducted", money(note.deducted)),
    ]
    if note.advance:
        facts.append(("advance", money(note.advance)))
    return Announcement(
        event=name,
        key=name,
        document=document,
        words={**_names(document), "amount": money(note.gross), "invoice": note.invoice_number},
        paragraphs=_said((note.reason,)),
        facts=tuple(facts),
    )


_OfTaxInvoice = (
    invoicing.TaxInvoiceIssued
    | invoicing.SupplierTaxInvoiceRegistered
    | invoicing.DeliveryDateAsked
    | invoicing.DeliveryDateAdjusted
    | invoicing.DeliveryDateKept
)


def of_tax_invoice(event: _OfTaxInvoice) -> Announcement:
    """A supplier's tax invoice, or what becomes of a request to date the delivery later (S-070, S-204)."""
    tax = event.tax_invoice
    document = tax_invoice_document(tax)
    name = event_type(event).name
    facts = [
        ("tax-invoice", f"{tax.number} · {tax.day.isoformat()}"),
        ("invoice", tax.invoice_number),
        ("order", tax.order_number),
        ("supplier", tax.supplier.name),
        ("register-by", tax.register_by.isoformat()),
        ("registration", tax.registration or ""),
    ]
    said: tuple[str | None, ...] = ()
    if not isinstance(event, invoicing.TaxInvoiceIssued | invoicing.SupplierTaxInvoiceRegistered):
        asked = event.request
        said = (asked.reason, asked.answer)
        facts += [
            ("delivery-note", f"{asked.delivery_note_number} · {asked.delivery_note_date.isoformat()}"),
            ("delivery-date", asked.delivery_date.isoformat() if asked.delivery_date else ""),
            ("proposed-date", (asked.granted_date or asked.wanted_date).isoformat()),
        ]
    return Announcement(
        event=name,
        key=name,
        document=document,
        words={**_names(document), "invoice": tax.invoice_number},
        paragraphs=_said(said),
        facts=tuple(facts),
    )


def of_reconciliation(event: invoicing.ReconciliationSent) -> Announcement:
    """A reconciliation statement: sent, confirmed, contested, sent again, withdrawn."""
    statement = event.reconciliation
    document = reconciliation_document(statement)
    money = partial(_money, currency=statement.currency)
    author = statement.author
    other = statement.customer if author.id == statement.supplier.id else statement.supplier
    name = event_type(event).name
    facts = [
        ("reconciliation", statement.number or ""),
        ("customer", statement.customer.name),
        ("supplier", statement.supplier.name),
        ("period", f"{statement.date_from} – {statement.date_to}"),
        ("closing-receivable", money(statement.closing.receivable)),
        ("closing-payable", money(statement.closing.payable)),
    ]
    if statement.claimed is not None:
        facts += [
            ("claimed-receivable", money(statement.claimed.receivable)),
            ("claimed-payable", money(statement.claimed.payable)),
        ]
    said = statement.note if statement.decided_at is None else statement.remark
    objections = statement.objections if isinstance(event, _WITH_OBJECTIONS) else ()
    return Announcement(
        event=name,
        key=name,
        document=document,
        words={
            **_names(document),
            "author": author.name,
            "other": other.name,
            "count": str(len(statement.objections)),
        },
        paragraphs=_said((said, *(_objection(each, money) for each in objections[:MOST_OBJECTIONS_TOLD]))),
        facts=tuple(facts),
    )


_WITH_OBJECTIONS = (invoicing.ReconciliationContested, invoicing.ReconciliationRevised)
MOST_OBJECTIONS_TOLD = 20
"""Of a mail; the page has them all."""


def _objection(objection: Objection, money: Callable[[Decimal], str]) -> str:
    own = "" if objection.own is None else f" → {money(objection.own)}"
    parts = (
        f"{objection.day}, {objection.document}: {money(objection.stated)}{own}",
        objection.note,
        objection.answer,
    )
    return " · ".join(part for part in parts if part)


def of_comment(event: CommentPosted, document: Document) -> Announcement:
    """A comment, or the note of an agreement by phone. It stays on the side it was written for.

    The document may have been sent since; what was said on the draft is still the draft owner's own.
    """
    comment = event.comment
    what = "agreement-noted" if comment.kind is CommentKind.PHONE_AGREEMENT else "comment-posted"
    facts: list[tuple[str, str]] = [(document.kind.value, document.number or "")]
    if comment.agreed_with and comment.agreed_at:
        facts += [("agreed-with", comment.agreed_with), ("agreed-at", _moment(comment.agreed_at))]
    return Announcement(
        event=event_type(event).name,
        key=f"{what}-on-{document.kind}",
        document=replace(document, shown_to=event.shown_to),
        words={
            **_names(document),
            "author": comment.author.name,
            "organisation": comment.organisation.name,
        },
        paragraphs=_said((comment.text,)),
        facts=tuple(facts),
    )


def of_file(event: FileAttached, document: Document) -> Announcement:
    """A file on a document."""
    attachment = event.attachment
    return Announcement(
        event=event_type(event).name,
        key=f"file-attached-to-{document.kind}",
        document=replace(document, shown_to=event.shown_to),
        words={
            **_names(document),
            "author": attachment.attached_by.name,
            "organisation": attachment.organisation.name,
        },
        facts=((document.kind.value, document.number or ""), ("file", attachment.name)),
    )


def of_failed_delivery(event: DeliveryFailed) -> Announcement:
    """A mail that came back."""
    delivery = event.delivery
    return Announcement(
        event=event_type(event).name,
        key=event_type(event).name,
        document=None,
        words={"recipient": delivery.recipient},
        facts=(("recipient", delivery.recipient), ("reason", delivery.reason)),
        by_nobody=True,
        organisation=delivery.organisation.id if delivery.organisation else None,
    )


# --------------------------------------------------------------------------------------- particulars

Particulars = tuple[tuple[str | None, ...], Facts]


def _said(paragraphs: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(paragraph for paragraph in paragraphs if paragraph)


def _of_proposal(event: orders.DeliveryDateProposed) -> Particulars:
    proposal = event.order.date_proposal
    if proposal is None:
        return (), ()
    return (proposal.reason,), (("proposed-date", proposal.date.isoformat()),)


def _of_movement(event: orders.GoodsIssued | orders.GoodsReceived) -> Particulars:
    return (event.movement.note,), (("goods", f"{event.movement.number} · {event.movement.day.isoformat()}"),)


_PARTICULARS_OF_ORDER: dict[type[Event], Callable[..., Particulars]] = {
    orders.OrderSubmitted: lambda event: ((event.order.note,), ()),
    orders.OrderRevised: lambda event: ((event.order.note,), ()),
    orders.OrderRefused: lambda event: ((event.order.closing_reason,), ()),
    orders.OrderCancelled: lambda event: ((event.order.closing_reason,), ()),
    orders.DeliveryDateProposed: _of_proposal,
    orders.DeliveryDateDeclined: lambda event: ((event.reason,), ()),
    orders.GoodsIssued: _of_movement,
    orders.GoodsReceived: _of_movement,
}


def _of_payment(event: invoicing.InvoicePaid | invoicing.InvoicePartlyPaid) -> Particulars:
    invoice, payment = event.invoice, event.payment
    facts = [
        ("payment", _money(payment.amount, payment.currency)),
        ("paid-on", payment.paid_on.isoformat()),
        ("paid", _money(invoice.paid, invoice.currency)),
        ("open", _money(invoice.open, invoice.currency)),
    ]
    if payment.reference:
        facts.append(("reference", payment.reference))
    return (), tuple(facts)


def _of_change(event: invoicing.InvoiceChanged) -> Particulars:
    changes = tuple(
        f"{change.field.replace('_', ' ')}: {change.before or '–'} → {change.after or '–'}"
        for change in event.changes
    )
    return (*changes, event.invoice.remark), ()


_Waits = (
    invoicing.ApprovalReminded
    | invoicing.ApprovalDelegated
    | invoicing.ApprovalNudged
    | invoicing.ApprovalEscalated
)


def _of_wait(event: _Waits) -> Particulars:
    since = event.invoice.waiting_since
    return event.invoice.reasons, (() if since is None else (("waits-since", _moment(since)),))


def _of_request(event: invoicing.ApprovalNudged | invoicing.ApprovalEscalated) -> Particulars:
    reasons, facts = _of_wait(event)
    return (event.note, *reasons), facts


def _of_decision(event: invoicing.InvoiceApproved) -> Particulars:
    invoice = event.invoice
    if invoice.decided_by is None or invoice.decided_for is None:
        return (invoice.remark,), ()
    return (invoice.remark,), (("decided-by", f"{invoice.decided_by.name} ({invoice.decided_for.name})"),)


_PARTICULARS_OF_INVOICE: dict[type[Event], Callable[..., Particulars]] = {
    invoicing.ApprovalRequested: lambda event: (event.invoice.reasons, ()),
    invoicing.ApprovalDelegated: _of_wait,
    invoicing.ApprovalReminded: _of_wait,
    invoicing.ApprovalNudged: _of_request,
    invoicing.ApprovalEscalated: _of_request,
    invoicing.InvoiceApproved: _of_decision,
    invoicing.InvoiceRejected: _of_decision,
    invoicing.InvoiceReturnedForRework: _of_decision,
    invoicing.InvoiceCancelled: lambda event: ((event.invoice.remark,), ()),
    invoicing.InvoiceChanged: _of_change,
    invoicing.InvoicePartlyPaid: _of_payment,
    invoicing.InvoicePaid: _of_payment,
}

# ---------------------------------------------------------------------------------------- into words

SENTENCE_LENGTH = 500


def sentence(announcement: Announcement, language: Language) -> str:
    """The announcement as one sentence, on one line whatever names it holds."""
    wording = WORDINGS[language]
    words = dict(announcement.words)
    if announcement.document is not None and not announcement.document.number:
        words["number"] = wording.draft
    return one_line(wording.sentences[announcement.key].format_map(words), SENTENCE_LENGTH)


def letter(announcement: Announcement, language: Language, recipient_organisation: str) -> Letter:
    """The announcement as a mail to someone at `recipient_organisation`."""
    wording = WORDINGS[language]
    said = sentence(announcement, language)
    document = announcement.document
    return Letter(
        subject=one_line(said),
        sentence=f"{said}.",
        paragraphs=announcement.paragraphs,
        facts=tuple((wording.labels[label], value) for label, value in announcement.facts if value),
        link=f"/{document.kind}s/{document.id}" if document else None,
        button=wording.buttons[document.kind] if document else "",
        footnote=wording.footnotes["document"].format(organisation=recipient_organisation),
    )
