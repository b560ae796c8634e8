"""What can be asked of the orders service."""

from datetime import date
from typing import Annotated

from services.contracts.actors import BUYERS, EVERYONE, PARTIES, SUPPLIERS, Role
from services.contracts.kinds import (
    After,
    AmountPlaces,
    CurrencyCode,
    Day,
    DocumentNumber,
    Id,
    ItemNumber,
    Limit,
    LineNumber,
    Name,
    Percent,
    Quantity,
    QuantityOrZero,
    Reason,
    Text,
    UnitCode,
    UnitPrice,
)
from services.contracts.orders import views
from services.contracts.search import Hits, MostHits, SearchText
from services.contracts.shapes import Command, Length, Query, command, query, shape

ORDERERS = frozenset({Role.INITIATOR, Role.SUPPLIER_MANAGER, Role.BUYER_ADMIN})

# ------------------------------------------------------------------------------------------ products


@command("orders", answers=views.Product, allowed=SUPPLIERS)
class SaveProduct(Command):
    """Add a product, or change the one with this number."""

    number: Annotated[ItemNumber, "The supplier's item number; it decides which product is meant."]
    name: Annotated[Name, "What it is called."]
    unit: Annotated[UnitCode, "Unit it is sold in."] = "C62"
    unit_price: Annotated[UnitPrice, "Net price of one unit."]
    currency: Annotated[CurrencyCode, "Currency of the price."]
    tax_rate: Annotated[Percent, "Tax in percent."]
    active: Annotated[bool, "Whether it can be ordered."] = True


@query("orders", answers=views.ProductPage, allowed=PARTIES)
class ListProducts(Query):
    """The products of a supplier: one's own, or those of a linked supplier."""

    supplier_id: Annotated[Id | None, "Whose products; a supplier sees its own."] = None
    search: Annotated[Name | None, "Part of the number or the name."] = None
    active: Annotated[bool | None, "Only those that can, or cannot, be ordered."] = None
    after: After = None
    limit: Limit = 50


# -------------------------------------------------------------------------------------------- drafts


@shape
class DraftLine:
    """A line as the buyer writes it. What is left out is taken from the supplier's product."""

    item_number: Annotated[ItemNumber, "The supplier's item number."]
    quantity: Annotated[Quantity, "How much."]
    description: Annotated[Name | None, "What it is; from the product when left out."] = None
    unit: Annotated[UnitCode | None, "Unit of measure; from the product when left out."] = None
    unit_price: Annotated[UnitPrice | None, "Net price of one unit; from the product when left out."] = None
    tax_rate: Annotated[Percent | None, "Tax in percent; from the product when left out."] = None
    delivery_date: Annotated[date | None, "When this line is wanted, where it differs from the order."] = None


Lines = Annotated[tuple[DraftLine, ...], Length(1, 1000), "What to order; numbered from 1 as they stand."]


@command("orders", answers=views.Order, allowed=ORDERERS)
class DraftOrder(Command):
    """Begin an order; `submit` sends it to the supplier at once."""

    supplier_id: Annotated[Id, "The linked supplier to order from."]
    lines: Lines
    number: Annotated[DocumentNumber | None, "The buyer's own number; given by the portal when left out."] = (
        None
    )
    currency: Annotated[CurrencyCode | None, "Currency; the one agreed with the supplier when left out."] = (
        None
    )
    amount_places: Annotated[
        AmountPlaces | None, "Digits line amounts are rounded to; the currency's minor unit when left out."
    ] = None
    order_date: Annotated[date | None, "Date of the order; today when left out."] = None
    delivery_date: Annotated[date | None, "When the goods are wanted."] = None
    delivery_address: Annotated[Text, "Where to."] = ""
    note: Annotated[Text, "For the supplier to read."] = ""
    submit: Annotated[bool, "Send it to the supplier at once."] = False


@command("orders", answers=views.Order, allowed=ORDERERS)
class ChangeDraftOrder(Command):
    """Replace what a draft says."""

    order_id: Annotated[Id, "The draft."]
    lines: Lines
    delivery_date: Annotated[date | None, "When the goods are wanted."] = None
    delivery_address: Annotated[Text, "Where to."] = ""
    note: Annotated[Text, "For the supplier to read."] = ""


@command("orders", answers=views.Deleted, allowed=ORDERERS)
class DeleteDraftOrder(Command):
    """Throw a draft away."""

    order_id: Annotated[Id, "The draft."]


@command("orders", answers=views.Order, allowed=ORDERERS)
class SubmitOrder(Command):
    """Send a draft to its supplier (S-020)."""

    order_id: Annotated[Id, "The draft."]


# ------------------------------------------------------------------------------------ the supplier's part


@shape
class LineAnswer:
    """What the supplier says of one line (S-029)."""

    number: Annotated[LineNumber, "The line."]
    quantity: Annotated[QuantityOrZero, "How much will be delivered; 0 when it cannot be."]
    note: Annotated[Text | None, "Remark for the buyer."] = None


@command("orders", answers=views.Order, allowed=SUPPLIERS)
class ConfirmOrder(Command):
    """Confirm an order, whole or by line (S-029). Lines not named are confirmed as ordered."""

    order_id: Annotated[Id, "The order."]
    lines: Annotated[tuple[LineAnswer, ...], Length(0, 1000), "Lines that differ from what was ordered."] = ()


@command("orders", answers=views.Order, allowed=SUPPLIERS)
class RefuseOrder(Command):
    """Refuse a whole order."""

    order_id: Annotated[Id, "The order."]
    reason: Annotated[Reason, "Why; the buyer reads it."]


@command("orders", answers=views.Order, allowed=SUPPLIERS)
class StartOrder(Command):
    """Say that work on a confirmed order has begun: it is now in progress (S-172)."""

    order_id: Annotated[Id, "The order."]


@command("orders", answers=views.Order, allowed=SUPPLIERS)
class ProposeDeliveryDate(Command):
    """Ask for another delivery date. The date itself stays (S-026)."""

    order_id: Annotated[Id, "The order."]
    date: Annotated[Day, "The date proposed."]
    reason: Annotated[Reason, "Why."]


@shape
class IssuedLine:
    """What is shipped of one line."""

    order_line: Annotated[LineNumber, "The line of the order."]
    quantity: Annotated[Quantity, "How much."]


@command("orders", answers=views.GoodsMovement, allowed=SUPPLIERS)
class IssueGoods(Command):
    """Record what was shipped (goods issue, S-202)."""

    order_id: Annotated[Id, "The order."]
    number: Annotated[DocumentNumber, "Number of the delivery note."]
    day: Annotated[Day, "When it was shipped."]
    lines: Annotated[tuple[IssuedLine, ...], Length(1, 1000), "What was shipped."]
    note: Annotated[Text, "Remarks, for example the carrier."] = ""


# ---------------------------------------------------------------------------------------- the buyer's part


@command("orders", answers=views.Order, allowed=ORDERERS)
class ReviseOrder(Command):
    """Change an order the supplier already has; the supplier confirms anew. The initiator only."""

    order_id: Annotated[Id, "The order."]
    lines: Lines
    note: Annotated[Text, "For the supplier to read."] = ""


@command("orders", answers=views.Order, allowed=EVERYONE)
class ChangeDeliveryDate(Command):
    """Change the delivery date. Anyone may ask; only the initiator is heard (S-027, S-028)."""

    order_id: Annotated[Id, "The order."]
    date: Annotated[Day, "The new date."]


@command("orders", answers=views.Order, allowed=EVERYONE)
class DeclineDeliveryDate(Command):
    """Keep the delivery date against the supplier's proposal. The initiator only."""

    order_id: Annotated[Id, "The order."]
    reason: Annotated[Reason, "Why; the supplier reads it."]


@command("orders", answers=views.Order, allowed=ORDERERS)
class CancelOrder(Command):
    """Call off an order of which nothing was shipped."""

    order_id: Annotated[Id, "The order."]
    reason: Annotated[Reason, "Why; the supplier reads it."]


@command("orders", answers=views.Order, allowed=ORDERERS)
class CloseOrder(Command):
    """Say that nothing more is awaited on the order."""

    order_id: Annotated[Id, "The order."]


@shape
class ReceivedLine:
    """What arrived of one line."""

    order_line: Annotated[LineNumber, "The line of the order."]
    quantity: Annotated[Quantity, "How much arrived, rejected goods included."]
    rejected_quantity: Annotated[QuantityOrZero, "How much of it is not accepted."]
    reason: Annotated[Text, "Why a part is not accepted."] = ""


@command("orders", answers=views.GoodsMovement, allowed=BUYERS)
class ReceiveGoods(Command):
    """Record what arrived, and what of it is not accepted (goods receipt)."""

    order_id: Annotated[Id, "The order."]
    number: Annotated[DocumentNumber, "Number of the goods receipt."]
    day: Annotated[Day, "When it arrived."]
    lines: Annotated[tuple[ReceivedLine, ...], Length(1, 1000), "What arrived."]
    note: Annotated[Text, "Remarks."] = ""


# ------------------------------------------------------------------------------------------ questions


@query("orders", answers=views.Order, allowed=EVERYONE)
class GetOrder(Query):
    """One order."""

    order_id: Annotated[Id, "The order."]


@query("orders", answers=views.OrderPage, allowed=EVERYONE)
class ListOrders(Query):
    """Orders, newest first unless sorted. A supplier sees those sent to it, a customer its own (S-001, S-021)."""

    status: Annotated[tuple[views.OrderStatus, ...], Length(0, 7), "Only in one of these statuses."] = ()
    waiting_for: Annotated[views.OrderWaiting | None, "Only those that wait for the caller."] = None
    partner_id: Annotated[Id | None, "Only with this customer or supplier."] = None
    initiator_id: Annotated[Id | None, "Only those this person ordered."] = None
    date_from: Annotated[date | None, "Ordered on this day or later."] = None
    date_to: Annotated[date | None, "Ordered on this day or earlier."] = None
    delivery_from: Annotated[date | None, "Wanted on this day or later."] = None
    delivery_to: Annotated[date | None, "Wanted on this day or earlier."] = None
    currency: Annotated[CurrencyCode | None, "Only in this currency."] = None
    search: Annotated[Name | None, "Part of the order's number."] = None
    sort: Annotated[views.OrderSort, "In which order."] = views.OrderSort.NEWEST
    after: After = None
    limit: Limit = 50


@query("orders", answers=views.OrdersDashboard, allowed=EVERYONE)
class GetOrdersDashboard(Query):
    """The numbers of the start page; each is what the list of orders holds under the same filters (S-005)."""


@query("orders", answers=Hits, allowed=EVERYONE)
class SearchOrders(Query):
    """Documents by number, partner or item, over all services (Ctrl K). Short: for more, see the lists."""

    text: Annotated[SearchText, "Part of a number or of a partner's name, or how an item's number begins."]
    limit: Annotated[MostHits, "How many at most, of each kind of document."] = 8


@query("orders", answers=views.OrderHistory, allowed=EVERYONE)
class GetOrderHistory(Query):
    """Who changed what of an order, and when (S-230)."""

    order_id: Annotated[Id, "The order."]


@query("orders", answers=views.GoodsMovementPage, allowed=EVERYONE)
class ListGoodsMovements(Query):
    """Goods issues and goods receipts, newest first (S-202)."""

    kind: Annotated[views.MovementKind | None, "Only issues, or only receipts."] = None
    order_id: Annotated[Id | None, "Only of this order."] = None
    after: After = None
    limit: Limit = 50


@query("orders", answers=views.OrdersStatement, allowed=EVERYONE)
class GetOrdersStatement(Query):
    """Ordered, shipped and pending quantities of the orders in progress (S-171, S-172)."""

    partner_id: Annotated[Id | None, "Only with this customer or supplier."] = None
