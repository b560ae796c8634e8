"""What callers and subscribers see of products and purchase orders."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from services.contracts.history import Step
from services.contracts.kinds import (
    Amount,
    AmountPlaces,
    Count,
    CurrencyCode,
    Day,
    Days,
    DocumentNumber,
    Id,
    Instant,
    ItemNumber,
    LineNumber,
    Name,
    Next,
    Percent,
    QuantityOrZero,
    Sequence,
    Sum,
    Text,
    UnitCode,
    UnitPrice,
)
from services.contracts.parties import Party, Person
from services.contracts.shapes import Example, shape


class OrderStatus(StrEnum):
    """The life of a purchase order."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    IN_PROGRESS = "in-progress"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class OrderSort(StrEnum):
    """How orders are sorted; with a minus the last, latest or greatest first."""

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
    DELIVERY = "delivery"
    DELIVERY_FALLING = "-delivery"


class OrderWaiting(StrEnum):
    """What of an order may wait for the person who asks."""

    ME = "me"
    CONFIRMATION = "confirmation"
    DATE_DECISION = "date-decision"
    DRAFT = "draft"


@shape
class Product:
    """Goods or a service that a supplier sells (the full catalogue comes on top of this)."""

    id: Annotated[Id, "The product."]
    supplier: Annotated[Party, "Who sells it."]
    number: Annotated[ItemNumber, "The supplier's item number (EN 16931 BT-155)."]
    name: Annotated[Name, "What it is called (BT-153)."]
    unit: Annotated[UnitCode, "Unit of measure it is sold in, UN/ECE Rec 20 (BT-130)."]
    unit_price: Annotated[UnitPrice, "Net price of one unit, in `currency` (BT-146)."]
    currency: Annotated[CurrencyCode, "Currency of the price."]
    tax_rate: Annotated[Percent, "Tax in percent of the net price (BT-152)."]
    active: Annotated[bool, "Whether it can be ordered."]
    sequence: Annotated[Sequence, "Grows with every change."]


@shape
class ProductPage:
    """A page of products."""

    items: Annotated[tuple[Product, ...], "The products, by number."]
    next: Next


@shape
class Flag:
    """Something about an order that a person should look at; it never blocks by itself."""

    code: Annotated[Name, "What kind of thing.", Example("below-minimum-order")]
    detail: Annotated[Text, "The sentence to show."]


@shape
class DateProposal:
    """The supplier's wish for another delivery date. It changes nothing until the initiator decides."""

    date: Annotated[Day, "The date proposed."]
    reason: Annotated[Text, "Why."]
    proposed_by: Annotated[Person, "Who proposed it."]
    proposed_at: Annotated[Instant, "When."]


@shape
class OrderLine:
    """One line of a purchase order, with what has become of it."""

    number: Annotated[LineNumber, "Position in the order."]
    item_number: Annotated[ItemNumber, "The supplier's item number (BT-155)."]
    description: Annotated[Name, "What is ordered (BT-153)."]
    unit: Annotated[UnitCode, "Unit of measure, UN/ECE Rec 20."]
    quantity: Annotated[QuantityOrZero, "Quantity ordered."]
    unit_price: Annotated[UnitPrice, "Net price of one unit."]
    tax_rate: Annotated[Percent, "Tax in percent."]
    net: Annotated[Amount, "Quantity × unit price, rounded half up to the order's amount places."]
    delivery_date: Annotated[date | None, "When this line is wanted, where it differs from the order."] = None
    confirmed_quantity: Annotated[
        QuantityOrZero | None, "Quantity the supplier will deliver (S-029); null until it has answered."
    ] = None
    confirmation_note: Annotated[Text | None, "What the supplier says of the line."] = None
    shipped_quantity: Annotated[QuantityOrZero, "Quantity of all goods issues."]
    received_quantity: Annotated[QuantityOrZero, "Quantity of all goods receipts, rejected ones included."]
    rejected_quantity: Annotated[QuantityOrZero, "Part of the received quantity that was not accepted."]
    pending_quantity: Annotated[
        QuantityOrZero, "Still to be shipped: ordered (or confirmed) − shipped (S-171)."
    ]


@shape
class Order:
    """A purchase order as both sides see it."""

    id: Annotated[Id, "The order."]
    number: Annotated[DocumentNumber, "The buyer's number of the order (BT-13), unique per customer."]
    status: Annotated[OrderStatus, "Where it stands."]
    customer: Annotated[Party, "Who buys."]
    supplier: Annotated[Party, "Who sells."]
    initiator: Annotated[Person, "Who ordered: decides on delivery date and on held invoices (S-027, S-043)."]
    currency: Annotated[CurrencyCode, "Currency of all amounts (BT-5)."]
    amount_places: Annotated[AmountPlaces, "Digits after the point that line amounts are rounded to."]
    order_date: Annotated[Day, "Date of the order."]
    delivery_date: Annotated[date | None, "When the goods are wanted."]
    date_proposal: Annotated[DateProposal | None, "The supplier's open proposal of another date."]
    delivery_address: Annotated[Text, "Where to."]
    note: Annotated[Text, "For the supplier to read."]
    payment_days: Annotated[Days, "Days from invoice to due date."]
    lines: Annotated[tuple[OrderLine, ...], "What is ordered."]
    net: Annotated[Amount, "Sum of the line net amounts (BT-106)."]
    tax: Annotated[Amount, "Sum of the tax, computed per rate (BT-110)."]
    gross: Annotated[Amount, "Net + tax (BT-112)."]
    flags: Annotated[tuple[Flag, ...], "What to look at: too early, too small (S-030, S-031)."]
    revision: Annotated[int, "How often it was revised after it was submitted."]
    submitted_at: Annotated[Instant | None, "When the supplier got it."]
    closing_reason: Annotated[Text | None, "Why it was refused or cancelled."]
    sequence: Annotated[Sequence, "Grows with every change; the ETag."]


@shape
class OrderSummary:
    """A purchase order in a list."""

    id: Annotated[Id, "The order."]
    number: Annotated[DocumentNumber, "The buyer's number."]
    status: Annotated[OrderStatus, "Where it stands."]
    customer: Annotated[Party, "Who buys."]
    supplier: Annotated[Party, "Who sells."]
    initiator: Annotated[Person, "Who ordered."]
    order_date: Annotated[Day, "Date of the order."]
    delivery_date: Annotated[date | None, "When the goods are wanted."]
    currency: Annotated[CurrencyCode, "Currency."]
    net: Annotated[Amount, "Net sum."]
    gross: Annotated[Amount, "Gross sum."]
    line_count: Annotated[int, "Number of lines."]
    flagged: Annotated[bool, "Whether something should be looked at."]
    sequence: Annotated[Sequence, "Grows with every change."]


@shape
class OrderPage:
    """A page of orders, newest first."""

    items: Annotated[tuple[OrderSummary, ...], "The orders."]
    next: Next


@shape
class OrdersWaiting:
    """How many orders wait for the person who asks. The list: `waiting_for`."""

    waiting_for: Annotated[OrderWaiting, "For what."]
    count: Annotated[Count, "How many."]
    oldest: Annotated[date | None, "Date of the oldest of them."]


@shape
class OrderTotal:
    """The orders of one status in one currency. The list: `status`, `currency`."""

    status: Annotated[OrderStatus, "Where they stand."]
    currency: Annotated[CurrencyCode, "Currency of the sums."]
    count: Annotated[Count, "How many."]
    net: Annotated[Sum, "Sum of their net sums."]
    gross: Annotated[Sum, "Sum of their gross sums."]


@shape
class OrderMonth:
    """What was ordered in a month in one currency. The list: `date_from`, `date_to`, `currency`, `status`."""

    first: Annotated[Day, "First day of the month."]
    last: Annotated[Day, "Last day of the month."]
    currency: Annotated[CurrencyCode, "Currency of the sums."]
    count: Annotated[Count, "How many orders are dated in it."]
    net: Annotated[Sum, "Sum of their net sums."]
    gross: Annotated[Sum, "Sum of their gross sums."]


@shape
class OrdersDashboard:
    """The numbers of the start page, as far as orders go (S-005)."""

    at: Annotated[Instant, "When they were counted."]
    waiting: Annotated[tuple[OrdersWaiting, ...], "What waits for the person who asks."]
    by_status: Annotated[tuple[OrderTotal, ...], "Counts and sums by status and currency."]
    by_month: Annotated[tuple[OrderMonth, ...], "The last twelve months by currency, oldest first."]
    ordered: Annotated[tuple[OrderStatus, ...], "The statuses that count in `by_month`."]


@shape
class MovedLine:
    """A quantity of one order line that was shipped or received."""

    order_line: Annotated[LineNumber, "The line of the order."]
    item_number: Annotated[ItemNumber, "The supplier's item number."]
    description: Annotated[Name, "What it is."]
    unit: Annotated[UnitCode, "Unit of measure."]
    quantity: Annotated[QuantityOrZero, "Shipped, or received."]
    rejected_quantity: Annotated[QuantityOrZero, "Of a receipt: the part not accepted."]
    reason: Annotated[Text, "Why a part was not accepted."]


class MovementKind(StrEnum):
    """Which way goods moved."""

    ISSUE = "goods-issue"
    RECEIPT = "goods-receipt"


@shape
class GoodsMovement:
    """Goods shipped by the supplier (goods issue, S-202) or received by the customer (goods receipt)."""

    id: Annotated[Id, "The document."]
    kind: Annotated[MovementKind, "Issue or receipt."]
    number: Annotated[DocumentNumber, "Its number; of an issue, the supplier's delivery note."]
    order_id: Annotated[Id, "The order it belongs to."]
    order_number: Annotated[DocumentNumber, "That order's number."]
    customer: Annotated[Party, "Who receives."]
    supplier: Annotated[Party, "Who ships."]
    day: Annotated[Day, "When it was shipped or received."]
    note: Annotated[Text, "Remarks, for example the carrier."]
    recorded_by: Annotated[Person, "Who recorded it."]
    recorded_at: Annotated[Instant, "When it was recorded."]
    lines: Annotated[tuple[MovedLine, ...], "What moved."]


@shape
class GoodsMovementPage:
    """A page of goods issues and receipts, newest first."""

    items: Annotated[tuple[GoodsMovement, ...], "The documents."]
    next: Next


@shape
class StatementLine:
    """What is ordered, shipped and pending of one line of an order in progress (S-171)."""

    order_id: Annotated[Id, "The order."]
    order_number: Annotated[DocumentNumber, "Its number."]
    customer: Annotated[Party, "Who buys."]
    supplier: Annotated[Party, "Who sells."]
    item_number: Annotated[ItemNumber, "The supplier's item number."]
    description: Annotated[Name, "What it is."]
    unit: Annotated[UnitCode, "Unit of measure."]
    ordered: Annotated[QuantityOrZero, "Quantity ordered."]
    shipped: Annotated[QuantityOrZero, "Quantity shipped."]
    pending: Annotated[QuantityOrZero, "Quantity still to be shipped."]


@shape
class OrdersStatement:
    """Ordered, shipped and pending quantities of the orders in progress, and of no others (S-172)."""

    lines: Annotated[tuple[StatementLine, ...], "By order and line."]


@shape
class HistoryEntry(Step):
    """One change of a document: who, what, when (S-230)."""

    state: Annotated[Order, "The order as it was after it."]


@shape
class OrderHistory:
    """The whole history of an order, oldest first, as far as the caller may know it."""

    entries: Annotated[tuple[HistoryEntry, ...], "The changes."]


@shape
class Deleted:
    """What was deleted."""

    id: Annotated[Id, "The document that is gone."]
