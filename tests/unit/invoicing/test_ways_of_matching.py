"""Two-, three- and four-way, line by line, in whatever unit: what is compared, and the sentences about it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis import wire
from services.contracts.invoicing.tolerances import (
    AppliedTolerance,
    Combination,
    Direction,
    MatchingWay,
    Measure,
    ToleranceScope,
    UnitFactor,
)
from services.contracts.invoicing.views import (
    EarlierLine,
    Finding,
    InvoiceStatus,
    Match,
    MatchedBy,
    MatchInputs,
    Verdict,
)
from services.contracts.money import percentage
from services.invoicing.domain.book import Book, Counted
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.matching import decide, held_for_receipts, recompute
from services.invoicing.domain.order import Order
from services.invoicing.domain.tolerance import allowance
from services.invoicing.domain.units import STANDARD, ratio
from tests.unit.invoicing.builders import (
    NOON,
    a_tolerance,
    an_id,
    an_order,
    an_order_line,
    billing,
    counted,
    names,
    submitted,
    terms,
)

APPROVED, PENDING, MATCHING = InvoiceStatus.APPROVED, InvoiceStatus.PENDING, InvoiceStatus.MATCHING
TWO, THREE, FOUR = MatchingWay.TWO, MatchingWay.THREE, MatchingWay.FOUR


def finding(invoice: Invoice, rule: str) -> Finding:
    return next(found for found in invoice.new_matches[-1].findings if found.rule == rule)


def with_lines(entry: Counted, *lines: tuple[int, str, str]) -> Counted:
    billed = tuple(
        EarlierLine(order_line=number, unit="C62", quantity=Decimal(quantity), net=Decimal(net))
        for number, quantity, net in lines
    )
    return Counted(entry.id, entry.number, entry.status, entry.net, entry.gross, entry.submitted_at, billed)


@pytest.mark.requirement("S-042")
@pytest.mark.parametrize(
    ("way", "received", "rejected", "billed", "becomes"),
    [
        # way  received rejected billed
        (TWO, "0", "0", "10", APPROVED),  # against the order only
        (THREE, "0", "0", "10", PENDING),  # nothing came yet
        (THREE, "8", "0", "8", APPROVED),
        (THREE, "8", "0", "8.000001", PENDING),
        (THREE, "8", "3", "8", APPROVED),  # rejected goods were received all the same
        (FOUR, "8", "3", "8", PENDING),
        (FOUR, "8", "3", "5", APPROVED),
        (FOUR, "10", "0", "10", APPROVED),
    ],
)
def test_what_came_and_what_was_accepted_count_from_three_and_four_way_on(
    way: MatchingWay, received: str, rejected: str, billed: str, becomes: InvoiceStatus
) -> None:
    line = an_order_line(received=Decimal(received), accepted=Decimal(received) - Decimal(rejected))

    invoice = submitted(billing("500.00", quantity=billed), order=an_order(line), agreed=terms("5", way=way))

    assert invoice.status is becomes


def test_an_order_may_be_matched_another_way_than_its_supplier() -> None:
    order = replace(an_order(), way=THREE)

    assert submitted(order=order, agreed=terms("5")).status is PENDING
    assert submitted(order=replace(order, way=TWO), agreed=terms("5", way=THREE)).status is APPROVED


def test_each_side_reads_which_line_differs_and_the_supplier_no_limit() -> None:
    line = an_order_line(received=Decimal(8), accepted=Decimal(8))
    some = a_tolerance(Measure.QUANTITY_RECEIVED, amount="1")

    invoice = submitted(
        billing("500.00", quantity="10"), order=an_order(line), agreed=terms("5", some, way=THREE)
    )

    found = finding(invoice, "quantity_received_over")
    assert found.sentences == ("Line 1, Item 1: quantity 10 is 1 above the limit of 9 (received 8 + 1).",)
    assert invoice.reasons == ("Line 1, Item 1: quantity 10, above the 8 received.",)
    [check] = found.checks
    assert (check.expected, check.actual, check.limit, check.difference) == (8, 10, 9, 1)
    assert (check.line, check.order_line, check.passed) == (1, 1, False)


def test_a_customer_may_have_the_supplier_told_the_limit() -> None:
    invoice = submitted(billing("5250.01"), agreed=terms("5", tells_limit=True))

    assert invoice.reasons == ("Total 5,250.01 is 0.01 above the limit of 5,250.00 (order 5,000.00 + 5 %).",)


def test_what_invoices_before_have_billed_of_a_line_counts_and_undecided_ones_make_it_wait() -> None:
    lines = a_tolerance(Measure.QUANTITY_ORDERED, percent="0")
    approved = with_lines(counted("INV-1", "2000.00", APPROVED), (1, "4", "2000.00"))
    pending = with_lines(counted("INV-2", "1000.00", PENDING), (1, "3", "100.00"))

    def sent(quantity: str, *before: Counted) -> Invoice:
        return submitted(
            billing("1.00", quantity=quantity), number="INV-3", agreed=terms("5", lines), book=Book(before)
        )

    assert sent("6", approved).status is APPROVED
    assert sent("6.1", approved).status is PENDING
    waiting = sent("6", approved, pending)
    assert waiting.status is MATCHING
    assert waiting.reasons == ("It waits for INV-2 of the same order, which is not decided yet.",)
    assert sent("3", approved, pending).status is APPROVED


def test_two_lines_for_one_ordered_line_are_counted_together() -> None:
    agreed = terms("5", a_tolerance(Measure.QUANTITY_ORDERED, percent="0"))

    invoice = submitted(billing("1.00", quantity="6"), billing("1.00", quantity="5"), agreed=agreed)

    assert finding(invoice, "quantity_ordered_over").checks[0].actual == 11
    assert invoice.status is PENDING


def test_the_narrowest_tolerance_holds_item_before_category_before_supplier_before_customer() -> None:
    def price(percent: str, scope: ToleranceScope, **more: Any) -> AppliedTolerance:
        return a_tolerance(Measure.LINE_PRICE, percent=percent, scope=scope, **more)

    agreed = terms(
        "100",
        price("10", ToleranceScope.ITEM, item_number="IT-1"),
        price("5", ToleranceScope.CATEGORY, category="Flour"),
        price("2", ToleranceScope.SUPPLIER),
        price("0", ToleranceScope.CUSTOMER),
    )
    order = an_order(
        an_order_line(1, unit_price="100", category="Flour"),
        an_order_line(2, unit_price="100", category="Flour"),
        an_order_line(3, unit_price="100", category="Sand"),
    )

    invoice = submitted(*(billing("100", order_line=n) for n in (1, 2, 3)), order=order, agreed=agreed)

    checks = finding(invoice, "line_price_over").checks
    assert [check.limit for check in checks] == [110, 105, 102]


def test_a_narrower_tolerance_may_say_that_an_item_is_not_checked() -> None:
    agreed = terms(
        "100",
        a_tolerance(Measure.LINE_PRICE, percent="0"),
        a_tolerance(Measure.LINE_PRICE, scope=ToleranceScope.ITEM, item_number="IT-1"),
    )

    invoice = submitted(billing("600.00"), agreed=agreed)

    assert invoice.status is APPROVED


def test_of_two_for_the_same_the_one_in_the_orders_currency_and_then_the_later_holds() -> None:
    euros = a_tolerance(percent="3", currency="EUR")
    dollars = a_tolerance(percent="50", currency="USD")

    def passes(amount: str, *tolerances: AppliedTolerance) -> bool:
        return submitted(billing(amount), agreed=terms("0", *tolerances)).status is APPROVED

    assert passes("5150.00", euros, dollars, a_tolerance(percent="1"))
    assert not passes("5150.01", euros, dollars, a_tolerance(percent="1"))
    assert passes("5050.00", a_tolerance(percent="9"), a_tolerance(percent="1"))
    assert not passes("5050.01", a_tolerance(percent="9"), a_tolerance(percent="1"))


@pytest.mark.requirement("S-044")
def test_no_tolerance_lets_pass_what_was_not_ordered() -> None:
    nothing_checked = [a_tolerance(measure, direction=Direction.BOTH) for measure in Measure]

    invoice = submitted(billing("1.00", order_line=None), agreed=terms("100", *nothing_checked))

    assert invoice.status is PENDING


def test_a_line_that_was_not_ordered_is_told_beside_what_it_resembles_with_the_score() -> None:
    order = an_order(an_order_line(unit_price="20.00", description="Touring tyre 28 inch"))

    invoice = submitted(billing("20.00", order_line=None, description="Touring tyre, 28 inches"), order=order)

    assert invoice.status is PENDING
    [reason] = invoice.reasons
    assert reason == (
        "Line 1, Touring tyre, 28 inches, was not ordered; it resembles line 1 of the order, "
        "Touring tyre 28 inch (IT-1), by 94 %."
    )


@pytest.mark.parametrize(
    ("numbers", "how"),
    [
        ({"item_number": "IT-1"}, MatchedBy.SELLER_ITEM),
        ({"buyer_item_number": "N-7"}, MatchedBy.BUYER_ITEM),
        ({"gtin": "4006381333931"}, MatchedBy.GTIN),
        ({"buyer_item_number": "?", "gtin": "4006381333931"}, MatchedBy.GTIN),
        ({"buyer_item_number": "?"}, None),
    ],
)
def test_an_order_line_is_found_by_any_number_of_its_item(
    numbers: dict[str, str], how: MatchedBy | None
) -> None:
    order = an_order(an_order_line(1, buyer_item_number="N-7", gtin="4006381333931"), an_order_line(2))

    invoice = submitted(billing("1.00", order_line=None, **numbers), order=order)

    assert invoice.lines[0].matched_by is how
    assert invoice.status is (APPROVED if how else PENDING)


# --------------------------------------------------------------------------------------------------- units


@pytest.mark.parametrize(
    ("unit", "quantity", "price", "becomes"),
    [
        ("KGM", "10", "2.00", APPROVED),
        ("GRM", "10000", "0.002", APPROVED),  # the same in grams
        ("GRM", "10000", "0.0021", PENDING),
        ("TNE", "0.01", "2000.00", APPROVED),
        ("TNE", "0.010001", "2000.00", PENDING),
        ("BG", "2", "10.00", APPROVED),  # bags of 5 kg, which only the item says
        ("BG", "3", "6.00", PENDING),
        ("LTR", "10", "2.00", PENDING),  # nobody knows
    ],
)
def test_quantities_and_prices_are_compared_in_the_orders_unit(
    unit: str, quantity: str, price: str, becomes: InvoiceStatus
) -> None:
    bag = UnitFactor(unit="BG", base="KGM", factor=Decimal(5))
    order = an_order(an_order_line(quantity="10", unit_price="2.00", unit="KGM", units=(bag,)))
    none = [a_tolerance(measure, percent="0") for measure in (Measure.LINE_PRICE, Measure.QUANTITY_ORDERED)]

    invoice = submitted(billing(price, quantity=quantity, unit=unit), order=order, agreed=terms("100", *none))

    assert invoice.status is becomes
    if unit == "LTR":
        assert "nobody has said how the two compare" in invoice.reasons[0]


codes = st.sampled_from(sorted(STANDARD))


@given(codes, codes, st.decimals("0.000001", 10**6, places=6))
def test_there_and_back_again_a_quantity_is_the_same(one: str, other: str, quantity: Decimal) -> None:
    there, back = ratio(one, other), ratio(other, one)

    assert (there is None) == (back is None) == (STANDARD[one].kind != STANDARD[other].kind)
    if there and back:
        assert abs(back.of(there.of(quantity)) - quantity) < Decimal("1e-80")


# ------------------------------------------------------------------------------------------ tax and charges


def test_tax_is_compared_with_the_tax_at_the_ordered_rates() -> None:
    order = an_order(an_order_line(quantity="10", unit_price="100.00", tax_rate="7"))
    agreed = terms("50", a_tolerance(Measure.TAX, amount="0.50", currency="EUR", direction=Direction.BOTH))

    assert submitted(billing("100.00", quantity="10"), order=order, agreed=agreed).status is APPROVED
    held = submitted(billing("100.00", quantity="10", tax_rate=Decimal(20)), order=order, agreed=agreed)
    assert held.reasons == ("Tax 200.00, above the 70.00 at the ordered rates.",)


def test_net_and_gross_may_both_be_checked() -> None:
    order = an_order(an_order_line(quantity="1", unit_price="100.00", tax_rate="0"))
    agreed = terms("0", a_tolerance(percent="10"), a_tolerance(Measure.TOTAL_GROSS, percent="12"))

    passes = submitted(billing("110.00"), order=order, agreed=agreed)
    held = submitted(billing("110.00", tax_rate=Decimal(2)), order=order, agreed=agreed)

    assert (passes.status, held.status) == (APPROVED, PENDING)
    assert finding(held, "total_gross_over").sentences == (
        "Gross total 112.20 is 0.20 above the limit of 112.00 (ordered 100.00 + 12 %).",
    )


# ---------------------------------------------------------------------------------------------- properties

percents = st.none() | st.decimals(0, 100, places=4)
limits = st.none() | st.decimals(0, 10**6, places=6)
tolerances = st.builds(
    a_tolerance,
    st.sampled_from(Measure),
    percent=percents,
    amount=limits,
    combine=st.sampled_from(Combination),
    direction=st.sampled_from(Direction),
    scope=st.sampled_from(ToleranceScope),
    item_number=st.just("IT-1"),
    category=st.sampled_from([None, "Flour"]),
)
quantities = st.decimals("0.01", 20, places=2)
cases = st.tuples(
    st.lists(tolerances, max_size=6),
    st.lists(
        st.tuples(quantities, quantities, st.sampled_from(["C62", "DZN", "KGM"])), min_size=1, max_size=4
    ),
    st.sampled_from(MatchingWay),
    st.lists(st.tuples(quantities, st.sampled_from([APPROVED, PENDING])), max_size=3),
)


def matched(
    rules: Sequence[AppliedTolerance],
    lines: list[tuple[Decimal, Decimal, str]],
    way: MatchingWay,
    before: list[tuple[Decimal, InvoiceStatus]],
) -> MatchInputs:
    order = an_order(
        *(
            an_order_line(number, "10", "10.00", received=Decimal(7), accepted=Decimal(6), category="Flour")
            for number in range(1, len(lines) + 1)
        )
    )
    entries = [
        with_lines(counted(f"E-{n}", str(quantity), status, minutes=-n), (1, str(quantity), str(quantity)))
        for n, (quantity, status) in enumerate(before, start=1)
    ]
    contents = [
        billing(str(price), order_line=number, quantity=str(quantity), unit=unit)
        for number, (quantity, price, unit) in enumerate(lines, start=1)
    ]
    invoice = submitted(*contents, order=order, agreed=terms("5", *rules, way=way), book=Book(entries))
    return invoice.new_matches[-1].inputs


def again(inputs: MatchInputs) -> Any:
    return decide(match_id=an_id("m"), invoice_id=an_id("i"), invoice_sequence=1, at=NOON, inputs=inputs)


@pytest.mark.requirement("S-042")
@given(cases)
def test_whatever_is_asked_the_record_is_stored_read_and_decided_anew_the_same(case: Any) -> None:
    match = again(matched(*case))

    stored = wire.decode(Match, json.loads(wire.dumps(match)))

    assert stored == match
    assert recompute(stored) == match


@given(cases)
def test_an_invoice_passes_when_every_rule_is_content_and_only_then(case: Any) -> None:
    match = again(matched(*case))

    failed = [found for found in match.findings if not found.passed]
    assert (match.verdict is Verdict.PASSES) == (not failed)
    assert (match.verdict is Verdict.WAITS) == (bool(failed) and all(found.waits for found in failed))
    assert all(found.sentences for found in match.findings)
    assert all(found.open_sentences for found in failed)


@given(cases)
def test_a_limit_that_is_not_told_is_in_none_of_the_suppliers_sentences(case: Any) -> None:
    match = again(matched(*case))

    told = [sentence for found in match.findings for sentence in found.open_sentences]
    assert not [sentence for sentence in told if "limit" in sentence or "%" in sentence]


@given(percents, limits, st.sampled_from(Combination), st.decimals(0, 10**6, places=2))
def test_and_is_the_lower_of_both_and_or_the_higher(
    percent: Decimal | None, amount: Decimal | None, combine: Combination, expected: Decimal
) -> None:
    known = [
        limit
        for limit in (None if percent is None else percentage(expected, percent), amount)
        if limit is not None
    ]
    if not known:
        return
    tolerance = a_tolerance(percent=percent, amount=amount, combine=combine)

    strict = combine in (Combination.AND, Combination.LOWER)
    assert allowance(tolerance, expected) == (min(known) if strict else max(known))


# ------------------------------------------------------------------------------------------- goods that come


def three_way(received: str) -> Order:
    return an_order(an_order_line(received=Decimal(received), accepted=Decimal(received)))


@pytest.mark.requirement("S-042")
def test_only_goods_that_had_not_come_are_a_reason_to_decide_anew() -> None:
    agreed = terms(way=MatchingWay.THREE)
    for_goods = submitted(billing("5000.00", quantity="1"), order=three_way("0"), agreed=agreed)
    too_dear = submitted(
        billing("9000.00", quantity="1"), order=three_way("0"), agreed=agreed, number="INV-2"
    )
    in_time = submitted(
        billing("5000.00", quantity="1"), order=three_way("10"), agreed=agreed, number="INV-3"
    )

    assert [held_for_receipts(each.new_matches[-1]) for each in (for_goods, too_dear, in_time)] == [
        True,
        False,
        False,
    ]


def test_the_same_decision_again_is_not_taken_and_another_one_is() -> None:
    agreed = terms(way=MatchingWay.THREE)
    invoice = submitted(billing("5000.00", quantity="1"), order=three_way("0"), agreed=agreed)
    before = (invoice.sequence, len(invoice.new_matches))

    def anew(received: str) -> Match:
        return decide(
            match_id=an_id(f"anew {received}"),
            invoice_id=invoice.id,
            invoice_sequence=invoice.sequence,
            at=NOON,
            inputs=invoice.inputs(three_way(received), agreed, Book(())),
        )

    assert not invoice.decide_anew(anew("0"))
    assert (invoice.sequence, len(invoice.new_matches)) == before
    assert invoice.decide_anew(anew("1"))
    assert invoice.status is InvoiceStatus.APPROVED
    assert names(invoice).count("approval-requested") == 1


def test_what_an_invoice_billed_of_each_line_stays_in_the_book_when_its_status_changes() -> None:
    before = with_lines(counted("INV-1", "500.00", PENDING), (1, "4", "500.00"))
    book = Book([before])

    book.put(replace(before, status=APPROVED, lines=()))

    [kept] = book.before(counted("INV-2", "1.00", PENDING, minutes=1))
    assert (kept.status, kept.lines) == (APPROVED, before.lines)
