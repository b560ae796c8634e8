"""Tax invoices of suppliers, kept and listed; a later delivery date asked for and granted (S-070, S-204)."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.chassis.database import Call
from services.chassis.testing import RefusedCall, an_actor
from services.contracts.actors import Role
from services.contracts.invoicing import tax_invoices as asked
from services.contracts.invoicing.events import DeliveryDateAdjusted
from services.contracts.invoicing.tax_invoices import DateRequestStatus, TaxInvoice
from services.contracts.invoicing.views import Invoice
from tests.service.invoicing.world import World, billing


@pytest.fixture
def invoice(world: World) -> Invoice:
    return world.send(billing("100.00"), number="A-1")


def issue(world: World, invoice: Invoice, number: str = "TI-1", **more: Any) -> TaxInvoice:
    wish = asked.IssueTaxInvoice(invoice_id=invoice.id, number=number, **more)
    answer: TaxInvoice = world.call(wish, world.supplier)
    return answer


def ask(world: World, tax: TaxInvoice, wanted: date) -> TaxInvoice:
    wish = asked.AskForDeliveryDate(
        tax_invoice_id=tax.id, delivery_note_number="DN-7", delivery_note_date=tax.day, wanted_date=wanted,
        reason="The register was down",
    )  # fmt: skip
    answer: TaxInvoice = world.call(wish, world.supplier)
    return answer


def accounting() -> Any:
    return an_actor(Role.OPERATOR_ACCOUNTING, name="Oksana", organisation_name="The Operator")


def refusal(world: World, wish: Any, actor: Any) -> str:
    with pytest.raises(RefusedCall) as told:
        world.call(wish, actor)
    return told.value.code


@pytest.mark.requirement("S-204")
def test_an_invoice_has_one_tax_invoice_and_a_number_is_used_once(world: World, invoice: Invoice) -> None:
    other = world.send(billing("200.00"), number="A-2")
    tax = issue(world, invoice)

    assert refusal(world, asked.IssueTaxInvoice(invoice_id=invoice.id, number="TI-2"), world.supplier) == (
        "has-tax-invoice"
    )
    assert refusal(world, asked.IssueTaxInvoice(invoice_id=other.id, number="ti 1"), world.supplier) == (
        "number-taken"
    )
    for actor in (world.supplier, world.buyer, world.operator):
        assert world.call(asked.GetTaxInvoice(tax_invoice_id=tax.id), actor) == tax
        [listed] = world.call(asked.ListTaxInvoices(invoice_id=invoice.id), actor).items
        assert (listed.number, listed.overdue, listed.asked) == ("TI-1", False, False)


@pytest.mark.requirement("S-204")
def test_what_should_have_been_registered_is_overdue_and_what_was_registered_late_is_marked(
    world: World, invoice: Invoice
) -> None:
    today = world.now().date()
    old = issue(world, invoice, day=today - timedelta(days=70))
    issue(world, world.send(billing("200.00"), number="A-2"), "TI-2")

    [overdue] = world.call(asked.ListTaxInvoices(overdue=True), world.buyer).items
    assert (overdue.id, old.days_left is not None and old.days_left < 0) == (old.id, True)

    wish = asked.RegisterSupplierTaxInvoice(tax_invoice_id=old.id, registration="90001", registered_on=today)
    assert world.call(wish, world.supplier) == world.call(wish, world.supplier)

    assert world.call(asked.ListTaxInvoices(overdue=True), world.buyer).items == ()
    [registered] = world.call(
        asked.ListTaxInvoices(status=asked.TaxInvoiceStatus.REGISTERED), world.operator
    ).items
    assert registered.late
    assert world.facts().count("supplier-tax-invoice-registered") == 1


@pytest.mark.requirement("S-070")
@pytest.mark.parametrize("by_operator", [False, True])
def test_a_granted_date_comes_to_the_tax_invoice_and_to_the_invoice(
    world: World, invoice: Invoice, by_operator: bool
) -> None:
    today = world.now().date()
    tax = ask(world, issue(world, invoice, day=today - timedelta(days=9)), today - timedelta(days=2))
    [request] = tax.requests
    wish = asked.GrantDeliveryDate(tax_invoice_id=tax.id, request_id=request.id, answer="Agreed")
    for stranger in (world.admin, world.accountant):
        assert refusal(world, wish, stranger) == "not-the-resolver"
    assert refusal(world, wish, world.operator) == "forbidden"
    resolver = accounting() if by_operator else world.buyer

    granted = world.call(wish, resolver)
    [adjusted] = [data for name, data in world.harness.facts() if name == "delivery-date-adjusted"]
    world.harness.must_deliver(
        DeliveryDateAdjusted(tax_invoice=granted, request=granted.requests[0]),
        sequence=granted.sequence,
        subject=granted.id,
    )

    assert adjusted["request"]["answer"] == "Agreed"
    assert granted.day == today - timedelta(days=2)
    assert granted.requests[0].status is DateRequestStatus.ACCEPTED
    assert world.get(invoice.id).delivery_date == granted.day
    [change] = [data["changes"][0] for name, data in world.harness.facts() if name == "invoice-changed"]
    assert (change["field"], change["after"]) == ("delivery_date", granted.day.isoformat())
    history = world.call(asked.GetTaxInvoiceHistory(tax_invoice_id=tax.id), world.supplier)
    assert [(step.event, step.user_id) for step in history.entries] == [
        ("tax-invoice-issued", world.supplier.user_id),
        ("delivery-date-asked", world.supplier.user_id),
        ("delivery-date-adjusted", resolver.user_id),
    ]


@pytest.mark.requirement("S-070")
def test_a_refused_request_changes_nothing_and_stays_to_be_read(world: World, invoice: Invoice) -> None:
    today = world.now().date()
    tax = ask(world, issue(world, invoice, day=today - timedelta(days=9)), today)
    [waiting] = world.call(asked.ListTaxInvoices(asked=True), accounting()).items
    assert waiting.id == tax.id

    refused = world.call(
        asked.RefuseDeliveryDate(tax_invoice_id=tax.id, request_id=tax.requests[0].id, answer="Too late"),
        accounting(),
    )

    assert (refused.day, refused.register_by) == (tax.day, tax.register_by)
    assert refused.requests[0].answer == "Too late"
    assert world.call(asked.ListTaxInvoices(asked=True), accounting()).items == ()
    assert world.get(invoice.id).delivery_date is None


@pytest.mark.requirement("S-234")
@pytest.mark.parametrize(
    "change", ["gross = gross + 1, net = net + 1", "number = 'X'", "customer_id = supplier_id"]
)
def test_what_a_tax_invoice_taxes_is_kept_by_the_database(
    world: World, invoice: Invoice, change: str
) -> None:
    issue(world, invoice)
    for actor in (world.supplier, world.buyer, world.operator):
        with (
            pytest.raises(DBAPIError, match=r"issued, never changed|row-level security"),
            world.harness.database.transaction(Call(actor=actor)) as tx,
        ):
            tx.execute(text(f"update tax_invoices set {change}"))
    for stranger in (world.rival, world.stranger):
        with world.harness.database.transaction(Call(actor=stranger)) as tx:
            assert tx.execute(text(f"update tax_invoices set {change}")).rowcount == 0


@pytest.mark.requirement("S-208")
def test_nobody_else_lists_them(world: World, invoice: Invoice) -> None:
    issue(world, invoice)
    for actor in (world.rival, world.stranger):
        assert world.call(asked.ListTaxInvoices(), actor).items == ()
        assert world.call(asked.ListTaxInvoices(search="TI"), actor).items == ()
