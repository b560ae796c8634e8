"""What would come of sending an invoice, told to whoever asks as far as they may know it.

The decision itself is `matching.decide`, the same that sending asks. A supplier is not told the tolerance
(S-046): it reads its sum beside what was ordered, and whether it would pass.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from services.contracts.invoicing.charges import AdjustmentKind
from services.contracts.invoicing.decisions import ToldDecision
from services.contracts.invoicing.views import (
    Finding,
    ForeseenFinding,
    Match,
    Obstacle,
    Preflight,
    Remedy,
    Verdict,
)
from services.contracts.money import EXACT
from services.invoicing.domain.charges import sum_of
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.matching import (
    Case,
    reasons,
    room_beside_undecided,
    spoken_excess,
    total_within_tolerance,
)
from services.invoicing.domain.order import Order
from services.invoicing.domain.refusals import NumberMissing, NumberTaken

OF_THE_TOTAL = frozenset({total_within_tolerance.__name__, room_beside_undecided.__name__})


def obstacles(invoice: Invoice, *, number_taken: bool) -> tuple[Obstacle, ...]:
    """What sending would be refused for and the form can mend beside everything else."""
    if invoice.number is None:
        return (_on_number(NumberMissing, "Give the invoice the number it has in your books."),)
    if number_taken:
        detail = f"You have used the number {invoice.number} for {invoice.customer.name} before."
        return (_on_number(NumberTaken, detail),)
    return ()


def told(
    invoice: Invoice,
    order: Order,
    match: Match,
    in_the_way: Sequence[Obstacle],
    changes: Sequence[Remedy],
    *,
    openly: bool,
) -> Preflight:
    """The answer; `openly` without the tolerance, as a supplier reads it."""
    return Preflight(
        order_id=order.id,
        order_number=order.number,
        order_sequence=order.sequence,
        currency=invoice.currency,
        amount_places=invoice.amount_places,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        lines=invoice.lines,
        taxes=invoice.taxes,
        net=invoice.net,
        tax=invoice.tax,
        gross=invoice.gross,
        verdict=match.verdict,
        decided_by=match.released_by,
        sentence=_sentence(match, order),
        reasons=reasons(match),
        findings=_findings(match, openly=openly),
        obstacles=tuple(in_the_way),
        remedies=tuple(changes),
        warnings=invoice.warnings,
        adjustments=invoice.adjustments,
        lines_net=invoice.lines_net,
        allowances=sum_of(invoice.adjustments, AdjustmentKind.ALLOWANCE),
        charges=sum_of(invoice.adjustments, AdjustmentKind.CHARGE),
        exchange=invoice.told_exchange,
    )


def decided(match: Match, *, openly: bool) -> ToldDecision:
    """A decision that was made, in the same words; `openly` without the tolerance, as a supplier reads it."""
    return ToldDecision(
        id=match.id,
        at=match.at,
        verdict=match.verdict,
        decided_by=match.released_by,
        findings=_findings(match, openly=openly),
        limits_told=not openly,
    )


def _findings(match: Match, *, openly: bool) -> tuple[ForeseenFinding, ...]:
    findings = tuple(_foreseen(finding) for finding in match.findings)
    if not openly:
        return findings
    case = Case(match.inputs)
    return tuple(
        _without_limit(foreseen, finding, case)
        for foreseen, finding in zip(findings, match.findings, strict=True)
    )


def _on_number(refusal: type[NumberMissing] | type[NumberTaken], detail: str) -> Obstacle:
    return Obstacle(code=refusal.code, field="/number", detail=detail)


def _sentence(match: Match, order: Order) -> str:
    if match.verdict is Verdict.PASSES:
        return "It will be approved at once."
    if match.verdict is Verdict.WAITS:
        return "It will wait until an earlier invoice of the order is decided."
    return f"It goes to {order.initiator.name}, who decides on it."


def _foreseen(finding: Finding) -> ForeseenFinding:
    return ForeseenFinding(
        rule=finding.rule,
        expected=finding.expected,
        actual=finding.actual,
        limit=finding.limit,
        value=finding.value,
        difference=finding.difference,
        passed=finding.passed,
        sentences=finding.sentences,
    )


def _without_limit(foreseen: ForeseenFinding, finding: Finding, case: Case) -> ForeseenFinding:
    if finding.limit is None or finding.value is None:
        return foreseen
    if finding.rule not in OF_THE_TOTAL:
        return replace(
            foreseen,
            expected="what was ordered, or what the customer accepts beside it",
            limit=None,
            difference=None,
            sentences=finding.open_sentences or finding.sentences,
        )
    ordered = case.inputs.order_amount
    over = EXACT.subtract(finding.value, ordered)
    return replace(
        foreseen,
        expected=f"{case.say(ordered)} ordered",
        limit=None,
        difference=over,
        sentences=finding.open_sentences or (_content(case, finding.value),),
    )


def _content(case: Case, value: Decimal) -> str:
    if value > case.inputs.order_amount:
        return f"{spoken_excess(case, value)} That is within what the customer accepts."
    number, ordered = case.inputs.order_number, case.say(case.inputs.order_amount)
    return f"The invoices for order {number} come to {case.say(value)} of the {ordered} ordered."
