"""Invoice lines and totals, written from what the supplier says and what was ordered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from services.chassis.errors import Fault, Invalid
from services.contracts.invoicing.commands import LineContent
from services.contracts.invoicing.views import InvoiceLine, MatchedBy, TaxAmount
from services.contracts.money import GREATEST_AMOUNT, percentage, product, rounded, total
from services.invoicing.domain.amounts import ZERO, spoken
from services.invoicing.domain.order import Order, OrderLine
from services.invoicing.domain.refusals import NothingOpen

T = TypeVar("T")

BLANK = OrderLine(0, "", "", "", ZERO, ZERO, ZERO)
"""What is taken for what was not ordered; what is needed then has been asked for before."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums at the foot of an invoice (EN 16931 BG-22, BG-23)."""

    taxes: tuple[TaxAmount, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal


def totals_of(lines: Sequence[InvoiceLine], places: int) -> Totals:
    """The sums of `lines`; tax is computed once per rate, on the sum of what it taxes."""
    bases: dict[Decimal, Decimal] = {}
    for line in lines:
        bases[line.tax_rate] = bases.get(line.tax_rate, ZERO) + line.net
    taxes = tuple(
        TaxAmount(rate=rate, base=base, amount=rounded(percentage(base, rate), places))
        for rate, base in sorted(bases.items())
    )
    net = rounded(total(bases.values()), places)
    tax = rounded(total(tax.amount for tax in taxes), places)
    return Totals(taxes, net, tax, total((net, tax)))


def written(contents: Sequence[LineContent], order: Order) -> tuple[InvoiceLine, ...]:
    """The lines as the supplier wrote them, the rest taken from the order; Invalid tells all faults."""
    faults: list[Fault] = []
    lines = tuple(_line(place, content, order, faults) for place, content in enumerate(contents))
    faults += [
        Fault(f"/lines/{place}", f"comes to more than {spoken(GREATEST_AMOUNT, 0)}")
        for place, line in enumerate(lines)
        if line.net > GREATEST_AMOUNT
    ]
    if faults:
        raise Invalid("Some lines cannot be billed as they are.", faults)
    return lines


def _line(place: int, content: LineContent, order: Order, faults: list[Fault]) -> InvoiceLine:
    ordered, how = _ordered_line(place, content, order, faults)
    if ordered is None:
        _tell_missing(place, content, faults)
    source = ordered or BLANK
    unit_price = _first(content.unit_price, source.unit_price)
    return InvoiceLine(
        number=place + 1,
        order_line=ordered.number if ordered else None,
        item_number=content.item_number or source.item_number or None,
        description=_first(content.description, source.description),
        unit=_first(content.unit, source.unit),
        quantity=content.quantity,
        unit_price=unit_price,
        tax_rate=_first(content.tax_rate, source.tax_rate),
        net=product(content.quantity, unit_price, order.amount_places),
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
