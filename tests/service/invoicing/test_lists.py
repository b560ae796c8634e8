"""Lists of invoices: newest first, page by page, filtered."""

from datetime import date

import pytest

from services.chassis.testing import RefusedCall
from services.contracts.invoicing import commands
from services.contracts.invoicing.views import InvoicePage, InvoiceStatus
from tests.service.invoicing.world import World, billing, party

S = InvoiceStatus


def _listed(world: World, **filters: object) -> InvoicePage:
    page: InvoicePage = world.call(commands.ListInvoices(**filters), world.supplier)  # type: ignore[arg-type]
    return page


def _numbers(page: InvoicePage) -> list[str | None]:
    return [item.number for item in page.items]


@pytest.mark.requirement("S-041")
@pytest.mark.requirement("S-203")
def test_pages_follow_each_other_without_gap_or_repetition(world: World) -> None:
    for number in range(7):
        world.send(billing("1.00"), number=f"N-{number}")

    pages, after = [], None
    while True:
        page = _listed(world, limit=3, after=after)
        pages.append(_numbers(page))
        after = page.next
        if after is None:
            break

    assert pages == [["N-6", "N-5", "N-4"], ["N-3", "N-2", "N-1"], ["N-0"]]


def test_a_document_that_comes_in_meanwhile_does_not_shift_the_next_page(world: World) -> None:
    for number in range(4):
        world.send(billing("1.00"), number=f"N-{number}")
    first = _listed(world, limit=2)
    world.send(billing("1.00"), number="N-4")

    assert _numbers(_listed(world, limit=2, after=first.next)) == ["N-1", "N-0"]


@pytest.mark.requirement("S-041")
def test_a_supplier_finds_its_invoices_of_every_status(world: World) -> None:
    world.draft(billing("1.00"), number="draft")
    world.send(billing("1.00"), number="approved")
    partly = world.send(billing("2.00"), number="partly")
    world.pay(partly.id, "1.00")
    paid = world.send(billing("2.00"), number="paid")
    world.pay(paid.id, "2.00")
    rejected = world.send(billing("5250.01"), number="rejected")
    world.call(commands.RejectInvoice(invoice_id=rejected.id, reason="x"), world.buyer)
    canceled = world.send(billing("5250.01"), number="canceled")
    world.call(commands.CancelInvoice(invoice_id=canceled.id, reason="x"), world.supplier)
    world.send(billing("1.00", None), number="pending")
    world.send(billing("5245.00"), number="matching")

    for status in S:
        [found] = _listed(world, status=(status,)).items
        assert found.number == status.value.removesuffix("-paid")
    assert len(_listed(world).items) == len(S)


def test_filters_by_order_partner_and_date(world: World) -> None:
    elsewhere = world.link(customer=party(world.stranger))
    other_order = world.announce(world.an_order(customer=elsewhere.customer))
    world.send(billing("1.00"), number="here")
    world.send(billing("1.00"), number="there", order=other_order)
    early = commands.SendInvoice(
        order_id=world.order.id, number="early", issue_date=date(2020, 2, 1), lines=(billing("1.00"),)
    )
    world.call(early, world.supplier)

    assert _numbers(_listed(world, order_id=other_order.id)) == ["there"]
    assert _numbers(_listed(world, partner_id=world.stranger.organisation_id)) == ["there"]
    assert _numbers(_listed(world, partner_id=world.buyer.organisation_id)) == ["early", "here"]
    assert _numbers(_listed(world, date_to=date(2020, 2, 1))) == ["early"]
    assert _numbers(_listed(world, date_from=date(2020, 2, 2))) == ["there", "here"]
    seen_by_operator = world.call(
        commands.ListInvoices(partner_id=world.stranger.organisation_id), world.operator
    )
    assert _numbers(seen_by_operator) == ["there"]


@pytest.mark.parametrize("search", ["inv-1", "INV1", "inv 1", "Inv/1"])
def test_a_number_is_found_by_how_it_begins_whatever_its_spelling(world: World, search: str) -> None:
    for number in ("INV-17", "INV-18", "INV-20", "X-INV-1"):
        world.send(billing("1.00"), number=number)

    assert _numbers(_listed(world, search=search)) == ["INV-18", "INV-17"]
    seen = world.call(commands.ListInvoices(search=search), world.buyer)
    assert _numbers(seen) == ["INV-18", "INV-17"]


@pytest.mark.parametrize("search", ["%", "_", "\\"])
def test_a_search_for_signs_that_mean_something_to_the_database_finds_nothing(
    world: World, search: str
) -> None:
    world.send(billing("1.00"))

    assert _listed(world, search=search).items == ()


def test_a_cursor_of_another_list_is_refused(world: World) -> None:
    with pytest.raises(RefusedCall) as refusal:
        _listed(world, after="bm9uc2Vuc2U")

    assert refusal.value.status == 422


@pytest.mark.requirement("S-232")
def test_a_row_of_a_list_says_the_same_as_the_invoice(world: World) -> None:
    invoice = world.send(billing("5250.01"))

    [row] = _listed(world).items

    # How long it waits is counted by the clock of whoever looks, not kept on the invoice.
    counted = {"waited", "answer_by"}
    for field in set(row.__dataclass_fields__) - counted:  # type: ignore[attr-defined]
        assert getattr(row, field) == getattr(invoice, field), field
