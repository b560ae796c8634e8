"""The invoicing service on its real database: the way of an invoice from draft to payment."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.chassis.ids import new_id
from services.chassis.testing import RefusedCall
from services.contracts.accounts.views import ToleranceBase
from services.contracts.actors import Role
from services.contracts.invoicing import commands
from services.contracts.invoicing.views import InvoiceStatus, Verdict
from services.contracts.orders import events as orders
from services.contracts.orders.views import OrderStatus
from services.invoicing.domain import matching
from tests.service.invoicing.world import World, a_line, billing

S = InvoiceStatus


@pytest.mark.requirement("S-025")
def test_a_draft_is_filled_with_what_of_the_order_is_open(world: World) -> None:
    order = world.announce(world.an_order(a_line(1, "10"), a_line(2, "4", "2.50", "20")))
    world.draft(billing("500.00", 1, "3"), order=order)

    draft = world.draft(order=order)

    assert [(line.order_line, line.quantity, line.description) for line in draft.lines] == [
        (1, Decimal(7), "Item 1"),
        (2, Decimal(4), "Item 2"),
    ]
    assert (draft.net, draft.tax, draft.gross) == (Decimal("3510.00"), Decimal("2.00"), Decimal("3512.00"))
    assert draft.due_date == draft.issue_date + timedelta(days=30)
    assert world.get(draft.id) == draft


@pytest.mark.requirement("S-025")
def test_what_was_confirmed_counts_and_not_what_was_ordered(world: World) -> None:
    line = replace(a_line(1, "10"), confirmed_quantity=Decimal(6))
    order = world.announce(world.an_order(line, a_line(2)))

    found = world.call(commands.GetOpenQuantities(order_id=order.id), world.supplier)

    assert [(line.ordered, line.open) for line in found.lines] == [(6, 6), (10, 10)]


@pytest.mark.requirement("S-040")
@pytest.mark.requirement("S-054")
def test_a_draft_is_changed_sent_matched_and_approved(world: World) -> None:
    draft = world.draft(number="INV-7")
    change = commands.ChangeInvoiceDraft(
        invoice_id=draft.id,
        number="INV-8",
        issue_date=date(2026, 11, 20),
        note="Thanks",
        lines=(billing("70.00"),),
    )

    changed = world.call(change, world.supplier, expected=draft.sequence)
    sent = world.call(commands.SendInvoiceDraft(invoice_id=draft.id), world.supplier)

    assert (changed.number, changed.net, changed.note) == ("INV-8", Decimal("70.00"), "Thanks")
    assert sent.status is S.APPROVED
    assert world.get(draft.id, world.buyer) == sent
    assert world.facts() == [
        "invoice-drafted",
        "invoice-draft-changed",
        "invoice-submitted",
        "invoice-matched",
        "invoice-approved",
    ]


@pytest.mark.requirement("S-059")
def test_a_program_writes_and_sends_in_one_step(world: World) -> None:
    invoice = world.send(number="INV-1")

    assert invoice.status is S.APPROVED
    assert invoice.gross == Decimal("5000.00")
    assert world.facts() == ["invoice-submitted", "invoice-matched", "invoice-approved"]
    assert world.get(invoice.id) == invoice


@pytest.mark.requirement("S-043")
@pytest.mark.requirement("S-045")
def test_a_cent_above_the_limit_is_held_for_the_initiator(world: World) -> None:
    invoice = world.send(billing("5250.01"))

    assert invoice.status is S.PENDING
    assert invoice.initiator.id == world.buyer.user_id
    assert invoice.waiting_since is not None
    [match] = world.call(commands.GetInvoiceMatches(invoice_id=invoice.id), world.buyer).items
    assert match.findings[1].sentences == (
        "Total 5,250.01 is 0.01 above the limit of 5,250.00 (order 5,000.00 + 5 %).",
    )
    assert match.verdict is Verdict.HELD
    assert matching.recompute(match) == match


@pytest.mark.requirement("S-043")
@pytest.mark.requirement("S-072")
def test_only_the_initiator_decides(world: World) -> None:
    invoice = world.send(billing("5250.01"))
    wishes = [
        commands.ApproveInvoice(invoice_id=invoice.id),
        commands.RejectInvoice(invoice_id=invoice.id, reason="no"),
        commands.ReturnInvoice(invoice_id=invoice.id, reason="no"),
    ]

    for wish in wishes:
        for actor in (world.admin, world.accountant, world.supplier, world.operator):
            with pytest.raises(RefusedCall) as refusal:
                world.call(wish, actor)
            assert refusal.value.status == 403
        with pytest.raises(RefusedCall, match="Only Anna Buyer, who placed order PO-1, decides"):
            world.call(wish, world.admin)

    assert world.get(invoice.id).status is S.PENDING
    assert world.call(wishes[0], world.buyer).status is S.APPROVED


@pytest.mark.requirement("S-053")
@pytest.mark.requirement("S-072")
def test_an_invoice_given_back_is_reworked_and_matched_anew(world: World) -> None:
    invoice = world.send(billing("5250.01"))
    world.call(commands.ReturnInvoice(invoice_id=invoice.id, reason="A cent less"), world.buyer)

    change = commands.ChangeInvoiceDraft(
        invoice_id=invoice.id,
        number=invoice.number,
        issue_date=invoice.issue_date,
        lines=(billing("5250.00"),),
    )
    world.call(change, world.supplier)
    sent = world.call(commands.SendInvoiceDraft(invoice_id=invoice.id), world.supplier)

    assert sent.status is S.APPROVED
    assert sent.reasons == ()
    decisions = world.call(commands.GetInvoiceMatches(invoice_id=invoice.id), world.buyer).items
    assert [match.verdict for match in decisions] == [Verdict.PASSES, Verdict.HELD]


@pytest.mark.requirement("S-072")
def test_rejecting_frees_the_quantities_for_a_later_invoice(world: World) -> None:
    invoice = world.send(billing("525.01", quantity="10"))
    with pytest.raises(RefusedCall, match="Everything ordered with PO-1 is on an invoice already"):
        world.draft()

    world.call(commands.RejectInvoice(invoice_id=invoice.id, reason="Too dear"), world.buyer)

    assert world.send().status is S.APPROVED


@pytest.mark.requirement("S-048")
def test_two_invoices_inside_the_tolerance_but_not_together(world: World) -> None:
    first, second = world.send(billing("2600.00")), world.send(billing("2700.00"))

    assert (first.status, second.status) == (S.APPROVED, S.PENDING)
    [match] = world.call(commands.GetInvoiceMatches(invoice_id=second.id), world.buyer).items
    assert match.already_invoiced == Decimal("2600.00")
    assert [(earlier.number, earlier.amount) for earlier in match.inputs.earlier] == [
        (first.number, Decimal("2600.00"))
    ]


@pytest.mark.requirement("S-044")
def test_an_item_that_was_not_ordered_is_held(world: World) -> None:
    invoice = world.send(billing("10.00"), billing("5.00", None))

    assert invoice.status is S.PENDING
    assert invoice.reasons == ("Line 2, Touring tyre, was not ordered.",)


@pytest.mark.requirement("S-072")
@pytest.mark.parametrize("decision", ["reject", "return", "cancel", "approve"])
def test_the_next_invoice_of_an_order_waits_and_is_matched_once_the_first_is_decided(
    world: World, decision: str
) -> None:
    first = world.send(billing("5250.01"))
    second = world.send(billing("5000.00"))
    assert (first.status, second.status) == (S.PENDING, S.MATCHING)
    with pytest.raises(RefusedCall, match="Decide that one first"):
        world.call(commands.ApproveInvoice(invoice_id=second.id), world.buyer)

    wish, actor = {
        "reject": (commands.RejectInvoice(invoice_id=first.id, reason="x"), world.buyer),
        "return": (commands.ReturnInvoice(invoice_id=first.id, reason="x"), world.buyer),
        "cancel": (commands.CancelInvoice(invoice_id=first.id, reason="x"), world.supplier),
        "approve": (commands.ApproveInvoice(invoice_id=first.id), world.buyer),
    }[decision]
    world.call(wish, actor)

    expected = S.PENDING if decision == "approve" else S.APPROVED
    assert world.get(second.id).status is expected


@pytest.mark.requirement("S-046")
def test_a_new_tolerance_counts_for_later_matches_only(world: World) -> None:
    early = world.send(billing("1000.00"))

    world.change_terms(tolerance_rate=Decimal(0))
    late = world.send(billing("4000.01"))

    assert (early.status, late.status) == (S.APPROVED, S.PENDING)
    rates = [
        world.call(commands.GetInvoiceMatches(invoice_id=invoice.id), world.buyer)
        .items[0]
        .inputs.tolerance_rate
        for invoice in (early, late)
    ]
    assert rates == [5, 0]


@pytest.mark.requirement("S-045")
def test_the_customer_may_have_gross_totals_compared(world: World) -> None:
    world.change_terms(tolerance_base=ToleranceBase.GROSS, tolerance_rate=Decimal(0))
    order = world.announce(world.an_order(a_line(1, "1", "100.00", "20")))

    within = world.send(replace(billing("60.00"), tax_rate=Decimal(20)), order=order)
    above = world.send(replace(billing("40.00"), tax_rate=Decimal(21)), order=order)

    assert (within.status, above.status) == (S.APPROVED, S.PENDING)


@pytest.mark.requirement("S-055")
@pytest.mark.requirement("S-058")
def test_an_approved_invoice_is_paid_in_parts_and_never_too_much(world: World) -> None:
    invoice = world.send(billing("100.00"))

    partly = world.pay(invoice.id, "40.00")
    with pytest.raises(RefusedCall, match=r"60\.01 EUR is more than what is open .* 60\.00 EUR"):
        world.pay(invoice.id, "60.01")
    paid = world.pay(invoice.id, "60.00")

    assert (partly.status, partly.open) == (S.PARTLY_PAID, Decimal("60.00"))
    assert (paid.status, paid.open) == (S.PAID, 0)
    listed = world.call(commands.ListPayments(invoice_id=invoice.id), world.supplier)
    assert [payment.amount for payment in listed.items] == [Decimal("40.00"), Decimal("60.00")]
    assert listed.total == Decimal("100.00")


@pytest.mark.requirement("S-058")
def test_an_invoice_that_is_not_approved_is_not_paid(world: World) -> None:
    invoice = world.send(billing("5250.01"))

    with pytest.raises(RefusedCall, match="for an approved invoice only") as refusal:
        world.pay(invoice.id, "1.00")

    assert refusal.value.code == "not-payable"
    assert world.rows("select 1 from payments") == []


@pytest.mark.requirement("S-058")
def test_only_accounting_and_the_administrator_register_payments(world: World) -> None:
    invoice = world.send(billing("100.00"))
    wish = commands.RegisterPayment(invoice_id=invoice.id, amount=Decimal(1))

    for actor in (world.buyer, world.supplier, world.operator, world.colleague(Role.SUPPLIER_MANAGER, "Mia")):
        with pytest.raises(RefusedCall) as refusal:
            world.call(wish, actor)
        assert refusal.value.status == 403

    assert world.call(wish, world.admin).paid == 1


@pytest.mark.requirement("S-232")
def test_the_balance_is_what_is_approved_and_not_paid(world: World) -> None:
    first, second = world.send(billing("100.10")), world.send(billing("200.20"))
    world.send(billing("5000.00"))
    world.pay(first.id, "50.05")

    seen_by_supplier = world.call(
        commands.GetPartnerBalance(partner_id=world.buyer.organisation_id), world.supplier
    )
    seen_by_customer = world.call(
        commands.GetPartnerBalance(partner_id=world.supplier.organisation_id), world.accountant
    )

    assert second.open == Decimal("200.20")
    for seen in (seen_by_supplier, seen_by_customer):
        [balance] = seen.balances
        assert (balance.currency, balance.due) == ("EUR", Decimal("250.25"))
    assert seen_by_supplier.partner.name == "Northwind Bakery"
    assert seen_by_customer.partner.name == "Mill & Sons"


@pytest.mark.requirement("S-232")
def test_the_ledger_holds_exactly_the_entries_of_each_fact(world: World) -> None:
    invoice = world.send(replace(billing("100.00"), tax_rate=Decimal(20)))
    world.pay(invoice.id, "120.00")

    entries = world.rows("select source_type, entry, account, amount from ledger order by posted_at, entry")

    assert [tuple(entry) for entry in entries] == [
        ("approval", 1, "receivable", Decimal("120.00")),
        ("approval", 2, "revenue", Decimal("-100.00")),
        ("approval", 3, "tax", Decimal("-20.00")),
        ("payment", 1, "money", Decimal("120.00")),
        ("payment", 2, "receivable", Decimal("-120.00")),
    ]


@pytest.mark.requirement("S-041")
def test_a_number_is_used_once_whatever_its_spelling(world: World) -> None:
    world.send(billing("1.00"), number="INV-17")

    with pytest.raises(RefusedCall, match="used the number inv 17 for Northwind Bakery before") as refusal:
        world.send(billing("1.00"), number="inv 17")
    with pytest.raises(RefusedCall):
        world.draft(number="INV/17")
    draft = world.draft(number="INV-18")
    change = commands.ChangeInvoiceDraft(
        invoice_id=draft.id, number="INV 17", issue_date=draft.issue_date, lines=(billing("1.00"),)
    )
    with pytest.raises(RefusedCall):
        world.call(change, world.supplier)

    assert refusal.value.code == "number-taken"


def test_the_same_number_may_go_to_another_customer_and_come_from_another_supplier(world: World) -> None:
    world.send(billing("1.00"), number="INV-17")
    elsewhere = world.link(customer=replace(world.partnership.customer, id=world.stranger.organisation_id))
    order = world.announce(world.an_order(customer=elsewhere.customer))

    assert world.send(billing("1.00"), number="INV-17", order=order).status is S.APPROVED


def test_an_invoice_in_another_currency_than_its_order_needs_a_rate(world: World) -> None:
    wish = commands.SendInvoice(order_id=world.order.id, number="INV-1", currency="USD")

    with pytest.raises(
        RefusedCall, match="PO-1 is in EUR, this invoice in USD: say at which rate"
    ) as refusal:
        world.call(wish, world.supplier)

    assert refusal.value.code == "currency-differs"
    assert world.call(replace(wish, currency="EUR"), world.supplier).currency == "EUR"


def test_a_cancelled_order_is_no_longer_invoiced(world: World) -> None:
    draft = world.draft(number="INV-1")
    cancelled = replace(world.order, status=OrderStatus.CANCELLED, sequence=4)
    world.announce(cancelled, orders.OrderCancelled)

    with pytest.raises(RefusedCall, match="PO-1 was cancelled") as refusal:
        world.call(commands.SendInvoiceDraft(invoice_id=draft.id), world.supplier)

    assert refusal.value.code == "order-not-billable"


def test_an_invoice_is_matched_with_the_order_the_supplier_has_read(world: World) -> None:
    wish = commands.SendInvoice(order_id=world.order.id, number="INV-1", order_sequence=4)

    with pytest.raises(RefusedCall) as refusal:
        world.call(wish, world.supplier)
    assert refusal.value.status == 503
    world.announce(replace(world.order, sequence=4))

    assert world.call(wish, world.supplier).status is S.APPROVED


@pytest.mark.parametrize(
    ("seen", "status", "code"),
    [(None, 404, "not-found"), (4, 503, "later")],
    ids=["never read", "read before"],
)
def test_an_order_that_is_not_here_is_not_found_unless_the_caller_has_read_it(
    world: World, seen: int | None, status: int, code: str
) -> None:
    wish = commands.SendInvoice(order_id=new_id(), number="INV-1", order_sequence=seen)

    with pytest.raises(RefusedCall) as refusal:
        world.call(wish, world.supplier)

    assert (refusal.value.status, refusal.value.code) == (status, code)
    assert refusal.value.soon is (seen is None), "the gateway asks again: the order may be on its way"


def test_a_draft_deleted_by_its_supplier_is_gone_and_its_history_stays(world: World) -> None:
    draft = world.draft(number="INV-1")

    deleted = world.call(commands.DeleteInvoiceDraft(invoice_id=draft.id), world.supplier)

    assert (deleted.id, deleted.number) == (draft.id, "INV-1")
    with pytest.raises(RefusedCall) as refusal:
        world.get(draft.id)
    assert refusal.value.status == 404
    history = world.call(commands.GetInvoiceHistory(invoice_id=draft.id), world.supplier)
    assert [entry.event for entry in history.entries] == ["invoice-drafted", "invoice-draft-deleted"]


@pytest.mark.requirement("S-230")
def test_the_history_tells_each_side_what_it_may_know(world: World) -> None:
    draft = world.draft(billing("5250.01"), number="INV-1")
    world.call(commands.SendInvoiceDraft(invoice_id=draft.id), world.supplier)
    world.call(commands.ApproveInvoice(invoice_id=draft.id, remark="Fine"), world.buyer)

    def events_seen_by(actor: object) -> list[str]:
        history = world.call(commands.GetInvoiceHistory(invoice_id=draft.id), actor)  # type: ignore[arg-type]
        return [entry.event for entry in history.entries]

    sent = ["invoice-submitted", "approval-requested", "invoice-approved"]
    matched = ["invoice-submitted", "invoice-matched", "approval-requested", "invoice-approved"]
    assert events_seen_by(world.supplier) == ["invoice-drafted", *sent]
    assert events_seen_by(world.buyer) == matched
    assert events_seen_by(world.operator) == matched
    history = world.call(commands.GetInvoiceHistory(invoice_id=draft.id), world.buyer)
    assert history.entries[-1].user_id == world.buyer.user_id
    assert history.entries[-1].state.remark == "Fine"


@pytest.mark.requirement("S-057")
def test_the_supplier_hears_of_a_planned_payment(world: World) -> None:
    invoice = world.send(billing("100.00"))
    day = invoice.issue_date + timedelta(days=20)

    changed = world.call(commands.PlanPayment(invoice_id=invoice.id, planned_on=day), world.accountant)

    assert changed.planned_on == day
    assert world.facts()[-1] == "invoice-changed"


def test_a_stale_reader_is_told_to_read_again(world: World) -> None:
    invoice = world.send(billing("5250.01"))

    with pytest.raises(RefusedCall) as refusal:
        world.call(commands.ApproveInvoice(invoice_id=invoice.id), world.buyer, expected=1)

    assert refusal.value.status == 412
    assert world.get(invoice.id).status is S.PENDING


def test_a_repeated_command_has_one_effect_and_one_answer(world: World) -> None:
    first = world.send(billing("10.00"), number="INV-1", command_id="same")
    again = world.send(billing("10.00"), number="INV-1", command_id="same")
    paid = [world.pay(first.id, "4.00", command_id="pay") for _ in range(3)]

    assert again == first
    assert {answer.paid for answer in paid} == {Decimal("4.00")}
    assert world.rows("select count(*) from payments")[0].count == 1
