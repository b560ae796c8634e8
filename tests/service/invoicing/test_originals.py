"""The signed originals of an invoice: whether they have arrived, who noted it, and which are missing (S-067)."""

import pytest

from services.chassis.testing import RefusedCall
from services.contracts.invoicing import commands
from services.contracts.invoicing.views import OriginalsFilter
from tests.service.invoicing.world import World, billing

pytestmark = pytest.mark.requirement("S-067")


def test_both_sides_see_when_originals_arrived_and_which_are_missing(world: World) -> None:
    first = world.send(billing("10.00"), number="O-1")
    second = world.send(billing("20.00"), number="O-2")
    world.draft(billing("30.00"), number="O-3")

    noted = world.call(commands.NoteOriginals(invoice_id=first.id, received=True), world.accountant)

    assert noted.originals.received_by.name == "Clara Count"
    again = world.call(commands.NoteOriginals(invoice_id=first.id, received=True), world.buyer)
    assert again == noted
    for actor in (world.buyer, world.supplier, world.operator):
        for which, expected in ((OriginalsFilter.RECEIVED, first), (OriginalsFilter.MISSING, second)):
            listed = world.call(commands.ListInvoices(originals=which), actor).items
            assert [item.id for item in listed] == [expected.id]
    assert world.facts().count("invoice-changed") == 1


def test_a_mistake_is_taken_back_and_told(world: World) -> None:
    invoice = world.send(billing("10.00"))
    world.call(commands.NoteOriginals(invoice_id=invoice.id, received=True), world.buyer)

    taken_back = world.call(commands.NoteOriginals(invoice_id=invoice.id, received=False), world.buyer)

    assert taken_back.originals is None
    [_, change] = [data["changes"][0] for name, data in world.harness.facts() if name == "invoice-changed"]
    assert (change["field"], change["after"]) == ("originals_received", None)
    assert world.get(invoice.id).originals is None


def test_only_the_initiator_and_who_pays_note_it_and_never_of_a_draft(world: World) -> None:
    held = world.send(billing("5250.01"))
    manager = world.colleague(commands.Role.SUPPLIER_MANAGER, "Mia Manager")
    with pytest.raises(RefusedCall) as refusal:
        world.call(commands.NoteOriginals(invoice_id=held.id, received=True), manager)
    assert refusal.value.code == "not-their-originals"

    world.call(commands.NoteOriginals(invoice_id=held.id, received=True), world.buyer)
    world.call(commands.ReturnInvoice(invoice_id=held.id, reason="Check"), world.buyer)

    with pytest.raises(RefusedCall) as refusal:
        world.call(commands.NoteOriginals(invoice_id=held.id, received=False), world.buyer)
    assert refusal.value.code == "not-sent-yet"
    assert world.call(commands.SendInvoiceDraft(invoice_id=held.id), world.supplier).originals is None
