"""Invoices in another currency than their order's: compared exactly at the stored rate, owed in their own."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.chassis.errors import Invalid
from services.contracts.invoicing.credit_notes import CreditBasis, CreditContent
from services.contracts.invoicing.tolerances import Direction, Measure
from services.contracts.invoicing.views import Exchange, InvoiceStatus
from services.invoicing.domain.book import Book
from services.invoicing.domain.credit import CreditNote
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.matching import compared, recompute
from services.invoicing.domain.refusals import CurrencyDiffers
from tests.unit.invoicing.builders import (
    ANNA,
    NOON,
    TODAY,
    a_buyer,
    a_draft,
    a_supplier,
    a_tolerance,
    an_id,
    an_order,
    an_order_line,
    billing,
    submitted,
    terms,
)

S = InvoiceStatus


def at(rate: str, day: date = TODAY) -> Exchange:
    return Exchange(rate=Decimal(rate), source="ECB reference rate", day=day)


def in_dollars(*contents: Any, rate: str = "0.9213", **more: Any) -> Invoice:
    return submitted(*contents, currency="USD", exchange=at(rate), **more)


@pytest.mark.requirement("S-045")
def test_it_is_compared_in_the_order_s_currency_and_the_sentence_shows_the_rate() -> None:
    invoice = in_dollars(billing("5427.12"))

    [match] = invoice.new_matches
    assert compared(match) == Decimal("5427.12") * Decimal("0.9213")
    assert match.findings[1].value == Decimal("5000.005656")
    assert (invoice.status, invoice.reasons) == (
        S.PENDING,
        (
            "The invoices for order PO-1 come to 5,000.005656 net, 0.005656 more than the 5,000.00 ordered.",
            (
                "It is billed in USD, at 0.9213 EUR for one (ECB reference rate, 2026-11-23): 5,427.12 USD are "
                "5,000.005656 EUR."
            ),
        ),
    )
    assert recompute(match) == match


def test_a_rate_is_the_supplier_s_word_and_somebody_looks_at_it_even_where_all_else_passes() -> None:
    invoice = in_dollars(billing("10.00"))

    assert invoice.status is S.PENDING
    assert [finding.rule for finding in invoice.new_matches[0].findings if not finding.passed] == [
        "rate_of_exchange"
    ]


def test_everything_but_the_comparison_stays_in_its_own_currency() -> None:
    invoice = in_dollars(billing("100.00", tax_rate=Decimal(20)))
    invoice.approve(by=a_buyer(ANNA), remark=None, at=NOON)

    view = invoice.view()
    assert (view.currency, view.gross, view.open) == ("USD", 120, 120)
    assert view.exchange is not None
    assert (view.exchange.currency, view.exchange.net, view.exchange.tax, view.exchange.gross) == (
        "EUR",
        Decimal("92.13"),
        Decimal("18.43"),
        Decimal("110.556"),
    )
    assert {abs(entry.amount) for entry in invoice.new_entries} == {120, 100, 20}


def test_it_counts_for_later_invoices_of_the_order_in_the_order_s_currency() -> None:
    book, order = Book(()), an_order()
    first = in_dollars(billing("1000.00"), book=book, order=order)
    first.approve(by=a_buyer(ANNA), remark=None, at=NOON)
    book.put(first.counted())

    fits = submitted(billing("4078.70"), book=book, order=order, number="INV-2")
    exceeds = submitted(billing("0.01"), book=book, order=order, number="INV-3")

    assert (fits.status, exceeds.status) == (S.APPROVED, S.PENDING)
    assert exceeds.new_matches[0].already_invoiced == Decimal("921.30") + Decimal("4078.70")


def test_what_is_credited_by_quantity_counts_no_longer_at_the_same_rate() -> None:
    invoice = in_dollars(billing("100.00", quantity="2"))
    invoice.approve(by=a_buyer(ANNA), remark=None, at=NOON)

    CreditNote.issue(
        invoice, credit_note_id=an_id("note"), number="CN-1", basis=CreditBasis.QUANTITY, reason="Back.",
        issue_date=None, dispute_id=None, contents=(CreditContent(line=1, quantity=Decimal(1)),),
        by=a_supplier(), at=NOON,
    )  # fmt: skip

    assert invoice.counted().net == Decimal("92.13")


def test_prices_freight_and_tax_are_compared_at_the_rate_too() -> None:
    order = an_order(an_order_line(unit_price="100.00", tax_rate="20"))
    agreed = terms(
        "5",
        a_tolerance(Measure.LINE_PRICE, percent="0"),
        a_tolerance(Measure.TAX, percent="0", direction=Direction.BOTH),
    )

    as_ordered = in_dollars(billing("125.00", quantity="3"), rate="0.8", order=order, agreed=agreed)
    dearer = in_dollars(billing("125.01"), rate="0.8", order=order, agreed=agreed, number="INV-2")

    def failed(invoice: Invoice) -> list[str]:
        return [finding.rule for finding in invoice.new_matches[0].findings if not finding.passed]

    assert failed(as_ordered) == ["rate_of_exchange"]
    assert failed(dearer) == ["line_price_over", "rate_of_exchange"]


def test_amounts_have_the_places_of_their_own_currency() -> None:
    invoice = submitted(billing("1000.4"), currency="JPY", exchange=at("0.006"))

    assert (invoice.net, invoice.amount_places) == (1000, 0)


def test_another_currency_needs_a_rate_of_its_time_and_prices_of_its_own() -> None:
    with pytest.raises(CurrencyDiffers, match="say at which rate"):
        a_draft(billing("1.00"), currency="USD")
    for contents, more, field in (
        (billing("1.00"), {"exchange": at("0.9")}, "/exchange"),
        (billing("1.00"), {"currency": "USD", "exchange": at("0.9", TODAY + timedelta(1))}, "/exchange/day"),
        (billing("9" * 12), {"currency": "USD", "exchange": at("999999")}, "/exchange/rate"),
    ):
        with pytest.raises(Invalid) as refusal:
            a_draft(contents, **more)
        assert refusal.value.faults[0].field == field
