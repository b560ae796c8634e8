"""Nothing, and how an amount is written in a sentence."""

from decimal import Decimal

from services.contracts.money import rounded

ZERO = Decimal(0)


def plain(number: Decimal) -> str:
    """A number without needless zeros: 5.00 → 5."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def spoken(amount: Decimal, places: int) -> str:
    """An amount as a person reads it: 5,250.01. Never fewer digits than it has: 100.002 stays 100.002."""
    significant = plain(amount)
    digits = len(significant.partition(".")[2])
    return format(rounded(amount, max(digits, places)), ",f")
