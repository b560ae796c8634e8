"""Two ledgers compared: by number first, then by amount and nearness of days; every entry stands once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.invoicing.comparing import LedgerRow, MatchBasis, OurEntry
from services.contracts.invoicing.reports import AccountMovement, AccountMovementKind
from services.invoicing.comparing import entries_of
from services.invoicing.domain.comparing import Compared, compared
from tests.unit.invoicing.builders import an_id

B = MatchBasis
FIRST = date(2026, 11, 1)


def ours(number: str, amount: str, day: int = 0) -> OurEntry:
    return OurEntry(
        kind=AccountMovementKind.INVOICE,
        source_id=an_id(f"{number}.{amount}.{day}"),
        day=FIRST + timedelta(days=day),
        number=number,
        invoice_id=None,
        invoice_number=None,
        amount=Decimal(amount),
    )


def theirs(row: int, number: str, amount: str, day: int = 0, text: str = "") -> LedgerRow:
    on = FIRST + timedelta(days=day)
    return LedgerRow(row=row, day=on, number=number, amount=Decimal(amount), text=text)


def pairs(made: Compared) -> list[tuple[str, int, MatchBasis, int, Decimal]]:
    return [(p.ours.number, p.theirs.row, p.basis, p.score, p.difference) for p in made.pairs]


@pytest.mark.requirement("S-214")
def test_the_number_counts_however_it_is_spelt_then_the_text_then_amount_and_day() -> None:
    made = compared(
        [ours("INV-17", "120"), ours("INV-18", "60", 2), ours("SEPA 4711", "-100", 3), ours("INV-19", "7")],
        [
            theirs(2, "inv/17", "120"),
            theirs(3, "", "60", 4, "Goods by INV-18 of 3 November"),
            theirs(4, "B-9", "-100", 8),
            theirs(5, "X", "9"),
        ],
    )

    assert pairs(made) == [
        ("INV-17", 2, B.NUMBER, 100, 0),
        ("INV-18", 3, B.TEXT, 95, 0),
        ("SEPA 4711", 4, B.NEARNESS, 80, 0),
    ]
    assert [entry.number for entry in made.ours_only] == ["INV-19"]
    assert [row.row for row in made.theirs_only] == [5]


def test_the_same_number_with_another_amount_differs_and_is_told_by_how_much() -> None:
    made = compared([ours("A-1", "120")], [theirs(2, "A 1", "115.50")])

    assert (made.matched, [pair.difference for pair in made.differing]) == ((), [Decimal("-4.50")])


def test_of_two_rows_with_a_number_the_one_that_agrees_is_taken() -> None:
    made = compared(
        [ours("A-1", "100"), ours("A-1", "20")], [theirs(2, "A-1", "20"), theirs(3, "A-1", "100")]
    )

    assert [(pair.ours.amount, pair.theirs.row) for pair in made.matched] == [(100, 3), (20, 2)]


def test_a_customers_books_count_the_other_way_round() -> None:
    made = compared(
        [ours("A-1", "100"), ours("P-1", "-40"), ours("A-2", "5")],
        [theirs(2, "A-1", "-100"), theirs(3, "P-1", "40"), theirs(4, "A-2", "-6")],
    )

    assert made.turned
    assert [(pair.ours.number, pair.difference) for pair in made.pairs] == [
        ("A-1", 0),
        ("P-1", 0),
        ("A-2", 1),
    ]


def test_the_nearest_day_is_taken_and_a_far_one_never() -> None:
    made = compared(
        [ours("A", "10", 0), ours("B", "10", 20)], [theirs(2, "x", "10", 21), theirs(3, "y", "10", 60)]
    )

    assert pairs(made) == [("B", 2, B.NEARNESS, 88, 0)]


def test_a_thousand_entries_over_the_same_amount_are_paired_in_the_order_of_their_days() -> None:
    made = compared(
        [ours(f"A{n}", "10", n % 300) for n in range(1000)],
        [theirs(n, "", "10", n % 300) for n in range(1, 1001)],
    )

    assert len(made.matched) == 1000


amounts = st.integers(-3, 3).filter(bool).map(str)
numbers = st.sampled_from(["A-1", "a1", "B-2", "", "77"])
entries = st.lists(st.tuples(numbers, amounts, st.integers(0, 40)), max_size=12)


@given(entries, entries)
def test_every_entry_of_both_stands_once_and_differences_explain_the_totals(
    mine: list[tuple[str, str, int]], other: list[tuple[str, str, int]]
) -> None:
    left = [ours(*one) for one in mine]
    right = [theirs(row, *one) for row, one in enumerate(other, 2)]

    made = compared(left, right)

    sign = -1 if made.turned else 1
    assert len(made.pairs) + len(made.ours_only) == len(left)
    assert sorted([p.theirs.row for p in made.pairs] + [r.row for r in made.theirs_only]) == [
        row.row for row in right
    ]
    explained = (
        sum((p.difference for p in made.pairs), Decimal(0))
        + sum((sign * row.amount for row in made.theirs_only), Decimal(0))
        - sum((entry.amount for entry in made.ours_only), Decimal(0))
    )
    assert explained == sum((sign * row.amount for row in right), Decimal(0)) - sum(
        (entry.amount for entry in left), Decimal(0)
    )


def test_a_payment_is_one_entry_with_its_advance_and_using_an_advance_is_none() -> None:
    def moved(kind: AccountMovementKind, source: str, receivable: str, payable: str) -> AccountMovement:
        return AccountMovement(
            day=FIRST,
            kind=kind,
            source_id=an_id(source),
            number=source,
            invoice_id=None,
            invoice_number=None,
            receivable=Decimal(receivable),
            payable=Decimal(payable),
        )

    kinds = AccountMovementKind
    found = entries_of(
        [
            moved(kinds.PAYMENT, "P", "-100", "0"),
            moved(kinds.PAYMENT, "P", "0", "20"),
            moved(kinds.ALLOCATION, "Q", "-5", "0"),
            moved(kinds.ALLOCATION, "Q", "0", "-5"),
        ]
    )

    assert [(entry.number, entry.amount) for entry in found] == [("P", -120)]
