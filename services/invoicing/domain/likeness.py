"""How much a billed line that names nothing ordered resembles something ordered. A hint, never a decision.

Whole numbers only, so that the same lines give the same score for ever: three parts of five for the words, one
for the unit, one for the price.
"""

from collections import Counter
from collections.abc import Iterable

from services.contracts.invoicing.views import BilledLine, OrderedLine
from services.invoicing.domain.units import ratio

WORTH_TELLING = 60
"""Percent of likeness from which on it is told."""


def likeness(billed: BilledLine, ordered: OrderedLine) -> int:
    """From 0 to 100."""
    words = _resemblance(billed.description, ordered.description)
    if billed.unit is None or ordered.unit is None:
        return words
    unit = 100 if ratio(billed.unit, ordered.unit, ordered.units) is not None else 0
    return (3 * words + unit + _closeness(billed, ordered)) // 5


def most_like(billed: BilledLine, ordered: Iterable[OrderedLine]) -> tuple[OrderedLine, int] | None:
    """The ordered line that it resembles most, and how much; None when no likeness is worth telling."""
    scored = [(likeness(billed, line), -line.number, line) for line in ordered]
    score, _, line = max(scored, key=lambda each: each[:2], default=(0, 0, None))
    return None if line is None or score < WORTH_TELLING else (line, score)


def _resemblance(one: str, other: str) -> int:
    """Dice's coefficient of the two texts' pairs of neighbouring characters, in percent."""
    first, second = _pairs(one), _pairs(other)
    both = first.total() + second.total()
    return 200 * (first & second).total() // both if both else 0


def _pairs(text: str) -> Counter[str]:
    words = "".join(sign if sign.isalnum() else " " for sign in text.casefold()).split()
    return Counter(
        word[at : at + 2] for word in (f" {word} " for word in words) for at in range(len(word) - 1)
    )


def _closeness(billed: BilledLine, ordered: OrderedLine) -> int:
    prices = sorted((billed.unit_price or 0, ordered.unit_price or 0))
    return 100 if prices[0] == prices[1] else int(100 * prices[0] / prices[1])
