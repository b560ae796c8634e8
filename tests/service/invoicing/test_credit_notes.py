"""Credit notes on the real database: what is due, what can be invoiced anew, the advance, and no race past a line."""

from decimal import Decimal
from typing import Any

import pytest

from services.chassis.testing import RefusedCall
from services.contracts.invoicing import commands, payments
from services.contracts.invoicing import credit_notes as wishes
from services.contracts.invoicing.credit_notes import CreditBasis, CreditContent
from services.contracts.invoicing.views import DisputeReason, Invoice, InvoiceStatus
from tests.service.invoicing.test_races import at_once
from tests.service.invoicing.world import World, billing

S, QUANTITY, VALUE = InvoiceStatus, CreditBasis.QUANTITY, CreditBasis.VALUE


def _wish(world: World, invoice: Invoice, basis: CreditBasis, line: int = 1, **more: Any) -> Any:
    world.numbers += 1
    content = {name: Decimal(more.pop(name)) for name in ("quantity", "amount") if name in more}
    return wishes.IssueCreditNote(
        invoice_id=invoice.id,
        number=more.pop("number", f"CN-{world.numbers}"),
        basis=basis,
        reason="Agreed by phone.",
        lines=(CreditContent(line=line, **content),),
        **more,
    )


def _credit(world: World, invoice: Invoice, basis: CreditBasis = VALUE, **more: Any) -> wishes.CreditNote:
    answer: wishes.CreditNote = world.call(_wish(world, invoice, basis, **more), world.supplier)
    return answer


def _balance(world: World) -> dict[str, Decimal]:
    rows = world.rows("select account, sum(amount) as sum from ledger group by account")
    return {row.account: row.sum for row in rows if row.sum}


@pytest.mark.requirement("S-206")
def test_a_credit_by_value_lowers_what_is_due_and_both_sides_see_it(world: World) -> None:
    invoice = world.send(billing("100.00", quantity="10"))

    note = _credit(world, invoice, amount="150.00")

    assert (world.get(invoice.id).open, world.get(invoice.id).status) == (Decimal(850), S.APPROVED)
    for actor in (world.supplier, world.buyer, world.operator):
        assert world.call(wishes.GetCreditNote(credit_note_id=note.id), actor) == note
        [listed] = world.call(wishes.ListCreditNotes(invoice_id=invoice.id, search="cn"), actor).items
        assert (listed.id, listed.gross, listed.basis) == (note.id, 150, VALUE)
    assert _balance(world) == {"receivable": 850, "revenue": -850}
    assert {"credit-note-issued", "invoice-credited"} <= set(world.facts())
    open_lines = world.call(commands.GetOpenQuantities(order_id=world.order.id), world.supplier).lines
    assert [line.open for line in open_lines] == [0]


@pytest.mark.requirement("S-025")
def test_what_is_credited_by_quantity_can_be_invoiced_anew_and_passes(world: World) -> None:
    invoice = world.send(billing("500.00", quantity="10"))
    assert invoice.status is S.APPROVED

    _credit(world, invoice, QUANTITY, quantity="4")

    [line] = world.call(commands.GetOpenQuantities(order_id=world.order.id), world.supplier).lines
    assert (line.invoiced, line.open) == (6, 4)
    again = world.send(billing("500.00", quantity="4"))
    assert again.status is S.APPROVED
    beyond = world.send(billing("500.00", quantity="1"))
    assert beyond.status is S.PENDING


def test_money_given_back_does_not_let_more_be_invoiced(world: World) -> None:
    invoice = world.send(billing("500.00", quantity="10"))
    _credit(world, invoice, amount="1000.00")

    assert world.send(billing("1000.00")).status is S.PENDING


@pytest.mark.requirement("S-210")
def test_of_a_paid_invoice_the_credit_is_an_advance_that_pays_another(world: World) -> None:
    invoice, other = world.send(billing("1000.00")), world.send(billing("300.00"))
    world.pay(invoice.id, "1000.00")

    note = _credit(world, invoice, amount="400.00")

    assert (note.deducted, note.advance, world.get(invoice.id).status) == (0, 400, S.PAID)
    listing = payments.ListPaymentDocuments(status=(payments.PaymentStatus.ADVANCE,))
    [advance] = world.call(listing, world.accountant).items
    assert (advance.credit_note_id, advance.advance, advance.reference) == (note.id, 400, note.number)
    wish = payments.AllocatePayment(payment_id=advance.id, allocations=world.parts((other, "300.00")))
    assert world.call(wish, world.accountant).advance == 100
    assert world.get(other.id).status is S.PAID
    assert _balance(world) == {"revenue": -900, "money": 1000, "advance": -100}
    with pytest.raises(RefusedCall, match="not taken back"):
        world.call(payments.ReversePayment(payment_id=advance.id, reason="x"), world.accountant)


def test_a_number_is_used_once_for_credit_notes(world: World) -> None:
    invoice = world.send(billing("100.00"))
    _credit(world, invoice, amount="1.00", number="CN/7")

    with pytest.raises(RefusedCall, match="used the number") as refusal:
        _credit(world, invoice, amount="1.00", number="cn 7")
    assert refusal.value.code == "number-taken"
    assert world.get(invoice.id).credited == 1


def test_a_credit_note_answers_a_dispute(world: World) -> None:
    invoice = world.send(billing("100.00"))
    disputed = world.call(
        commands.DisputeLine(invoice_id=invoice.id, line=1, reason=DisputeReason.PRICE, note="Too dear."),
        world.buyer,
    )

    note = _credit(world, invoice, amount="30.00", dispute_id=disputed.disputes[0].id)

    now = world.get(invoice.id)
    assert (now.payable, now.disputes[0].credit_note_id) == (70, note.id)
    assert world.pay(invoice.id, "70.00").status is S.PAID


def test_credits_at_once_never_give_back_more_than_was_invoiced(world: World) -> None:
    for turn in range(5):
        invoice = world.send(billing("100.00", quantity="3"), order=world.announce(world.an_order()))
        wanted = [
            _wish(world, invoice, QUANTITY, quantity="2")
            if n % 2
            else _wish(world, invoice, VALUE, amount="90")
            for n in range(6)
        ]

        at_once(*(lambda w=w: world.call(w, world.supplier) for w in wanted))

        line = world.get(invoice.id).lines[0]
        assert 0 < line.credited_net <= line.net, turn
        assert line.credited_quantity <= line.quantity
        [noted] = world.rows("select sum(net) as net from credit_notes where invoice_id = :id", id=invoice.id)
        assert noted.net == line.credited_net


def test_a_payment_and_a_credit_at_once_never_settle_more_than_is_open(world: World) -> None:
    for _ in range(10):
        invoice = world.send(billing("100.00"), order=world.announce(world.an_order()))
        wish = _wish(world, invoice, VALUE, amount="60")

        at_once(
            lambda invoice=invoice: world.pay(invoice.id, "100.00"),
            lambda wish=wish: world.call(wish, world.supplier),
        )

        now = world.get(invoice.id)
        assert now.paid + now.deducted <= now.gross
        assert now.credited == 60
