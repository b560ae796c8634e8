"""Credit notes: what a supplier gives back of an invoice, by quantity or by value."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from services.contracts.actors import EVERYONE, SUPPLIERS
from services.contracts.invoicing.charges import AdjustmentCode, AdjustmentKind, TaxCategory, category_of
from services.contracts.invoicing.views import TaxAmount
from services.contracts.kinds import (
    After,
    Amount,
    AmountPlaces,
    CurrencyCode,
    Day,
    DocumentNumber,
    Id,
    Instant,
    ItemNumber,
    Limit,
    LineNumber,
    Name,
    Next,
    Percent,
    PositiveAmount,
    Quantity,
    Reason,
    Sequence,
    Text,
    UnitCode,
    UnitPrice,
)
from services.contracts.parties import Party, Person
from services.contracts.shapes import Command, Length, Query, command, query, shape


class CreditBasis(StrEnum):
    """Whether goods are credited, which can then be invoiced anew, or only money: a price was too high."""

    QUANTITY = "quantity"
    VALUE = "value"


@shape
class CreditLine:
    """What of one invoice line is credited."""

    number: Annotated[LineNumber, "Position in the credit note, from 1."]
    invoice_line: Annotated[LineNumber, "The line of the invoice."]
    item_number: Annotated[ItemNumber | None, "The supplier's item number."]
    description: Annotated[Name, "What was billed."]
    unit: Annotated[UnitCode, "Unit of measure, UN/ECE Rec 20."]
    quantity: Annotated[Quantity | None, "Quantity credited; null when only its value is."]
    unit_price: Annotated[UnitPrice, "Net price of one unit, as it was billed."]
    tax_rate: Annotated[Percent, "Tax in percent."]
    net: Annotated[Amount, "Net amount credited."]
    tax_category: Annotated[TaxCategory, "How it is taxed."] = TaxCategory.STANDARD
    adjusted: Annotated[Amount, "Of the net amount, the share of the line's charges less its allowances."] = (
        Decimal(0)
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "tax_category", category_of(self.tax_category, self.tax_rate))


@shape
class CreditAdjustment:
    """What of the charges and allowances of a whole invoice a credit note takes with it.

    A charge is given back where that is said. Allowances are taken back with what they were given on: so many
    of them as of the lines and charges taxed alike, told in one sum.
    """

    kind: Annotated[AdjustmentKind, "A charge that is given back, or allowances that are taken back with it."]
    number: Annotated[LineNumber | None, "The charge of the invoice; null: allowances."]
    reason: Annotated[Name | None, "The charge, in words."]
    code: Annotated[AdjustmentCode | None, "The charge, as a code."]
    amount: Annotated[Amount, "How much: of a charge added to what is credited, of allowances taken off."]
    tax_category: Annotated[TaxCategory, "How it is taxed."]
    tax_rate: Annotated[Percent, "Tax in percent."]


@shape
class CreditNote:
    """A supplier's credit note for one invoice (EN 16931, type 381). It is never changed."""

    id: Annotated[Id, "The credit note."]
    number: Annotated[DocumentNumber, "The supplier's number."]
    invoice_id: Annotated[Id, "The invoice it credits."]
    invoice_number: Annotated[DocumentNumber, "That invoice's number (BT-25)."]
    order_id: Annotated[Id, "The order the invoice bills."]
    order_number: Annotated[DocumentNumber, "That order's number."]
    partnership_id: Annotated[Id, "The link between customer and supplier."]
    supplier: Annotated[Party, "Who credits."]
    customer: Annotated[Party, "Who owes less."]
    initiator: Annotated[Person, "Who ordered."]
    basis: Annotated[CreditBasis, "By quantity or by value."]
    reason: Annotated[Reason, "Why."]
    dispute_id: Annotated[Id | None, "The dispute it answers."]
    currency: Annotated[CurrencyCode, "Currency of all amounts; the invoice's."]
    amount_places: Annotated[AmountPlaces, "Digits after the point that amounts are rounded to."]
    issue_date: Annotated[Day, "Date of the credit note."]
    lines: Annotated[tuple[CreditLine, ...], "What is credited."]
    taxes: Annotated[tuple[TaxAmount, ...], "Tax by category and rate, lowest rate first."]
    net: Annotated[Amount, "All without tax: lines with charges, less allowances."]
    tax: Annotated[Amount, "Sum of the taxes."]
    gross: Annotated[Amount, "Net + tax."]
    deducted: Annotated[Amount, "What of it was taken off what was due of the invoice."]
    advance: Annotated[Amount, "The rest, of what was paid already: an advance for later invoices."]
    issued_by: Annotated[Person, "Who issued it."]
    issued_at: Annotated[Instant, "When."]
    sequence: Annotated[Sequence, "Always 1; the ETag."]
    adjustments: Annotated[
        tuple[CreditAdjustment, ...], "Charges that are given back, and allowances taken back with the rest."
    ] = ()


@shape
class CreditNoteSummary:
    """A credit note in a list."""

    id: Annotated[Id, "The credit note."]
    number: Annotated[DocumentNumber, "The supplier's number."]
    invoice_id: Annotated[Id, "The invoice it credits."]
    invoice_number: Annotated[DocumentNumber, "That invoice's number."]
    supplier: Annotated[Party, "Who credits."]
    customer: Annotated[Party, "Who owes less."]
    basis: Annotated[CreditBasis, "By quantity or by value."]
    currency: Annotated[CurrencyCode, "Currency."]
    issue_date: Annotated[Day, "Date of the credit note."]
    net: Annotated[Amount, "Net sum."]
    gross: Annotated[Amount, "Gross sum."]
    deducted: Annotated[Amount, "What of it was taken off what was due."]
    advance: Annotated[Amount, "The rest: an advance."]
    sequence: Annotated[Sequence, "Always 1."]


@shape
class CreditNotePage:
    """A page of credit notes."""

    items: Annotated[tuple[CreditNoteSummary, ...], "The credit notes."]
    next: Next


class CreditNoteSort(StrEnum):
    """How credit notes are sorted; with a minus the last or greatest first."""

    NEWEST = "-created"
    OLDEST = "created"
    DATE = "date"
    DATE_FALLING = "-date"
    GROSS = "gross"
    GROSS_FALLING = "-gross"


@shape
class CreditContent:
    """What of one invoice line is to be credited; without quantity and amount all that is left of the line."""

    line: Annotated[LineNumber, "The line of the invoice."]
    quantity: Annotated[Quantity | None, "How much of it, in a credit note by quantity."] = None
    amount: Annotated[PositiveAmount | None, "Net amount of it, in a credit note by value."] = None


@shape
class ChargeCredit:
    """What of a charge of the whole invoice is to be credited; without an amount all that is left of it."""

    number: Annotated[LineNumber, "The charge, by its number among charges and allowances of the invoice."]
    amount: Annotated[PositiveAmount | None, "How much of it."] = None


@command("invoicing", answers=CreditNote, allowed=SUPPLIERS)
class IssueCreditNote(Command):
    """Credit an approved or paid invoice: never more than was invoiced, by line and as a whole.

    By quantity, the goods can be invoiced anew; by value, the line stays billed and only costs less. What was
    paid already becomes an advance of the customer. Allowances of the whole invoice are taken back with what they
    were given on, in the same proportion.
    """

    invoice_id: Annotated[Id, "The invoice."]
    number: Annotated[DocumentNumber, "The supplier's number, unique for this customer."]
    basis: Annotated[CreditBasis, "By quantity or by value."]
    reason: Annotated[Reason, "Why; the customer reads it."]
    issue_date: Annotated[date | None, "Date of the credit note; today when left out."] = None
    dispute_id: Annotated[Id | None, "The dispute it answers, which holds nothing back any more."] = None
    lines: Annotated[tuple[CreditContent, ...], Length(0, 1000), "What is credited, each line once."] = ()
    charges: Annotated[
        tuple[ChargeCredit, ...],
        Length(0, 50),
        "Charges of the whole invoice, each once; a line or a charge is needed.",
    ] = ()


@query("invoicing", answers=CreditNote, allowed=EVERYONE)
class GetCreditNote(Query):
    """One credit note."""

    credit_note_id: Annotated[Id, "The credit note."]


@query("invoicing", answers=CreditNotePage, allowed=EVERYONE)
class ListCreditNotes(Query):
    """Credit notes, the newest first unless sorted (S-206)."""

    partner_id: Annotated[Id | None, "Only with this customer or supplier."] = None
    invoice_id: Annotated[Id | None, "Only of this invoice."] = None
    basis: Annotated[CreditBasis | None, "Only by quantity, or only by value."] = None
    currency: Annotated[CurrencyCode | None, "Only in this currency."] = None
    date_from: Annotated[date | None, "Issued on this day or later."] = None
    date_to: Annotated[date | None, "Issued on this day or earlier."] = None
    search: Annotated[Text | None, "How the number begins; case, blanks and dashes do not matter."] = None
    sort: Annotated[CreditNoteSort, "In which order."] = CreditNoteSort.NEWEST
    after: After = None
    limit: Limit = 50
