"""Suppliers' tax invoices: until when they are registered, and who may have a delivery dated later (S-070, S-204)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from services.chassis.errors import CounterpartError, Invalid
from services.contracts.actors import Actor, OrganisationKind, Role
from services.contracts.invoicing import tax_invoices as asked
from services.contracts.invoicing.events import DeliveryDateAdjusted, DeliveryDateAsked
from services.contracts.invoicing.tax_invoices import DateRequestStatus, TaxInvoiceStatus
from services.contracts.invoicing.views import InvoiceStatus
from services.invoicing.domain.registration import register_by
from services.invoicing.domain.tax_invoice import NOT_TAXABLE, TaxInvoice
from tests.unit.invoicing.builders import a_buyer, a_supplier, billing, submitted

pytestmark = pytest.mark.requirement("S-204")

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
SUPPLIER, BUYER = a_supplier(), a_buyer()


def actor(kind: OrganisationKind, *roles: Role) -> Actor:
    return Actor(
        user_id=uuid4(), user_name="Olha", organisation_id=uuid4(), organisation_name="Desk", kind=kind,
        roles=frozenset(roles),
    )  # fmt: skip


ACCOUNTING = actor(OrganisationKind.OPERATOR, Role.OPERATOR_ACCOUNTING)


def a_tax_invoice(day: date = date(2026, 11, 3)) -> TaxInvoice:
    return TaxInvoice.issue(
        submitted(billing("100.00")), id=uuid4(), number="TI-1", day=day, by=SUPPLIER, at=AT
    )


def a_wish(wanted: date = date(2026, 11, 20), note: date = date(2026, 11, 3)) -> asked.AskForDeliveryDate:
    return asked.AskForDeliveryDate(
        tax_invoice_id=uuid4(), delivery_note_number="DN-7", delivery_note_date=note, wanted_date=wanted,
        reason="The register was down",
    )  # fmt: skip


def asking(tax: TaxInvoice) -> TaxInvoice:
    tax.ask(a_wish(), request_id=uuid4(), delivery_date=date(2026, 11, 2), by=SUPPLIER, at=AT)
    return tax


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (date(2026, 11, 1), date(2026, 11, 30)), (date(2026, 11, 15), date(2026, 11, 30)),
        (date(2026, 11, 16), date(2026, 12, 15)), (date(2026, 12, 31), date(2027, 1, 15)),
        (date(2028, 2, 15), date(2028, 2, 29)), (date(2027, 2, 28), date(2027, 3, 15)),
    ],
)  # fmt: skip
def test_the_half_of_the_month_decides_until_when_it_is_registered(day: date, until: date) -> None:
    assert register_by(day) == until


def test_it_has_the_sums_of_its_invoice_and_counts_the_days() -> None:
    invoice = submitted(billing("100.00"))

    told = a_tax_invoice().view()

    assert (told.net, told.tax, told.gross) == (invoice.net, invoice.tax, invoice.gross)
    assert (told.register_by, told.days_left, told.status) == (date(2026, 11, 30), 8, TaxInvoiceStatus.ISSUED)


@pytest.mark.parametrize("status", sorted(NOT_TAXABLE))
def test_nothing_is_taxed_that_is_not_with_the_customer(status: InvoiceStatus) -> None:
    invoice = submitted(billing("100.00"))
    invoice.status = status

    with pytest.raises(CounterpartError, match="sent and neither rejected nor cancelled"):
        TaxInvoice.issue(invoice, id=uuid4(), number="TI-1", day=None, by=SUPPLIER, at=AT)


def test_it_is_registered_once_on_a_day_that_can_be() -> None:
    tax = a_tax_invoice()
    for day in (date(2026, 11, 2), date(2026, 11, 24)):
        with pytest.raises(Invalid, match="cannot have been registered"):
            tax.register("90001", on=day, by=SUPPLIER, at=AT)

    assert tax.register("90001", on=date(2026, 11, 21), by=SUPPLIER, at=AT)
    assert not tax.register("90001", on=date(2026, 11, 21), by=SUPPLIER, at=AT)
    with pytest.raises(CounterpartError, match="registered under 90001"):
        tax.register("90002", on=date(2026, 11, 21), by=SUPPLIER, at=AT)
    with pytest.raises(CounterpartError, match="registered under 90001"):
        asking(tax)
    assert tax.view().days_left is None


@pytest.mark.requirement("S-070")
def test_a_request_carries_both_papers_with_number_and_date() -> None:
    [request] = asking(a_tax_invoice()).requests

    assert (request.delivery_note_number, request.delivery_note_date) == ("DN-7", date(2026, 11, 3))
    assert (request.tax_invoice_number, request.tax_invoice_date) == ("TI-1", date(2026, 11, 3))
    assert (request.delivery_date, request.wanted_date) == (date(2026, 11, 2), date(2026, 11, 20))


@pytest.mark.requirement("S-070")
def test_only_the_initiator_and_the_operators_accounting_answer() -> None:
    tax = asking(a_tax_invoice())
    [request] = tax.requests
    strangers = (
        SUPPLIER,
        replace(BUYER, user_id=uuid4()),
        replace(BUYER, organisation_id=uuid4()),
        actor(OrganisationKind.OPERATOR, Role.OPERATOR_SUPPORT, Role.OPERATOR_MANAGEMENT),
    )
    for stranger in strangers:
        with pytest.raises(CounterpartError, match="operator's accounting answer"):
            tax.grant(request.id, on=None, answer="", by=stranger, at=AT)
        with pytest.raises(CounterpartError, match="operator's accounting answer"):
            tax.refuse(request.id, answer="No", by=stranger, at=AT)
    for resolver in (BUYER, ACCOUNTING):
        other = asking(a_tax_invoice())
        other.refuse(other.requests[0].id, answer="No", by=resolver, at=AT)
        assert other.requests[0].status is DateRequestStatus.REFUSED
        assert other.day == date(2026, 11, 3)


@pytest.mark.requirement("S-070")
def test_a_granted_date_is_that_of_the_tax_invoice_and_gives_time_to_register() -> None:
    tax = asking(a_tax_invoice())

    tax.grant(tax.requests[0].id, on=date(2026, 11, 18), answer="Agreed", by=ACCOUNTING, at=AT)

    assert (tax.day, tax.register_by) == (date(2026, 11, 18), date(2026, 12, 15))
    [request] = tax.requests
    assert (request.status, request.granted_date, request.answer) == (
        DateRequestStatus.ACCEPTED, date(2026, 11, 18), "Agreed",
    )  # fmt: skip
    assert request.resolved_by is not None
    assert request.resolved_by.id == ACCOUNTING.user_id
    assert [type(fact.event) for fact in tax.facts][1:] == [DeliveryDateAsked, DeliveryDateAdjusted]
    with pytest.raises(CounterpartError, match="accepted already"):
        tax.refuse(request.id, answer="No", by=BUYER, at=AT)


@pytest.mark.requirement("S-070")
@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [(date(2026, 11, 3), "must be later than 2026-11-03"), (date(2026, 11, 24), "has not come yet")],
)
def test_a_delivery_is_dated_later_and_not_into_the_future(wanted: date, sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        a_tax_invoice().ask(a_wish(wanted), request_id=uuid4(), delivery_date=None, by=SUPPLIER, at=AT)
    assert sentence in refusal.value.faults[0].detail

    tax = asking(a_tax_invoice())
    with pytest.raises(Invalid):
        tax.grant(tax.requests[0].id, on=wanted, answer="", by=BUYER, at=AT)


@pytest.mark.requirement("S-070")
def test_one_request_is_open_at_a_time_and_nothing_is_registered_meanwhile() -> None:
    tax = asking(a_tax_invoice())

    with pytest.raises(CounterpartError, match="open already"):
        asking(tax)
    with pytest.raises(CounterpartError, match="once that is answered"):
        tax.register("90001", on=date(2026, 11, 21), by=SUPPLIER, at=AT)
