"""Which entries of two ledgers are the same document: by its number first, then by amount and nearness of days.

No program says which sign it gives to what is owed: a supplier's books have an invoice as a debit, a customer's as
a credit. So both readings are tried, and the one under which more is the same is taken.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from services.contracts.invoicing.comparing import LedgerPair, LedgerRow, MatchBasis, OurEntry
from services.contracts.money import EXACT
from services.invoicing.domain.amounts import ZERO
from services.invoicing.domain.invoice import number_key

FAR = 31
"""Days beyond which the same amount is no sign of the same document."""

SURE, BY_TEXT, NEAR = 100, 95, 90
"""How sure a pair is: by number, by a number in the text, by the same amount on the same day."""

SHORTEST = 3
"""A shorter number in a text may be anything."""

MOST_ALIKE = 40_000
"""Pairs of entries over the same amount that are compared with each other."""

_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Compared:
    """Every entry of both ledgers, once."""

    turned: bool
    pairs: tuple[LedgerPair, ...]
    ours_only: tuple[OurEntry, ...]
    theirs_only: tuple[LedgerRow, ...]

    @property
    def matched(self) -> tuple[LedgerPair, ...]:
        """Pairs that agree."""
        return tuple(pair for pair in self.pairs if not pair.difference)

    @property
    def differing(self) -> tuple[LedgerPair, ...]:
        """Pairs that do not."""
        return tuple(pair for pair in self.pairs if pair.difference)


def compared(ours: Sequence[OurEntry], theirs: Sequence[LedgerRow]) -> Compared:
    """The entries of both ledgers, in the reading under which more of them agree."""
    as_it_is, turned = _read(ours, theirs, turned=False), _read(ours, theirs, turned=True)
    return turned if _agreement(turned) > _agreement(as_it_is) else as_it_is


def counted(row: LedgerRow, *, turned: bool) -> Decimal:
    """What a row adds to what the customer owes."""
    return -row.amount if turned else row.amount


def _agreement(made: Compared) -> tuple[int, int]:
    return (len(made.matched), sum(pair.score for pair in made.matched))


def _read(ours: Sequence[OurEntry], theirs: Sequence[LedgerRow], *, turned: bool) -> Compared:
    desk = _Desk(ours, theirs, turned)
    # What agrees in both is found before what has only the number in common takes its place.
    desk.by(_numbers(ours), _row_numbers(theirs), MatchBasis.NUMBER, SURE, agreeing=True)
    desk.by(_numbers(ours), _words(theirs), MatchBasis.TEXT, BY_TEXT, agreeing=True)
    desk.by(_numbers(ours), _row_numbers(theirs), MatchBasis.NUMBER, SURE, agreeing=False)
    desk.by_nearness()
    return desk.result()


Keyed = Iterable[tuple[int, str]]


def _numbers(ours: Sequence[OurEntry]) -> Keyed:
    """Our documents by their numbers."""
    return [(place, key) for place, entry in enumerate(ours) if (key := number_key(entry.number))]


def _row_numbers(theirs: Sequence[LedgerRow]) -> Keyed:
    return [(place, key) for place, row in enumerate(theirs) if (key := number_key(row.number))]


def _words(theirs: Sequence[LedgerRow]) -> Keyed:
    """The words of the texts that may be numbers: they have a digit."""
    for place, row in enumerate(theirs):
        for word in _WORD.findall(f"{row.number} {row.text}"):
            key = number_key(word)
            if len(key) >= SHORTEST and any(character.isdigit() for character in key):
                yield place, key


class _Desk:
    """The entries that are not in a pair yet, and the pairs."""

    def __init__(self, ours: Sequence[OurEntry], theirs: Sequence[LedgerRow], turned: bool) -> None:
        self._ours, self._theirs, self._turned = ours, theirs, turned
        self._pairs: dict[int, LedgerPair] = {}
        self._free_ours = dict.fromkeys(range(len(ours)))
        self._free_theirs = dict.fromkeys(range(len(theirs)))

    def by(self, ours: Keyed, theirs: Keyed, basis: MatchBasis, score: int, *, agreeing: bool) -> None:
        """Put together what has the same key; with `agreeing` only what has the same amount too."""
        places: dict[str, list[int]] = defaultdict(list)
        for place, key in theirs:
            if place in self._free_theirs:
                places[key].append(place)
        for place, key in ours:
            free = [other for other in places.get(key, ()) if other in self._free_theirs]
            if place not in self._free_ours or not free:
                continue
            best = min(free, key=partial(self._apart, place))
            if not agreeing or not self._difference(place, best):
                self._pair(place, best, basis, score)

    def by_nearness(self) -> None:
        """Put together what has the same amount, the nearest days first."""
        ours: dict[Decimal, list[int]] = defaultdict(list)
        theirs: dict[Decimal, list[int]] = defaultdict(list)
        for place in self._free_ours:
            ours[self._ours[place].amount].append(place)
        for other in self._free_theirs:
            theirs[counted(self._theirs[other], turned=self._turned)].append(other)
        for amount, places in ours.items():
            for days, place, other in sorted(self._near(places, theirs.get(amount, []))):
                if place in self._free_ours and other in self._free_theirs:
                    self._pair(place, other, MatchBasis.NEARNESS, NEAR - 2 * days)

    def _near(self, places: list[int], others: list[int]) -> Iterator[tuple[int, int, int]]:
        if len(places) * len(others) > MOST_ALIKE:
            # So many of the same amount are paired in the order of their days: each with each is too many.
            places.sort(key=lambda place: self._ours[place].day)
            others.sort(key=lambda other: self._theirs[other].day)
            candidates: Iterable[tuple[int, int]] = zip(places, others, strict=False)
        else:
            candidates = ((place, other) for place in places for other in others)
        for place, other in candidates:
            days = abs((self._ours[place].day - self._theirs[other].day).days)
            if days <= FAR:
                yield days, place, other

    def result(self) -> Compared:
        """Every entry, once; pairs in the order of our ledger."""
        return Compared(
            self._turned,
            tuple(self._pairs[place] for place in sorted(self._pairs)),
            tuple(self._ours[place] for place in self._free_ours),
            tuple(self._theirs[place] for place in self._free_theirs),
        )

    def _difference(self, place: int, other: int) -> Decimal:
        stated = counted(self._theirs[other], turned=self._turned)
        return EXACT.subtract(stated, self._ours[place].amount)

    def _apart(self, place: int, other: int) -> tuple[Decimal, int]:
        days = abs((self._ours[place].day - self._theirs[other].day).days)
        return abs(self._difference(place, other)), days

    def _pair(self, place: int, other: int, basis: MatchBasis, score: int) -> None:
        self._pairs[place] = LedgerPair(
            ours=self._ours[place],
            theirs=self._theirs[other],
            basis=basis,
            score=score,
            difference=self._difference(place, other) or ZERO,
        )
        del self._free_ours[place], self._free_theirs[other]
