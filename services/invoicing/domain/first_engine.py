"""The first engine, as it decided until tolerances were data. Its decisions are made again by it for ever.

Whether an invoice is approved by itself, held for the initiator, or waits for an earlier one.

Rulings: D-1 (the sum of the order's invoices is compared; equal to the limit passes), D-2 (net, or gross
where the customer asked for it), D-3 (what was not ordered is always held). A decision keeps everything it
was made from; `matching.recompute` makes it again.

Invoices of one order are matched one after the other (S-072). While an earlier one is undecided it counts: if
the new one fits beside it, the earlier decision cannot change that, and it passes; if it fits only without
it, it waits, and is matched anew once the earlier one is decided; if it does not fit even without it, it is
held like any other.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from services.contracts.invoicing.views import (
    AmountBase,
    BilledLine,
    EarlierInvoice,
    Finding,
    Match,
    MatchInputs,
    OrderedLine,
    Verdict,
)
from services.contracts.money import EXACT, percentage, total
from services.invoicing.domain.amounts import ZERO, plain, spoken
from services.invoicing.domain.checks import UNDECIDED

SENTENCES = 20
"""More lines than this are not told one by one."""


@dataclass(frozen=True, slots=True)
class Case:
    """The inputs of a decision, and the sums that more than one rule needs."""

    inputs: MatchInputs
    limit: Decimal = field(init=False)
    decided: tuple[EarlierInvoice, ...] = field(init=False)
    undecided: tuple[EarlierInvoice, ...] = field(init=False)

    def __post_init__(self) -> None:
        inputs = self.inputs
        tolerance = percentage(inputs.order_amount, inputs.tolerance_rate)
        object.__setattr__(self, "limit", EXACT.add(inputs.order_amount, tolerance))
        object.__setattr__(self, "decided", tuple(e for e in inputs.earlier if e.status not in UNDECIDED))
        object.__setattr__(self, "undecided", tuple(e for e in inputs.earlier if e.status in UNDECIDED))

    def sum_with(self, *others: EarlierInvoice) -> Decimal:
        """The invoice and `others` together."""
        return total((self.inputs.invoice_amount, *(other.amount for other in others)))

    def say(self, amount: Decimal) -> str:
        """An amount for a sentence."""
        return spoken(amount, self.inputs.amount_places)


Rule = Callable[[Case], Finding]


# ------------------------------------------------------------------------------------------------- the rules


def only_ordered_items(case: Case) -> Finding:
    """Every line bills something that was ordered; anything else is always held (S-044, D-3)."""
    ordered = {line.number: line for line in case.inputs.ordered}
    strangers = [line for line in case.inputs.billed if not _was_ordered(line, ordered)]
    sentences = _shortened([_not_ordered(line, ordered) for line in strangers])
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
    value = case.sum_with(*case.decided)
    excess = EXACT.subtract(value, case.limit)
    passed = excess <= 0
    spoken_sum = _spoken_sum(case, case.decided)
    if passed:
        sentence = f"{spoken_sum} is within {_spoken_limit(case)}."
    else:
        sentence = f"{spoken_sum} is {case.say(excess)} above {_spoken_limit(case)}."
    return Finding(
        rule="total_within_tolerance",
        expected=f"at most {case.say(case.limit)}",
        actual=case.say(value),
        limit=case.limit,
        value=value,
        difference=excess,
        passed=passed,
        sentences=(sentence,),
        open_sentences=() if passed else (spoken_excess(case, value),),
    )


def room_beside_undecided(case: Case) -> Finding:
    """Earlier invoices that are not decided yet leave room for this one; otherwise it waits (S-072)."""
    value = case.sum_with(*case.decided, *case.undecided)
    excess = EXACT.subtract(value, case.limit)
    passed = not case.undecided or excess <= 0
    are = "is" if len(case.undecided) == 1 else "are"
    waits = f"It waits for {_names(case.undecided)} of the same order, which {are} not decided yet."
    return Finding(
        rule="room_beside_undecided",
        expected=f"at most {case.say(case.limit)} with what is not decided yet",
        actual=case.say(value),
        limit=case.limit,
        value=value,
        difference=excess,
        passed=passed,
        sentences=("No earlier invoice stands in the way.",) if passed else (waits,),
        open_sentences=() if passed else (waits,),
    )


rules: tuple[Rule, ...] = (only_ordered_items, total_within_tolerance, room_beside_undecided)

WAITING_RULES = frozenset({room_beside_undecided.__name__})
"""Rules that the next decision on another invoice may turn; nobody releases them."""


# ----------------------------------------------------------------------------------------------- the decision


def decide(
    *, match_id: UUID, invoice_id: UUID, invoice_sequence: int, at: datetime, inputs: MatchInputs
) -> Match:
    """Ask every rule and keep what each of them found."""
    case = Case(inputs)
    findings = tuple(rule(case) for rule in rules)
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
    )


def _verdict(findings: tuple[Finding, ...]) -> Verdict:
    failed = {finding.rule for finding in findings if not finding.passed}
    if not failed:
        return Verdict.PASSES
    return Verdict.WAITS if failed <= WAITING_RULES else Verdict.HELD


# -------------------------------------------------------------------------------------------- in plain words


def _was_ordered(line: BilledLine, ordered: dict[int, OrderedLine]) -> bool:
    if line.order_line is None or line.order_line not in ordered:
        return False
    return line.item_number is None or line.item_number == ordered[line.order_line].item_number


def _not_ordered(line: BilledLine, ordered: dict[int, OrderedLine]) -> str:
    begin = f"Line {line.number}, {line.description}, was not ordered"
    instead = ordered.get(line.order_line) if line.order_line is not None else None
    if instead is None:
        return f"{begin}."
    return f"{begin}: line {instead.number} of the order is {instead.description} ({instead.item_number})."


def _shortened(sentences: list[str]) -> tuple[str, ...]:
    if len(sentences) <= SENTENCES:
        return tuple(sentences)
    more = len(sentences) - SENTENCES
    return (*sentences[:SENTENCES], f"{more} more lines were not ordered.")


def _spoken_sum(case: Case, others: tuple[EarlierInvoice, ...]) -> str:
    what = "Gross total" if case.inputs.base is AmountBase.GROSS else "Total"
    alone = f"{what} {case.say(case.inputs.invoice_amount)}"
    if not others:
        return alone
    before = total(other.amount for other in others)
    return (
        f"{alone}, with {case.say(before)} already approved ({_names(others)}), "
        f"together {case.say(case.sum_with(*others))},"
    )


def _spoken_limit(case: Case) -> str:
    rate = case.inputs.tolerance_rate
    how = "no tolerance" if rate == ZERO else f"+ {plain(rate)} %"
    joint = ", " if rate == ZERO else " "
    return f"the limit of {case.say(case.limit)} (order {case.say(case.inputs.order_amount)}{joint}{how})"


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
