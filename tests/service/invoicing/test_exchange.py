"""Invoices in another currency on the real database: kept with their rate, counted on the order, owed in their own."""

from decimal import Decimal

import pytest

from services.contracts.invoicing import commands
from services.contracts.invoicing import credit_notes as wishes
from services.contracts.invoicing.credit_notes import CreditBasis, CreditContent
from services.contracts.invoicing.views import Exchange, InvoiceStatus
from tests.service.invoicing.world import World, billing

S = InvoiceStatus


@pytest.mark.requirement("S-045", "S-210")
def test_an_invoice_in_dollars_is_held_released_paid_and_credited_and_counts_in_euros(world: World) -> None:
    draft = world.draft(billing("1000.00", quantity="2"), number="INV-1")
    exchange = Exchange(rate=Decimal("0.9213"), source="ECB", day=draft.issue_date)
    changed = world.call(
        commands.ChangeInvoiceDraft(
            invoice_id=draft.id,
            number="INV-1",
            issue_date=draft.issue_date,
            lines=(billing("1000.00", quantity="2"),),
            currency="USD",
            exchange=exchange,
        ),
        world.supplier,
    )
    sent = world.call(commands.SendInvoiceDraft(invoice_id=draft.id), world.supplier)
    world.call(commands.ApproveInvoice(invoice_id=draft.id), world.buyer)
    note = wishes.IssueCreditNote(
        invoice_id=draft.id,
        number="CN-1",
        basis=CreditBasis.QUANTITY,
        reason="Back.",
        lines=(CreditContent(line=1, quantity=Decimal(1)),),
    )
    world.call(note, world.supplier)
    after = world.pay(draft.id, "250.00")

    assert (changed.currency, changed.exchange) == ("USD", sent.exchange)
    assert (sent.status, sent.reasons[0][:22]) == (S.PENDING, "It is billed in USD, a")
    assert (after.currency, after.open, after.exchange) == ("USD", 750, sent.exchange)
    [order] = world.rows("select approved_net from orders")
    assert order.approved_net == Decimal("921.3")
    rows = world.rows("select account, currency, sum(amount) as sum from ledger group by 1, 2 order by 1")
    assert {(row.account, row.currency, row.sum) for row in rows} == {
        ("money", "USD", 250),
        ("receivable", "USD", 750),
        ("revenue", "USD", -1000),
    }
    balance = world.call(
        commands.GetPartnerBalance(partner_id=world.supplier.organisation_id), world.accountant
    )
    assert [(each.currency, each.due) for each in balance.balances] == [("USD", 750)]
    # 5,250.00 are allowed, of which 921.30 are used up.
    assert world.send(billing("4328.70")).status is S.APPROVED
    assert world.send(billing("0.01")).status is S.PENDING


def test_the_time_machine_counts_it_in_the_order_s_currency(world: World) -> None:
    wish = commands.SendInvoice(
        order_id=world.order.id,
        number="INV-1",
        lines=(billing("6000.00"),),
        currency="USD",
        exchange=Exchange(rate=Decimal("0.5"), source="ECB", day=world.draft().issue_date),
    )
    world.call(wish, world.supplier)

    replay = world.call(commands.ReplayMatching(rates=(Decimal(0),)), world.admin)

    [told] = replay.by_rate[0].by_currency
    assert (told.currency, told.approved.count, told.approved.net) == ("EUR", 1, 3000)
