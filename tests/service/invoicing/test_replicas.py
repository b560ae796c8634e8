"""What invoicing remembers of orders and partnerships, however their events arrive."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from services.chassis.delivery import Done
from services.chassis.testing import RefusedCall
from services.contracts.accounts.events import PartnershipChanged, SupplierPortalDisabled
from services.contracts.invoicing import commands
from services.contracts.invoicing.views import InvoiceStatus
from services.contracts.orders import events as orders
from services.contracts.orders.views import Order, OrderStatus
from services.contracts.parties import Person
from services.contracts.shapes import Event, event_type
from services.invoicing.service import InvoicingService
from tests.service.invoicing.world import World, a_line, billing, party

S = InvoiceStatus


def _switched_off(world: World, **changes: object) -> SupplierPortalDisabled:
    event = SupplierPortalDisabled(
        partnership_id=world.partnership.id,
        customer=party(world.buyer),
        supplier=party(world.supplier),
        at=world.now(),
        by=Person(id=world.admin.user_id, name=world.admin.user_name),
    )
    return replace(event, **changes)


def _switch_off(world: World, **changes: object) -> None:
    world.harness.must_deliver(
        _switched_off(world, **changes), sequence=world.partnership.sequence, subject=world.partnership.id
    )


def _known(world: World, order: Order) -> int:
    [row] = world.rows("select sequence, document from orders where id = :id", id=order.id)
    assert row.document["sequence"] == row.sequence
    return int(row.sequence)


def test_every_fact_of_an_order_that_both_sides_know_of_is_heard() -> None:
    heard = {
        event_type(method.consumes).name
        for method in (getattr(InvoicingService, name) for name in dir(InvoicingService))
        if hasattr(method, "consumes")
    }

    announced = {
        event_type(fact).name
        for fact in vars(orders).values()
        if isinstance(fact, type) and issubclass(fact, Event) and hasattr(fact, "__event__")
        if not event_type(fact).live_only
    }
    drafts = {"order-drafted", "order-draft-changed", "order-draft-deleted"}
    assert announced - drafts <= heard
    assert not drafts & heard


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_and_repeated_events_leave_the_newest_state(world: World, seed: int) -> None:
    chance = random.Random(seed)
    order = world.an_order()
    states = [replace(order, sequence=n, note=f"state {n}") for n in range(1, 21)]
    deliveries = [
        world.harness.delivery(orders.OrderRevised(order=state), sequence=state.sequence, subject=order.id)
        for state in states
    ] * 2
    chance.shuffle(deliveries)

    while deliveries:
        size = chance.randint(1, 8)
        group, deliveries = deliveries[:size], deliveries[size:]
        outcomes = world.harness.deliver_all(group, orders.OrderRevised)
        assert outcomes == [Done()] * len(group)

    assert _known(world, order) == 20


def test_what_is_counted_on_an_order_outlives_its_next_revision(world: World) -> None:
    world.send(billing("5000.00"))

    smaller = replace(world.an_order(a_line(1, "1", "10.00")), id=world.order.id, sequence=9)
    world.announce(smaller, orders.OrderRevised)
    late = world.send(billing("0.01"))

    assert late.status is S.PENDING
    [row] = world.rows("select approved_net from orders where id = :id", id=world.order.id)
    assert row.approved_net == Decimal(5000)


def test_an_order_not_yet_heard_of_is_not_there_and_one_without_terms_comes_later(
    world: World,
) -> None:
    unknown = world.an_order()
    with pytest.raises(RefusedCall) as refusal:
        world.draft(order=unknown)
    assert refusal.value.status == 404

    unlinked = world.announce(world.an_order(customer=party(world.stranger)))
    with pytest.raises(RefusedCall) as refusal:
        world.draft(order=unlinked)
    assert refusal.value.status == 503


def test_an_older_state_of_a_partnership_never_overwrites_a_newer_one(world: World) -> None:
    world.change_terms(tolerance_rate=Decimal(7))
    older = replace(world.partnership, sequence=1, tolerance_rate=Decimal(90))

    world.harness.must_deliver(PartnershipChanged(partnership=older), sequence=1, subject=older.id)

    [row] = world.rows("select tolerance_rate from partnerships")
    assert row.tolerance_rate == 7


# ------------------------------------------------------------------------------------------ the portal switch


@pytest.mark.requirement("S-101")
def test_switching_the_portal_off_deletes_the_drafts_of_that_link_and_nothing_else(world: World) -> None:
    drafts = {world.draft(billing("1.00"), number="D-1").id, world.draft(billing("1.00")).id}
    approved, held = world.send(billing("1.00")), world.send(billing("5250.01"))
    elsewhere = world.link(customer=party(world.stranger))
    other = world.draft(billing("1.00"), order=world.announce(world.an_order(customer=elsewhere.customer)))

    _switch_off(world)

    left = {row.id for row in world.rows("select id from invoices")}
    assert left == {approved.id, held.id, other.id}
    [(_, data)] = [fact for fact in world.harness.facts() if fact[0] == "invoice-drafts-deleted"]
    assert {draft["id"] for draft in data["drafts"]} == {str(draft) for draft in drafts}
    tombstones = [name for name in world.facts() if name == "invoice-draft-deleted"]
    assert len(tombstones) == 2


@pytest.mark.requirement("S-101")
def test_drafts_made_after_the_switch_stay_however_late_it_is_heard(world: World) -> None:
    before = world.now() - timedelta(seconds=5)
    draft = world.draft(billing("1.00"))

    _switch_off(world, at=before)

    assert world.get(draft.id).status is S.DRAFT
    assert "invoice-drafts-deleted" not in world.facts()


@pytest.mark.requirement("S-101")
def test_an_invoice_given_back_is_a_draft_too_from_the_moment_it_was_given_back(world: World) -> None:
    invoice = world.send(billing("5250.01"))
    before = world.now()
    world.call(commands.ReturnInvoice(invoice_id=invoice.id, reason="x"), world.buyer)

    _switch_off(world, at=before)
    assert world.get(invoice.id).status is S.DRAFT
    world.harness.must_deliver(_switched_off(world), sequence=9, subject=world.partnership.id)

    with pytest.raises(RefusedCall) as refusal:
        world.get(invoice.id)
    assert refusal.value.status == 404


@pytest.mark.requirement("S-100")
@pytest.mark.requirement("S-102")
def test_while_the_portal_is_off_a_supplier_writes_nothing_and_keeps_what_was_sent(
    world: World,
) -> None:
    held = world.send(billing("5250.01"))
    draft = world.draft(billing("1.00"), number="D-1")
    world.change_terms(enabled=False)

    for wish in (
        commands.DraftInvoice(order_id=world.order.id),
        commands.SendInvoice(order_id=world.order.id, number="X-1"),
        commands.SendInvoiceDraft(invoice_id=draft.id),
    ):
        with pytest.raises(RefusedCall, match="Northwind Bakery has switched the portal off") as refusal:
            world.call(wish, world.supplier)
        assert refusal.value.code == "portal-switched-off"
    assert world.get(held.id).status is S.PENDING
    approved = world.call(commands.ApproveInvoice(invoice_id=held.id), world.buyer)
    assert approved.status is S.APPROVED

    world.change_terms(enabled=True)
    assert world.call(commands.SendInvoiceDraft(invoice_id=draft.id), world.supplier).status is S.PENDING


def test_an_order_refused_later_keeps_its_invoices(world: World) -> None:
    invoice = world.send(billing("10.00"))

    world.announce(replace(world.order, status=OrderStatus.REFUSED, sequence=5), orders.OrderRefused)

    assert world.get(invoice.id).status is S.APPROVED


@pytest.mark.requirement("S-101")
def test_before_the_portal_is_switched_off_the_customer_is_told_how_many_drafts_will_go(world: World) -> None:
    elsewhere = world.link(customer=party(world.stranger))
    there = world.announce(world.an_order(customer=elsewhere.customer))
    world.draft(billing("1.00"), order=there)
    for _ in range(2):
        world.draft(billing("1.00"))
    returned = world.send(billing("5250.01"))
    world.call(commands.ReturnInvoice(invoice_id=returned.id, reason="A cent less"), world.buyer)
    world.send(billing("1.00"))
    question = commands.CountDrafts(partnership_id=world.partnership.id)

    counted = world.call(question, world.admin)

    assert counted.invoices == 3
    before = len(world.rows("select id from invoices"))
    world.harness.must_deliver(_switched_off(world), subject=world.partnership.id)
    assert before - len(world.rows("select id from invoices")) == counted.invoices
    assert world.call(question, world.admin).invoices == 0


@pytest.mark.requirement("S-208")
def test_nobody_counts_the_drafts_of_a_foreign_partnership(world: World) -> None:
    world.draft(billing("1.00"))
    question = commands.CountDrafts(partnership_id=world.partnership.id)

    for actor, status in ((world.stranger, 404), (world.supplier, 403), (world.rival, 403)):
        with pytest.raises(RefusedCall) as refusal:
            world.call(question, actor)
        assert refusal.value.status == status
