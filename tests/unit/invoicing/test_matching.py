"""When an invoice is approved by itself and when its order's initiator is asked: a table a buyer can read."""

from decimal import Decimal

import pytest

from services.contracts.invoicing.views import AmountBase, InvoiceStatus, Verdict
from services.invoicing.domain import matching
from services.invoicing.domain.book import Book
from services.invoicing.domain.invoice import Invoice
from tests.unit.invoicing.builders import (
    ANNA,
    an_order,
    an_order_line,
    billing,
    counted,
    match_again,
    submitted,
    terms,
)

APPROVED, PENDING, MATCHING = InvoiceStatus.APPROVED, InvoiceStatus.PENDING, InvoiceStatus.MATCHING


@pytest.mark.requirement("S-045")
@pytest.mark.requirement("S-047")
@pytest.mark.parametrize(
    ("ordered", "tolerance", "invoiced", "status"),
    [
        # ordered    %      invoiced      what becomes of it
        ("5000.00", "5", "5250.00", APPROVED),  # up to and with the limit
        ("5000.00", "5", "5250.01", PENDING),  # a cent above it
        ("5000.00", "5", "5000.00", APPROVED),  # as ordered
        ("5000.00", "5", "4999.99", APPROVED),  # less than ordered
        ("5000.00", "5", "0.01", APPROVED),  # much less than ordered
        ("1300.00", "10", "1500.00", PENDING),  # + 15.38 % at 10 %
        ("1300.00", "10", "1430.00", APPROVED),  # + 10 % at 10 %
        ("1300.00", "15.38", "1500.00", PENDING),  # 15.3846… % is more than 15.38 %
        ("1300.00", "15.3847", "1500.00", APPROVED),  # and less than 15.3847 %
        ("100.00", "0", "100.00", APPROVED),  # no tolerance, as ordered
        ("100.00", "0", "100.01", PENDING),  # no tolerance, a cent more
        ("0.00", "5", "0.01", PENDING),  # 5 % of nothing is nothing
        ("999999999999.99", "100", "1999999999999.98", APPROVED),
        ("999999999999.99", "100", "1999999999999.99", PENDING),
    ],
)
def test_the_total_decides_together_with_the_tolerance(
    ordered: str, tolerance: str, invoiced: str, status: InvoiceStatus
) -> None:
    order = an_order(an_order_line(quantity="1", unit_price=ordered))

    invoice = submitted(billing(invoiced), order=order, agreed=terms(tolerance))

    assert invoice.status is status


@pytest.mark.requirement("S-045")
def test_a_fifth_of_a_cent_too_much_is_too_much() -> None:
    order = an_order(an_order_line(quantity="1", unit_price="100"), places=3)

    invoice = submitted(billing("100.002"), order=order, agreed=terms("0"))

    assert invoice.status is PENDING
    [sentence] = _sentences(invoice, "total_within_tolerance")
    assert sentence == "Total 100.002 is 0.002 above the limit of 100.000 (order 100.000, no tolerance)."


@pytest.mark.requirement("S-045")
def test_the_limit_is_not_rounded() -> None:
    order = an_order(an_order_line(quantity="1", unit_price="0.33"))

    exactly = submitted(billing("0.34"), order=order, agreed=terms("3.0303"))
    a_trace_more = submitted(billing("0.34"), order=order, agreed=terms("3.0304"))

    assert (exactly.status, a_trace_more.status) == (PENDING, APPROVED)


@pytest.mark.requirement("S-042")
def test_a_held_invoice_says_by_how_much_as_a_buyer_would() -> None:
    invoice = submitted(billing("5250.01"), agreed=terms("5"))

    [sentence] = _sentences(invoice, "total_within_tolerance")
    assert sentence == "Total 5,250.01 is 0.01 above the limit of 5,250.00 (order 5,000.00 + 5 %)."


@pytest.mark.requirement("S-044")
@pytest.mark.parametrize("amount", ["0.01", "100.00", "5000.00"])
def test_what_was_not_ordered_is_held_even_when_the_total_is_lower(amount: str) -> None:
    tyre = billing(amount, order_line=None)

    invoice = submitted(billing("1.00"), billing("1.00"), tyre, agreed=terms("100"))

    assert invoice.status is PENDING
    assert _sentences(invoice, "only_ordered_items") == ("Line 3, Touring tyre, was not ordered.",)
    assert invoice.reasons == ("Line 3, Touring tyre, was not ordered.",)


@pytest.mark.requirement("S-044")
def test_another_item_on_an_ordered_line_was_not_ordered() -> None:
    invoice = submitted(billing("100.00", item_number="XX-9", description="Spare tube"))

    assert invoice.status is PENDING
    assert invoice.reasons == ("Line 1, Spare tube, was not ordered: line 1 of the order is Item 1 (IT-1).",)


def test_many_lines_that_were_not_ordered_are_not_all_read_out() -> None:
    strangers = [billing("1.00", order_line=None) for _ in range(30)]

    invoice = submitted(*strangers)

    assert len(invoice.reasons) == 21
    assert invoice.reasons[-1] == "10 more lines were not ordered."


@pytest.mark.requirement("S-048")
def test_two_invoices_each_inside_the_tolerance_but_not_together() -> None:
    book = Book(())

    first = submitted(billing("2600.00"), number="INV-1", agreed=terms("5"), book=book)
    second = submitted(billing("2700.00"), number="INV-2", agreed=terms("5"), book=book)

    assert (first.status, second.status) == (APPROVED, PENDING)
    assert _sentences(second, "total_within_tolerance") == (
        (
            "Total 2,700.00, with 2,600.00 already approved (INV-1), together 5,300.00, "
            "is 50.00 above the limit of 5,250.00 (order 5,000.00 + 5 %)."
        ),
    )


@pytest.mark.requirement("S-048")
def test_several_invoices_that_together_meet_the_limit_pass() -> None:
    book = Book(())

    statuses = [
        submitted(billing("1750.00"), number=f"INV-{n}", agreed=terms("5"), book=book).status
        for n in range(3)
    ]

    assert statuses == [APPROVED] * 3


@pytest.mark.requirement("S-072")
@pytest.mark.parametrize("gone", [InvoiceStatus.REJECTED, InvoiceStatus.CANCELED, InvoiceStatus.DRAFT])
def test_an_invoice_that_is_not_owed_does_not_count(gone: InvoiceStatus) -> None:
    book = Book([counted("INV-1", "5000.00", gone)])

    invoice = submitted(billing("5000.00"), number="INV-2", book=book)

    assert invoice.status is APPROVED


@pytest.mark.requirement("S-051")
@pytest.mark.requirement("S-072")
def test_an_invoice_waits_for_an_earlier_one_that_leaves_no_room() -> None:
    book = Book([counted("INV-1", "5250.01", PENDING)])

    invoice = submitted(billing("3000.00"), number="INV-2", agreed=terms("5"), book=book)

    assert invoice.status is MATCHING
    assert invoice.reasons == ("It waits for INV-1 of the same order, which is not decided yet.",)
    assert invoice.new_matches[-1].verdict is Verdict.WAITS


@pytest.mark.requirement("S-072")
def test_an_invoice_that_fits_beside_an_undecided_one_need_not_wait() -> None:
    book = Book([counted("INV-1", "2000.00", PENDING)])

    invoice = submitted(billing("3000.00"), number="INV-2", book=book)

    assert invoice.status is APPROVED


@pytest.mark.requirement("S-072")
@pytest.mark.parametrize(("fate", "then"), [(InvoiceStatus.REJECTED, APPROVED), (APPROVED, PENDING)])
def test_the_waiting_invoice_is_matched_anew_once_the_earlier_one_is_decided(
    fate: InvoiceStatus, then: InvoiceStatus
) -> None:
    order, agreed = an_order(), terms("5")
    book = Book([counted("INV-1", "5250.01", PENDING)])
    waiting = submitted(billing("3000.00"), number="INV-2", order=order, agreed=agreed, book=book)

    book.put(counted("INV-1", "5250.01", fate))
    match_again(waiting, order=order, agreed=agreed, book=book)

    assert waiting.status is then


def test_what_was_sent_later_and_is_undecided_does_not_count_against_an_earlier_invoice() -> None:
    order, agreed = an_order(), terms("0")
    book = Book([counted("INV-1", "5000.01", PENDING)])
    second = submitted(billing("5000.00"), number="INV-2", order=order, agreed=agreed, book=book)
    book.put(counted("INV-3", "5000.00", MATCHING, minutes=1))

    book.put(counted("INV-1", "5000.01", InvoiceStatus.REJECTED))
    match_again(second, order=order, agreed=agreed, book=book)

    assert second.status is APPROVED


@pytest.mark.requirement("S-045")
@pytest.mark.parametrize(("base", "status"), [(AmountBase.NET, APPROVED), (AmountBase.GROSS, PENDING)])
def test_the_customer_may_have_gross_totals_compared(base: AmountBase, status: InvoiceStatus) -> None:
    order = an_order(an_order_line(quantity="1", unit_price="100.00", tax_rate="7"))
    at_twenty_percent = billing("100.00", tax_rate=Decimal(20))

    invoice = submitted(at_twenty_percent, order=order, agreed=terms("5", base=base))

    assert invoice.status is status


@pytest.mark.requirement("S-046")
def test_the_decision_keeps_the_tolerance_of_its_moment() -> None:
    invoice = submitted(billing("5250.00"), agreed=terms("5"))

    [match] = invoice.new_matches
    assert match.inputs.tolerance_rate == 5
    assert matching.limit_of(match) == Decimal("5250.00")


@pytest.mark.requirement("S-042")
@pytest.mark.requirement("S-043")
def test_the_decision_names_rule_limit_value_difference_and_who_may_release() -> None:
    book = Book([counted("INV-0", "100.00", APPROVED)])
    invoice = submitted(billing("5250.01"), agreed=terms("5"), book=book)

    [match] = invoice.new_matches
    finding = next(finding for finding in match.findings if finding.rule == "total_within_tolerance")
    assert (finding.limit, finding.value, finding.difference) == (
        Decimal("5250.00"),
        Decimal("5350.01"),
        Decimal("100.01"),
    )
    assert (finding.expected, finding.actual, finding.passed) == ("at most 5,250.00", "5,350.01", False)
    assert match.already_invoiced == Decimal("100.00")
    assert match.verdict is Verdict.HELD
    assert match.released_by == ANNA


def test_the_supplier_is_told_the_excess_and_never_the_tolerance() -> None:
    invoice = submitted(billing("5300.00"), agreed=terms("5"))

    assert invoice.reasons == (
        "The invoices for order PO-1 come to 5,300.00 net, 300.00 more than the 5,000.00 ordered.",
    )


def test_every_rule_is_asked_and_what_passed_is_kept_too() -> None:
    invoice = submitted(billing("5000.00"))

    [match] = invoice.new_matches
    assert [finding.rule for finding in match.findings] == [rule.__name__ for rule in matching.rules]
    assert all(finding.passed for finding in match.findings)
    assert match.verdict is Verdict.PASSES
    assert match.released_by is None


def _sentences(invoice: Invoice, rule: str) -> tuple[str, ...]:
    match = invoice.new_matches[-1]
    return next(finding.sentences for finding in match.findings if finding.rule == rule)
