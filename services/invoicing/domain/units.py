"""Units of measure (UN/ECE Recommendation 20) and how one is told in another, exactly.

A standard unit is defined by its kind and by how many of the kind's first unit are in one of it. What only an
item makes comparable, such as a box of twelve, is said by the item.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from services.contracts.invoicing.tolerances import UnitFactor
from services.contracts.money import EXACT

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Unit:
    """A standard unit: of what kind it is, and how many of the kind's first unit it holds."""

    kind: str
    factor: Decimal


def _kind(kind: str, **factors: str) -> dict[str, Unit]:
    return {code: Unit(kind, Decimal(factor)) for code, factor in factors.items()}


STANDARD: dict[str, Unit] = {
    # Pieces. C62 (one), H87 (piece) and EA (each) count the same thing; NPR and PR are pairs.
    **_kind(
        "count", C62="1", H87="1", EA="1", PR="2", NPR="2", P3="3", DZN="12", DPC="12", GRO="144", SCO="20",
        CEN="100", CNP="100", MIL="1000", T3="1000",
    ),
    **_kind(
        "mass", KGM="1", GRM="0.001", MGM="0.000001", HGM="0.1", DTN="100", TNE="1000",
        LBR="0.45359237", ONZ="0.028349523125", STN="907.18474", LTN="1016.0469088",
    ),
    **_kind(
        "length", MTR="1", MMT="0.001", CMT="0.01", DMT="0.1", KMT="1000", INH="0.0254", FOT="0.3048",
        YRD="0.9144", SMI="1609.344",
    ),
    **_kind(
        "area", MTK="1", MMK="0.000001", CMK="0.0001", DMK="0.01", KMK="1000000", HAR="10000",
        INK="0.00064516", FTK="0.09290304", YDK="0.83612736",
    ),
    **_kind(
        "volume", LTR="1", MLT="0.001", CLT="0.01", DLT="0.1", HLT="100", MTQ="1000", CMQ="0.001",
        DMQ="1", GLL="3.785411784", GLI="4.54609", PTI="0.56826125",
    ),
    **_kind("time", SEC="1", MIN="60", HUR="3600", DAY="86400", WEE="604800"),
    **_kind("energy", JOU="1", KJO="1000", WHR="3600", KWH="3600000", MWH="3600000000"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many of one unit are in another, as a fraction, so that nothing is ever rounded."""

    times: Decimal
    per: Decimal

    def of(self, quantity: Decimal) -> Decimal:
        """`quantity` × the ratio; exact unless the quotient has no end."""
        product = EXACT.multiply(quantity, self.times)
        return product if self.per == ONE else EXACT.divide(product, self.per)


SAME = Ratio(ONE, ONE)


def ratio(unit: str, base: str, of_item: Iterable[UnitFactor] = ()) -> Ratio | None:
    """How many `base` are in one `unit`; None when nobody knows."""
    if unit == base:
        return SAME
    return _standard(unit, base) or _by_item(unit, base, tuple(of_item))


def _standard(unit: str, base: str) -> Ratio | None:
    one, other = STANDARD.get(unit), STANDARD.get(base)
    if one is None or other is None or one.kind != other.kind:
        return None
    return Ratio(one.factor, other.factor)


def _by_item(unit: str, base: str, factors: tuple[UnitFactor, ...]) -> Ratio | None:
    """By one factor of the item, forwards or backwards, and the standard table on the other end."""
    for each in factors:
        found = _through(unit, base, each.unit, each.base, each.factor, ONE)
        found = found or _through(unit, base, each.base, each.unit, ONE, each.factor)
        if found is not None:
            return found
    return None


def _through(unit: str, base: str, start: str, end: str, times: Decimal, per: Decimal) -> Ratio | None:
    first = SAME if unit == start else _standard(unit, start)
    last = SAME if base == end else _standard(end, base)
    if first is None or last is None:
        return None
    return Ratio(
        EXACT.multiply(EXACT.multiply(first.times, times), last.times),
        EXACT.multiply(EXACT.multiply(first.per, per), last.per),
    )
