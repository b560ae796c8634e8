"""What is billed, written from what the supplier says and what was ordered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from services.chassis.errors import Fault, Invalid
from services.contracts.invoicing.charges import (
    DocumentAdjustment,
    DocumentAdjustmentContent,
    TaxExemption,
)
from services.contracts.invoicing.commands import LineContent
from services.contracts.invoicing.views import Exchange, InvoiceLine, MatchedBy
from services.contracts.money import EXACT, GREATEST_AMOUNT, minor_unit, product, total
from services.invoicing.domain.amounts import ZERO, spoken
from services.invoicing.domain.charges import of_document, of_line, signed
from services.invoicing.domain.order import Order, OrderLine
from services.invoicing.domain.refusals import CurrencyDiffers, NothingOpen
from services.invoicing.domain.taxes import Totals, check_categories, taxed, totals_of

T = TypeVar("T")

BLANK = OrderLine(0, "", "", "", ZERO, ZERO, ZERO)
"""What is taken for what was not ordered; what is needed then has been asked for before."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the supplier says of an invoice as a whole."""

    lines: Sequence[LineContent]
    adjustments: Sequence[DocumentAdjustmentContent] = ()
    exemptions: Sequence[TaxExemption] = ()
    currency: str | None = None
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The same, completed from what was ordered and computed."""

    lines: tuple[InvoiceLine, ...]
    adjustments: tuple[DocumentAdjustment, ...]
    totals: Totals
    currency: str
    amount_places: int


def computed(content: Content, order: Order) -> Written:
    """Lines, charges, allowances and sums as the supplier means them; Invalid tells all faults."""
    currency = content.currency or order.currency
    foreign = currency != order.currency
    places = minor_unit(currency) if foreign else order.amount_places
    if foreign and content.exchange is None:
        raise CurrencyDiffers(
            f"Order {order.number} is in {order.currency}, this invoice in {currency}: say at which rate it is to "
            "be compared, and where that is from."
        )
    faults: list[Fault] = []
    if content.exchange is not None and not foreign:
        faults.append(Fault("/exchange", f"goes with another currency than {currency}, which is the order's"))
    if foreign:
        _tell_unpriced(content.lines, faults)
    lines = _lines(content.lines, order, places, faults)
    adjustments = of_document(content.adjustments, lines, places, faults)
    check_categories((*lines, *adjustments), content.exemptions, faults)
    _raise(faults)
    totals = totals_of(lines, places, adjustments, content.exemptions)
    return Written(lines, adjustments, totals, currency, places)


def _tell_unpriced(contents: Sequence[LineContent], faults: list[Fault]) -> None:
    faults.extend(
        Fault(f"/lines/{place}/unit_price", "is needed in another currency than the order's")
        for place, content in enumerate(contents)
        if content.unit_price is None
    )


def written(contents: Sequence[LineContent], order: Order) -> tuple[InvoiceLine, ...]:
    """The lines as the supplier wrote them, the rest taken from the order; Invalid tells all faults."""
    faults: list[Fault] = []
    lines = _lines(contents, order, order.amount_places, faults)
    _raise(faults)
    return lines


def _lines(
    contents: Sequence[LineContent], order: Order, places: int, faults: list[Fault]
) -> tuple[InvoiceLine, ...]:
    lines = tuple(_line(place, content, order, places, faults) for place, content in enumerate(contents))
    faults += [
        Fault(f"/lines/{place}", f"comes to more than {spoken(GREATEST_AMOUNT, 0)}")
        for place, line in enumerate(lines)
        if line.net > GREATEST_AMOUNT
    ]
    return lines


def _raise(faults: list[Fault]) -> None:
    if any(not fault.field.startswith("/lines") for fault in faults):
        raise Invalid("Some parts of the invoice cannot be billed as they are.", faults)
    if faults:
        raise Invalid("Some lines cannot be billed as they are.", faults)


def _line(place: int, content: LineContent, order: Order, places: int, faults: list[Fault]) -> InvoiceLine:
    ordered, how = _ordered_line(place, content, order, faults)
    if ordered is None:
        _tell_missing(place, content, faults)
    source = ordered or BLANK
    unit_price = _first(content.unit_price, source.unit_price)
    at = f"/lines/{place}"
    category, rate = taxed(content.tax_category, content.tax_rate, source.tax_rate, at, faults)
    amount = product(content.quantity, unit_price, places)
    adjustments = of_line(content.adjustments, amount, places, f"{at}/adjustments", faults)
    return InvoiceLine(
        number=place + 1,
        order_line=ordered.number if ordered else None,
        item_number=content.item_number or source.item_number or None,
        description=_first(content.description, source.description),
        unit=_first(content.unit, source.unit),
        quantity=content.quantity,
        unit_price=unit_price,
        tax_rate=rate,
        net=EXACT.add(amount, total(map(signed, adjustments))) if adjustments else amount,
        tax_category=category,
        adjustments=adjustments,
        buyer_item_number=content.buyer_item_number,
        gtin=content.gtin,
        matched_by=how,
    )


def _first(given: T | None, otherwise: T) -> T:
    return otherwise if given is None else given


def _tell_missing(place: int, content: LineContent, faults: list[Fault]) -> None:
    faults.extend(
        Fault(f"/lines/{place}/{name}", "is needed for what was not ordered")
        for name in ("description", "unit", "unit_price")
        if getattr(content, name) is None
    )


def _ordered_line(
    place: int, content: LineContent, order: Order, faults: list[Fault]
) -> tuple[OrderLine | None, MatchedBy | None]:
    """The order line that is billed, and how it was found: named, or by a number that only it has."""
    if content.order_line is not None:
        found = order.line(content.order_line)
        if found is None:
            faults.append(
                Fault(f"/lines/{place}/order_line", f"order {order.number} has no line {content.order_line}")
            )
        return found, MatchedBy.ORDER_LINE if found else None
    for how, name, number in (
        (MatchedBy.SELLER_ITEM, "item_number", content.item_number),
        (MatchedBy.BUYER_ITEM, "buyer_item_number", content.buyer_item_number),
        (MatchedBy.GTIN, "gtin", content.gtin),
    ):
        found = order.line_of(**{name: number}) if number else None
        if found is not None:
            return found, how
    return None, None


def all_that_is_open(order: Order, invoiced: Mapping[int, Decimal]) -> tuple[LineContent, ...]:
    """What is not on an invoice yet (S-025); raises NothingOpen when everything is."""
    contents = tuple(
        LineContent(order_line=line.order_line, quantity=line.open)
        for line in order.open_quantities(invoiced).lines
        if line.open > 0
    )
    if not contents:
        raise NothingOpen(
            f"Everything ordered with {order.number} is on an invoice already. To bill more, name the lines; "
            f"{order.initiator.name} will be asked."
        )
    return contents
