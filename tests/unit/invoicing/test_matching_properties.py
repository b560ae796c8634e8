"""What holds for every match decision, whatever the amounts."""

import dataclasses
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis import wire
from services.contracts.invoicing.views import (
    AmountBase,
    BilledLine,
    EarlierInvoice,
    InvoiceStatus,
    Match,
    MatchInputs,
    OrderedLine,
    Verdict,
)
from services.invoicing.domain import matching
from services.invoicing.domain.checks import UNDECIDED
from services.invoicing.domain.tolerance import the_agreed_rate
from tests.unit.invoicing.builders import ANNA, NOON, an_id

COUNTED = [
    InvoiceStatus.MATCHING,
    InvoiceStatus.PENDING,
    InvoiceStatus.APPROVED,
    InvoiceStatus.PARTLY_PAID,
    InvoiceStatus.PAID,
]

amounts = st.decimals(min_value=0, max_value=10**9, places=6)
rates = st.decimals(min_value=0, max_value=100, places=4)
line_numbers = st.integers(1, 5)
items = st.sampled_from(["A", "B", "C"])
ordered_lines = st.lists(
    st.builds(OrderedLine, number=line_numbers, item_number=items, description=st.just("Something")),
    min_size=1,
    max_size=5,
    unique_by=lambda line: line.number,
).map(tuple)
billed_lines = st.lists(
    st.builds(
        BilledLine,
        number=line_numbers,
        order_line=st.none() | line_numbers,
        item_number=st.none() | items,
        description=st.just("Something"),
    ),
    min_size=1,
    max_size=5,
).map(tuple)
earlier_invoices = st.lists(
    st.builds(
        EarlierInvoice,
        id=st.uuids(),
        number=st.just("INV-0"),
        status=st.sampled_from(COUNTED),
        amount=amounts,
    ),
    max_size=4,
).map(tuple)


def by_rate(**given: Any) -> MatchInputs:
    """What is decided by the agreed rate alone."""
    tolerance = the_agreed_rate(given["tolerance_rate"], given["base"])
    return MatchInputs(**given, tolerances=(tolerance,))


inputs = st.builds(
    by_rate,
    order_number=st.just("PO-1"),
    order_sequence=st.just(1),
    currency=st.just("EUR"),
    amount_places=st.integers(0, 6),
    base=st.sampled_from(AmountBase),
    tolerance_rate=rates,
    order_amount=amounts,
    ordered=ordered_lines,
    invoice_amount=amounts,
    billed=billed_lines,
    earlier=earlier_invoices,
    initiator=st.just(ANNA),
)


def decided(inputs: MatchInputs) -> Match:
    return matching.decide(
        match_id=an_id("match"), invoice_id=an_id("invoice"), invoice_sequence=1, at=NOON, inputs=inputs
    )


@pytest.mark.requirement("S-042")
@given(inputs)
def test_a_decision_can_be_recomputed_from_its_record(inputs: MatchInputs) -> None:
    match = decided(inputs)

    stored = wire.decode(Match, json.loads(wire.dumps(match)))

    assert stored == match
    assert matching.recompute(stored) == match


@pytest.mark.requirement("S-045")
@given(inputs)
def test_nothing_above_the_limit_passes_and_everything_ordered_within_it_does(inputs: MatchInputs) -> None:
    match = decided(inputs)

    limit = inputs.order_amount * (100 + inputs.tolerance_rate) / 100
    everything = inputs.invoice_amount + sum((other.amount for other in inputs.earlier), Decimal(0))
    ordered = {line.number: line.item_number for line in inputs.ordered}
    all_ordered = all(
        line.order_line in ordered and line.item_number in (None, ordered[line.order_line])
        for line in inputs.billed
    )
    assert (match.verdict is Verdict.PASSES) == (all_ordered and everything <= limit)


@pytest.mark.requirement("S-072")
@given(inputs)
def test_only_an_undecided_invoice_makes_another_wait(inputs: MatchInputs) -> None:
    match = decided(inputs)

    if match.verdict is Verdict.WAITS:
        assert any(other.status in UNDECIDED for other in inputs.earlier)
        assert matching.reasons(match)


@pytest.mark.requirement("S-043")
@given(inputs)
def test_what_does_not_pass_says_why_and_who_may_release_it(inputs: MatchInputs) -> None:
    match = decided(inputs)

    assert bool(matching.reasons(match)) == (match.verdict is not Verdict.PASSES)
    assert match.released_by == (ANNA if match.verdict is Verdict.HELD else None)


@pytest.mark.requirement("S-046")
@given(inputs, rates)
def test_a_higher_tolerance_never_holds_what_a_lower_one_let_pass(inputs: MatchInputs, rate: Decimal) -> None:
    highest = max(rate, inputs.tolerance_rate)
    higher = dataclasses.replace(inputs, tolerances=(the_agreed_rate(highest, inputs.base),))

    if decided(inputs).verdict is Verdict.PASSES:
        assert decided(higher).verdict is Verdict.PASSES
