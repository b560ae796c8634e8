"""What a customer chooses and knows besides its tolerances: the way of matching, openness, facts of items."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.chassis.aggregate import Aggregate
from services.chassis.errors import Fault, Invalid
from services.contracts.actors import Actor
from services.contracts.invoicing import events
from services.contracts.invoicing.tolerances import (
    AppliedTolerance,
    ItemFacts,
    MatchingPolicy,
    MatchingWay,
    OrderMatching,
    Tolerance,
    UnitFactor,
)
from services.contracts.parties import Party, Person
from services.invoicing.domain.order import Terms
from services.invoicing.domain.tolerance import in_force, in_general
from services.invoicing.domain.units import STANDARD


@dataclass(eq=False, kw_only=True)
class PartnerMatching(Aggregate):
    """How the invoices of one supplier are matched; there is one for every partnership, chosen or not."""

    noun: ClassVar[str] = "policy"

    id: UUID
    customer: Party
    supplier: Party
    terms: Terms
    version: int
    held: tuple[Tolerance, ...]
    applied: tuple[AppliedTolerance, ...]
    way: MatchingWay = MatchingWay.TWO
    tells_limit: bool = False

    def choose(self, *, way: MatchingWay, tells_limit: bool) -> None:
        """From now on match this way, and tell the supplier so much."""
        self.way, self.tells_limit = way, tells_limit
        self.record(events.MatchingChanged)

    def view(self) -> MatchingPolicy:
        """The policy as its customer sees it: for an order in any currency."""
        general = in_force(
            self.applied, currency=None, rate=self.terms.tolerance_rate, base=self.terms.base, way=self.way
        )
        return MatchingPolicy(
            partnership_id=self.id,
            customer=self.customer,
            supplier=self.supplier,
            version=self.version,
            way=self.way,
            tells_limit=self.tells_limit,
            in_general=in_general(general),
            narrower=tuple(each for each in self.held if each.terms.item_number or each.terms.category),
            sequence=self.sequence,
        )


@dataclass(eq=False, kw_only=True)
class OneOrderMatching(Aggregate):
    """How the invoices of one order are matched."""

    noun: ClassVar[str] = "matching"

    id: UUID
    customer: Party
    of_supplier: MatchingWay
    way: MatchingWay | None = None

    def choose(self, way: MatchingWay | None) -> None:
        """From now on match this way."""
        self.way = way
        self.record(events.OrderMatchingChanged, customer=self.customer)

    def view(self) -> OrderMatching:
        """The choice as its customer sees it."""
        return OrderMatching(
            order_id=self.id, way=self.way, in_force=self.way or self.of_supplier, sequence=self.sequence
        )


@dataclass(eq=False, kw_only=True)
class Item(Aggregate):
    """What a customer knows of a supplier's item."""

    noun: ClassVar[str] = "item"

    id: UUID
    customer: Party
    supplier: Party
    item_number: str
    changed_by: Person
    changed_at: datetime
    buyer_item_number: str | None = None
    gtin: str | None = None
    category: str | None = None
    units: tuple[UnitFactor, ...] = ()

    def describe(
        self,
        *,
        buyer_item_number: str | None,
        gtin: str | None,
        category: str | None,
        units: tuple[UnitFactor, ...],
        by: Actor,
        at: datetime,
    ) -> None:
        """Say what is known of it now."""
        _check_gtin(gtin)
        _check_units(units)
        self.buyer_item_number, self.gtin, self.category, self.units = (
            buyer_item_number,
            gtin,
            category,
            units,
        )
        self.changed_by, self.changed_at = Person(id=by.user_id, name=by.user_name), at
        self.record(events.ItemDescribed)

    def view(self) -> ItemFacts:
        """The item as its customer sees it."""
        return ItemFacts(
            customer=self.customer,
            supplier=self.supplier,
            item_number=self.item_number,
            buyer_item_number=self.buyer_item_number,
            gtin=self.gtin,
            category=self.category,
            units=self.units,
            changed_by=self.changed_by,
            changed_at=self.changed_at,
            sequence=self.sequence,
        )


def gtin_is_right(gtin: str) -> bool:
    """Whether the last digit is the check digit of the others (GS1: weights 3 and 1 from the right)."""
    *digits, check = (int(digit) for digit in gtin)
    weighed = sum(digit * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return (weighed + check) % 10 == 0


def _check_gtin(gtin: str | None) -> None:
    if gtin is not None and not gtin_is_right(gtin):
        raise Invalid("The GTIN is not right.", [Fault("/gtin", "its check digit does not fit the others")])


def _check_units(units: tuple[UnitFactor, ...]) -> None:
    faults = []
    for place, each in enumerate(units):
        if each.unit == each.base:
            faults.append(Fault(f"/units/{place}/base", "is the same unit"))
        one, other = STANDARD.get(each.unit), STANDARD.get(each.base)
        if one is not None and other is not None and one.kind == other.kind:
            faults.append(Fault(f"/units/{place}/unit", f"is comparable with {each.base} by its definition"))
    if len({each.unit for each in units}) < len(units):
        faults.append(Fault("/units", "name a unit twice"))
    if faults:
        raise Invalid("These units cannot be compared so.", faults)
