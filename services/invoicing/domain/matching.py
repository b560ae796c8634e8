"""Whether an invoice is approved by itself, held for the initiator, or waits for an earlier one.

Rulings: D-1 (the sum of the order's invoices is compared; equal to the limit passes), D-2 (net, or gross
where the customer asked for it), D-3 (what was not ordered is always held). What else is compared, and how far
it may differ, is the customer's policy: its tolerances, and the way of matching (`tolerance`, `checks`).

A decision keeps everything it was made from, and by which engine; `recompute` makes it again, for ever. An
engine that has decided is therefore never changed in what it decides or says: a new one is put beside it.

Invoices of one order are matched one after the other (S-072). While an earlier one is undecided it counts: if
the new one fits beside it, the earlier decision cannot change that, and it passes; if it fits only without
it, it waits, and is matched anew once the earlier one is decided; if it does not fit even without it, it is
held like any other.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from services.contracts.invoicing.tolerances import AppliedTolerance, Combination, Measure, Side
from services.contracts.invoicing.views import (
    AmountBase,
    BilledLine,
    EarlierInvoice,
    Finding,
    LineCheck,
    Match,
    MatchInputs,
    OrderedLine,
    ToldExchange,
    Verdict,
)
from services.contracts.money import EXACT, rounded, total
from services.invoicing.domain import first_engine
from services.invoicing.domain.amounts import ZERO, plain, spoken
from services.invoicing.domain.checks import Check, Comparison, Pair, Result
from services.invoicing.domain.likeness import most_like
from services.invoicing.domain.tolerance import OF_LINES, QUANTITIES, how_much

ENGINE = 2
"""The engine of this module."""

SENTENCES = 20
"""More lines than this are not told one by one."""


class Case(Comparison):
    """A comparison that can be told in words."""

    __slots__ = ("total_check",)

    def __init__(self, inputs: MatchInputs) -> None:
        super().__init__(inputs)
        self.total_check = self.of_total()

    def say(self, amount: Decimal) -> str:
        """An amount for a sentence."""
        return spoken(amount, self.inputs.amount_places)


Rule = Callable[[Case], Finding]


RECEIPTS = frozenset({Measure.QUANTITY_RECEIVED, Measure.QUANTITY_ACCEPTED})


def held_for_receipts(match: Match) -> bool:
    """Whether nothing but goods that had not come, or were not accepted, kept the invoice from passing."""
    failed = [finding for finding in match.findings if not finding.passed and not finding.waits]
    return bool(failed) and all(
        finding.measure in RECEIPTS and finding.side is Side.OVER for finding in failed
    )


# ------------------------------------------------------------------------------------------------- the rules


def only_ordered_items(case: Case) -> Finding:
    """Every line bills something that was ordered; anything else is always held (S-044, D-3)."""
    strangers = [line for line in case.inputs.billed if not _was_ordered(line, case.ordered)]
    sentences = _shortened([_not_ordered(line, case) for line in strangers], "were not ordered")
    content = "only what was ordered"
    return Finding(
        rule="only_ordered_items",
        expected=content,
        actual=f"{len(strangers)} of {len(case.inputs.billed)} lines not ordered" if strangers else content,
        limit=None,
        value=None,
        difference=None,
        passed=not strangers,
        sentences=sentences or (f"Everything billed was ordered with {case.inputs.order_number}.",),
        open_sentences=sentences,
    )


def total_within_tolerance(case: Case) -> Finding:
    """With what is approved already, the order's total plus tolerance is not exceeded (S-045, S-048, D-1)."""
    check = case.total_check
    if check is None:
        return _unchecked_total(case)
    passed = check.least <= check.limit
    spoken_sum = _spoken_sum(case, case.decided)
    if passed:
        sentence = f"{spoken_sum} is within {_spoken_limit(case, check)}."
    else:
        sentence = f"{spoken_sum} is {case.say(check.difference)} above {_spoken_limit(case, check)}."
    return Finding(
        rule="total_within_tolerance",
        expected=f"at most {case.say(check.limit)}",
        actual=case.say(check.least),
        limit=check.limit,
        value=check.least,
        difference=check.difference,
        passed=passed,
        sentences=(sentence,),
        open_sentences=() if passed else _openly(case, sentence, spoken_excess(case, check.least)),
        measure=check.measure,
        side=Side.OVER,
        tolerance=check.tolerance,
    )


def room_beside_undecided(case: Case) -> Finding:
    """Earlier invoices that are not decided yet leave room for this one; otherwise it waits (S-072)."""
    check = case.total_check
    if check is None:
        return _unlimited_room(case)
    passed = not case.undecided or check.most <= check.limit
    waits = _waits_for(case)
    return Finding(
        rule="room_beside_undecided",
        expected=f"at most {case.say(check.limit)} with what is not decided yet",
        actual=case.say(check.most),
        limit=check.limit,
        value=check.most,
        difference=EXACT.subtract(check.most, check.limit),
        passed=passed,
        sentences=("No earlier invoice stands in the way.",) if passed else (waits,),
        open_sentences=() if passed else (waits,),
        waits=not passed,
    )


rules: tuple[Rule, ...] = (only_ordered_items, total_within_tolerance, room_beside_undecided)
"""What every invoice is asked; the tolerances of its customer may ask more (`_further`)."""


def _further(case: Case) -> list[Finding]:
    """What the customer's other tolerances ask: one finding for each measure and side."""
    found = [_told(case, checks) for checks in case.further()]
    lost = case.incomparable() if case.pairs is not None else []
    if lost:
        found.append(_not_comparable(case, lost))
    if case.inputs.exchange is not None:
        found.append(_rate_of_the_supplier(case, case.inputs.exchange))
    return found


# ----------------------------------------------------------------------------------------------- the decision


def decide(
    *, match_id: UUID, invoice_id: UUID, invoice_sequence: int, at: datetime, inputs: MatchInputs
) -> Match:
    """Ask every rule and keep what each of them found."""
    case = Case(inputs)
    findings = (*(rule(case) for rule in rules), *_further(case))
    verdict = _verdict(findings)
    return Match(
        id=match_id,
        invoice_id=invoice_id,
        invoice_sequence=invoice_sequence,
        at=at,
        inputs=inputs,
        already_invoiced=total(earlier.amount for earlier in inputs.earlier),
        findings=findings,
        verdict=verdict,
        released_by=inputs.initiator if verdict is Verdict.HELD else None,
        engine=ENGINE,
    )


ENGINES = {1: first_engine.decide, ENGINE: decide}
"""Every engine that has ever decided."""


def recompute(match: Match) -> Match:
    """The decision made again from what it was made from, by the engine that made it."""
    return ENGINES[match.engine](
        match_id=match.id,
        invoice_id=match.invoice_id,
        invoice_sequence=match.invoice_sequence,
        at=match.at,
        inputs=match.inputs,
    )


def reasons(match: Match) -> tuple[str, ...]:
    """Why it did not pass, in sentences both sides may read."""
    failed = [finding for finding in match.findings if not finding.passed]
    if match.verdict is Verdict.HELD:
        failed = [finding for finding in failed if not _only_waits(finding)]
    return tuple(dict.fromkeys(sentence for finding in failed for sentence in finding.open_sentences))


def limit_of(match: Match) -> Decimal | None:
    """The limit of the total that the decision was made against; None when nobody checked the total."""
    return next(each.limit for each in match.findings if each.rule == total_within_tolerance.__name__)


def compared(match: Match) -> Decimal:
    """The invoice with all that counted beside it, in the order's currency, on the base of the decision."""
    return EXACT.add(match.already_invoiced, Comparison(match.inputs).value)


def _only_waits(finding: Finding) -> bool:
    return finding.waits or finding.rule in first_engine.WAITING_RULES


def _verdict(findings: Sequence[Finding]) -> Verdict:
    failed = [finding for finding in findings if not finding.passed]
    if not failed:
        return Verdict.PASSES
    return Verdict.WAITS if all(map(_only_waits, failed)) else Verdict.HELD


# ------------------------------------------------------------------------------------------- what was ordered


def _was_ordered(line: BilledLine, ordered: dict[int, OrderedLine]) -> bool:
    if line.order_line is None or line.order_line not in ordered:
        return False
    return line.item_number is None or line.item_number == ordered[line.order_line].item_number


def _not_ordered(line: BilledLine, case: Case) -> str:
    begin = f"Line {line.number}, {line.description}, was not ordered"
    instead = case.ordered.get(line.order_line) if line.order_line is not None else None
    if instead is not None:
        return (
            f"{begin}: line {instead.number} of the order is {instead.description} ({instead.item_number})."
        )
    like = most_like(line, case.inputs.ordered)
    if like is None:
        return f"{begin}."
    other, score = like
    return (
        f"{begin}; it resembles line {other.number} of the order, {other.description} ({other.item_number}), "
        f"by {score} %."
    )


def _shortened(sentences: list[str], told: str) -> tuple[str, ...]:
    if len(sentences) <= SENTENCES:
        return tuple(sentences)
    more = len(sentences) - SENTENCES
    return (*sentences[:SENTENCES], f"{more} more lines {told}.")


# ------------------------------------------------------------------------------------------------- the total


def _unchecked_total(case: Case) -> Finding:
    return Finding(
        rule="total_within_tolerance",
        expected="not checked",
        actual=case.say(case.sum_with(case.decided)),
        limit=None,
        value=None,
        difference=None,
        passed=True,
        sentences=("The total is not checked.",),
        open_sentences=(),
    )


def _unlimited_room(case: Case) -> Finding:
    return Finding(
        rule="room_beside_undecided",
        expected="not checked",
        actual=case.say(case.sum_with(case.inputs.earlier)),
        limit=None,
        value=None,
        difference=None,
        passed=True,
        sentences=("No earlier invoice stands in the way.",),
        open_sentences=(),
    )


def _spoken_sum(case: Case, others: tuple[EarlierInvoice, ...]) -> str:
    what = "Gross total" if case.inputs.base is AmountBase.GROSS else "Total"
    alone = f"{what} {case.say(case.value)}"
    if not others:
        return alone
    before = total(other.amount for other in others)
    return (
        f"{alone}, with {case.say(before)} already approved ({_names(others)}), "
        f"together {case.say(case.sum_with(others))},"
    )


def _spoken_limit(case: Case, check: Check) -> str:
    tolerance = check.tolerance
    joint = ", " if _allows_nothing(tolerance) else " "
    return f"the limit of {case.say(check.limit)} (order {case.say(check.expected)}{joint}{_plus(tolerance)})"


def spoken_excess(case: Case, value: Decimal) -> str:
    """How much more than ordered is billed, without a word on the tolerance."""
    over = EXACT.subtract(value, case.inputs.order_amount)
    kind = "gross" if case.inputs.base is AmountBase.GROSS else "net"
    return (
        f"The invoices for order {case.inputs.order_number} come to {case.say(value)} {kind}, "
        f"{case.say(over)} more than the {case.say(case.inputs.order_amount)} ordered."
    )


def _names(invoices: tuple[EarlierInvoice, ...]) -> str:
    names = [invoice.number for invoice in invoices]
    if len(names) > 5:
        names = [*names[:4], f"{len(names) - 4} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def _waits_for(case: Case) -> str:
    are = "is" if len(case.undecided) == 1 else "are"
    return f"It waits for {_names(case.undecided)} of the same order, which {are} not decided yet."


def _openly(case: Case, with_limit: str, without: str) -> tuple[str, ...]:
    """What the supplier reads: the limit only where the customer has chosen to tell it."""
    return (with_limit,) if case.inputs.tells_limit else (without,)


# ------------------------------------------------------------------------------------------- the tolerance


def _allows_nothing(tolerance: AppliedTolerance) -> bool:
    return tolerance.percent in (None, ZERO) and tolerance.amount in (None, ZERO)


def _plus(tolerance: AppliedTolerance, sign: str = "+") -> str:
    if _allows_nothing(tolerance):
        return "no tolerance"
    parts = [
        f"{plain(number)}{unit}"
        for number, unit in ((tolerance.percent, " %"), (tolerance.amount, ""))
        if number is not None
    ]
    if len(parts) == 1:
        return f"{sign} {parts[0]}"
    lower = tolerance.combine in (Combination.AND, Combination.LOWER)
    return f"{sign} {parts[0]} or {parts[1]}, the {'lower' if lower else 'higher'} of them"


# ------------------------------------------------------------------------------------ what else is checked

_NOUN = {
    Measure.TOTAL_NET: "net total",
    Measure.TOTAL_GROSS: "gross total",
    Measure.LINE_PRICE: "unit price",
    Measure.LINE_AMOUNT: "amount",
    Measure.QUANTITY_ORDERED: "quantity",
    Measure.QUANTITY_RECEIVED: "quantity",
    Measure.QUANTITY_ACCEPTED: "quantity",
    Measure.TAX: "tax",
    Measure.CHARGES: "freight and other charges",
}
_ORDERED = {
    Measure.QUANTITY_RECEIVED: "received",
    Measure.QUANTITY_ACCEPTED: "accepted",
    Measure.TAX: "at the ordered rates",
}


def _told(case: Case, checks: list[Check]) -> Finding:
    results = {check.result for check in checks}
    waits = Result.HELD not in results and Result.WAITS in results
    worst = max(checks, key=_badness)
    failed = [check for check in checks if check.result is (Result.WAITS if waits else Result.HELD)]
    measure, side = worst.measure, worst.side
    passed = not failed
    return Finding(
        rule=f"{measure.value.replace('-', '_')}_{side.value}",
        expected=_expected(measure, side, worst),
        actual=_outcome(case, checks, failed),
        limit=_kept(worst.limit),
        value=_kept(worst.actual),
        difference=_kept(worst.difference),
        passed=passed,
        sentences=(_content(checks),) if passed else _sentences(case, failed, waits, openly=False),
        open_sentences=() if passed else _sentences(case, failed, waits, openly=not case.inputs.tells_limit),
        measure=measure,
        side=side,
        tolerance=worst.tolerance,
        checks=_line_checks(case, checks) if measure in OF_LINES else (),
        waits=waits,
    )


def _badness(check: Check) -> tuple[bool, Decimal]:
    return (check.result is Result.HELD, check.excess)


def _expected(measure: Measure, side: Side, worst: Check) -> str:
    than = "more" if side is Side.OVER else "less"
    return f"{_NOUN[measure]} {than} than {_ORDERED.get(measure, 'ordered')} {how_much(worst.tolerance)}"


def _outcome(case: Case, checks: list[Check], failed: list[Check]) -> str:
    if checks[0].billed is None:
        return case.say(checks[0].actual)
    return f"{len(failed)} of {len(checks)} lines beyond" if failed else f"{len(checks)} lines within"


def _content(checks: list[Check]) -> str:
    noun = _NOUN[checks[0].measure]
    if checks[0].billed is None:
        return f"{noun[0].upper()}{noun[1:]}: within what is allowed."
    lines = "1 line" if len(checks) == 1 else f"{len(checks)} lines"
    return f"{noun[0].upper()}{noun[1:]} of {lines}: within what is allowed."


def _sentences(case: Case, failed: list[Check], waits: bool, *, openly: bool) -> tuple[str, ...]:
    if waits:
        return (_waits_for(case),)
    side = "above" if failed[0].side is Side.OVER else "below"
    tell = _without_limit if openly else _with_limit
    told = [tell(case, check, side) for check in failed[:SENTENCES]]
    more = len(failed) - len(told)
    return (*told, f"{more} more lines differ so.") if more else tuple(told)


def _about(case: Case, check: Check) -> str:
    noun, value = _NOUN[check.measure], _say(case, check, check.actual)
    if check.billed is None:
        return f"{noun[0].upper()}{noun[1:]} {value}"
    return f"Line {check.billed.number}, {check.billed.description}: {noun} {value}"


def _with_limit(case: Case, check: Check, side: str) -> str:
    joint = ", " if _allows_nothing(check.tolerance) else " "
    how = _plus(check.tolerance, "+" if check.side is Side.OVER else "−")
    basis = _basis(check)
    return (
        f"{_about(case, check)} is {_say(case, check, abs(check.difference))} {side} the limit of "
        f"{_say(case, check, check.limit)} ({basis} {_say(case, check, check.expected)}{joint}{how})."
    )


def _without_limit(case: Case, check: Check, side: str) -> str:
    return f"{_about(case, check)}, {side} the {_say(case, check, check.expected)} {_basis(check)}."


def _basis(check: Check) -> str:
    return _ORDERED.get(check.measure, "ordered")


def _say(case: Case, check: Check, number: Decimal) -> str:
    return plain(_kept(number)) if check.measure in QUANTITIES else case.say(_kept(number))


def _line_checks(case: Case, checks: list[Check]) -> tuple[LineCheck, ...]:
    kept = _as_it_is if case.same_units else _kept
    return tuple(
        LineCheck(
            line=check.billed.number,
            order_line=check.ordered.number,
            expected=check.expected,
            actual=kept(check.actual),
            limit=kept(check.limit),
            difference=kept(check.difference),
            passed=check.result is Result.PASSES,
        )
        for check in checks
        if check.billed is not None and check.ordered is not None
    )


def _as_it_is(number: Decimal) -> Decimal:
    return number


def _kept(number: Decimal) -> Decimal:
    """A number as a record keeps it: it was compared with all its digits, twelve of them are told."""
    exponent = number.as_tuple().exponent
    return rounded(number, 12) if isinstance(exponent, int) and exponent < -12 else number


def _rate_of_the_supplier(case: Case, exchange: ToldExchange) -> Finding:
    """A rate is the supplier's word, and with another one the invoice might not pass: somebody looks at it."""
    inputs, rate = case.inputs, plain(case.rate)
    own = spoken(inputs.invoice_amount, exchange.amount_places)
    sentence = (
        f"It is billed in {exchange.currency}, at {rate} {inputs.currency} for one ({exchange.source}, "
        f"{exchange.day}): {own} {exchange.currency} are {case.say(case.value)} {inputs.currency}."
    )
    return Finding(
        rule="rate_of_exchange",
        expected=f"the order's currency, {inputs.currency}",
        actual=f"{exchange.currency} at {rate}",
        limit=None,
        value=None,
        difference=None,
        passed=False,
        sentences=(sentence,),
        open_sentences=(sentence,),
    )


def _not_comparable(case: Case, lost: list[Pair]) -> Finding:
    sentences = _shortened(
        [
            f"Line {pair.billed.number}, {pair.billed.description}: billed in {pair.billed.unit}, ordered in "
            f"{pair.ordered.unit}, and nobody has said how the two compare."
            for pair in lost
        ],
        "are in units that cannot be compared",
    )
    return Finding(
        rule="units_compare",
        expected="units that can be compared",
        actual=f"{len(lost)} of {len(case.inputs.billed)} lines in others",
        limit=None,
        value=None,
        difference=None,
        passed=False,
        sentences=sentences,
        open_sentences=sentences,
    )
