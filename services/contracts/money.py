"""Exact money: a decimal amount that knows its currency, rounded half up as EN 16931 asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

# ISO 4217: currencies whose minor unit is not a hundredth.
MINOR_UNITS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
    "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "CLF": 4, "UYW": 4,
}  # fmt: skip


#: Python's default of 28 digits would round the product of a large quantity and a long price before we do.
EXACT: Final = Context(prec=120, rounding=ROUND_HALF_UP)

#: No amount on a document of this house is larger, no line and no sum (the bound of `kinds.Amount`).
GREATEST_AMOUNT: Final = Decimal(10) ** 15

#: Nor any quantity (the bound of `kinds.Quantity`).
GREATEST_QUANTITY: Final = Decimal(10) ** 12


def minor_unit(currency: str) -> int:
    """Digits after the point that the currency is paid in (ISO 4217)."""
    return MINOR_UNITS.get(currency, 2)


def rounded(amount: Decimal, places: int) -> Decimal:
    """`amount` rounded half up to `places` digits after the point (EN 16931 rounds so)."""
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=EXACT)


def product(quantity: Decimal, unit_price: Decimal, places: int) -> Decimal:
    """Quantity × unit price, rounded once."""
    return rounded(EXACT.multiply(quantity, unit_price), places)


def percentage(amount: Decimal, rate: Decimal) -> Decimal:
    """`rate` percent of `amount`, not rounded."""
    return EXACT.multiply(amount, rate).scaleb(-2, context=EXACT)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    result = Decimal(0)
    for amount in amounts:
        result = EXACT.add(result, amount)
    return result


def spoken(amount: Decimal, currency: str) -> str:
    """`amount` as a sentence shows it: 5,250.00; more digits only where they say something."""
    short = rounded(amount, minor_unit(currency))
    return f"{short if short == amount else amount.normalize():,f}"


def plain(quantity: Decimal) -> str:
    """A quantity as a sentence shows it: 1,200 or 2.5, without zeros that say nothing."""
    return f"{quantity.normalize():,f}"


class CurrencyMismatch(ValueError):
    """Two amounts in different currencies were added or compared. Always a programming error."""


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency. Amounts in different currencies never mix."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            object.__setattr__(self, "amount", Decimal(self.amount))

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self} and {other} have different currencies")
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        return Money(self.amount * factor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{spoken(self.amount, self.currency)} {self.currency}"

    def rounded(self, places: int | None = None) -> "Money":
        """Rounded half up, to the currency's minor unit unless `places` says otherwise."""
        return Money(
            rounded(self.amount, minor_unit(self.currency) if places is None else places), self.currency
        )

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, in `currency`."""
        return cls(Decimal(0), currency)

    @classmethod
    def total(cls, parts: Iterable["Money"], currency: str) -> "Money":
        """The sum of `parts`; nothing in `currency` when there are none."""
        return sum(parts, cls.zero(currency))
