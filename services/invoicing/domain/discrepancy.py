"""The discrepancy rate (S-062): what of the invoices differed from the orders, and from when on advice is given."""

from collections.abc import Iterable
from decimal import Decimal

from services.contracts.invoicing.views import InvoiceLine
from services.contracts.money import rounded
from services.invoicing.domain.order import Order

#: Days that are looked at when no time is asked for, and at most.
DEFAULT_DAYS = 91
MOST_DAYS = 1100


def rate(differing: int, of: int) -> Decimal:
    """The share in percent, with one digit after the point; of nothing it is 0."""
    return rounded(Decimal(100 * differing) / of, 1) if of else Decimal(0)


def is_advised(percent: Decimal, threshold: Decimal) -> bool:
    """Whether to advise work on the catalogue: above the threshold, not at it."""
    return percent > threshold


def ways(lines: Iterable[InvoiceLine], order: Order) -> frozenset[str]:
    """In which ways the lines of one invoice, by themselves, differ from the order: for the metric."""
    found = set()
    for line in lines:
        ordered = None if line.order_line is None else order.line(line.order_line)
        if ordered is None:
            found.add("item")
        elif ordered.unit == line.unit:
            if line.unit_price != ordered.unit_price:
                found.add("price")
            if line.quantity > ordered.quantity:
                found.add("quantity")
    return frozenset(found)
