"""Balances, orders, statements and ages: every sum is that of the entries, and both sides of an account stand apart."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.chassis.testing import RefusedCall
from services.contracts.invoicing import commands, credit_notes, payments, reports
from services.contracts.invoicing.credit_notes import CreditBasis, CreditContent
from services.contracts.invoicing.reports import AccountMovementKind, AccountStanding
from services.contracts.invoicing.views import Invoice
from tests.service.invoicing.world import World, billing

K = AccountMovementKind


def _statement(world: World, actor: Any = None, **more: Any) -> reports.AccountStatement:
    actor = actor or world.accountant
    partner = world.buyer if actor is world.supplier else world.supplier
    wish = reports.GetAccountStatement(partner_id=partner.organisation_id, currency="EUR", **more)
    answer: reports.AccountStatement = world.call(wish, actor)
    return answer


def _credit(world: World, invoice: Invoice, amount: str) -> None:
    wish = credit_notes.IssueCreditNote(
        invoice_id=invoice.id,
        number="CN-1",
        basis=CreditBasis.VALUE,
        reason="Agreed.",
        lines=(CreditContent(line=1, amount=Decimal(amount)),),
    )
    world.call(wish, world.supplier)


@pytest.fixture
def invoices(world: World) -> list[Invoice]:
    """Two invoices of 1,000 and 500; the first paid with 200 too much, the second credited with 100."""
    first = world.send(billing("1000.00"))
    second = world.send(billing("500.00"), order=world.announce(world.an_order()))
    world.pay_many("1200.00", (first, "1000.00"))
    _credit(world, second, "100.00")
    return [first, second]


@pytest.mark.requirement("S-210")
@pytest.mark.requirement("S-207")
def test_what_is_due_and_what_is_paid_ahead_are_told_and_never_netted(
    world: World, invoices: list[Invoice]
) -> None:
    for actor in (world.accountant, world.supplier):
        answer = world.call(reports.ListBalances(), actor)
        [balance] = answer.items
        assert (balance.currency, balance.due, balance.overdue, balance.advances) == ("EUR", 400, 0, 200)
        [total] = answer.totals
        assert (total.due, total.advances) == (400, 200)
        [single] = world.call(commands.GetPartnerBalance(partner_id=balance.partner.id), actor).balances
        assert (single.due, single.advances) == (400, 200)


@pytest.mark.requirement("S-211")
def test_the_balances_of_orders_sum_to_the_balance(world: World, invoices: list[Invoice]) -> None:
    wish = reports.GetBalancesByOrder(partner_id=world.supplier.organisation_id)

    answer = world.call(wish, world.accountant)

    by_order = {item.order_number: (item.invoiced, item.due, item.advances) for item in answer.items}
    assert by_order == {invoices[1].order_number: (400, 400, 0), None: (0, 0, 200)}
    [total] = answer.totals
    assert sum(item.due for item in answer.items) == total.due == 400
    assert sum(item.advances for item in answer.items) == total.advances == 200


@pytest.mark.requirement("S-200")
@pytest.mark.requirement("S-212")
@pytest.mark.requirement("S-213")
@pytest.mark.requirement("S-214")
def test_opening_and_movements_make_the_closing_on_both_sides(world: World, invoices: list[Invoice]) -> None:
    for actor in (world.accountant, world.supplier):
        told = _statement(world, actor)

        assert [(move.kind, move.receivable, move.payable) for move in told.movements] == [
            (K.INVOICE, 1000, 0), (K.INVOICE, 500, 0), (K.PAYMENT, -1000, 0), (K.PAYMENT, 0, 200),
            (K.CREDIT_NOTE, -100, 0),
        ]  # fmt: skip
        assert (told.opening, told.closing) == (
            AccountStanding(receivable=Decimal(0), payable=Decimal(0)),
            AccountStanding(receivable=Decimal(400), payable=Decimal(200)),
        )
        assert (told.charged, told.credited, told.paid) == (1500, 100, 1200)
        assert [move.number for move in told.movements] == [
            invoices[0].number, invoices[1].number, "SEPA 77", "SEPA 77", "CN-1",
        ]  # fmt: skip


@pytest.mark.requirement("S-212")
def test_what_lies_before_the_time_is_its_opening(world: World, invoices: list[Invoice]) -> None:
    tomorrow = world.now().date() + timedelta(days=1)

    told = _statement(world, date_from=tomorrow, date_to=tomorrow)

    assert told.movements == ()
    assert told.opening == told.closing == AccountStanding(receivable=Decimal(400), payable=Decimal(200))
    with pytest.raises(RefusedCall, match="ends before it begins"):
        _statement(world, date_from=tomorrow, date_to=tomorrow - timedelta(days=1))


def test_an_allocation_leads_to_its_payment(world: World, invoices: list[Invoice]) -> None:
    [advance] = world.call(
        payments.ListPaymentDocuments(status=(payments.PaymentStatus.ADVANCE,)), world.accountant
    ).items
    wish = payments.AllocatePayment(payment_id=advance.id, allocations=world.parts((invoices[1], "150.00")))
    world.call(wish, world.accountant)

    moved = [move for move in _statement(world).movements if move.kind is K.ALLOCATION]

    assert [(move.source_id, move.receivable, move.payable) for move in moved] == [
        (advance.id, 0, -150), (advance.id, -150, 0),
    ]  # fmt: skip


def test_the_ages_sum_to_what_is_outstanding(world: World, invoices: list[Invoice]) -> None:
    late = commands.SendInvoice(
        order_id=world.order.id,
        number="LATE-1",
        issue_date=world.now().date() - timedelta(days=75),
        lines=(billing("50.00"),),
    )
    world.call(late, world.supplier)

    [age] = world.call(reports.GetAgeing(), world.accountant).items

    assert {bucket.age.value: bucket.open for bucket in age.buckets if bucket.count} == {
        "current": 400, "31-60": 50,
    }  # fmt: skip
    assert sum(bucket.open for bucket in age.buckets) == age.outstanding == 450
    [balance] = world.call(reports.ListBalances(), world.supplier).items
    assert balance.overdue == 50


@pytest.mark.requirement("S-208")
def test_nobody_else_sees_an_account(world: World, invoices: list[Invoice]) -> None:
    for stranger, partner in ((world.rival, world.buyer), (world.stranger, world.supplier)):
        assert world.call(reports.ListBalances(), stranger).items == ()
        assert world.call(reports.GetAgeing(), stranger).items == ()
        for wish in (
            reports.GetAccountStatement(partner_id=partner.organisation_id, currency="EUR"),
            reports.GetBalancesByOrder(partner_id=partner.organisation_id),
            reports.ListBalances(partner_id=partner.organisation_id),
        ):
            with pytest.raises(RefusedCall) as refusal:
                world.call(wish, stranger)
            assert refusal.value.status == 404
