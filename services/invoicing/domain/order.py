"""What invoicing knows of an order and of a partnership: only what it needs to write and match invoices."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.contracts.invoicing.tolerances import AppliedTolerance, MatchingWay, UnitFactor
from services.contracts.invoicing.views import AmountBase, OpenLine, OpenQuantities, OrderedLine
from services.contracts.money import EXACT, product
from services.contracts.orders.views import OrderStatus
from services.contracts.parties import Party, Person
from services.invoicing.domain.amounts import ZERO
from services.invoicing.domain.refusals import OrderNotBillable, PortalSwitchedOff
from services.invoicing.domain.tolerance import Wanted, in_force

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

    def as_matched(self, places: int, asked: Wanted) -> OrderedLine:
        """It as a match decision keeps it, in detail where a rule asks for it."""
        if not asked.lines:
            return OrderedLine(number=self.number, item_number=self.item_number, description=self.description)
        return OrderedLine(
            number=self.number,
            item_number=self.item_number,
            description=self.description,
            category=self.category,
            unit=self.unit,
            quantity=self.quantity,
            received=self.received,
            accepted=self.accepted,
            unit_price=self.unit_price,
            net=product(self.quantity, self.unit_price, places),
            tax_rate=self.tax_rate,
            units=self.units,
        )


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
    way: MatchingWay | None = None
    """With what its invoices are compared, where it is not as for its supplier."""

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

    def line_of(self, **identity: str) -> OrderLine | None:
        """The only line with this item number or GTIN; None when there is none or more than one."""
        [(name, value)] = identity.items()
        found = [line for line in self.lines if getattr(line, name) == value]
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

    def applied_to(self, order: Order) -> tuple[AppliedTolerance, ...]:
        """The tolerances that may hold for an invoice of this order, what is agreed and implied included."""
        return in_force(
            self.tolerances,
            currency=order.currency,
            rate=self.tolerance_rate,
            base=self.base,
            way=order.way or self.way,
        )

    def check_enabled(self, order: Order) -> None:
        """Raise PortalSwitchedOff if the supplier may not act for this customer at present (S-100)."""
        if not self.enabled:
            raise PortalSwitchedOff(
                f"{order.customer.name} has switched the portal off for {order.supplier.name}. "
                "What was sent before stays; ask them to switch it on again."
            )
