"""What invoicing knows of an order and of a partnership: only what it needs to write and match invoices."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.contracts.invoicing.tolerances import AppliedTolerance, MatchingWay, UnitFactor
from services.contracts.invoicing.views import AmountBase, OpenLine, OpenQuantities
from services.contracts.money import EXACT
from services.contracts.orders.views import OrderStatus
from services.contracts.parties import Party, Person
from services.invoicing.domain.amounts import ZERO
from services.invoicing.domain.refusals import OrderNotBillable, PortalSwitchedOff

NEVER_BILLED = frozenset({OrderStatus.DRAFT, OrderStatus.REFUSED, OrderStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order line; `quantity` is what was confirmed, or ordered until the supplier has answered."""

    number: int
    item_number: str
    description: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    received: Decimal = ZERO
    accepted: Decimal = ZERO
    buyer_item_number: str | None = None
    gtin: str | None = None
    category: str | None = None
    units: tuple[UnitFactor, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the orders service last told it."""

    id: UUID
    number: str
    sequence: int
    status: OrderStatus
    customer: Party
    supplier: Party
    initiator: Person
    currency: str
    amount_places: int
    payment_days: int
    net: Decimal
    gross: Decimal
    lines: tuple[OrderLine, ...]

    def check_billable(self) -> None:
        """Raise OrderNotBillable if the order was refused or cancelled."""
        if self.status in NEVER_BILLED:
            raise OrderNotBillable(
                f"Order {self.number} was {self.status.value}: nothing of it can be invoiced. "
                f"Agree with {self.customer.name} on a new order."
            )

    def line(self, number: int) -> OrderLine | None:
        """The line with this number."""
        return next((line for line in self.lines if line.number == number), None)

    def line_of_item(self, item_number: str) -> OrderLine | None:
        """The only line with this item; None when there is none or more than one."""
        found = [line for line in self.lines if line.item_number == item_number]
        return found[0] if len(found) == 1 else None

    def amount(self, base: AmountBase) -> Decimal:
        """The total that the tolerance is a percentage of (D-2)."""
        return self.net if base is AmountBase.NET else self.gross

    def open_quantities(self, invoiced: Mapping[int, Decimal]) -> OpenQuantities:
        """What is not on an invoice yet, given what is, by line number."""
        return OpenQuantities(
            order_id=self.id,
            order_number=self.number,
            order_sequence=self.sequence,
            currency=self.currency,
            lines=tuple(_open_line(line, invoiced.get(line.number, ZERO)) for line in self.lines),
        )


def _open_line(line: OrderLine, invoiced: Decimal) -> OpenLine:
    return OpenLine(
        order_line=line.number,
        item_number=line.item_number,
        description=line.description,
        unit=line.unit,
        ordered=line.quantity,
        invoiced=invoiced,
        open=max(EXACT.subtract(line.quantity, invoiced), ZERO),
        unit_price=line.unit_price,
        tax_rate=line.tax_rate,
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """What a customer has agreed with a supplier, as accounts last told it (S-046, S-100, D-2)."""

    partnership_id: UUID
    enabled: bool
    tolerance_rate: Decimal
    base: AmountBase
    way: MatchingWay = MatchingWay.TWO
    tells_limit: bool = False
    policy_version: int = 0
    tolerances: tuple[AppliedTolerance, ...] = ()
    """What the customer has set, in the order in which it was set."""

    def check_enabled(self, order: Order) -> None:
        """Raise PortalSwitchedOff if the supplier may not act for this customer at present (S-100)."""
        if not self.enabled:
            raise PortalSwitchedOff(
                f"{order.customer.name} has switched the portal off for {order.supplier.name}. "
                "What was sent before stays; ask them to switch it on again."
            )
