"""What other systems' tolerances mean, said by ours: a table that a buyer can read.

Each row: what was ordered, what the tolerance says, what is invoiced, and what becomes of it.
"""

from decimal import Decimal

import pytest

from services.contracts.invoicing.tolerances import AppliedTolerance, Combination, Direction, Measure
from services.contracts.invoicing.views import InvoiceStatus
from services.invoicing.domain.book import Book
from services.invoicing.domain.invoice import Invoice
from tests.unit.invoicing.builders import a_tolerance, an_order, an_order_line, billing, submitted, terms

PASSES, HELD = InvoiceStatus.APPROVED, InvoiceStatus.PENDING
AND, OR, LOWER, HIGHER = Combination.AND, Combination.OR, Combination.LOWER, Combination.HIGHER


def invoiced(ordered: str, amount: str, *tolerances: AppliedTolerance, places: int = 2) -> Invoice:
    order = an_order(an_order_line(quantity="1", unit_price=ordered), places=places)
    return submitted(billing(amount), order=order, agreed=terms("0", *tolerances))


@pytest.mark.requirement("S-045")
@pytest.mark.parametrize(
    ("ordered", "percent", "amount", "together", "invoiced_for", "becomes"),
    [
        # Precoro: "up to but not more than" the tolerance, on the net total.
        ("5000.00", "5", None, LOWER, "5250.00", PASSES),
        ("5000.00", "5", None, LOWER, "5250.01", HELD),
        # SAP Ariba: with "and" both have to be kept, with "or" one of them is enough. 5 % of 1,000 is 50.
        ("1000.00", "5", "20.00", AND, "1020.00", PASSES),
        ("1000.00", "5", "20.00", AND, "1020.01", HELD),
        ("1000.00", "5", "20.00", AND, "1050.00", HELD),
        ("1000.00", "5", "20.00", OR, "1020.01", PASSES),
        ("1000.00", "5", "20.00", OR, "1050.00", PASSES),
        ("1000.00", "5", "20.00", OR, "1050.01", HELD),
        ("100.00", "5", "20.00", AND, "105.00", PASSES),
        ("100.00", "5", "20.00", AND, "105.01", HELD),
        ("100.00", "5", "20.00", OR, "120.00", PASSES),
        ("100.00", "5", "20.00", OR, "120.01", HELD),
        # The same two said as one limit.
        ("1000.00", "5", "20.00", LOWER, "1020.01", HELD),
        ("1000.00", "5", "20.00", HIGHER, "1050.00", PASSES),
        ("1000.00", "5", "20.00", HIGHER, "1050.01", HELD),
        # Oracle Payables: zero allows no difference at all, an empty field allows any.
        ("1000.00", "0", None, LOWER, "1000.00", PASSES),
        ("1000.00", "0", None, LOWER, "1000.01", HELD),
        ("1000.00", None, "0.00", LOWER, "1000.01", HELD),
        ("1000.00", None, None, LOWER, "1000.01", PASSES),
        ("1000.00", None, None, LOWER, "999999.00", PASSES),
        # A zero beside another one: with "and" nothing differs, with "or" the other one counts.
        ("1000.00", "0", "20.00", AND, "1000.01", HELD),
        ("1000.00", "0", "20.00", OR, "1020.00", PASSES),
        # An amount alone is the same for a small order and a large one.
        ("10.00", None, "20.00", LOWER, "30.00", PASSES),
        ("100000.00", None, "20.00", LOWER, "100020.01", HELD),
    ],
)
def test_how_far_a_total_may_be_above_its_order(
    ordered: str,
    percent: str | None,
    amount: str | None,
    together: Combination,
    invoiced_for: str,
    becomes: InvoiceStatus,
) -> None:
    tolerance = a_tolerance(percent=percent, amount=amount, combine=together, currency="EUR")

    assert invoiced(ordered, invoiced_for, tolerance).status is becomes


@pytest.mark.requirement("S-045")
def test_erpnext_let_100_002_of_100_pass_at_zero_percent_and_we_do_not() -> None:
    at_zero = a_tolerance(percent="0")

    assert invoiced("100", "100.002", at_zero, places=3).status is HELD
    assert invoiced("100", "100.000", at_zero, places=3).status is PASSES


@pytest.mark.parametrize(
    ("direction", "price", "becomes"),
    [
        # Dynamics 365: a unit price tolerance of 10 % is told when greater, or when greater or less.
        (Direction.OVER, "11.00", PASSES),
        (Direction.OVER, "11.01", HELD),
        (Direction.OVER, "8.99", PASSES),
        (Direction.BOTH, "11.01", HELD),
        (Direction.BOTH, "9.00", PASSES),
        (Direction.BOTH, "8.99", HELD),
        (Direction.UNDER, "99.00", PASSES),
        (Direction.UNDER, "8.99", HELD),
    ],
)
def test_a_unit_price_is_limited_on_one_side_or_on_both(
    direction: Direction, price: str, becomes: InvoiceStatus
) -> None:
    order = an_order(an_order_line(quantity="100", unit_price="10.00"))
    agreed = terms("100", a_tolerance(Measure.LINE_PRICE, percent="10", direction=direction))

    invoice = submitted(billing(price, quantity="1"), order=order, agreed=agreed)

    assert invoice.status is becomes


@pytest.mark.requirement("S-048")
@pytest.mark.parametrize(
    ("first", "second", "becomes"),
    [
        # Dynamics' "price totals" and Precoro's sequential matching: what was invoiced before counts.
        ("2500.00", "2750.00", PASSES),
        ("2500.00", "2750.01", HELD),
    ],
)
def test_what_was_invoiced_before_counts(first: str, second: str, becomes: InvoiceStatus) -> None:
    book, agreed = Book(()), terms("0", a_tolerance(percent="5"))
    submitted(billing(first), number="INV-1", agreed=agreed, book=book)

    assert submitted(billing(second), number="INV-2", agreed=agreed, book=book).status is becomes


@pytest.mark.parametrize("total", ["0.01", "1.00", "4999.99"])
def test_less_than_ordered_passes_unless_the_customer_wants_to_be_asked(total: str) -> None:
    complete_only = a_tolerance(percent="0", direction=Direction.BOTH)

    assert invoiced("5000.00", total).status is PASSES
    assert invoiced("5000.00", total, complete_only).status is HELD
    assert invoiced("5000.00", "5000.00", complete_only).status is PASSES


def test_a_tolerance_has_no_digits_to_spare() -> None:
    third = a_tolerance(percent=Decimal("33.3333"))

    assert invoiced("0.03", "0.04", third).status is HELD
    assert invoiced("0.03", "0.04", a_tolerance(percent=Decimal("33.3334"))).status is PASSES
