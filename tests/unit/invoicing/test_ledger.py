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
    a_payment,
    an_order,
    an_order_line,
    billing,
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


def test_a_payment_takes_from_the_receivable() -> None:
    invoice = submitted(billing("100.00"))
    payment = a_payment("30.00", invoice)

    invoice.pay(payment, at=NOON)

    posted = [entry for entry in invoice.new_entries if entry.source_type is Source.PAYMENT]
    assert [(e.source_id, e.number, e.account, e.amount) for e in posted] == [
        (payment.id, 1, Account.MONEY, Decimal("30.00")),
        (payment.id, 2, Account.RECEIVABLE, Decimal("-30.00")),
    ]


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

    for number, part in enumerate(parts):
        amount = min((invoice.gross * part / 100).quantize(Decimal("0.01")), invoice.open)
        if amount > 0:
            invoice.pay(a_payment(str(amount), invoice, name=f"payment {number}"), at=NOON)

    sources = {entry.source_id for entry in invoice.new_entries}
    for source in sources:
        assert _sum([entry for entry in invoice.new_entries if entry.source_id == source]) == 0
    assert _sum(invoice.new_entries, Account.RECEIVABLE) == invoice.open
    assert (invoice.status is InvoiceStatus.PAID) == (invoice.open == 0)
    keys = [(e.source_type, e.source_id, e.number) for e in invoice.new_entries]
    assert len(keys) == len(set(keys))
