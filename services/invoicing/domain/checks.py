"""What of an invoice is compared with what, and how far it may differ: numbers only, no words.

A value that other invoices of the order add to is known between two bounds: `least` with what is decided,
`most` with what is undecided too. Only what is inside the limit at both bounds passes; what is outside at the
bound that nothing can mend any more is held; the rest waits for those decisions (S-072).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from services.contracts.invoicing.tolerances import AppliedTolerance, Measure, Side
from services.contracts.invoicing.views import (
    AmountBase,
    BilledLine,
    EarlierInvoice,
    InvoiceStatus,
    MatchInputs,
    OrderedLine,
)
from services.contracts.money import EXACT, percentage, rounded, total
from services.invoicing.domain.amounts import ZERO
from services.invoicing.domain.tolerance import OF_LINES, Tolerances, allowance
from services.invoicing.domain.units import SAME, Ratio, ratio

UNDECIDED = frozenset({InvoiceStatus.MATCHING, InvoiceStatus.PENDING})
ONE = Decimal(1)


class Result(Enum):
    """What a check came to."""

    PASSES = "passes"
    WAITS = "waits"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Check:
    """One value beside what is expected of it, and the tolerance between them."""

    measure: Measure
    side: Side
    tolerance: AppliedTolerance
    expected: Decimal
    least: Decimal
    most: Decimal
    limit: Decimal
    result: Result
    billed: BilledLine | None = None
    ordered: OrderedLine | None = None

    @property
    def actual(self) -> Decimal:
        """The value that tells: with what is decided, or with all when being less is the fault."""
        return self.least if self.side is Side.OVER else self.most

    @property
    def difference(self) -> Decimal:
        """Value − limit: above 0 beyond an upper limit, below 0 beyond a lower one."""
        return EXACT.subtract(self.actual, self.limit)

    @property
    def excess(self) -> Decimal:
        """How far beyond the limit, whichever way; 0 or less when it is not."""
        return self.difference if self.side is Side.OVER else -self.difference


def checked(
    measure: Measure,
    side: Side,
    tolerance: AppliedTolerance,
    expected: Decimal,
    least: Decimal,
    most: Decimal,
    billed: BilledLine | None = None,
    ordered: OrderedLine | None = None,
) -> Check:
    """A check with its limit: expected ± what the tolerance allows, never rounded."""
    allowed = allowance(tolerance, expected)
    if side is Side.OVER:
        limit = EXACT.add(expected, allowed)
        passes, held = most <= limit, least > limit
    else:
        limit = EXACT.subtract(expected, allowed)
        passes, held = least >= limit, most < limit
    result = Result.PASSES if passes else Result.HELD if held else Result.WAITS
    return Check(measure, side, tolerance, expected, least, most, limit, result, billed, ordered)


@dataclass(frozen=True, slots=True)
class Pair:
    """A billed line and the ordered line that it bills, told in the order's unit."""

    billed: BilledLine
    ordered: OrderedLine
    ratio: Ratio | None


class Comparison:
    """Everything of an invoice that its tolerances ask about, beside what is expected."""

    __slots__ = ("decided", "inputs", "ordered", "pairs", "rate", "tolerances", "undecided")

    def __init__(self, inputs: MatchInputs) -> None:
        self.inputs = inputs
        self.tolerances = Tolerances(inputs.tolerances)
        self.rate = inputs.exchange_rate or ONE
        self.decided = tuple(each for each in inputs.earlier if each.status not in UNDECIDED)
        self.undecided = tuple(each for each in inputs.earlier if each.status in UNDECIDED)
        self.ordered = {line.number: line for line in inputs.ordered}
        self.pairs: tuple[Pair, ...] | None = None

    # -------------------------------------------------------------------------------------- the totals

    def in_order_currency(self, amount: Decimal) -> Decimal:
        """An amount of the invoice in the order's currency, not rounded."""
        return amount if self.inputs.exchange_rate is None else EXACT.multiply(amount, self.rate)

    @property
    def value(self) -> Decimal:
        """The invoice's total on the base that is compared."""
        return self.in_order_currency(self.inputs.invoice_amount)

    def sum_with(self, others: Iterable[EarlierInvoice]) -> Decimal:
        """The invoice and `others` together."""
        return total((self.value, *(other.amount for other in others)))

    def of_total(self) -> Check | None:
        """The total of the base, which must not be more; None when nobody checks it (D-1, D-2)."""
        measure = Measure.TOTAL_GROSS if self.inputs.base is AmountBase.GROSS else Measure.TOTAL_NET
        tolerance = self.tolerances.of(measure, Side.OVER)
        if tolerance is None:
            return None
        least = self.sum_with(self.decided)
        most = total((least, *(other.amount for other in self.undecided)))
        return checked(measure, Side.OVER, tolerance, self.inputs.order_amount, least, most)

    def further(self) -> list[list[Check]]:
        """All other checks: one list for every measure and side that is asked about, none of them empty."""
        base = Measure.TOTAL_GROSS if self.inputs.base is AmountBase.GROSS else Measure.TOTAL_NET
        found = []
        for measure, side in self.tolerances.measures():
            if (measure, side) == (base, Side.OVER):
                continue
            checks = (
                self._of_lines(measure, side) if measure in OF_LINES else self._of_document(measure, side)
            )
            if checks:
                found.append(checks)
        return found

    def _of_document(self, measure: Measure, side: Side) -> list[Check]:
        tolerance = self.tolerances.of(measure, side)
        if tolerance is None:
            return []
        inputs = self.inputs
        if measure is Measure.TAX:
            tax = self.in_order_currency(inputs.invoice_tax or ZERO)
            return [checked(measure, side, tolerance, self.expected_tax(), tax, tax)]
        if measure is Measure.CHARGES:
            # Orders agree on none. Those of all invoices of the order are compared, as their totals are.
            own = self.in_order_currency(inputs.charges or ZERO)
            least = total((own, *(other.charges or ZERO for other in self.decided)))
            most = total((least, *(other.charges or ZERO for other in self.undecided)))
            return [checked(measure, side, tolerance, ZERO, least, most)]
        is_base = (measure is Measure.TOTAL_GROSS) == (inputs.base is AmountBase.GROSS)
        expected = inputs.order_amount if is_base else inputs.order_other_amount or ZERO
        own = self.value if is_base else self.in_order_currency(inputs.invoice_other_amount or ZERO)
        least = total((own, *(_total(other, is_base) for other in self.decided)))
        most = total((least, *(_total(other, is_base) for other in self.undecided)))
        return [checked(measure, side, tolerance, expected, least, most)]

    def expected_tax(self) -> Decimal:
        """The tax on what is billed at the rates that were ordered.

        What was not ordered, charges and allowances of the whole among it, is taxed at its own rate.
        """
        bases: dict[Decimal, Decimal] = {}
        for line in self.inputs.billed:
            ordered = self.ordered.get(line.order_line) if line.order_line is not None else None
            rate = (ordered.tax_rate if ordered is not None else line.tax_rate) or ZERO
            bases[rate] = EXACT.add(bases.get(rate, ZERO), line.net or ZERO)
        for each in self.inputs.adjusted:
            bases[each.rate] = EXACT.add(bases.get(each.rate, ZERO), each.amount)
        exchange = self.inputs.exchange
        places = self.inputs.amount_places if exchange is None else exchange.amount_places
        taxes = (rounded(percentage(base, rate), places) for rate, base in bases.items())
        return self.in_order_currency(total(taxes))

    # --------------------------------------------------------------------------------------- the lines

    def paired(self) -> tuple[Pair, ...]:
        """The billed lines that name an ordered one, each with how its unit is told in the order's."""
        if self.pairs is None:
            self.pairs = tuple(self._pairs())
        return self.pairs

    def _pairs(self) -> Iterable[Pair]:
        for line in self.inputs.billed:
            ordered = self.ordered.get(line.order_line) if line.order_line is not None else None
            if ordered is None or line.unit is None or ordered.unit is None:
                continue
            yield Pair(line, ordered, ratio(line.unit, ordered.unit, ordered.units))

    @property
    def same_units(self) -> bool:
        """Whether nothing had to be told in another unit or currency, so that no number has grown long."""
        return self.inputs.exchange_rate is None and all(pair.ratio is SAME for pair in self.pairs or ())

    def incomparable(self) -> list[Pair]:
        """The pairs in units that nobody can compare."""
        return [pair for pair in self.paired() if pair.ratio is None]

    def _of_lines(self, measure: Measure, side: Side) -> list[Check]:
        found = []
        for pairs in self._by_order_line(alone=measure is Measure.LINE_PRICE):
            line = pairs[0].ordered
            tolerance = self.tolerances.of(measure, side, line.item_number, line.category)
            if tolerance is not None:
                found.append(_LINES[measure](self, side, tolerance, pairs))
        return found

    def _by_order_line(self, *, alone: bool) -> Iterable[Sequence[Pair]]:
        comparable = [pair for pair in self.paired() if pair.ratio is not None]
        if alone or len({pair.ordered.number for pair in comparable}) == len(comparable):
            return [(pair,) for pair in comparable]
        groups: dict[int, list[Pair]] = {}
        for pair in comparable:
            groups.setdefault(pair.ordered.number, []).append(pair)
        return groups.values()

    def _price(self, side: Side, tolerance: AppliedTolerance, pairs: Sequence[Pair]) -> Check:
        # In the order's unit: 12.00 for a dozen is 1.00 for one.
        [pair] = pairs
        assert pair.ratio is not None
        price = self.in_order_currency(pair.billed.unit_price or ZERO)
        price = Ratio(pair.ratio.per, pair.ratio.times).of(price)
        expected = pair.ordered.unit_price or ZERO
        return checked(Measure.LINE_PRICE, side, tolerance, expected, price, price, pair.billed, pair.ordered)

    def _amount(self, side: Side, tolerance: AppliedTolerance, pairs: Sequence[Pair]) -> Check:
        own = self.in_order_currency(total(pair.billed.net or ZERO for pair in pairs))
        line = pairs[0].ordered
        least = EXACT.add(own, _net_before(self.decided, line.number))
        most = EXACT.add(least, _net_before(self.undecided, line.number))
        return checked(
            Measure.LINE_AMOUNT, side, tolerance, line.net or ZERO, least, most, pairs[0].billed, line
        )

    def _quantity(
        self,
        measure: Measure,
        expected: Decimal,
        side: Side,
        tolerance: AppliedTolerance,
        pairs: Sequence[Pair],
    ) -> Check:
        own = total(_counted(pair) for pair in pairs)
        line = pairs[0].ordered
        least = EXACT.add(own, _quantity_before(self.decided, line))
        most = EXACT.add(least, _quantity_before(self.undecided, line))
        return checked(measure, side, tolerance, expected, least, most, pairs[0].billed, line)


def _total(invoice: EarlierInvoice, is_base: bool) -> Decimal:
    return invoice.amount if is_base else invoice.other_amount or ZERO


def _counted(pair: Pair) -> Decimal:
    assert pair.ratio is not None
    return pair.ratio.of(pair.billed.quantity or ZERO)


def _net_before(invoices: Iterable[EarlierInvoice], order_line: int) -> Decimal:
    return total(line.net for each in invoices for line in each.lines if line.order_line == order_line)


def _quantity_before(invoices: Iterable[EarlierInvoice], ordered: OrderedLine) -> Decimal:
    """What earlier invoices billed of a line; in a unit that nobody can compare, as it stands."""
    found = ZERO
    for each in invoices:
        for line in each.lines:
            if line.order_line == ordered.number:
                known = ratio(line.unit, ordered.unit or line.unit, ordered.units)
                found = EXACT.add(found, known.of(line.quantity) if known else line.quantity)
    return found


def _against_ordered(
    comparison: Comparison, side: Side, tolerance: AppliedTolerance, pairs: Sequence[Pair]
) -> Check:
    expected = pairs[0].ordered.quantity or ZERO
    return comparison._quantity(Measure.QUANTITY_ORDERED, expected, side, tolerance, pairs)


def _against_received(
    comparison: Comparison, side: Side, tolerance: AppliedTolerance, pairs: Sequence[Pair]
) -> Check:
    expected = pairs[0].ordered.received or ZERO
    return comparison._quantity(Measure.QUANTITY_RECEIVED, expected, side, tolerance, pairs)


def _against_accepted(
    comparison: Comparison, side: Side, tolerance: AppliedTolerance, pairs: Sequence[Pair]
) -> Check:
    expected = pairs[0].ordered.accepted or ZERO
    return comparison._quantity(Measure.QUANTITY_ACCEPTED, expected, side, tolerance, pairs)


_LINES = {
    Measure.LINE_PRICE: Comparison._price,
    Measure.LINE_AMOUNT: Comparison._amount,
    Measure.QUANTITY_ORDERED: _against_ordered,
    Measure.QUANTITY_RECEIVED: _against_received,
    Measure.QUANTITY_ACCEPTED: _against_accepted,
}
