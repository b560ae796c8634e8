"""Tolerances: which of them holds for what, how far each lets a value differ, and how it reads.

Zero means zero, empty means not checked. The narrower one wins: item, category, supplier, customer; then the
one in the order's currency, the one for this side alone, and the latest. Where no tolerance on totals was ever
set, the rate agreed with the supplier holds (D-1, D-2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from services.chassis.aggregate import Aggregate
from services.chassis.errors import Fault, Invalid
from services.contracts.actors import Actor
from services.contracts.invoicing import events
from services.contracts.invoicing.tolerances import (
    AppliedTolerance,
    Combination,
    Direction,
    EffectiveTolerance,
    MatchingWay,
    Measure,
    Side,
    Tolerance,
    ToleranceScope,
    ToleranceTerms,
)
from services.contracts.invoicing.views import AmountBase
from services.contracts.money import percentage
from services.contracts.parties import Party, Person
from services.invoicing.domain.amounts import plain
from services.invoicing.domain.refusals import AnotherFollows, BeginsInThePast, EndedAlready

OF_LINES = frozenset(
    {
        Measure.LINE_PRICE,
        Measure.LINE_AMOUNT,
        Measure.QUANTITY_ORDERED,
        Measure.QUANTITY_RECEIVED,
        Measure.QUANTITY_ACCEPTED,
    }
)
QUANTITIES = frozenset({Measure.QUANTITY_ORDERED, Measure.QUANTITY_RECEIVED, Measure.QUANTITY_ACCEPTED})
TOTALS = frozenset({Measure.TOTAL_NET, Measure.TOTAL_GROSS})
ONE_DAY = timedelta(days=1)
LAST_MIDNIGHT = timedelta(hours=12)
"""A day ends 12 hours later in the last places than in UTC."""

_NARROWNESS = {
    ToleranceScope.CUSTOMER: 1,
    ToleranceScope.SUPPLIER: 2,
    ToleranceScope.CATEGORY: 3,
    ToleranceScope.ITEM: 4,
}
_OF_SOME_ITEMS = frozenset({ToleranceScope.CATEGORY, ToleranceScope.ITEM})
_BOTH_OF = {Side.OVER: Direction.OVER, Side.UNDER: Direction.UNDER}

WORDS = {
    Measure.TOTAL_NET: "the net total",
    Measure.TOTAL_GROSS: "the gross total",
    Measure.LINE_PRICE: "the unit price",
    Measure.LINE_AMOUNT: "the amount of a line",
    Measure.QUANTITY_ORDERED: "the quantity against what was ordered",
    Measure.QUANTITY_RECEIVED: "the quantity against what was received",
    Measure.QUANTITY_ACCEPTED: "the quantity against what was accepted",
    Measure.TAX: "the tax",
    Measure.CHARGES: "freight and other charges",
}


# ----------------------------------------------------------------------------------------- what one allows


def is_checked(tolerance: AppliedTolerance | ToleranceTerms) -> bool:
    """False when it says neither percent nor amount: the measure is not checked then."""
    return tolerance.percent is not None or tolerance.amount is not None


def allowance(tolerance: AppliedTolerance, expected: Decimal) -> Decimal:
    """How far a value may be from `expected`; never rounded. Only for what is checked."""
    if tolerance.percent is None:
        assert tolerance.amount is not None
        return tolerance.amount
    by_percent = percentage(abs(expected), tolerance.percent)
    if tolerance.amount is None:
        return by_percent
    if tolerance.combine in (Combination.AND, Combination.LOWER):
        return min(by_percent, tolerance.amount)
    return max(by_percent, tolerance.amount)


def the_agreed_rate(rate: Decimal, base: AmountBase) -> AppliedTolerance:
    """The rate agreed with the supplier as a tolerance: percent, over only, on net or gross (D-1, D-2)."""
    return AppliedTolerance(
        id=None,
        scope=ToleranceScope.SUPPLIER,
        measure=Measure.TOTAL_GROSS if base is AmountBase.GROSS else Measure.TOTAL_NET,
        direction=Direction.OVER,
        percent=rate,
    )


# -------------------------------------------------------------------------------------------- which one holds


class Tolerances:
    """The tolerances that may hold for one order, the last of equals the latest; finds the one that does."""

    __slots__ = ("_by_measure", "_found", "_narrow")

    def __init__(self, tolerances: Iterable[AppliedTolerance]) -> None:
        self._by_measure: dict[tuple[Measure, Side], list[AppliedTolerance]] = {}
        self._found: dict[tuple[Measure, Side, str | None, str | None], AppliedTolerance | None] = {}
        self._narrow: set[Measure] = set()
        for tolerance in tolerances:
            if tolerance.scope in _OF_SOME_ITEMS:
                self._narrow.add(tolerance.measure)
            for side, alone in _BOTH_OF.items():
                if tolerance.direction in (alone, Direction.BOTH):
                    self._by_measure.setdefault((tolerance.measure, side), []).append(tolerance)

    def measures(self) -> list[tuple[Measure, Side]]:
        """The measures and sides that any of them is about, in the order they are asked."""
        known = self._by_measure
        return [(measure, side) for measure in Measure for side in Side if (measure, side) in known]

    def of(
        self, measure: Measure, side: Side, item_number: str | None = None, category: str | None = None
    ) -> AppliedTolerance | None:
        """The one that holds; None when none was set, or the one that holds says it is not checked."""
        found = self.narrowest(measure, side, item_number, category)
        return found if found is not None and is_checked(found) else None

    def narrowest(
        self, measure: Measure, side: Side, item_number: str | None = None, category: str | None = None
    ) -> AppliedTolerance | None:
        """The one that holds, be it checked or not."""
        key = (
            (measure, side, item_number, category) if measure in self._narrow else (measure, side, None, None)
        )
        if key not in self._found:
            fitting = [
                tolerance
                for tolerance in self._by_measure.get((measure, side), ())
                if _fits(tolerance, item_number, category)
            ]
            self._found[key] = max(fitting, key=_rank) if fitting else None
        return self._found[key]


def _fits(tolerance: AppliedTolerance, item_number: str | None, category: str | None) -> bool:
    if tolerance.scope is ToleranceScope.ITEM:
        return tolerance.item_number == item_number
    if tolerance.scope is ToleranceScope.CATEGORY:
        return tolerance.category == category
    return True


def _rank(tolerance: AppliedTolerance) -> tuple[int, bool, bool]:
    return (
        _NARROWNESS[tolerance.scope],
        tolerance.currency is not None,
        tolerance.direction is not Direction.BOTH,
    )


def in_force(
    tolerances: Sequence[AppliedTolerance],
    *,
    currency: str | None,
    rate: Decimal,
    base: AmountBase,
    way: MatchingWay,
) -> tuple[AppliedTolerance, ...]:
    """Those that may hold for an order in `currency`; the agreed rate where none is about totals.

    `tolerances` are in the order in which they were set; answered is the latest first, for the first of equals
    wins. The way of matching says what is compared at all: goods received and accepted count from three-way and
    four-way on, and not one more than that may be billed where no tolerance says otherwise.
    """
    silent = _SILENT[way]
    fitting = [
        each
        for each in reversed(tolerances)
        if each.currency in (None, currency) and each.measure not in silent
    ]
    fitting += _IMPLIED[way]
    if any(each.measure in TOTALS and each.direction is not Direction.UNDER for each in fitting):
        return tuple(fitting)
    return (the_agreed_rate(rate, base), *fitting)


def base_of(tolerances: Sequence[AppliedTolerance]) -> AmountBase:
    """The total that is compared first: the net one, unless only the gross one is checked (D-2)."""
    found = Tolerances(tolerances)
    net, gross = (found.of(measure, Side.OVER) for measure in (Measure.TOTAL_NET, Measure.TOTAL_GROSS))
    return AmountBase.GROSS if net is None and gross is not None else AmountBase.NET


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the tolerances ask about besides the totals of one base: only that is put into a record."""

    lines: bool
    other_total: bool
    tax: bool
    charges: bool


def wanted(tolerances: Sequence[AppliedTolerance]) -> Wanted:
    """What of an invoice and its order has to be known to decide by these tolerances."""
    asked = {each.measure for each in tolerances if is_checked(each)}
    tax = Measure.TAX in asked
    return Wanted(
        lines=tax or not asked.isdisjoint(OF_LINES),
        other_total=asked >= TOTALS,
        tax=tax,
        charges=Measure.CHARGES in asked,
    )


def _none_of(measure: Measure) -> AppliedTolerance:
    return AppliedTolerance(
        id=None,
        scope=ToleranceScope.CUSTOMER,
        measure=measure,
        direction=Direction.OVER,
        percent=Decimal(0),
    )


_SILENT: dict[MatchingWay, frozenset[Measure]] = {
    MatchingWay.TWO: frozenset({Measure.QUANTITY_RECEIVED, Measure.QUANTITY_ACCEPTED}),
    MatchingWay.THREE: frozenset({Measure.QUANTITY_ACCEPTED}),
    MatchingWay.FOUR: frozenset(),
}
_IMPLIED: dict[MatchingWay, list[AppliedTolerance]] = {
    MatchingWay.TWO: [],
    MatchingWay.THREE: [_none_of(Measure.QUANTITY_RECEIVED)],
    MatchingWay.FOUR: [_none_of(Measure.QUANTITY_ACCEPTED)],
}


def in_general(tolerances: Sequence[AppliedTolerance]) -> tuple[EffectiveTolerance, ...]:
    """For every measure and side what holds for any item, and that it is not checked where nothing does."""
    found = Tolerances(tolerances)
    return tuple(_effective(found, measure, side) for measure in Measure for side in Side)


def _effective(found: Tolerances, measure: Measure, side: Side) -> EffectiveTolerance:
    tolerance = found.narrowest(measure, side)
    checked = tolerance is not None and is_checked(tolerance)
    what = WORDS[measure]
    if tolerance is None or not checked:
        sentence = f"{what[0].upper()}{what[1:]} is not checked for being {_than(side)} expected."
    else:
        sentence = f"{what[0].upper()}{what[1:]} may be {_than(side)} expected {how_much(tolerance)}."
    return EffectiveTolerance(
        measure=measure, side=side, checked=checked, tolerance=tolerance, sentence=sentence
    )


# ------------------------------------------------------------------------------------------------ in words


def _than(side: Side) -> str:
    return "more than" if side is Side.OVER else "less than"


def how_much(tolerance: AppliedTolerance | ToleranceTerms) -> str:
    """How far it lets a value differ, as the end of a sentence."""
    percent = None if tolerance.percent is None else f"{plain(tolerance.percent)} %"
    amount = None if tolerance.amount is None else _spoken_amount(tolerance)
    if percent is None or amount is None:
        only = tolerance.percent if percent is not None else tolerance.amount
        return "by nothing at all" if only == 0 else f"by at most {percent or amount}"
    return {
        Combination.AND: f"by at most {percent} and at most {amount}",
        Combination.OR: f"by at most {percent} or at most {amount}, either being enough",
        Combination.LOWER: f"by at most {percent} or {amount}, whichever is lower",
        Combination.HIGHER: f"by at most {percent} or {amount}, whichever is higher",
    }[tolerance.combine]


def _spoken_amount(tolerance: AppliedTolerance | ToleranceTerms) -> str:
    assert tolerance.amount is not None
    unit = "of the order's unit" if tolerance.measure in QUANTITIES else tolerance.currency
    return f"{plain(tolerance.amount)} {unit}" if unit else plain(tolerance.amount)


_FOR = {Direction.OVER: "more", Direction.UNDER: "less", Direction.BOTH: "more or less"}


def as_sentence(terms: ToleranceTerms, supplier: Party | None) -> str:
    """What a tolerance says, in one sentence."""
    of = f" of {supplier.name}" if supplier else ""
    about = f" for item {terms.item_number}" if terms.item_number else ""
    about = f" in the category {terms.category}" if terms.category else about
    only = f", in {terms.currency} only" if terms.currency else ""
    what = WORDS[terms.measure]
    if not is_checked(terms):
        return f"On invoices{of}{about}{only}, {what} is not checked for being {_FOR[terms.direction]}."
    return f"On invoices{of}{about}{only}, {what} may be {_FOR[terms.direction]} than expected {how_much(terms)}."


# ------------------------------------------------------------------------------------------- the document


@dataclass(eq=False, kw_only=True)
class ToleranceRule(Aggregate):
    """A tolerance with the days on which it holds. It is set, and later ended; it never changes otherwise."""

    noun: ClassVar[str] = "tolerance"

    id: UUID
    customer: Party
    supplier: Party | None
    terms: ToleranceTerms
    valid_from: date
    valid_to: date | None
    version: int
    set_by: Person
    set_at: datetime
    ended_by: Person | None = None
    ended_at: datetime | None = None

    @classmethod
    def establish(
        cls,
        *,
        tolerance_id: UUID,
        customer: Party,
        supplier: Party | None,
        terms: ToleranceTerms,
        valid_from: date | None,
        valid_to: date | None,
        version: int,
        by: Actor,
        at: datetime,
    ) -> "ToleranceRule":
        """A new tolerance."""
        _check_terms(terms, supplier)
        begins = valid_from or at.date()
        if begins < (at - LAST_MIDNIGHT).date():
            raise BeginsInThePast(f"{begins} is over. A tolerance holds from today on, or from a later day.")
        if valid_to is not None and valid_to < begins:
            raise Invalid("The days do not fit.", [Fault("/valid_to", f"is before {begins}, its first day")])
        rule = cls(
            id=tolerance_id,
            customer=customer,
            supplier=supplier,
            terms=terms,
            valid_from=begins,
            valid_to=valid_to,
            version=version,
            set_by=Person(id=by.user_id, name=by.user_name),
            set_at=at,
        )
        rule.record(events.ToleranceSet)
        return rule

    def same_thing(self, other: "ToleranceRule") -> bool:
        """Whether both are about the same thing, so that only one can hold."""
        mine, theirs = self.terms, other.terms
        return (
            (self.supplier and self.supplier.id) == (other.supplier and other.supplier.id)
            and (mine.scope, mine.category, mine.item_number, mine.measure, mine.direction, mine.currency)
            == (theirs.scope, theirs.category, theirs.item_number, theirs.measure, theirs.direction, theirs.currency)
        )  # fmt: skip

    def give_way(self, to: "ToleranceRule", *, by: Actor, at: datetime) -> None:
        """End the day before another for the same thing begins; raises AnotherFollows if that begins earlier."""
        if self.valid_to is not None and self.valid_to < to.valid_from:
            return
        if self.valid_from > to.valid_from:
            if to.valid_to is not None and to.valid_to < self.valid_from:
                return
            raise AnotherFollows(
                f"From {self.valid_from} on another one is set for the same thing. End that one first, or let "
                f"this one end before."
            )
        self._end(to.valid_from - ONE_DAY, by, at)

    def end(self, *, last_day: date | None, by: Actor, at: datetime) -> None:
        """Let it hold no longer than `last_day`; at once when there is none."""
        yesterday = at.date() - ONE_DAY
        if self.valid_to is not None and self.valid_to <= max(yesterday, self.valid_from - ONE_DAY):
            raise EndedAlready(f"It has held until {self.valid_to} and no longer does.")
        last = max(yesterday, self.valid_from - ONE_DAY) if last_day is None else last_day
        if last < max(self.valid_from - ONE_DAY, (at - LAST_MIDNIGHT).date() - ONE_DAY):
            raise Invalid("The days do not fit.", [Fault("/last_day", "is over, or before its first day")])
        if self.valid_to is not None and last > self.valid_to:
            raise Invalid("The days do not fit.", [Fault("/last_day", f"is after {self.valid_to}, its end")])
        self._end(last, by, at)

    def _end(self, last_day: date, by: Actor, at: datetime) -> None:
        self.valid_to, self.ended_at = last_day, at
        self.ended_by = Person(id=by.user_id, name=by.user_name)
        self.record(events.ToleranceEnded)

    def view(self) -> Tolerance:
        """The tolerance as its customer sees it."""
        return Tolerance(
            id=self.id,
            customer=self.customer,
            supplier=self.supplier,
            terms=self.terms,
            checked=is_checked(self.terms),
            sentence=as_sentence(self.terms, self.supplier),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            version=self.version,
            set_by=self.set_by,
            set_at=self.set_at,
            ended_by=self.ended_by,
            ended_at=self.ended_at,
            sequence=self.sequence,
        )

    def applied(self) -> AppliedTolerance:
        """It as a decision keeps it."""
        terms = self.terms
        return AppliedTolerance(
            id=self.id,
            scope=terms.scope,
            category=terms.category,
            item_number=terms.item_number,
            measure=terms.measure,
            direction=terms.direction,
            percent=terms.percent,
            amount=terms.amount,
            combine=terms.combine,
            currency=terms.currency,
        )


def _check_terms(terms: ToleranceTerms, supplier: Party | None) -> None:
    scope = terms.scope
    needed = {
        "/supplier_id": (scope in (ToleranceScope.SUPPLIER, ToleranceScope.ITEM), supplier is not None),
        "/terms/category": (scope is ToleranceScope.CATEGORY, terms.category is not None),
        "/terms/item_number": (scope is ToleranceScope.ITEM, terms.item_number is not None),
    }
    faults = [
        Fault(field, f"is needed for a tolerance for one {scope.value}")
        for field, (needs, given) in needed.items()
        if needs and not given
    ]
    # A category may be one of all suppliers, or of one of them.
    faults += [
        Fault(field, f"does not go with the scope {scope.value}")
        for field, (needs, given) in needed.items()
        if given and not needs and (field, scope) != ("/supplier_id", ToleranceScope.CATEGORY)
    ]
    if scope in (ToleranceScope.CATEGORY, ToleranceScope.ITEM) and terms.measure not in OF_LINES:
        faults.append(Fault("/terms/measure", "is about a whole invoice, which has no one item or category"))
    if terms.amount is not None and (terms.currency is None) != (terms.measure in QUANTITIES):
        told = "has no currency" if terms.measure in QUANTITIES else "needs a currency"
        faults.append(Fault("/terms/currency", f"an amount of {terms.measure.value} {told}"))
    if faults:
        raise Invalid("This tolerance cannot be set.", faults)
