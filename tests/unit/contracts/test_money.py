"""Money is exact, knows its currency, and rounds half up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.money import CurrencyMismatch, Money, plain, rounded, spoken

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=4)


@pytest.mark.requirement("S-232")
@given(st.lists(amounts, max_size=30))
def test_a_sum_does_not_depend_on_the_order_of_its_parts(parts: list[Decimal]) -> None:
    forwards = Money.total([Money(part, "EUR") for part in parts], "EUR")
    backwards = Money.total([Money(part, "EUR") for part in reversed(parts)], "EUR")

    assert forwards == backwards
    assert forwards.amount == sum(parts, Decimal(0))


@pytest.mark.parametrize(
    ("amount", "places", "expected"),
    [
        ("0.125", 2, "0.13"),
        ("0.135", 2, "0.14"),
        ("-0.125", 2, "-0.13"),
        ("2.5", 0, "3"),
        ("136.7415", 4, "136.7415"),
    ],
)
def test_half_a_unit_is_rounded_up(amount: str, places: int, expected: str) -> None:
    assert rounded(Decimal(amount), places) == Decimal(expected)


def test_each_currency_is_rounded_to_what_it_is_paid_in() -> None:
    assert Money(Decimal("10.5"), "JPY").rounded().amount == Decimal(11)
    assert Money(Decimal("10.0055"), "KWD").rounded().amount == Decimal("10.006")
    assert Money(Decimal("10.005"), "UAH").rounded().amount == Decimal("10.01")


def test_two_currencies_never_mix() -> None:
    euro, dollar = Money(Decimal(1), "EUR"), Money(Decimal(1), "USD")

    for mix in (lambda: euro + dollar, lambda: euro - dollar, lambda: euro < dollar, lambda: euro >= dollar):
        with pytest.raises(CurrencyMismatch):
            mix()


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("5250.01", "EUR", "5,250.01"), ("5250", "EUR", "5,250.00"), ("136.7415", "USD", "136.7415"),
        ("75.000000", "EUR", "75.00"), ("1200", "JPY", "1,200"),
    ],
)  # fmt: skip
def test_a_sentence_shows_as_many_digits_as_say_something(amount: str, currency: str, text: str) -> None:
    assert spoken(Decimal(amount), currency) == text
    assert str(Money(Decimal(amount), currency)) == f"{text} {currency}"


def test_a_quantity_in_a_sentence_has_no_idle_zeros() -> None:
    assert [plain(Decimal(text)) for text in ("2.500000", "1200", "0.10")] == ["2.5", "1,200", "0.1"]
