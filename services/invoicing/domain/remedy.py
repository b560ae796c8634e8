"""The smallest change that would let an invoice pass: found by mending one finding after the other.

Each step is judged by the same engine that decides when the invoice is sent; a change is told only if the
invoice would pass with it. Who is not told the limits is led to what was ordered, which tells nothing of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from services.contracts.invoicing.tolerances import Measure, Side
from services.contracts.invoicing.views import InvoiceLine, Match, MatchedBy, Remedy, Verdict
from services.contracts.money import EXACT
from services.invoicing.domain.amounts import ZERO, plain, spoken
from services.invoicing.domain.charges import changed_line
from services.invoicing.domain.checks import Check, Result
from services.invoicing.domain.likeness import most_like
from services.invoicing.domain.matching import Case
from services.invoicing.domain.tolerance import QUANTITIES
from services.invoicing.domain.units import Ratio, ratio

Judge = Callable[[tuple[InvoiceLine, ...]], Match]
Lines = tuple[InvoiceLine, ...]

STEPS = 12
"""More changes than this are no small change."""

_FINEST = Decimal("0.000001")
_HUNDRED = Decimal(100)


def remedies(lines: Lines, match: Match, judge: Judge, *, openly: bool) -> tuple[Remedy, ...]:
    """The changes with which the invoice would pass; none when it passes, or when no small change would do."""
    if match.verdict is Verdict.PASSES or match.inputs.exchange is not None:
        return ()
    tried = lines
    for _ in range(STEPS):
        mended = _mended(tried, match, openly=openly)
        if mended is None or mended == tried or not mended or any(line.net < 0 for line in mended):
            return ()
        tried, match = mended, judge(mended)
        if match.verdict is Verdict.PASSES:
            return tuple(_told(lines, tried, match.inputs.amount_places))
    return ()


def _mended(lines: Lines, match: Match, *, openly: bool) -> Lines | None:
    """The lines with the first fault mended; None when it is not to be mended by the lines alone."""
    case = Case(match.inputs)
    places = match.inputs.amount_places
    strangers = {
        line.number: line
        for line in match.inputs.billed
        if line.order_line is None or line.order_line not in case.ordered
    }
    if strangers:
        return tuple(
            mended
            for line in lines
            if (mended := _known(line, case) if line.number in strangers else line) is not None
        )
    for checks in case.further():
        for check in checks:
            if check.result is not Result.PASSES:
                return _within(lines, check, places, openly=openly)
    if case.total_check is not None and case.total_check.result is not Result.PASSES:
        return _total_within(lines, case.total_check, places, openly=openly)
    return None


# ------------------------------------------------------------------------------------------------- the steps


def _known(line: InvoiceLine, case: Case) -> InvoiceLine | None:
    """The line as one that bills what it resembles; None: it is left out."""
    billed = next(each for each in case.inputs.billed if each.number == line.number)
    like = most_like(billed, case.inputs.ordered)
    if like is None:
        return None
    found, _ = like
    return replace(
        line, order_line=found.number, item_number=found.item_number, matched_by=MatchedBy.ORDER_LINE
    )


def _goal(check: Check, *, openly: bool) -> Decimal:
    return check.expected if openly else check.limit


def _within(lines: Lines, check: Check, places: int, *, openly: bool) -> Lines | None:
    if check.billed is None or check.ordered is None:
        return None
    known = ratio(check.billed.unit or "", check.ordered.unit or "", check.ordered.units)
    if known is None:
        return None
    if check.measure is Measure.LINE_PRICE:
        return _priced(lines, check, known.of(_goal(check, openly=openly)), places)
    if check.side is Side.UNDER:
        return None
    too_much = EXACT.subtract(check.most, _goal(check, openly=openly))
    if check.measure in QUANTITIES:
        back = Ratio(known.per, known.times)
        return _fewer(lines, check.ordered.number, back.of(too_much), places)
    return _cheaper(lines, check.ordered.number, too_much, places)


def _priced(lines: Lines, check: Check, price: Decimal, places: int) -> Lines:
    assert check.billed is not None
    rounding = ROUND_FLOOR if check.side is Side.OVER else ROUND_CEILING
    right = price.quantize(_FINEST, rounding=rounding, context=EXACT)
    return tuple(
        changed_line(line, line.quantity, right, places) if line.number == check.billed.number else line
        for line in lines
    )


def _fewer(lines: Lines, order_line: int, too_many: Decimal, places: int) -> Lines:
    """Bill so many less of an order line, from its last line on; a line of which nothing stays is left out."""
    kept: list[InvoiceLine] = []
    for line in reversed(lines):
        if line.order_line != order_line or too_many <= 0:
            kept.append(line)
            continue
        left = EXACT.subtract(line.quantity, too_many)
        too_many = -left
        quantity = left.quantize(_FINEST, rounding=ROUND_FLOOR, context=EXACT) if left > 0 else ZERO
        if quantity > 0:
            kept.append(changed_line(line, quantity, line.unit_price, places))
    return tuple(reversed(kept))


def _cheaper(lines: Lines, order_line: int | None, too_much: Decimal, places: int) -> Lines | None:
    """Bill so much less, by the quantity of the dearest line; of one order line, or of any."""
    open_ = [line for line in lines if order_line is None or line.order_line == order_line]
    dearest = max(open_, key=lambda line: line.net, default=None)
    if dearest is None or dearest.net <= 0:
        return None
    net = EXACT.subtract(dearest.net, too_much)
    quantity = ZERO
    if net > 0:
        share = EXACT.divide(EXACT.multiply(dearest.quantity, net), dearest.net)
        # What a rounded amount hides may be half a unit of its last digit; the quantity is floored for that.
        quantity = share.quantize(_FINEST, rounding=ROUND_FLOOR, context=EXACT)
    kept = (
        changed_line(line, quantity, line.unit_price, places) if line is dearest else line for line in lines
    )
    return tuple(line for line in kept if line.quantity > 0)


def _total_within(lines: Lines, check: Check, places: int, *, openly: bool) -> Lines | None:
    too_much = EXACT.subtract(check.most, _goal(check, openly=openly))
    if too_much <= 0:
        return None
    if check.measure is Measure.TOTAL_GROSS:
        highest = max((line.tax_rate for line in lines), default=ZERO)
        too_much = EXACT.divide(EXACT.multiply(too_much, _HUNDRED), EXACT.add(_HUNDRED, highest))
        too_much = too_much.quantize(_FINEST, rounding=ROUND_CEILING, context=EXACT)
    return _cheaper(lines, None, too_much, places)


# ------------------------------------------------------------------------------------------------- in words


def _told(before: Sequence[InvoiceLine], after: Sequence[InvoiceLine], places: int) -> list[Remedy]:
    kept = {line.number: line for line in after}
    told = []
    for line in before:
        now = kept.get(line.number)
        about = f"Line {line.number}, {line.description}"
        if now is None:
            told.append(
                Remedy(
                    line=line.number,
                    field=None,
                    before=None,
                    after=None,
                    sentence=f"Leave out {_small(about)}.",
                )
            )
            continue
        told += _differences(line, now, about, places)
    return told


def _differences(line: InvoiceLine, now: InvoiceLine, about: str, places: int) -> list[Remedy]:
    found = []
    if now.order_line != line.order_line:
        sentence = f"{about}: say that it bills line {now.order_line} of the order."
        found.append(_remedy(line, "order_line", None, Decimal(now.order_line or 0), sentence))
    if now.unit_price != line.unit_price:
        price = spoken(now.unit_price, places)
        sentence = f"{about}: bill {price} for one instead of {spoken(line.unit_price, places)}."
        found.append(_remedy(line, "unit_price", line.unit_price, now.unit_price, sentence))
    if now.quantity != line.quantity:
        sentence = f"{about}: bill {plain(now.quantity)} instead of {plain(line.quantity)}."
        found.append(_remedy(line, "quantity", line.quantity, now.quantity, sentence))
    return found


def _remedy(line: InvoiceLine, field: str, before: Decimal | None, after: Decimal, sentence: str) -> Remedy:
    return Remedy(line=line.number, field=field, before=before, after=after, sentence=sentence)


def _small(about: str) -> str:
    return about[0].lower() + about[1:]
