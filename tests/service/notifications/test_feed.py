"""The in-app feed: who finds what in it, and the marks of reading."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete

from services.chassis.delivery import Done, Retry
from services.chassis.journal import inbox
from services.chassis.testing import RefusedCall
from services.contracts.accounts.events import ContactChanged, OrganisationChanged
from services.contracts.accounts.views import MembershipStatus
from services.contracts.actors import Actor, Role
from services.contracts.invoicing.events import (
    ApprovalRequested,
    InvoiceApproved,
    InvoiceDrafted,
    InvoiceDraftsDeleted,
    InvoiceSubmitted,
)
from services.contracts.invoicing.views import Approval, DeletedDraft, InvoiceStatus
from services.contracts.notifications.commands import (
    CountUnread,
    ListComments,
    ListFeed,
    MarkAllRead,
    MarkRead,
    PostComment,
)
from services.contracts.notifications.events import CommentPosted
from services.contracts.notifications.kinds import DocumentKind
from services.contracts.orders.events import OrderConfirmed, OrderDrafted, OrderSubmitted
from services.contracts.orders.views import OrderStatus
from services.notifications import tables
from tests.service.notifications.conftest import Trade
from tests.unit.notifications.builders import NOON, a_person, a_user, acting, an_organisation


def feed_of(trade: Trade, actor: Actor, **question: Any) -> Any:
    return trade.service.call(ListFeed(**question), actor)


@pytest.mark.requirement("S-020")
def test_a_submitted_order_is_in_the_feed_of_everybody_at_the_supplier_only(
    trade: Trade,
) -> None:
    order = trade.order()

    trade.service.must_deliver(OrderSubmitted(order=order), actor=trade.initiator, time=NOON)

    assert trade.in_feeds() == sorted([trade.sven.id, trade.sara.id])
    (item,) = feed_of(trade, trade.seller).items
    assert item.title == "Nordwind Trading has sent order PO-2026-00042"
    assert item.partner == order.customer
    assert (item.document.kind, item.document.id, item.document.number) == (
        DocumentKind.ORDER,
        order.id,
        order.number,
    )
    assert (item.actor, item.at, item.read_at) == (trade.anna, NOON, None)


@pytest.mark.requirement("S-231")
def test_an_event_that_is_delivered_again_is_one_item(trade: Trade) -> None:
    event_id = uuid4()
    submitted = OrderSubmitted(order=trade.order())
    delivery = trade.service.delivery(submitted, actor=trade.initiator, event_id=event_id)

    for group in ([delivery, delivery], [delivery]):
        outcomes = trade.service.deliver_all(group, OrderSubmitted)
        assert outcomes == [Done()] * len(group)

    assert len(trade.in_feeds()) == 2
    assert len(trade.mailed()) == 2


@pytest.mark.requirement("S-231")
def test_an_event_whose_inbox_row_was_lost_is_still_one_item_and_one_mail(trade: Trade) -> None:
    event_id = uuid4()
    submitted = OrderSubmitted(order=trade.order())
    trade.service.must_deliver(submitted, actor=trade.initiator, event_id=event_id)
    with trade.service.database.transaction() as tx:
        tx.execute(delete(inbox))

    trade.service.must_deliver(submitted, actor=trade.initiator, event_id=event_id)

    assert len(trade.in_feeds()) == 2
    assert len(trade.mailed()) == 2


def test_a_group_of_events_is_told_as_if_each_had_come_alone(trade: Trade) -> None:
    orders = [trade.order(number=f"PO-{number}") for number in range(5)]
    deliveries = [
        trade.service.delivery(OrderSubmitted(order=order), actor=trade.initiator) for order in orders
    ]

    outcomes = trade.service.deliver_all(deliveries, OrderSubmitted)

    assert outcomes == [Done()] * 5
    titles = {item.title for item in feed_of(trade, trade.seller).items}
    assert titles == {f"Nordwind Trading has sent order PO-{number}" for number in range(5)}


def test_who_did_it_is_not_told(trade: Trade) -> None:
    order = trade.order(initiator=trade.anna, status=OrderStatus.CONFIRMED)

    trade.service.must_deliver(OrderConfirmed(order=order), actor=trade.initiator)

    assert trade.in_feeds() == []


def test_of_an_approval_by_itself_both_sides_are_told_though_the_seller_set_it_off(trade: Trade) -> None:
    invoice = trade.invoice(status=InvoiceStatus.APPROVED, approval=Approval.AUTOMATIC)

    trade.service.must_deliver(InvoiceApproved(invoice=invoice), actor=trade.seller)

    assert trade.in_feeds() == sorted([trade.sven.id, trade.sara.id, trade.anna.id])
    (item,) = feed_of(trade, trade.initiator).items
    assert (item.title, item.actor) == ("Invoice INV-7 agrees with its order and is approved", None)


def test_an_initiator_who_has_left_is_replaced_by_everybody_at_the_customer(trade: Trade) -> None:
    left = a_user(
        trade.anna,
        trade.customer,
        "anna@nordwind.example",
        Role.INITIATOR,
        MembershipStatus.REMOVED,
        sequence=2,
    )
    trade.service.must_deliver(ContactChanged(user=left))

    trade.service.must_deliver(
        ApprovalRequested(invoice=trade.invoice(reasons=("Too dear.",))), actor=trade.seller
    )

    assert trade.berta.id in trade.in_feeds()
    assert trade.anna.id not in trade.in_feeds()


def test_an_event_of_people_not_known_yet_waits_and_works_when_they_are(trade: Trade) -> None:
    newcomer = a_person("Nadia New")
    event = OrderConfirmed(order=trade.order(initiator=newcomer))

    outcome = trade.service.deliver(event, actor=trade.seller)
    assert isinstance(outcome, Retry)

    trade.service.must_deliver(
        ContactChanged(user=a_user(newcomer, trade.customer, "nadia@nordwind.example", Role.INITIATOR))
    )
    trade.service.must_deliver(event, actor=trade.seller)
    assert trade.in_feeds() == [newcomer.id]


def test_one_event_that_must_wait_holds_up_no_other_of_its_group(trade: Trade) -> None:
    good = trade.service.delivery(OrderConfirmed(order=trade.order()), actor=trade.seller)
    bad = trade.service.delivery(OrderConfirmed(order=trade.order(initiator=a_person())), actor=trade.seller)

    outcomes = trade.service.deliver_all([bad, good], OrderConfirmed)

    assert isinstance(outcomes[0], Retry)
    assert outcomes[1] == Done()
    assert trade.in_feeds() == [trade.anna.id]


def test_a_draft_is_told_to_nobody(trade: Trade) -> None:
    draft = trade.order(status=OrderStatus.DRAFT, submitted_at=None, sequence=1)

    trade.service.must_deliver(OrderDrafted(order=draft), actor=trade.initiator)

    assert trade.in_feeds() == []
    assert trade.mailed() == []


def test_a_comment_on_a_draft_is_not_told_to_the_supplier_though_the_order_is_sent_by_then(
    trade: Trade,
) -> None:
    draft = trade.order(status=OrderStatus.DRAFT, submitted_at=None, sequence=1)
    trade.service.must_deliver(OrderDrafted(order=draft), actor=trade.initiator)
    said = trade.service.call(
        PostComment(document_kind=DocumentKind.ORDER, document_id=draft.id, text="Too dear?"),
        trade.accountant,
    )
    trade.service.must_deliver(OrderSubmitted(order=trade.order(id=draft.id)), actor=trade.initiator)
    told_before = trade.in_feeds()

    trade.service.must_deliver(
        CommentPosted(comment=said, shown_to=(trade.customer.id,)), actor=trade.accountant
    )

    assert sorted([*told_before, trade.anna.id]) == trade.in_feeds()
    assert "anna@nordwind.example" not in trade.mailed()


def test_the_feed_comes_in_pages_newest_first_and_counts_what_is_unread(trade: Trade) -> None:
    for number in range(5):
        trade.service.must_deliver(
            OrderSubmitted(order=trade.order(number=f"PO-{number}")),
            actor=trade.initiator,
            time=NOON + timedelta(minutes=number),
        )

    first = feed_of(trade, trade.seller, limit=3)
    second = feed_of(trade, trade.seller, limit=3, after=first.next)

    numbers = [item.document.number for item in (*first.items, *second.items)]
    assert numbers == ["PO-4", "PO-3", "PO-2", "PO-1", "PO-0"]
    assert (first.unread, second.next) == (5, None)


def test_items_are_marked_as_read_one_by_one_and_up_to_a_moment(trade: Trade) -> None:
    for number in range(3):
        trade.service.must_deliver(
            OrderSubmitted(order=trade.order(number=f"PO-{number}")),
            actor=trade.initiator,
            time=NOON + timedelta(minutes=number),
        )
    newest, middle, _oldest = feed_of(trade, trade.seller).items

    marked = trade.service.call(MarkRead(item_id=newest.id), trade.seller)
    again = trade.service.call(MarkRead(item_id=newest.id), trade.seller)
    assert marked.read_at is not None
    assert again.read_at == marked.read_at
    assert trade.service.call(CountUnread(), trade.seller).unread == 2

    left = trade.service.call(MarkAllRead(up_to=middle.at - timedelta(seconds=1)), trade.seller)
    assert left.unread == 1
    assert [item.id for item in feed_of(trade, trade.seller, unread_only=True).items] == [middle.id]
    assert trade.service.call(MarkAllRead(up_to=newest.at), trade.seller).unread == 0


def test_a_colleagues_item_is_not_found_and_stays_unread(trade: Trade) -> None:
    trade.service.must_deliver(OrderSubmitted(order=trade.order()), actor=trade.initiator)
    (item,) = feed_of(trade, trade.seller).items
    colleague = acting(trade.sara, trade.supplier, Role.SUPPLIER_ADMIN)

    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(MarkRead(item_id=item.id), colleague)

    assert refusal.value.code == "not-found"
    assert feed_of(trade, trade.seller).items == (item,)


def test_drafts_deleted_with_the_portal_are_gone_even_if_word_of_them_comes_later(trade: Trade) -> None:
    draft = trade.invoice(status=InvoiceStatus.DRAFT, submitted_at=None, sequence=1)
    trade.service.must_deliver(
        InvoiceDraftsDeleted(
            partnership_id=draft.partnership_id,
            customer=trade.customer,
            supplier=trade.supplier,
            switched_off_at=NOON,
            drafts=(DeletedDraft(id=draft.id, number=draft.number),),
        )
    )

    trade.service.must_deliver(InvoiceDrafted(invoice=draft), actor=trade.seller)

    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(
            ListComments(document_kind=DocumentKind.INVOICE, document_id=draft.id), trade.seller
        )
    assert refusal.value.code == "not-found"


def test_shuffled_and_repeated_events_leave_the_newest_state(trade: Trade) -> None:
    order = trade.order()
    states = [
        trade.order(id=order.id, sequence=sequence, number=order.number, status=status)
        for sequence, status in (
            (2, OrderStatus.SUBMITTED),
            (3, OrderStatus.CONFIRMED),
            (4, OrderStatus.CLOSED),
        )
    ]

    for state in (states[2], states[0], states[1], states[0]):
        trade.service.must_deliver(OrderSubmitted(order=state), actor=trade.initiator)

    (row,) = trade.rows(tables.documents)
    assert (row.sequence, row.status) == (4, "closed")


def test_an_older_word_of_an_organisation_does_not_bring_back_its_addresses(trade: Trade) -> None:
    newer = an_organisation(trade.supplier, confirmed=("new@baltic.example",), sequence=3)
    older = an_organisation(trade.supplier, confirmed=("old@baltic.example",), sequence=2)

    trade.service.must_deliver(OrganisationChanged(organisation=newer))
    trade.service.must_deliver(OrganisationChanged(organisation=older))
    trade.service.must_deliver(InvoiceSubmitted(invoice=trade.invoice()), actor=trade.seller)
    trade.service.must_deliver(OrderSubmitted(order=trade.order()), actor=trade.initiator)

    assert trade.mailed() == ["new@baltic.example"]


def feed_notices(trade: Trade) -> list[dict[str, Any]]:
    return [data for name, data in trade.service.facts() if name == "feed-changed"]


@pytest.mark.requirement("S-050")
def test_browsers_are_told_whose_feed_has_changed(trade: Trade) -> None:
    trade.service.must_deliver(OrderSubmitted(order=trade.order()), actor=trade.initiator, time=NOON)

    (notice,) = feed_notices(trade)

    assert notice["organisation_id"] == str(trade.supplier.id)
    assert sorted(notice["users"]) == sorted([str(trade.sven.id), str(trade.sara.id)])


def test_what_was_read_in_one_window_is_known_in_the_other(trade: Trade) -> None:
    trade.service.must_deliver(OrderSubmitted(order=trade.order()), actor=trade.initiator, time=NOON)
    (item,) = feed_of(trade, trade.seller).items

    trade.service.call(MarkRead(item_id=item.id), trade.seller)
    colleague = acting(trade.sara, trade.supplier, Role.SUPPLIER_USER)
    for _ in range(2):
        trade.service.call(MarkAllRead(up_to=NOON), colleague)

    assert [notice["users"] for notice in feed_notices(trade)[1:]] == [
        [str(trade.sven.id)],
        [str(trade.sara.id)],
    ]
