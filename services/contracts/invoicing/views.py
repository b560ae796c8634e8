"""What callers and subscribers see of invoices, match decisions, payments and balances."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from services.contracts.history import Step
from services.contracts.invoicing.charges import (
    Adjustment,
    DocumentAdjustment,
    ExemptionCode,
    TaxCategory,
    category_of,
)
from services.contracts.invoicing.responses import InvoiceResponse
from services.contracts.invoicing.tolerances import (
    AppliedTolerance,
    Category,
    Gtin,
    MatchingWay,
    Measure,
    PolicyVersion,
    Side,
    UnitFactor,
)
from services.contracts.kinds import (
    Amount,
    AmountPlaces,
    Count,
    CurrencyCode,
    Day,
    DocumentNumber,
    Id,
    Instant,
    ItemNumber,
    LineNumber,
    Name,
    Next,
    Percent,
    PositiveAmount,
    Quantity,
    QuantityOrZero,
    Reason,
    Sequence,
    Sum,
    Text,
    UnitCode,
    UnitPrice,
)
from services.contracts.parties import Party, Person
from services.contracts.shapes import Example, Length, Places, Range, shape

Sentence = Annotated[str, Length(1, 1000)]
# An amount × a percentage has the digits of both, and a limit is never rounded.
ExactAmount = Annotated[
    Decimal, Range(least=-(Decimal(10) ** 18), most=Decimal(10) ** 18), Places(12), Example("5250.00")
]


# A quantity or price told in another unit has as many digits as it has; a record keeps twelve of them.
ExactNumber = Annotated[
    Decimal, Range(least=-(Decimal(10) ** 20), most=Decimal(10) ** 20), Places(12), Example("8.5")
]
ExchangeRate = Annotated[Decimal, Range(above=0, most=Decimal(10) ** 9), Places(12), Example("1.0875")]


# Two decimals times six are no more than the twelve that a record keeps.
InvoiceRate = Annotated[Decimal, Range(above=0, most=Decimal(10) ** 6), Places(6), Example("0.9213")]


class InvoiceStatus(StrEnum):
    """The statuses of an invoice, as its supplier and its customer know them (S-051 … S-055)."""

    DRAFT = "draft"
    MATCHING = "matching"
    PENDING = "pending"
    APPROVED = "approved"
    PARTLY_PAID = "partly-paid"
    PAID = "paid"
    REJECTED = "rejected"
    CANCELED = "canceled"


class InvoiceSort(StrEnum):
    """How invoices are sorted; with a minus the last, latest or greatest first."""

    NEWEST = "-created"
    OLDEST = "created"
    NUMBER = "number"
    NUMBER_FALLING = "-number"
    DATE = "date"
    DATE_FALLING = "-date"
    PARTNER = "partner"
    PARTNER_FALLING = "-partner"
    GROSS = "gross"
    GROSS_FALLING = "-gross"
    DUE = "due"
    DUE_FALLING = "-due"


class InvoiceWaiting(StrEnum):
    """What of an invoice may wait for the person who asks."""

    ME = "me"
    DECISION = "decision"
    PAYMENT = "payment"
    REWORK = "rework"
    DRAFT = "draft"
    ESCALATION = "escalation"


class Answered(StrEnum):
    """Whether a held invoice was answered within the time the customer promises."""

    IN_TIME = "in-time"
    LATE = "late"
    OVERDUE = "overdue"


class OriginalsFilter(StrEnum):
    """Whether the signed originals of an invoice have reached its customer (S-067)."""

    RECEIVED = "received"
    MISSING = "missing"


class Age(StrEnum):
    """How many days something outstanding is overdue."""

    CURRENT = "current"
    UP_TO_30 = "1-30"
    UP_TO_60 = "31-60"
    UP_TO_90 = "61-90"
    OVER_90 = "over-90"


class Approval(StrEnum):
    """How an invoice came to be approved."""

    AUTOMATIC = "automatic"
    INITIATOR = "initiator"


class MatchedBy(StrEnum):
    """How the order line that an invoice line bills was found, in the order in which it is looked for."""

    ORDER_LINE = "order-line"
    SELLER_ITEM = "seller-item-number"
    BUYER_ITEM = "buyer-item-number"
    GTIN = "gtin"


@shape
class InvoiceLine:
    """One line of an invoice (EN 16931 BG-25)."""

    number: Annotated[LineNumber, "Position in the invoice, from 1 (BT-126)."]
    order_line: Annotated[LineNumber | None, "The order line it bills (BT-132); null: not ordered (S-044)."]
    item_number: Annotated[ItemNumber | None, "The supplier's item number (BT-155)."]
    description: Annotated[Name, "What is billed (BT-153)."]
    unit: Annotated[UnitCode, "Unit of measure, UN/ECE Rec 20 (BT-130)."]
    quantity: Annotated[Quantity, "Quantity billed (BT-129)."]
    unit_price: Annotated[UnitPrice, "Net price of one unit (BT-146)."]
    tax_rate: Annotated[Percent, "Tax in percent (BT-152)."]
    net: Annotated[
        Amount,
        "Quantity × unit price, rounded half up to the amount places, with charges, less allowances (BT-131).",
    ]
    tax_category: Annotated[TaxCategory, "How it is taxed (BT-151)."] = TaxCategory.STANDARD
    adjustments: Annotated[tuple[Adjustment, ...], "Charges and allowances of the line."] = ()
    buyer_item_number: Annotated[ItemNumber | None, "The customer's item number (BT-156)."] = None
    gtin: Annotated[Gtin | None, "The item's GTIN (BT-157)."] = None
    matched_by: Annotated[MatchedBy | None, "How the order line was found; null: there is none."] = None
    credited_quantity: Annotated[QuantityOrZero, "Credited by quantity: it can be invoiced anew."] = Decimal(
        0
    )
    credited_net: Annotated[Amount, "Net amount credited, by quantity or by value."] = Decimal(0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tax_category", category_of(self.tax_category, self.tax_rate))


class DisputeReason(StrEnum):
    """Why a part is disputed; in brackets the Peppol Invoice Response reason (OPStatusReason)."""

    PRICE = "price"  # PRI
    QUANTITY = "quantity"  # QTY
    ITEM = "item"  # ITM
    QUALITY = "quality"  # QUA
    DELIVERY = "delivery"  # DEL
    OTHER = "other"  # OTH


class DisputeOutcome(StrEnum):
    """How a dispute ended: the part is paid after all, or it is not and a credit note is expected."""

    RELEASED = "released"
    UPHELD = "upheld"


@shape
class Dispute:
    """A part of one line that is not paid while the two sides disagree about it. The rest may be paid."""

    id: Annotated[Id, "The dispute."]
    line: Annotated[LineNumber, "The line of the invoice."]
    reason: Annotated[DisputeReason, "Why."]
    note: Annotated[Text, "The same in words."]
    net: Annotated[Amount, "Net amount that is disputed."]
    held: Annotated[Amount, "What is not paid meanwhile: with its tax, and no more than is open."]
    raised_by: Annotated[Person, "Who disputes it."]
    raised_at: Annotated[Instant, "Since when."]
    outcome: Annotated[DisputeOutcome | None, "How it ended; null while it goes on."] = None
    settled_by: Annotated[Person | None, "Who ended it."] = None
    settled_at: Annotated[Instant | None, "When."] = None
    settlement: Annotated[Text, "What was said with it."] = ""
    credit_note_id: Annotated[Id | None, "The credit note that answered it; then it holds nothing."] = None
    credit_note_number: Annotated[DocumentNumber | None, "Its number."] = None


@shape
class Originals:
    """That the signed originals of an invoice have reached its customer."""

    received_at: Annotated[Instant, "When that was noted."]
    received_by: Annotated[Person, "Who noted it."]


@shape
class Exchange:
    """At which rate an invoice in another currency than its order's is compared with it."""

    rate: Annotated[InvoiceRate, "How much of the order's currency one of the invoice's is worth."]
    source: Annotated[Name, "Where the rate is from.", Example("ECB reference rate")]
    day: Annotated[Day, "The day it is of; no later than the invoice."]


@shape
class InvoiceExchange(Exchange):
    """The same with what the invoice comes to in its order's currency."""

    currency: Annotated[CurrencyCode, "The order's currency (BT-6)."]
    net: Annotated[ExactAmount, "Its net total in it, not rounded: what is compared."]
    tax: Annotated[ExactAmount, "Its tax in it, rounded half up (BT-111)."]
    gross: Annotated[ExactAmount, "Its gross total in it, not rounded."]


@shape
class TaxAmount:
    """The tax of one category and rate (EN 16931 BG-23)."""

    category: Annotated[TaxCategory, "The category (BT-118)."] = TaxCategory.STANDARD
    rate: Annotated[Percent, "Tax in percent (BT-119)."]
    base: Annotated[
        Amount, "Sum of the net amounts taxed so, charges and allowances of the whole included (BT-116)."
    ]
    amount: Annotated[Amount, "Base × rate, rounded half up to the amount places (BT-117)."]
    credited: Annotated[Amount, "What of it credit notes have taken back."] = Decimal(0)
    exemption_reason: Annotated[Reason | None, "Why no tax is due (BT-120)."] = None
    exemption_code: Annotated[ExemptionCode | None, "The same as a VATEX code (BT-121)."] = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "category", category_of(self.category, self.rate))


@shape
class Invoice:
    """A supplier's invoice for an order, as both sides see it (EN 16931 BG-0)."""

    id: Annotated[Id, "The invoice."]
    number: Annotated[DocumentNumber | None, "The supplier's number (BT-1); a draft may not have one yet."]
    status: Annotated[InvoiceStatus, "Where it stands (S-051 … S-055)."]
    order_id: Annotated[Id, "The order it bills."]
    order_number: Annotated[DocumentNumber, "That order's number (BT-13)."]
    partnership_id: Annotated[Id, "The link between its customer and its supplier."]
    supplier: Annotated[Party, "Who sells and is paid (BG-4)."]
    customer: Annotated[Party, "Who buys and pays (BG-7)."]
    initiator: Annotated[Person, "Who ordered, and alone decides when the invoice is held (S-043)."]
    currency: Annotated[CurrencyCode, "Currency of all amounts (BT-5)."]
    amount_places: Annotated[AmountPlaces, "Digits after the point that amounts are rounded to."]
    issue_date: Annotated[Day, "Date of the invoice (BT-2)."]
    due_date: Annotated[Day, "When it is to be paid (BT-9): issue date + the agreed payment days."]
    note: Annotated[Text, "For the customer to read (BT-22)."]
    lines: Annotated[tuple[InvoiceLine, ...], "What is billed."]
    taxes: Annotated[tuple[TaxAmount, ...], "Tax by category and rate, lowest rate first."]
    net: Annotated[Amount, "All without tax: lines with charges, less allowances (BT-109)."]
    tax: Annotated[Amount, "Sum of the taxes (BT-110)."]
    gross: Annotated[Amount, "Net + tax (BT-112)."]
    paid: Annotated[Amount, "Sum of its payments (BT-113)."]
    open: Annotated[
        Amount,
        "Still to be paid: gross − paid − deducted by credit notes once approved, otherwise 0 (BT-115).",
    ]
    planned_on: Annotated[date | None, "When the customer means to pay; null when it has not said."]
    reasons: Annotated[
        tuple[Sentence, ...], "Why it was not approved by itself, as both sides may read it; empty if it was."
    ]
    waiting_since: Annotated[Instant | None, "Since when it waits to be decided (S-063); null if not."]
    approval: Annotated[Approval | None, "How it was approved; null when it is not."]
    decided_by: Annotated[Person | None, "Who approved, rejected, returned or cancelled it; null if nobody."]
    decided_at: Annotated[Instant | None, "When."]
    remark: Annotated[Text | None, "What was said with the decision; of a returned draft, what to change."]
    created_by: Annotated[Person, "Who drafted it."]
    created_at: Annotated[Instant, "When it was drafted."]
    submitted_at: Annotated[Instant | None, "When it was last sent; null until then."]
    sequence: Annotated[Sequence, "Grows with every change; the ETag."]
    warnings: Annotated[
        tuple[Sentence, ...],
        "What it may be a second copy of, and why that is thought. It changes no decision.",
    ] = ()
    disputes: Annotated[tuple[Dispute, ...], "Parts of it that are or were disputed."] = ()
    disputed: Annotated[Amount, "Of what is open, held by disputes."] = Decimal(0)
    payable: Annotated[Amount, "What may be paid now: open − disputed."] = Decimal(0)
    credited: Annotated[Amount, "Sum of its credit notes."] = Decimal(0)
    deducted: Annotated[
        Amount, "What of them was taken off what was due; the rest was paid already and is an advance."
    ] = Decimal(0)
    asked_at: Annotated[Instant | None, "Since when the initiator is asked; null when nobody is."] = None
    deputy: Annotated[Person | None, "Who stands in for the initiator while the invoice is held."] = None
    decided_for: Annotated[Person | None, "For whom a deputy has decided; null: for themselves."] = None
    reminders: Annotated[Count, "How often whoever must decide was reminded."] = 0
    nudged_at: Annotated[Instant | None, "When the supplier last asked for the decision."] = None
    escalated_at: Annotated[Instant | None, "Since when the operator knows that it waits too long."] = None
    response: Annotated[
        InvoiceResponse | None, "The buyer's answer in Peppol's codes; null before it was sent."
    ] = None
    originals: Annotated[Originals | None, "The signed originals; null while they have not arrived."] = None
    delivery_date: Annotated[
        date | None,
        "When the goods count as delivered (BT-72), where that was agreed anew; null: as ordered.",
    ] = None
    adjustments: Annotated[
        tuple[DocumentAdjustment, ...], "Charges and allowances of the whole invoice (BG-21, BG-20)."
    ] = ()
    lines_net: Annotated[Amount | None, "Sum of the line net amounts (BT-106); null: the same as `net`."] = (
        None
    )
    allowances: Annotated[Amount, "Sum of the allowances of the whole invoice (BT-107)."] = Decimal(0)
    charges: Annotated[Amount, "Sum of the charges of the whole invoice (BT-108)."] = Decimal(0)
    exchange: Annotated[
        InvoiceExchange | None, "At which rate it is compared with its order; null: in the same currency."
    ] = None


@shape
class WorkedTime:
    """A time that counts working hours only."""

    days: Annotated[Count, "Whole working days."]
    hours: Annotated[Count, "Whole working hours beyond them."]


@shape
class InvoiceSummary:
    """An invoice in a list."""

    id: Annotated[Id, "The invoice."]
    number: Annotated[DocumentNumber | None, "The supplier's number."]
    status: Annotated[InvoiceStatus, "Where it stands."]
    order_id: Annotated[Id, "The order it bills."]
    order_number: Annotated[DocumentNumber, "That order's number."]
    supplier: Annotated[Party, "Who sells."]
    customer: Annotated[Party, "Who buys."]
    initiator: Annotated[Person, "Who ordered and decides."]
    currency: Annotated[CurrencyCode, "Currency."]
    issue_date: Annotated[Day, "Date of the invoice."]
    due_date: Annotated[Day, "When it is to be paid."]
    net: Annotated[Amount, "Net sum."]
    gross: Annotated[Amount, "Gross sum."]
    paid: Annotated[Amount, "Paid of it."]
    open: Annotated[Amount, "Still to be paid."]
    waiting_since: Annotated[Instant | None, "Since when it waits for a decision (S-063)."]
    submitted_at: Annotated[Instant | None, "When it was last sent."]
    created_at: Annotated[Instant, "When it was drafted."]
    sequence: Annotated[Sequence, "Grows with every change."]
    disputed: Annotated[Amount, "Of what is open, held by disputes."] = Decimal(0)
    credited: Annotated[Amount, "Sum of its credit notes."] = Decimal(0)
    waited: Annotated[WorkedTime | None, "How long it waits, in the customer's working time."] = None
    deputy: Annotated[Person | None, "Who stands in for the initiator."] = None
    answer_by: Annotated[Instant | None, "Until when a first answer is promised."] = None
    escalated_at: Annotated[Instant | None, "Since when the operator knows that it waits too long."] = None


@shape
class InvoicePage:
    """A page of invoices, newest first."""

    items: Annotated[tuple[InvoiceSummary, ...], "The invoices."]
    next: Next


@shape
class OpenLine:
    """What of one order line is not yet on an invoice (S-025)."""

    order_line: Annotated[LineNumber, "The order line."]
    item_number: Annotated[ItemNumber, "The supplier's item number."]
    description: Annotated[Name, "What was ordered."]
    unit: Annotated[UnitCode, "Unit of measure."]
    ordered: Annotated[QuantityOrZero, "Quantity ordered, or confirmed once the supplier has answered."]
    invoiced: Annotated[QuantityOrZero, "Of it on invoices not rejected or canceled, drafts included."]
    open: Annotated[QuantityOrZero, "What is left, never below 0."]
    unit_price: Annotated[UnitPrice, "Net price of one unit."]
    tax_rate: Annotated[Percent, "Tax in percent."]


@shape
class OpenQuantities:
    """What of an order can still be invoiced."""

    order_id: Annotated[Id, "The order."]
    order_number: Annotated[DocumentNumber, "Its number."]
    order_sequence: Annotated[Sequence, "The state of the order this was counted from."]
    currency: Annotated[CurrencyCode, "Currency of the prices."]
    lines: Annotated[tuple[OpenLine, ...], "By order line."]


# ----------------------------------------------------------------------------------------- dashboard


@shape
class InvoicesWaiting:
    """How many invoices wait for the person who asks. The list: `waiting_for`."""

    waiting_for: Annotated[InvoiceWaiting, "For what."]
    count: Annotated[Count, "How many."]
    oldest: Annotated[date | None, "Date of the oldest of them."]


@shape
class InvoiceTotal:
    """The invoices of one status in one currency. The list: `status`, `currency`."""

    status: Annotated[InvoiceStatus, "Where they stand."]
    currency: Annotated[CurrencyCode, "Currency of the sums."]
    count: Annotated[Count, "How many."]
    net: Annotated[Sum, "Sum of their net sums."]
    gross: Annotated[Sum, "Sum of their gross sums."]
    open: Annotated[Sum, "Still to be paid of them."]


@shape
class AgeTotal:
    """What is outstanding of one age in one currency. The list: `due_from`, `due_to`, `currency`, `status`."""

    age: Annotated[Age, "How long overdue."]
    due_from: Annotated[date | None, "Due on this day or later; null without beginning."]
    due_to: Annotated[date | None, "Due on this day or earlier; null without end."]
    currency: Annotated[CurrencyCode, "Currency of the sum."]
    count: Annotated[Count, "How many invoices."]
    open: Annotated[Sum, "Still to be paid of them."]


@shape
class FirstAnswers:
    """How soon held invoices get their first answer. The lists: `answered`."""

    since: Annotated[Day, "Answers of this day or later are counted."]
    in_time: Annotated[Count, "Answered within the promised time."]
    late: Annotated[Count, "Answered later."]
    overdue: Annotated[Count, "Not answered yet although the promised time is over."]


@shape
class InvoicesDashboard:
    """The numbers of the start page, as far as invoices go (S-005)."""

    at: Annotated[Instant, "When they were counted; the ages are those of its day, UTC."]
    waiting: Annotated[tuple[InvoicesWaiting, ...], "What waits for the person who asks."]
    by_status: Annotated[tuple[InvoiceTotal, ...], "Counts and sums by status and currency."]
    ageing: Annotated[
        tuple[AgeTotal, ...], "What is outstanding by currency and age, the least overdue first."
    ]
    outstanding: Annotated[tuple[InvoiceStatus, ...], "The statuses that count in `ageing`."]
    answers: Annotated[FirstAnswers | None, "How soon held invoices are answered."] = None


# ------------------------------------------------------------------------------------------ matching


class Verdict(StrEnum):
    """What matching came to."""

    PASSES = "passes"
    HELD = "held"
    WAITS = "waits"


class AmountBase(StrEnum):
    """Which totals are compared (D-2)."""

    NET = "net"
    GROSS = "gross"


@shape
class OrderedLine:
    """An order line, as far as matching looks at it."""

    number: Annotated[LineNumber, "Position in the order."]
    item_number: Annotated[ItemNumber, "The supplier's item number."]
    description: Annotated[Name, "What was ordered."]
    category: Annotated[Category | None, "The item's category."] = None
    unit: Annotated[UnitCode | None, "Unit of measure; with what follows only where a rule asks for it."] = (
        None
    )
    quantity: Annotated[QuantityOrZero | None, "Ordered, or confirmed."] = None
    received: Annotated[QuantityOrZero | None, "Received, rejected goods included."] = None
    accepted: Annotated[QuantityOrZero | None, "Received and not rejected."] = None
    unit_price: Annotated[UnitPrice | None, "Net price of one unit."] = None
    net: Annotated[Amount | None, "Quantity × unit price."] = None
    tax_rate: Annotated[Percent | None, "Tax in percent."] = None
    units: Annotated[tuple[UnitFactor, ...], "Units that only this item makes comparable."] = ()


@shape
class BilledLine:
    """An invoice line, as far as matching looks at it."""

    number: Annotated[LineNumber, "Position in the invoice."]
    order_line: Annotated[LineNumber | None, "The order line it names."]
    item_number: Annotated[ItemNumber | None, "The supplier's item number."]
    description: Annotated[Name, "What is billed."]
    unit: Annotated[UnitCode | None, "Unit of measure; with what follows only where a rule asks for it."] = (
        None
    )
    quantity: Annotated[Quantity | None, "Quantity billed."] = None
    unit_price: Annotated[UnitPrice | None, "Net price of one unit."] = None
    net: Annotated[Amount | None, "Net amount of the line."] = None
    tax_rate: Annotated[Percent | None, "Tax in percent."] = None


@shape
class EarlierLine:
    """What an earlier invoice billed of an order line."""

    order_line: Annotated[LineNumber, "The order line."]
    unit: Annotated[UnitCode, "Unit of measure."]
    quantity: Annotated[Quantity, "Quantity billed."]
    net: Annotated[Amount, "Net amount, in the order's currency."]


@shape
class EarlierInvoice:
    """Another invoice of the same order that counts against the limit (S-048)."""

    id: Annotated[Id, "The invoice."]
    number: Annotated[DocumentNumber, "Its number."]
    status: Annotated[InvoiceStatus, "Where it stood at that moment."]
    amount: Annotated[Amount, "Its total, net or gross as the base says, in the order's currency."]
    other_amount: Annotated[Amount | None, "Its other total, where a rule asks for it."] = None
    charges: Annotated[Amount | None, "Its freight and other charges, where a rule asks for them."] = None
    lines: Annotated[tuple[EarlierLine, ...], "What it billed, where a rule asks for it."] = ()


@shape
class TaxedAmount:
    """What charges and allowances of a whole invoice add to what is taxed at one rate."""

    rate: Annotated[Percent, "Tax in percent."]
    amount: Annotated[Amount, "Charges less allowances."]


@shape
class ToldExchange:
    """The currency of an invoice that is not its order's, and where the rate is from."""

    currency: Annotated[CurrencyCode, "The invoice's currency."]
    amount_places: Annotated[AmountPlaces, "Digits after the point of its amounts."]
    source: Annotated[Name, "Where the rate is from."]
    day: Annotated[Day, "The day it is of."]


@shape
class MatchInputs:
    """Everything a match decision was made from. The same inputs give the same decision for ever."""

    order_number: Annotated[DocumentNumber, "The order."]
    order_sequence: Annotated[Sequence, "The state of the order that was matched against."]
    currency: Annotated[CurrencyCode, "Currency of the order."]
    amount_places: Annotated[AmountPlaces, "Digits after the point of the order's amounts."]
    base: Annotated[AmountBase, "Which totals are compared (D-2)."]
    tolerance_rate: Annotated[Percent, "The tolerance of that moment, in percent (S-046)."]
    order_amount: Annotated[Amount, "Total of the order."]
    ordered: Annotated[tuple[OrderedLine, ...], "What was ordered."]
    invoice_amount: Annotated[Amount, "Total of the invoice."]
    billed: Annotated[tuple[BilledLine, ...], "What is billed."]
    earlier: Annotated[tuple[EarlierInvoice, ...], "Invoices of the order that came or were approved before."]
    initiator: Annotated[Person, "Who may release the invoice."]
    way: Annotated[MatchingWay, "With what it was compared."] = MatchingWay.TWO
    tells_limit: Annotated[bool, "Whether the supplier was told the limit."] = False
    policy_version: Annotated[PolicyVersion, "The version of the customer's tolerances."] = 0
    tolerances: Annotated[
        tuple[AppliedTolerance, ...],
        "The tolerances that could hold on that day; of equals the first one does.",
    ] = ()
    order_other_amount: Annotated[Amount | None, "The order's other total, where a rule asks for it."] = None
    invoice_other_amount: Annotated[Amount | None, "The invoice's other total."] = None
    invoice_tax: Annotated[Amount | None, "Tax of the invoice, where a rule asks for it."] = None
    charges: Annotated[
        Amount | None, "Freight and other charges of the invoice, where a rule asks for them."
    ] = None
    adjusted: Annotated[
        tuple[TaxedAmount, ...],
        "Charges less allowances of the whole invoice by tax rate, where a rule asks for its tax.",
    ] = ()
    exchange_rate: Annotated[
        ExchangeRate | None,
        "How much of the order's currency one of the invoice's is worth, as it was kept; null: the same one.",
    ] = None
    exchange: Annotated[ToldExchange | None, "What the supplier has told with the rate."] = None


@shape
class LineCheck:
    """One line under one rule."""

    line: Annotated[LineNumber, "The line of the invoice."]
    order_line: Annotated[LineNumber, "The line of the order that it bills."]
    expected: Annotated[ExactNumber, "What the order says, or what was received."]
    actual: Annotated[ExactNumber, "What is billed, with what decided invoices have billed before."]
    limit: Annotated[ExactNumber, "How far it may go."]
    difference: Annotated[ExactNumber, "Actual − limit."]
    passed: Annotated[bool, "Whether the rule is content with the line."]


@shape
class Finding:
    """What one rule found."""

    rule: Annotated[Name, "Name of the rule.", Example("total_within_tolerance")]
    expected: Annotated[Name, "What the rule asks for.", Example("at most 5,250.00")]
    actual: Annotated[Name, "What it found.", Example("5,250.01")]
    limit: Annotated[ExactAmount | None, "The limit, where the rule has one."]
    value: Annotated[ExactAmount | None, "The value compared with it."]
    difference: Annotated[ExactAmount | None, "Value − limit: above 0 when it is exceeded."]
    passed: Annotated[bool, "Whether the rule is content."]
    sentences: Annotated[tuple[Sentence, ...], "What it found, as the customer reads it."]
    open_sentences: Annotated[
        tuple[Sentence, ...], "The same for the supplier, who is not told the tolerance; empty if it passed."
    ]
    measure: Annotated[Measure | None, "What the rule is about, of rules with a tolerance."] = None
    side: Annotated[Side | None, "Above or below what is expected."] = None
    tolerance: Annotated[AppliedTolerance | None, "The tolerance that held; of lines, of the worst one."] = (
        None
    )
    checks: Annotated[tuple[LineCheck, ...], "Line by line, where the rule is about lines."] = ()
    waits: Annotated[bool, "Whether it is only another invoice's decision that it depends on."] = False


@shape
class Match:
    """A match decision, kept for ever (S-042). It can be recomputed from its inputs."""

    id: Annotated[Id, "The decision."]
    invoice_id: Annotated[Id, "The invoice."]
    invoice_sequence: Annotated[Sequence, "The state of the invoice that was matched."]
    at: Annotated[Instant, "When."]
    inputs: Annotated[MatchInputs, "What it was made from."]
    already_invoiced: Annotated[ExactAmount, "Sum of the earlier invoices."]
    findings: Annotated[tuple[Finding, ...], "What each rule found, in the order they are asked."]
    verdict: Annotated[Verdict, "Approved by itself, held for the initiator, or waiting for another."]
    released_by: Annotated[Person | None, "Who may release it; null when it passes or waits for another."]
    engine: Annotated[int, Range(least=1), "The engine that decided; each decides for ever as it did."] = 1


@shape
class Matches:
    """All match decisions of an invoice, newest first: after a rework it is matched anew."""

    items: Annotated[tuple[Match, ...], "The decisions."]


# ----------------------------------------------------------------------------------------- preflight


@shape
class Obstacle:
    """What would have to be mended before the invoice can be sent at all."""

    code: Annotated[Name, "The code sending it would be refused with.", Example("number-missing")]
    field: Annotated[Name, "Where to mend it, as a JSON pointer.", Example("/number")]
    detail: Annotated[Sentence, "What to do."]


@shape
class ForeseenFinding:
    """What one rule would find. Of the tolerance a supplier is told nothing: neither limit nor rate."""

    rule: Annotated[Name, "Name of the rule.", Example("total_within_tolerance")]
    expected: Annotated[Name, "What the rule asks for; for a supplier, what was ordered."]
    actual: Annotated[Name, "What it would find."]
    limit: Annotated[ExactAmount | None, "The limit, where the rule has one and the asker may know it."]
    value: Annotated[ExactAmount | None, "The value that would be compared."]
    difference: Annotated[
        ExactAmount | None, "Value − limit; where the limit is not told, value − what was ordered."
    ]
    passed: Annotated[bool, "Whether the rule would be content."]
    sentences: Annotated[tuple[Sentence, ...], "The same in words the asker may read."]


@shape
class Remedy:
    """One change of an invoice; with all of them together it would pass."""

    line: Annotated[LineNumber, "The line to change."]
    field: Annotated[Name | None, "What of it; null: leave it out.", Example("quantity")]
    before: Annotated[ExactNumber | None, "What it is."]
    after: Annotated[ExactNumber | None, "What it would be."]
    sentence: Annotated[Sentence, "The same in words."]


@shape
class Preflight:
    """What would come of sending an invoice at this moment. Nothing was changed to find out."""

    order_id: Annotated[Id, "The order it bills."]
    order_number: Annotated[DocumentNumber, "That order's number."]
    order_sequence: Annotated[Sequence, "The state of the order it was held against."]
    currency: Annotated[CurrencyCode, "Currency of all amounts."]
    amount_places: Annotated[AmountPlaces, "Digits after the point that amounts are rounded to."]
    issue_date: Annotated[Day, "Date of the invoice."]
    due_date: Annotated[Day, "When it would have to be paid."]
    lines: Annotated[tuple[InvoiceLine, ...], "What would be billed, completed from the order."]
    taxes: Annotated[tuple[TaxAmount, ...], "Tax by category and rate, lowest rate first."]
    net: Annotated[Amount, "All without tax: lines with charges, less allowances."]
    tax: Annotated[Amount, "Sum of the taxes."]
    gross: Annotated[Amount, "Net + tax."]
    verdict: Annotated[Verdict, "Approved by itself, held for the initiator, or waiting for another."]
    decided_by: Annotated[Person | None, "Who would be asked; null when it passes or waits."]
    sentence: Annotated[Sentence, "The same in one sentence."]
    reasons: Annotated[tuple[Sentence, ...], "Why it would not pass: what the invoice itself would say."]
    findings: Annotated[
        tuple[ForeseenFinding, ...], "What each rule would find, in the order they are asked."
    ]
    obstacles: Annotated[
        tuple[Obstacle, ...], "What stands in the way of sending it; empty when nothing does."
    ]
    remedies: Annotated[
        tuple[Remedy, ...],
        "The smallest changes with which it would pass; empty when it does, or none would do.",
    ] = ()
    warnings: Annotated[
        tuple[Sentence, ...],
        "What it may be a second copy of, and why that is thought; it can be sent all the same.",
    ] = ()
    adjustments: Annotated[
        tuple[DocumentAdjustment, ...], "Charges and allowances of the whole invoice, computed."
    ] = ()
    lines_net: Annotated[Amount | None, "Sum of the line net amounts; null: the same as `net`."] = None
    allowances: Annotated[Amount, "Sum of the allowances of the whole invoice."] = Decimal(0)
    charges: Annotated[Amount, "Sum of the charges of the whole invoice."] = Decimal(0)
    exchange: Annotated[InvoiceExchange | None, "At which rate it would be compared with its order."] = None


# ------------------------------------------------------------------------------------------ payments


@shape
class Payment:
    """Money the customer has paid on one invoice."""

    id: Annotated[Id, "The payment."]
    invoice_id: Annotated[Id, "The invoice it pays."]
    amount: Annotated[PositiveAmount, "How much, in the invoice's currency."]
    currency: Annotated[CurrencyCode, "The invoice's currency."]
    paid_on: Annotated[Day, "Day of the payment."]
    reference: Annotated[Text, "How the supplier finds it on its account (BT-83)."]
    registered_by: Annotated[Person, "Who registered it."]
    registered_at: Annotated[Instant, "When."]
    payment_id: Annotated[Id | None, "The whole payment, which may have paid other invoices too."] = None
    reversed_at: Annotated[Instant | None, "When it was taken back; null while it holds."] = None


@shape
class Payments:
    """The payments of an invoice, in the order they were registered, those that were taken back included."""

    items: Annotated[tuple[Payment, ...], "The payments."]
    total: Annotated[Amount, "The sum of those that hold."]


@shape
class Balance:
    """What a customer owes a supplier in one currency (S-210)."""

    currency: Annotated[CurrencyCode, "The currency."]
    due: Annotated[Amount, "Approved and not paid."]
    advances: Annotated[Amount, "Paid or credited and not used up: never netted with what is due."] = Decimal(
        0
    )


@shape
class PartnerBalance:
    """How one partner's account stands, derived from the ledger at this moment."""

    partner: Annotated[Party, "The other side."]
    balances: Annotated[tuple[Balance, ...], "By currency; empty when nothing was ever posted."]


# ------------------------------------------------------------------------------------------- history


@shape
class Change:
    """One value of an invoice that was changed."""

    field: Annotated[Name, "What.", Example("planned_on")]
    before: Annotated[Text | None, "What it was."]
    after: Annotated[Text | None, "What it is."]


@shape
class HistoryEntry(Step):
    """One step in the life of an invoice (S-230)."""

    state: Annotated[Invoice, "The invoice as it was after it."]


@shape
class InvoiceHistory:
    """The whole history of an invoice, oldest first, as far as the caller may know it."""

    entries: Annotated[tuple[HistoryEntry, ...], "The steps."]


@shape
class DeletedDraft:
    """A draft that is gone."""

    id: Annotated[Id, "The draft."]
    number: Annotated[DocumentNumber | None, "Its number, if it had one."]


@shape
class DraftCount:
    """What switching a supplier's portal off would delete (S-101)."""

    partnership_id: Annotated[Id, "The link between customer and supplier."]
    invoices: Annotated[Count, "Drafts of invoices that would be deleted now."]
    statements: Annotated[Count, "Drafts of reconciliation statements that would be deleted now."] = 0
