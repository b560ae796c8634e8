"""The discrepancy rate: a share in percent, advice above the threshold, and how an invoice differs (S-062)."""

from decimal import Decimal

import pytest

from services.contracts.invoicing.commands import LineContent
from services.invoicing.domain.discrepancy import is_advised, rate, ways
from tests.unit.invoicing.builders import a_draft, an_order, an_order_line, billing

pytestmark = pytest.mark.requirement("S-062")


@pytest.mark.parametrize(
    ("differing", "of", "percent"), [(0, 0, "0"), (0, 7, "0"), (1, 3, "33.3"), (2, 3, "66.7"), (5, 5, "100")]
)
def test_the_rate_is_a_share_in_percent(differing: int, of: int, percent: str) -> None:
    assert rate(differing, of) == Decimal(percent)


def test_advice_is_given_above_the_threshold_and_not_at_it() -> None:
    assert not is_advised(Decimal("10.0"), Decimal(10))
    assert is_advised(Decimal("10.1"), Decimal(10))
    assert not is_advised(Decimal(100), Decimal(100))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (billing("500.00"), set()),
        (billing("500.01"), {"price"}),
        (billing("499.99"), {"price"}),
        (billing("500.00", quantity="10.5"), {"quantity"}),
        (billing("500.00", quantity="4"), set()),
        (billing("1.00", order_line=None), {"item"}),
        (billing("40.00", unit="KGM"), set()),
    ],
)
def test_an_invoice_differs_in_price_in_quantity_or_by_an_item(line: LineContent, expected: set[str]) -> None:
    order = an_order(an_order_line(quantity="10", unit_price="500.00"))

    assert ways(a_draft(line, order=order).lines, order) == expected
