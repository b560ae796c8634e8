"""The orders service on its real database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.chassis.ids import new_id
from services.chassis.testing import RefusedCall, ServiceHarness, an_actor
from services.contracts.accounts.events import PartnershipChanged
from services.contracts.accounts.views import Partnership, ToleranceBase
from services.contracts.actors import Actor, Role
from services.contracts.orders import commands
from services.contracts.orders.views import Order, OrderStatus
from services.contracts.parties import Party
from services.orders.service import OrdersService

BUYER = an_actor(Role.INITIATOR, name="Anna Buyer", organisation_name="Northwind Bikes")
SELLER = an_actor(Role.SUPPLIER_USER, name="Sven Seller", organisation_name="Allenson Cycles")
STRANGER = an_actor(Role.INITIATOR, name="Eve Else", organisation_name="Elsewhere")
RIVAL = an_actor(Role.SUPPLIER_ADMIN, name="Rob Rival", organisation_name="Rival Parts")
AN_ISSUE = commands.IssuedLine(order_line=1, quantity=Decimal(1))
A_RECEIPT = commands.ReceivedLine(order_line=1, quantity=Decimal(1), rejected_quantity=Decimal(0))
OPERATOR = an_actor(Role.OPERATOR_SUPPORT, name="Olga Operator", organisation_name="The Operator")


@pytest.fixture
def orders(fresh_database: Any) -> Iterator[ServiceHarness]:
    harness = ServiceHarness(OrdersService, fresh_database("orders").url)
    link(harness, a_partnership())
    yield harness
    harness.close()


def a_partnership(**changes: Any) -> Partnership:
    from datetime import UTC, datetime

    partnership = Partnership(
        id=new_id(),
        sequence=1,
        customer=Party(id=BUYER.organisation_id, name=BUYER.organisation_name),
        supplier=Party(id=SELLER.organisation_id, name=SELLER.organisation_name),
        enabled=True,
        tolerance_rate=Decimal(5),
        tolerance_base=ToleranceBase.NET,
        currency="EUR",
        lead_time_days=0,
        minimum_order=Decimal(0),
        payment_days=30,
        customer_contact=None,
        since=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return replace(partnership, **changes)


def link(orders: ServiceHarness, partnership: Partnership, sequence: int = 1) -> None:
    orders.must_deliver(
        PartnershipChanged(partnership=partnership), sequence=sequence, subject=partnership.id
    )


def a_line(**changes: Any) -> commands.DraftLine:
    line = commands.DraftLine(
        item_number="BK-1",
        quantity=Decimal(10),
        description="Touring tyre",
        unit="C62",
        unit_price=Decimal("12.50"),
        tax_rate=Decimal(20),
    )
    return replace(line, **changes)


def a_draft(**changes: Any) -> commands.DraftOrder:
    return replace(commands.DraftOrder(supplier_id=SELLER.organisation_id, lines=(a_line(),)), **changes)


def submitted(orders: ServiceHarness, **changes: Any) -> Order:
    return orders.call(a_draft(submit=True, **changes), BUYER)  # type: ignore[no-any-return]


@pytest.mark.requirement("S-020")
def test_a_draft_is_for_its_buyer_alone_and_a_submitted_order_for_its_supplier_too(
    orders: ServiceHarness,
) -> None:
    draft = orders.call(a_draft(), BUYER)
    assert orders.call(commands.ListOrders(), SELLER).items == ()
    with pytest.raises(RefusedCall) as refused:
        orders.call(commands.GetOrder(order_id=draft.id), SELLER)
    assert refused.value.status == 404

    orders.call(commands.SubmitOrder(order_id=draft.id), BUYER)

    seen = orders.call(commands.GetOrder(order_id=draft.id), SELLER)
    assert seen.status is OrderStatus.SUBMITTED
    assert [item.id for item in orders.call(commands.ListOrders(), SELLER).items] == [draft.id]
    assert [name for name, _ in orders.facts()] == ["order-drafted", "order-submitted"]


@pytest.mark.requirement("S-232")
def test_sums_are_exact_and_tax_is_rounded_once_per_rate(orders: ServiceHarness) -> None:
    lines = tuple(
        a_line(quantity=Decimal(3), unit_price=Decimal("0.335"), tax_rate=Decimal(7)) for _ in range(3)
    )

    order = orders.call(a_draft(lines=lines), BUYER)

    assert [line.net for line in order.lines] == [Decimal("1.01")] * 3
    assert (order.net, order.tax, order.gross) == (Decimal("3.03"), Decimal("0.21"), Decimal("3.24"))


def test_what_is_left_out_of_a_line_comes_from_the_suppliers_product(orders: ServiceHarness) -> None:
    product = commands.SaveProduct(
        number="P-9",
        name="Saddle",
        unit="C62",
        unit_price=Decimal(30),
        currency="EUR",
        tax_rate=Decimal(20),
    )
    orders.call(product, SELLER)

    order = orders.call(a_draft(lines=(commands.DraftLine(item_number="P-9", quantity=Decimal(2)),)), BUYER)

    [line] = order.lines
    assert (line.description, line.unit_price, line.net) == ("Saddle", Decimal(30), Decimal(60))


def test_a_line_that_is_no_product_must_be_complete_and_the_fault_names_it(orders: ServiceHarness) -> None:
    lines = (a_line(), commands.DraftLine(item_number="NONE", quantity=Decimal(1)))

    with pytest.raises(RefusedCall) as refused:
        orders.call(a_draft(lines=lines), BUYER)

    assert refused.value.status == 422
    assert [fault["field"] for fault in refused.value.problem_faults] == ["/lines/1/item_number"]


@pytest.mark.requirement("S-233")
def test_an_order_from_nobodys_supplier_is_told_at_its_field_until_the_link_has_arrived(
    orders: ServiceHarness,
) -> None:
    stranger = an_actor(Role.SUPPLIER_USER, organisation_name="Newcomer Parts")
    draft = a_draft(supplier_id=stranger.organisation_id)

    with pytest.raises(RefusedCall) as refused:
        orders.call(draft, BUYER, command_id="once")

    assert (refused.value.status, refused.value.code) == (422, "invalid")
    assert [fault["field"] for fault in refused.value.problem_faults] == ["/supplier_id"]
    assert refused.value.soon, "the gateway asks again: the link may be on its way"

    link(orders, a_partnership(supplier=Party(id=stranger.organisation_id, name="Newcomer Parts")))

    assert orders.call(draft, BUYER, command_id="once").supplier.name == "Newcomer Parts"


def test_the_same_command_id_twice_makes_one_order(orders: ServiceHarness) -> None:
    first = orders.call(a_draft(), BUYER, command_id="once")
    second = orders.call(a_draft(), BUYER, command_id="once")

    assert first == second
    assert len(orders.call(commands.ListOrders(), BUYER).items) == 1
    with pytest.raises(RefusedCall) as refused:
        orders.call(a_draft(note="another"), BUYER, command_id="once")
    assert refused.value.code == "key-reused"


def test_two_organisations_may_use_the_same_command_id(orders: ServiceHarness) -> None:
    link(orders, a_partnership(id=new_id(), customer=Party(id=STRANGER.organisation_id, name="Elsewhere")))

    mine = orders.call(a_draft(), BUYER, command_id="once")
    theirs = orders.call(a_draft(), STRANGER, command_id="once")

    assert mine.id != theirs.id


def test_numbers_of_a_customer_have_no_gaps_and_its_own_number_is_unique(orders: ServiceHarness) -> None:
    made = [orders.call(a_draft(order_date=date(2026, 5, 1)), BUYER).number for _ in range(3)]
    orders.call(a_draft(number="ERP-7"), BUYER)

    assert made == ["PO-2026-00001", "PO-2026-00002", "PO-2026-00003"]
    with pytest.raises(RefusedCall) as refused:
        orders.call(a_draft(number="ERP-7"), BUYER)
    assert refused.value.code == "number-taken"


def test_a_change_of_an_order_read_too_long_ago_is_refused(orders: ServiceHarness) -> None:
    draft = orders.call(a_draft(), BUYER)
    change = commands.ChangeDraftOrder(order_id=draft.id, lines=(a_line(quantity=Decimal(4)),))
    orders.call(change, BUYER, expected=draft.sequence)

    with pytest.raises(RefusedCall) as refused:
        orders.call(change, BUYER, expected=draft.sequence)

    assert refused.value.code == "stale"


@pytest.mark.requirement("S-029")
def test_the_supplier_confirms_by_line_what_it_can_deliver(orders: ServiceHarness) -> None:
    order = submitted(orders, lines=(a_line(), a_line(item_number="BK-2")))
    answer = commands.LineAnswer(number=2, quantity=Decimal(4), note="rest in May")

    confirmed = orders.call(commands.ConfirmOrder(order_id=order.id, lines=(answer,)), SELLER)

    assert [line.confirmed_quantity for line in confirmed.lines] == [Decimal(10), Decimal(4)]
    assert confirmed.lines[1].confirmation_note == "rest in May"
    assert confirmed.status is OrderStatus.CONFIRMED


@pytest.mark.requirement("S-027")
@pytest.mark.requirement("S-028")
def test_only_the_initiator_changes_the_delivery_date(orders: ServiceHarness) -> None:
    order = submitted(orders)
    change = commands.ChangeDeliveryDate(order_id=order.id, date=date(2027, 1, 15))
    colleague = an_actor(Role.BUYER_ADMIN, organisation_id=BUYER.organisation_id, name="Bob Boss")

    for other in (SELLER, colleague, OPERATOR):
        with pytest.raises(RefusedCall) as refused:
            orders.call(change, other)
        assert refused.value.status == 403
        assert "Anna Buyer" in refused.value.detail

    assert orders.call(change, BUYER).delivery_date == date(2027, 1, 15)


@pytest.mark.requirement("S-026")
def test_a_proposal_of_another_date_changes_nothing_until_the_initiator_decides(
    orders: ServiceHarness,
) -> None:
    order = submitted(orders, delivery_date=date(2027, 1, 1))
    proposal = commands.ProposeDeliveryDate(order_id=order.id, date=date(2027, 2, 1), reason="snow")

    proposed = orders.call(proposal, SELLER)

    assert proposed.delivery_date == date(2027, 1, 1)
    assert proposed.date_proposal is not None
    assert proposed.date_proposal.reason == "snow"
    declined = orders.call(commands.DeclineDeliveryDate(order_id=order.id, reason="too late"), BUYER)
    assert (declined.delivery_date, declined.date_proposal) == (date(2027, 1, 1), None)


@pytest.mark.requirement("S-030")
@pytest.mark.requirement("S-031")
def test_an_order_too_early_and_too_small_is_flagged_with_dates_and_the_missing_amount(
    orders: ServiceHarness,
) -> None:
    terms = a_partnership(lead_time_days=14, minimum_order=Decimal(200))
    link(orders, replace(terms, id=partnership_id(orders)), sequence=2)

    order = orders.call(a_draft(order_date=date(2026, 3, 1), delivery_date=date(2026, 3, 10)), BUYER)

    assert [flag.code for flag in order.flags] == ["delivery-too-early", "below-minimum-order"]
    assert "2026-03-15" in order.flags[0].detail
    assert "75.00 EUR" in order.flags[1].detail


def partnership_id(orders: ServiceHarness) -> Any:
    from sqlalchemy import select

    from services.orders.tables import partnerships

    with orders.database.transaction() as tx:
        return tx.execute(select(partnerships.c.id)).scalar_one()


@pytest.mark.requirement("S-171")
@pytest.mark.requirement("S-172")
def test_the_statement_shows_ordered_shipped_and_pending_of_orders_in_progress_only(
    orders: ServiceHarness,
) -> None:
    submitted(orders)
    order = submitted(orders)
    orders.call(commands.ConfirmOrder(order_id=order.id), SELLER)
    issue = commands.IssueGoods(
        order_id=order.id,
        number="DN-1",
        day=date(2026, 11, 1),
        lines=(commands.IssuedLine(order_line=1, quantity=Decimal("2.5")),),
    )
    orders.call(issue, SELLER)

    for actor in (BUYER, SELLER):
        [line] = orders.call(commands.GetOrdersStatement(), actor).lines
        assert (line.order_id, line.ordered, line.shipped, line.pending) == (
            order.id, Decimal(10), Decimal("2.5"), Decimal("7.5"),
        )  # fmt: skip


def test_more_than_is_owed_is_never_shipped(orders: ServiceHarness) -> None:
    order = submitted(orders)
    orders.call(commands.ConfirmOrder(order_id=order.id), SELLER)
    too_much = commands.IssueGoods(
        order_id=order.id,
        number="DN-1",
        day=date(2026, 11, 1),
        lines=tuple(commands.IssuedLine(order_line=1, quantity=Decimal(6)) for _ in range(2)),
    )

    with pytest.raises(RefusedCall) as refused:
        orders.call(too_much, SELLER)

    assert refused.value.code == "too-much"
    assert orders.call(commands.ListGoodsMovements(), SELLER).items == ()


def test_what_arrives_is_recorded_with_what_is_not_accepted(orders: ServiceHarness) -> None:
    order = submitted(orders)
    orders.call(commands.ConfirmOrder(order_id=order.id), SELLER)
    receipt = commands.ReceiveGoods(
        order_id=order.id,
        number="GR-1",
        day=date(2026, 11, 2),
        lines=(commands.ReceivedLine(order_line=1, quantity=Decimal(9), rejected_quantity=Decimal(2)),),
    )

    orders.call(receipt, BUYER)

    [line] = orders.call(commands.GetOrder(order_id=order.id), SELLER).lines
    assert (line.received_quantity, line.rejected_quantity) == (Decimal(9), Decimal(2))
    [movement] = orders.call(commands.ListGoodsMovements(), SELLER).items
    assert movement.number == "GR-1"


@pytest.mark.requirement("S-100")
@pytest.mark.requirement("S-102")
def test_a_supplier_whose_portal_is_switched_off_sees_and_does_nothing_until_it_is_on_again(
    orders: ServiceHarness,
) -> None:
    order = submitted(orders)
    partnership = a_partnership(id=partnership_id(orders))
    link(orders, replace(partnership, enabled=False), sequence=2)

    with pytest.raises(RefusedCall):
        orders.call(commands.ConfirmOrder(order_id=order.id), SELLER)
    assert orders.call(commands.ListOrders(), SELLER).items == ()

    link(orders, partnership, sequence=3)
    assert orders.call(commands.ConfirmOrder(order_id=order.id), SELLER).status is OrderStatus.CONFIRMED


def test_an_older_state_of_a_partnership_that_arrives_late_is_ignored(orders: ServiceHarness) -> None:
    partnership = a_partnership(id=partnership_id(orders), payment_days=14)
    link(orders, partnership, sequence=5)
    link(orders, replace(partnership, payment_days=60), sequence=4)

    assert submitted(orders).payment_days == 14


@pytest.mark.requirement("S-230")
def test_the_history_tells_who_did_what_as_far_as_the_reader_may_know(orders: ServiceHarness) -> None:
    draft = orders.call(a_draft(), BUYER)
    orders.call(commands.SubmitOrder(order_id=draft.id), BUYER)
    orders.call(commands.ConfirmOrder(order_id=draft.id), SELLER)

    whole = orders.call(commands.GetOrderHistory(order_id=draft.id), BUYER).entries
    theirs = orders.call(commands.GetOrderHistory(order_id=draft.id), SELLER).entries

    assert [entry.event for entry in whole] == ["order-drafted", "order-submitted", "order-confirmed"]
    assert [entry.event for entry in theirs] == ["order-submitted", "order-confirmed"]
    assert [entry.user_id for entry in whole] == [BUYER.user_id, BUYER.user_id, SELLER.user_id]


def test_a_list_is_paged_without_a_gap_or_a_repetition(orders: ServiceHarness) -> None:
    made = [submitted(orders).id for _ in range(7)]

    seen, after = [], None
    while True:
        page = orders.call(commands.ListOrders(limit=3, after=after), SELLER)
        seen += [item.id for item in page.items]
        after = page.next
        if after is None:
            break

    assert seen == made[::-1]


@pytest.mark.requirement("S-001")
@pytest.mark.requirement("S-208")
@pytest.mark.requirement("S-234")
@pytest.mark.parametrize("outsider", [STRANGER, RIVAL], ids=["another customer", "another supplier"])
def test_no_operation_on_an_order_works_for_another_organisation(
    orders: ServiceHarness, outsider: Actor
) -> None:
    order = submitted(orders)
    before = orders.facts()
    day = date(2027, 1, 1)
    lines = (a_line(),)
    wishes: list[Any] = [
        commands.GetOrder(order_id=order.id),
        commands.GetOrderHistory(order_id=order.id),
        commands.ChangeDraftOrder(order_id=order.id, lines=lines),
        commands.DeleteDraftOrder(order_id=order.id),
        commands.SubmitOrder(order_id=order.id),
        commands.ConfirmOrder(order_id=order.id),
        commands.RefuseOrder(order_id=order.id, reason="no"),
        commands.StartOrder(order_id=order.id),
        commands.ProposeDeliveryDate(order_id=order.id, date=day, reason="no"),
        commands.IssueGoods(order_id=order.id, number="1", day=day, lines=(AN_ISSUE,)),
        commands.ReviseOrder(order_id=order.id, lines=lines),
        commands.ChangeDeliveryDate(order_id=order.id, date=day),
        commands.DeclineDeliveryDate(order_id=order.id, reason="no"),
        commands.CancelOrder(order_id=order.id, reason="no"),
        commands.CloseOrder(order_id=order.id),
        commands.ReceiveGoods(order_id=order.id, number="1", day=day, lines=(A_RECEIPT,)),
    ]  # fmt: skip
    for wish in wishes:
        with pytest.raises(RefusedCall) as refused:
            orders.call(wish, outsider)
        assert refused.value.status in (403, 404), wish
        assert "Northwind" not in refused.value.detail

    assert orders.call(commands.ListOrders(), outsider).items == ()
    assert orders.call(commands.ListGoodsMovements(order_id=order.id), outsider).items == ()
    assert orders.call(commands.GetOrdersStatement(), outsider).lines == ()
    assert orders.facts() == before
