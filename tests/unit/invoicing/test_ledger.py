"""What every fact posts, and that it always sums to zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.invoicing.views import InvoiceStatus
from services.invoicing.domain.ledger import Account, Entry, Source
from tests.unit.invoicing.builders import (
    NOON,
    a_buyer,
    a_payer,
    a_payment_of,
    an_order,
    an_order_line,
    billing,
    some_parts,
    submitted,
)


def _sum(entries: list[Entry], account: Account | None = None) -> Decimal:
    return sum((e.amount for e in entries if account in (None, e.account)), Decimal(0))


def test_an_approved_invoice_is_a_receivable_against_revenue_and_tax() -> None:
    invoice = submitted(billing("100.00", tax_rate=Decimal(20)))

    assert [(e.source_type, e.source_id, e.number, e.account, e.amount) for e in invoice.new_entries] == [
        (Source.APPROVAL, invoice.id, 1, Account.RECEIVABLE, Decimal("120.00")),
        (Source.APPROVAL, invoice.id, 2, Account.REVENUE, Decimal("-100.00")),
        (Source.APPROVAL, invoice.id, 3, Account.TAX, Decimal("-20.00")),
    ]


def test_a_held_invoice_posts_nothing_until_it_is_released() -> None:
    invoice = submitted(billing("5000.01"))
    assert invoice.new_entries == []

    invoice.approve(by=a_buyer(), remark=None, at=NOON)

    assert [entry.amount for entry in invoice.new_entries] == [Decimal("5000.01"), Decimal("-5000.01")]


def test_a_payment_takes_from_the_receivable_and_what_is_left_of_it_is_an_advance() -> None:
    first, second = submitted(billing("100.00")), submitted(billing("50.00"), number="INV-2")

    payment = a_payment_of("140.00", (first, "30.00"), (second, "50.00"))

    posted = [(e.source_type, e.number, e.account, e.amount, e.invoice_id) for e in payment.new_entries]
    assert posted == [
        (Source.PAYMENT, 1, Account.MONEY, Decimal("140.00"), None),
        (Source.PAYMENT, 2, Account.RECEIVABLE, Decimal("-30.00"), first.id),
        (Source.PAYMENT, 3, Account.RECEIVABLE, Decimal("-50.00"), second.id),
        (Source.PAYMENT, 4, Account.ADVANCE, Decimal("-60.00"), None),
    ]


def test_a_reversal_posts_the_opposite_of_what_the_payment_had_become() -> None:
    first, second = submitted(billing("100.00")), submitted(billing("50.00"), number="INV-2")
    payment = a_payment_of("140.00", (first, "30.00"))
    payment.allocate(some_parts("later", (second, "50.00")), by=a_payer(), at=NOON)
    payment.reverse([first, second], reason="It came back.", by=a_payer(), at=NOON)

    by_account = {account: _sum(payment.new_entries, account) for account in Account}
    assert set(by_account.values()) == {Decimal(0)}
    assert [e.amount for e in payment.new_entries if e.source_type is Source.REVERSAL] == [
        Decimal("-140.00"), Decimal("30.00"), Decimal("50.00"), Decimal("60.00"),
    ]  # fmt: skip


def test_an_invoice_over_nothing_posts_nothing() -> None:
    assert submitted(billing("0")).new_entries == []


@pytest.mark.requirement("S-232")
@given(
    st.decimals(min_value="0.01", max_value=10**6, places=2),
    st.sampled_from(["0", "5", "7.7", "20"]),
    st.lists(st.integers(1, 100), min_size=1, max_size=5),
)
def test_every_posting_sums_to_zero_and_the_receivable_is_what_is_open(
    price: Decimal, rate: str, parts: list[int]
) -> None:
    order = an_order(an_order_line(quantity="1", unit_price=str(price), tax_rate=rate))
    invoice = submitted(billing(str(price), tax_rate=Decimal(rate)), order=order)

    entries = list(invoice.new_entries)
    for number, part in enumerate(parts):
        amount = min((invoice.gross * part / 100).quantize(Decimal("0.01")), invoice.open)
        if amount > 0:
            payment = a_payment_of(str(amount), (invoice, str(amount)), name=f"payment {number}")
            entries += payment.new_entries

    sources = {entry.source_id for entry in entries}
    for source in sources:
        assert _sum([entry for entry in entries if entry.source_id == source]) == 0
    assert _sum(entries, Account.RECEIVABLE) == invoice.open
    assert (invoice.status is InvoiceStatus.PAID) == (invoice.open == 0)
    keys = [(e.source_type, e.source_id, e.number) for e in entries]
    assert len(keys) == len(set(keys))
