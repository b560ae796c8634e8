"""Exact arithmetic on amounts, and how an amount is written in a sentence."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal

# Python's default of 28 digits would round the product of a large quantity and a long price before we do.
EXACT = Context(prec=120, rounding=ROUND_HALF_UP)

ZERO = Decimal(0)

GREATEST = Decimal(10) ** 15
"""No document of this house comes to more (the limit of `kinds.Amount`)."""


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
    result = ZERO
    for amount in amounts:
        result = EXACT.add(result, amount)
    return result


def plain(number: Decimal) -> str:
    """A number without needless zeros: 5.00 → 5."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def spoken(amount: Decimal, places: int) -> str:
    """An amount as a person reads it: 5,250.01. Never fewer digits than it has: 100.002 stays 100.002."""
    significant = plain(amount)
    digits = len(significant.partition(".")[2])
    return format(rounded(amount, max(digits, places)), ",f")
