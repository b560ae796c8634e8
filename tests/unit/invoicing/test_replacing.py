"""The rule of A6 as a table: which way documents go when goods come back, and until when."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.invoicing.replacing import ReplacementRoute, ReplacementRule
from services.contracts.invoicing.views import InvoiceStatus
from services.invoicing.domain.consolidation import run_days
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.replacing import replacement_advice
from tests.unit.invoicing.builders import submitted

REPLACE, NOTE = ReplacementRoute.REPLACE, ReplacementRoute.RETURN_NOTE
SAME_MONTH, FIFTEEN_DAYS = ReplacementRule.SAME_MONTH, ReplacementRule.FIFTEEN_DAYS
NOT_CONSOLIDATED, NOTHING_PAID = ReplacementRule.NOT_CONSOLIDATED, ReplacementRule.NOTHING_PAID


def an_invoice_of(day: date, *, status: InvoiceStatus = InvoiceStatus.APPROVED, paid: str = "0") -> Invoice:
    invoice = submitted()
    invoice.issue_date, invoice.status, invoice.paid = day, status, Decimal(paid)
    return invoice


@pytest.mark.requirement("S-080", "S-082", "S-087")
@pytest.mark.parametrize(
    ("issued", "today", "consolidated_on", "route", "failed"),
    [
        (date(2026, 11, 3), date(2026, 11, 3), None, REPLACE, set()),
        # The fifteenth day still counts, the sixteenth does not (D-4).
        (date(2026, 11, 3), date(2026, 11, 18), None, REPLACE, set()),
        (date(2026, 11, 3), date(2026, 11, 19), None, NOTE, {FIFTEEN_DAYS}),
        # A day later, but in another month.
        (date(2026, 11, 30), date(2026, 12, 1), None, NOTE, {SAME_MONTH}),
        (date(2025, 11, 3), date(2026, 11, 3), None, NOTE, {SAME_MONTH, FIFTEEN_DAYS}),
        (date(2026, 11, 10), date(2026, 11, 16), date(2026, 11, 15), NOTE, {NOT_CONSOLIDATED}),
        # Dated tomorrow where its supplier is, which is still this month here.
        (date(2026, 11, 4), date(2026, 11, 3), None, REPLACE, set()),
    ],
)
def test_an_approved_invoice_is_replaced_while_all_rules_hold_and_otherwise_stays(
    issued: date,
    today: date,
    consolidated_on: date | None,
    route: ReplacementRoute,
    failed: set[ReplacementRule],
) -> None:
    advice = replacement_advice(an_invoice_of(issued), consolidated_on=consolidated_on, today=today)

    assert advice.route is route
    assert {check.rule for check in advice.checks if not check.holds} == failed
    assert (advice.last_day is None) is (route is NOTE)


@pytest.mark.requirement("S-080", "S-083")
@pytest.mark.parametrize(
    ("issued", "today", "last_day"),
    [
        # The run of the 15th takes it onto its document.
        (date(2026, 11, 3), date(2026, 11, 4), date(2026, 11, 14)),
        # Fifteen days are over before the run of the 30th.
        (date(2026, 11, 3), date(2026, 11, 16), date(2026, 11, 18)),
        (date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 29)),
        # In February the second run is on the last day.
        (date(2026, 2, 20), date(2026, 2, 21), date(2026, 2, 27)),
        # The month ends before anything else does.
        (date(2026, 12, 31), date(2026, 12, 31), date(2026, 12, 31)),
        # On the day of a run that has not come to it yet, today is the last chance.
        (date(2026, 11, 10), date(2026, 11, 15), date(2026, 11, 25)),
    ],
)
def test_the_last_day_is_the_one_on_which_all_rules_can_still_hold(
    issued: date, today: date, last_day: date
) -> None:
    assert replacement_advice(an_invoice_of(issued), consolidated_on=None, today=today).last_day == last_day


@pytest.mark.requirement("S-080")
@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(0, 40))
def test_until_its_last_day_it_can_be_replaced_unless_a_run_comes_first(issued: date, age: int) -> None:
    today = issued + timedelta(days=age)
    advice = replacement_advice(an_invoice_of(issued), consolidated_on=None, today=today)

    if advice.route is REPLACE:
        assert advice.last_day is not None
        assert advice.last_day >= today
        assert not run_days(today, advice.last_day)
        later = replacement_advice(an_invoice_of(issued), consolidated_on=None, today=advice.last_day)
        assert later.route is REPLACE
    else:
        after = replacement_advice(
            an_invoice_of(issued), consolidated_on=None, today=today + timedelta(days=1)
        )
        assert after.route is NOTE, "what is too late today is too late tomorrow"


@pytest.mark.requirement("S-058", "S-087")
@pytest.mark.parametrize("status", [InvoiceStatus.PARTLY_PAID, InvoiceStatus.PAID])
def test_of_an_invoice_that_is_paid_in_part_or_whole_the_documents_stay(status: InvoiceStatus) -> None:
    day = date(2026, 11, 3)

    advice = replacement_advice(an_invoice_of(day, status=status, paid="10"), consolidated_on=None, today=day)

    assert advice.route is NOTE
    assert "10.00 EUR of it are paid." in advice.why


@pytest.mark.requirement("S-071")
@pytest.mark.parametrize("status", [InvoiceStatus.DRAFT, InvoiceStatus.MATCHING, InvoiceStatus.PENDING])
def test_what_is_not_approved_yet_its_supplier_corrects(status: InvoiceStatus) -> None:
    advice = replacement_advice(
        an_invoice_of(date(2025, 1, 1), status=status), consolidated_on=None, today=date(2026, 11, 3)
    )

    assert (advice.route, advice.checks, advice.last_day) == (ReplacementRoute.CORRECT, (), None)


@pytest.mark.parametrize("status", [InvoiceStatus.REJECTED, InvoiceStatus.CANCELED])
def test_of_what_is_rejected_or_cancelled_there_is_nothing_to_put_right(status: InvoiceStatus) -> None:
    advice = replacement_advice(
        an_invoice_of(date(2026, 11, 3), status=status), consolidated_on=None, today=date(2026, 11, 3)
    )

    assert advice.route is ReplacementRoute.NOTHING


@pytest.mark.requirement("S-087")
def test_the_reason_and_the_next_step_are_sentences_with_the_names_in_them() -> None:
    advice = replacement_advice(
        an_invoice_of(date(2026, 11, 10)), consolidated_on=date(2026, 11, 15), today=date(2026, 11, 16)
    )

    assert advice.why == "It stands on the consolidated invoice of 2026-11-15."
    assert advice.next_step == (
        "The invoice stays as it is, and a goods-return note is issued for what came back."
    )
