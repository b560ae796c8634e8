"""When consolidated invoices are due, and how invoices become one document."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Invalid
from services.contracts.invoicing.consolidation import MOST_INVOICES, ConsolidatedStatus, RunStatus
from services.contracts.invoicing.views import TaxAmount
from services.contracts.money import total
from services.contracts.parties import Party, Person
from services.invoicing.domain.consolidation import (
    Approved,
    Calendar,
    Consolidated,
    Run,
    bundles,
    is_run_day,
    next_run_day,
    run_days,
)
from services.invoicing.domain.refusals import NoTaxInvoice, RegisteredAlready, RunInTheFuture, RunTooEarly

OPERATOR = Party(id=uuid4(), name="The Operator")
CUSTOMER = Party(id=uuid4(), name="Northwind Bakery")
SUPPLIER = Party(id=uuid4(), name="Mill & Sons")
NOON = datetime(2026, 11, 15, 12, tzinfo=UTC)


def a_calendar(time_zone: str = "UTC", payment_days: int = 14) -> Calendar:
    return Calendar(
        id=OPERATOR.id, operator=OPERATOR, time_zone=time_zone, payment_days=payment_days, read_at=NOON
    )


def an_approved(net: str = "100.00", rate: str = "20", **changes: Any) -> Approved:
    amount, tax = Decimal(net), (Decimal(net) * Decimal(rate) / 100).quantize(Decimal("0.01"))
    facts = {
        "id": uuid4(),
        "number": "INV-1",
        "issue_date": date(2026, 11, 3),
        "supplier": SUPPLIER,
        "order_id": uuid4(),
        "order_number": "PO-1",
        "currency": "EUR",
        "amount_places": 2,
        "taxes": (TaxAmount(rate=Decimal(rate), base=amount, amount=tax),),
        "net": amount,
        "tax": tax,
        "gross": amount + tax,
        "paid": Decimal(0),
    }
    return Approved(**{**facts, **changes})


def a_document(*approved: Approved) -> Consolidated:
    return Consolidated.issue(
        id=uuid4(),
        number="CI-2026-00001",
        tax_number="TI-2026-00001",
        run_id=uuid4(),
        day=date(2026, 11, 15),
        due_date=date(2026, 11, 29),
        operator=OPERATOR,
        customer=CUSTOMER,
        bundle=approved,
        at=NOON,
    )


def a_run(day: date = date(2026, 11, 15), last_day: date | None = None, at: datetime = NOON) -> Run:
    return Run.begin(run_id=uuid4(), day=day, calendar=a_calendar(), last_day=last_day, by=None, at=at)


# ------------------------------------------------------------------------------------------------ the days


@pytest.mark.requirement("S-083")
@pytest.mark.parametrize(
    ("day", "runs"),
    [
        (date(2026, 11, 14), False),
        (date(2026, 11, 15), True),
        (date(2026, 11, 30), True),
        (date(2026, 12, 30), True),
        (date(2026, 12, 31), False),
        (date(2026, 2, 15), True),
        (date(2026, 2, 27), False),
        (date(2026, 2, 28), True),
        (date(2028, 2, 28), False),
        (date(2028, 2, 29), True),
    ],
)
def test_a_run_starts_on_the_15th_and_the_30th_and_in_february_on_its_last_day(day: date, runs: bool) -> None:
    assert is_run_day(day) is runs


@pytest.mark.requirement("S-083")
@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_every_month_has_two_runs(day: date) -> None:
    first = day.replace(day=1)
    following = (first.replace(day=28).toordinal() + 4) - first.toordinal()
    until = date.fromordinal(first.toordinal() + following).replace(day=1)

    days = run_days(date.fromordinal(first.toordinal() - 1), date.fromordinal(until.toordinal() - 1))

    assert len(days) == 2
    assert next_run_day(day) > day
    assert not run_days(day, date.fromordinal(next_run_day(day).toordinal() - 1))


@pytest.mark.requirement("S-083")
def test_the_day_is_the_operators_own() -> None:
    late = datetime(2026, 11, 14, 23, 30, tzinfo=UTC)

    assert a_calendar("UTC").today(late) == date(2026, 11, 14)
    assert a_calendar("Europe/Kyiv").today(late) == date(2026, 11, 15)
    assert a_calendar("Europe/Kyiv").until(date(2026, 11, 14), NOON) == datetime(2026, 11, 14, 22, tzinfo=UTC)


def test_a_run_of_today_looks_up_to_now_and_one_of_a_day_before_to_its_end() -> None:
    assert a_run().until == NOON
    assert a_run(date(2026, 11, 14)).until == datetime(2026, 11, 15, tzinfo=UTC)


def test_a_time_zone_that_nobody_knows_is_refused_at_its_field() -> None:
    with pytest.raises(Invalid) as refusal:
        a_calendar().choose(time_zone="Atlantis/Capital", payment_days=14)

    assert [fault.field for fault in refusal.value.faults] == ["/time_zone"]


def test_choosing_the_same_terms_again_is_no_change() -> None:
    calendar = a_calendar("UTC", 14)

    calendar.choose(time_zone="UTC", payment_days=14)
    assert (calendar.sequence, calendar.facts) == (0, [])

    calendar.choose(time_zone="Europe/Kyiv", payment_days=14)
    assert calendar.sequence == 1


# ----------------------------------------------------------------------------------------------------- runs


def test_a_day_to_come_has_no_run_yet() -> None:
    with pytest.raises(RunInTheFuture, match="2026-11-16 has not come yet"):
        a_run(date(2026, 11, 16))


def test_a_run_never_goes_back_behind_a_later_one() -> None:
    with pytest.raises(RunTooEarly, match="2026-11-15"):
        a_run(date(2026, 11, 14), last_day=date(2026, 11, 15))

    assert a_run(date(2026, 11, 15), last_day=date(2026, 11, 15)).day == date(2026, 11, 15)


def test_a_run_without_anything_to_do_has_finished_when_it_starts() -> None:
    run = a_run()

    run.expect([], at=NOON)

    assert (run.view().status, run.view().totals) == (RunStatus.FINISHED, ())


@pytest.mark.requirement("S-083")
def test_a_run_finishes_with_its_last_customer_and_starting_it_again_changes_nothing() -> None:
    run, other = a_run(), Party(id=uuid4(), name="Another Bakery")
    run.expect([CUSTOMER, other], at=NOON)

    run.has_billed(CUSTOMER.id, [a_document(an_approved())], at=NOON)
    assert (run.view().status, run.view().waiting) == (RunStatus.RUNNING, 1)

    run.has_billed(other.id, [a_document(an_approved(currency="USD"), an_approved(currency="USD"))], at=NOON)
    assert (run.view().status, run.view().waiting) == (RunStatus.FINISHED, 0)
    assert [(each.currency, each.documents, each.invoices, each.gross) for each in run.view().totals] == [
        ("EUR", 1, 1, Decimal("120.00")),
        ("USD", 1, 2, Decimal("240.00")),
    ]

    before = run.sequence
    run.expect([], at=NOON)
    run.has_billed(CUSTOMER.id, [], at=NOON)
    assert run.sequence == before


# ------------------------------------------------------------------------------------------------ documents


def test_different_currencies_never_stand_on_one_document() -> None:
    euro, dollar = an_approved(), an_approved(currency="USD")

    assert [[each.currency for each in bundle] for bundle in bundles([dollar, euro, dollar])] == [
        ["EUR"],
        ["USD", "USD"],
    ]


def test_who_has_more_than_one_document_takes_gets_several() -> None:
    many = [an_approved(number=f"INV-{count:05}") for count in range(MOST_INVOICES + 1)]

    assert [len(bundle) for bundle in bundles(many)] == [MOST_INVOICES, 1]
    assert sorted(each.id for bundle in bundles(many) for each in bundle) == sorted(each.id for each in many)


def test_the_tax_is_the_sum_of_what_the_invoices_say_and_not_computed_anew() -> None:
    # Two taxes of 0.005 were rounded up, each on its invoice; computed anew there would be one cent less.
    cent, five = Decimal("0.01"), Decimal("0.05")
    taxes = (TaxAmount(rate=Decimal(10), base=five, amount=cent),)
    cents = [an_approved("0.05", "10", taxes=taxes, tax=cent, gross=five + cent) for _ in range(2)]

    [tax] = a_document(*cents).taxes

    assert (tax.rate, tax.base, tax.amount) == (Decimal(10), Decimal("0.10"), Decimal("0.02"))


amounts = st.decimals(Decimal(0), Decimal(10) ** 9, places=2)


@pytest.mark.requirement("S-083")
@given(
    st.lists(
        st.tuples(amounts, st.sampled_from(["0", "7", "20"]), st.sampled_from(["EUR", "UAH"])), max_size=40
    )
)
def test_the_documents_sum_to_the_invoices_by_currency_and_by_rate(
    sent: list[tuple[Decimal, str, str]],
) -> None:
    approved = [an_approved(str(net), rate, currency=currency) for net, rate, currency in sent]

    documents = [a_document(*bundle) for bundle in bundles(approved)]

    for currency in ("EUR", "UAH"):
        theirs = [each for each in approved if each.currency == currency]
        ours = [each for each in documents if each.currency == currency]
        assert total(each.gross for each in ours) == total(each.gross for each in theirs)
        assert all(each.gross == total(line.gross for line in each.lines) for each in ours)
        assert all(each.net == total(tax.base for tax in each.taxes) for each in ours)
        assert all(each.tax == total(tax.amount for tax in each.taxes) for each in ours)
        for rate in ("0", "7", "20"):
            of_rate = [tax for each in ours for tax in each.taxes if tax.rate == Decimal(rate)]
            expected = [tax for each in theirs for tax in each.taxes if tax.rate == Decimal(rate)]
            assert total(tax.amount for tax in of_rate) == total(tax.amount for tax in expected)


@pytest.mark.parametrize(
    ("paid", "status"),
    [
        ("0", ConsolidatedStatus.ISSUED),
        ("0.01", ConsolidatedStatus.PARTLY_PAID),
        ("120.00", ConsolidatedStatus.PAID),
    ],
)
def test_it_is_paid_as_the_invoices_behind_it_are(paid: str, status: ConsolidatedStatus) -> None:
    document = a_document(an_approved(paid=Decimal(paid)))

    assert document.view().status is status
    assert document.view().open == Decimal("120.00") - Decimal(paid)


# -------------------------------------------------------------------------------------------- tax invoices

OLENA = Person(id=uuid4(), name="Olena")


@pytest.mark.requirement("S-086")
def test_where_a_tax_invoice_is_registered_is_noted_once() -> None:
    document = a_document(an_approved())

    document.register("9087", on=date(2026, 11, 20), today=date(2026, 11, 22), by=OLENA)
    document.register("9087", on=date(2026, 11, 20), today=date(2026, 11, 22), by=OLENA)

    tax = document.view().tax_invoice
    assert tax is not None
    assert (tax.number, tax.day, tax.registration, tax.registered_on) == (
        "TI-2026-00001",
        date(2026, 11, 15),
        "9087",
        date(2026, 11, 20),
    )
    assert document.sequence == 2
    with pytest.raises(RegisteredAlready, match="9087"):
        document.register("1", on=date(2026, 11, 20), today=date(2026, 11, 22), by=OLENA)


@pytest.mark.requirement("S-086")
@pytest.mark.parametrize("on", [date(2026, 11, 14), date(2026, 11, 23)])
def test_it_is_registered_between_its_own_day_and_today(on: date) -> None:
    with pytest.raises(Invalid) as refusal:
        a_document(an_approved()).register("9087", on=on, today=date(2026, 11, 22), by=OLENA)

    assert [fault.field for fault in refusal.value.faults] == ["/registered_on"]


def test_a_document_from_before_there_were_tax_invoices_has_none() -> None:
    document = a_document(an_approved())
    document.tax_invoice = None

    with pytest.raises(NoTaxInvoice):
        document.register("9087", on=date(2026, 11, 20), today=date(2026, 11, 22), by=OLENA)
