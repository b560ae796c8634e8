"""Which mails are put in line: to whom, how often, saying what."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from services.contracts.accounts import events as accounts
from services.contracts.accounts.views import Invitation, InvitationStatus, LinkPurpose
from services.contracts.actors import Role
from services.contracts.invoicing import events as invoicing
from services.contracts.invoicing.views import Approval, Change, InvoiceStatus
from services.contracts.notifications.commands import AttachFile, PostComment
from services.contracts.notifications.events import CommentPosted, FileAttached
from services.contracts.notifications.kinds import DocumentKind
from services.contracts.orders import events as orders
from services.contracts.orders.views import MovementKind
from services.notifications import tables
from tests.service.notifications.conftest import Trade
from tests.unit.notifications.builders import (
    NOON,
    a_link,
    a_movement,
    a_party,
    a_payment,
    a_person,
    an_organisation,
)

TO_SUPPLIER = ["sara@baltic.example", "sven@baltic.example"]
TO_INITIATOR = ["anna@nordwind.example"]


def deliver_twice(trade: Trade, event: Any, actor: Any) -> None:
    event_id = uuid4()
    for _ in range(2):
        trade.service.must_deliver(event, actor=actor, event_id=event_id)


def subjects(trade: Trade) -> set[str]:
    return {row.content["subject"] for row in trade.rows(tables.mails)}


BUYER_CHANGES: dict[str, Callable[[Trade], Any]] = {
    "approval": lambda trade: invoicing.InvoiceApproved(
        invoice=trade.invoice(status=InvoiceStatus.APPROVED, approval=Approval.INITIATOR)
    ),
    "rejection": lambda trade: invoicing.InvoiceRejected(
        invoice=trade.invoice(status=InvoiceStatus.REJECTED, remark="Never ordered.")
    ),
    "rework": lambda trade: invoicing.InvoiceReturnedForRework(
        invoice=trade.invoice(status=InvoiceStatus.DRAFT, remark="Line 2.")
    ),
    "cancellation": lambda trade: invoicing.InvoiceCancelled(
        invoice=trade.invoice(status=InvoiceStatus.CANCELED)
    ),
    "planned payment": lambda trade: invoicing.InvoiceChanged(
        invoice=trade.invoice(), changes=(Change(field="planned_on", before=None, after="2026-12-01"),)
    ),
    "part payment": lambda trade: invoicing.InvoicePartlyPaid(
        invoice=(invoice := trade.invoice(status=InvoiceStatus.PARTLY_PAID)), payment=a_payment(invoice)
    ),
    "payment": lambda trade: invoicing.InvoicePaid(
        invoice=(invoice := trade.invoice(status=InvoiceStatus.PAID)), payment=a_payment(invoice, "118.80")
    ),
}


@pytest.mark.requirement("S-057")
@pytest.mark.requirement("S-050")
@pytest.mark.requirement("S-231")
@pytest.mark.parametrize("change", BUYER_CHANGES)
def test_each_change_of_the_buyer_is_one_mail_to_each_address_of_the_supplier(
    trade: Trade, change: str
) -> None:
    event = BUYER_CHANGES[change](trade)

    deliver_twice(trade, event, trade.initiator)

    assert trade.mailed() == TO_SUPPLIER
    (subject,) = subjects(trade)
    assert "INV-7" in subject


@pytest.mark.requirement("S-057")
def test_a_comment_and_a_file_of_the_buyer_on_an_invoice_are_a_mail_each(trade: Trade) -> None:
    invoice = trade.invoice()
    trade.service.must_deliver(invoicing.InvoiceSubmitted(invoice=invoice), actor=trade.seller)
    assert trade.mailed() == []
    shown_to = (trade.customer.id, trade.supplier.id)

    said = trade.service.call(
        PostComment(document_kind=DocumentKind.INVOICE, document_id=invoice.id, text="Line 2?"),
        trade.accountant,
    )
    file = trade.service.call(
        AttachFile(
            document_kind=DocumentKind.INVOICE,
            document_id=invoice.id,
            name="complaint.pdf",
            media_type="application/pdf",
            size=1,
            sha256="0" * 64,
        ),
        trade.accountant,
    )
    deliver_twice(trade, CommentPosted(comment=said, shown_to=shown_to), trade.accountant)
    deliver_twice(trade, FileAttached(attachment=file, shown_to=shown_to), trade.accountant)

    assert trade.mailed() == sorted(TO_SUPPLIER * 2)
    assert trade.facts() == ["comment-posted", "file-attached"]


@pytest.mark.requirement("S-020")
def test_a_submitted_order_is_mailed_to_the_supplier(trade: Trade) -> None:
    deliver_twice(trade, orders.OrderSubmitted(order=trade.order()), trade.initiator)

    assert trade.mailed() == TO_SUPPLIER
    assert subjects(trade) == {"Nordwind Trading has sent order PO-2026-00042"}


@pytest.mark.requirement("S-024")
def test_a_comment_of_the_supplier_on_an_order_is_mailed_to_its_initiator(trade: Trade) -> None:
    order = trade.order()
    trade.service.must_deliver(orders.OrderSubmitted(order=order), actor=trade.initiator)
    said = trade.service.call(
        PostComment(document_kind=DocumentKind.ORDER, document_id=order.id, text="We are out of stock."),
        trade.seller,
    )

    deliver_twice(
        trade, CommentPosted(comment=said, shown_to=(trade.customer.id, trade.supplier.id)), trade.seller
    )

    to_anna = [row for row in trade.rows(tables.mails) if row.recipient in TO_INITIATOR]
    assert len(to_anna) == 1
    assert to_anna[0].content["paragraphs"] == ["We are out of stock."]
    assert to_anna[0].content["path"] == f"/orders/{order.id}"


def test_a_held_invoice_is_mailed_to_its_initiator_with_every_reason(trade: Trade) -> None:
    reasons = ("The total exceeds the limit by 0.01 EUR.", "Line 3 was not ordered.")
    held = trade.invoice(reasons=reasons)

    deliver_twice(trade, invoicing.ApprovalRequested(invoice=held), trade.seller)

    assert trade.mailed() == sorted(TO_INITIATOR + TO_SUPPLIER)
    for row in trade.rows(tables.mails):
        assert row.content["paragraphs"] == list(reasons)


@pytest.mark.requirement("S-008")
def test_confirmed_notification_addresses_take_the_place_of_the_users(trade: Trade) -> None:
    organisation = an_organisation(
        trade.supplier,
        confirmed=("office@baltic.example", "Sales@baltic.example"),
        waiting=("new@baltic.example",),
        sequence=2,
    )
    trade.service.must_deliver(accounts.OrganisationChanged(organisation=organisation))

    deliver_twice(trade, orders.OrderSubmitted(order=trade.order()), trade.initiator)

    assert trade.mailed() == ["Sales@baltic.example", "office@baltic.example"]


def test_one_address_written_in_two_ways_gets_one_mail(trade: Trade) -> None:
    organisation = an_organisation(
        trade.supplier, confirmed=("office@baltic.example", "Office@Baltic.example"), sequence=2
    )
    trade.service.must_deliver(accounts.OrganisationChanged(organisation=organisation))

    trade.service.must_deliver(orders.OrderSubmitted(order=trade.order()), actor=trade.initiator)

    assert len(trade.mailed()) == 1


def test_a_delivery_is_told_with_its_number(trade: Trade) -> None:
    order = trade.order()
    issue = a_movement(order, MovementKind.ISSUE)

    deliver_twice(trade, orders.GoodsIssued(order=order, movement=issue), trade.seller)

    (row,) = trade.rows(tables.mails)
    assert row.recipient in TO_INITIATOR
    assert ["Delivery", "GI-1 · 2026-11-25"] in row.content["facts"]


# ---------------------------------------------------------------------------- asked for by accounts


def an_invitation(trade: Trade) -> accounts.UserInvited:
    return accounts.UserInvited(
        invitation=Invitation(
            id=uuid4(),
            sequence=1,
            organisation=trade.supplier,
            email="new@baltic.example",
            name="Nadia New",
            roles=frozenset({Role.SUPPLIER_USER}),
            status=InvitationStatus.OPEN,
            invited_by=trade.sven,
            invited_at=NOON,
            expires_at=NOON,
        ),
        link=a_link(LinkPurpose.INVITATION),
    )


def test_an_invitation_is_one_mail_that_names_its_link_without_the_secret(trade: Trade) -> None:
    invited = an_invitation(trade)

    deliver_twice(trade, invited, trade.seller)

    (row,) = trade.rows(tables.mails)
    assert (row.recipient, row.recipient_name) == ("new@baltic.example", "Nadia New")
    assert row.content["link"]["id"] == invited.link.id.hex
    assert "token" not in str(row.content)


@pytest.mark.requirement("S-008")
def test_a_new_address_gets_the_link_and_the_old_ones_are_told(trade: Trade) -> None:
    asked = accounts.EmailChangeRequested(
        name="Baltic Bearings",
        new_email="new@baltic.example",
        old_emails=("old@baltic.example", "OLD@baltic.example"),
        organisation=trade.supplier,
        asked_by=trade.sven,
        link=a_link(LinkPurpose.EMAIL_CONFIRMATION),
    )

    deliver_twice(trade, asked, trade.seller)

    links = {row.recipient_key: "link" in row.content for row in trade.rows(tables.mails)}
    assert links == {"new@baltic.example": True, "old@baltic.example": False}


@pytest.mark.requirement("S-008")
def test_a_confirmed_change_of_address_is_told_to_the_old_and_the_new_one(trade: Trade) -> None:
    changed = accounts.EmailChanged(
        name="Sven Seller",
        added="new@baltic.example",
        removed="sven@baltic.example",
        others=("office@baltic.example",),
        organisation=None,
    )

    deliver_twice(trade, changed, trade.seller)

    assert trade.mailed() == ["new@baltic.example", "office@baltic.example", "sven@baltic.example"]


@pytest.mark.parametrize(
    ("event", "recipients", "with_link"),
    [
        (
            accounts.PasswordResetRequested(
                user=a_person(), email="anna@nordwind.example", link=a_link(LinkPurpose.PASSWORD_RESET)
            ),
            ["anna@nordwind.example"],
            True,
        ),
        (
            accounts.PasswordChanged(user=a_person(), email="anna@nordwind.example", by_link=True),
            ["anna@nordwind.example"],
            False,
        ),
        (accounts.PasswordChanged(user=a_person(), email=None, by_link=False), [], False),
        (
            accounts.ActivationRequested(
                user=a_person(),
                email="boss@baltic.example",
                username="depot-2",
                organisation=a_party("Baltic Bearings"),
                link=a_link(LinkPurpose.ACTIVATION),
            ),
            ["boss@baltic.example"],
            True,
        ),
    ],
)
def test_accounts_gets_the_mail_it_asks_for(
    trade: Trade, event: Any, recipients: list[str], with_link: bool
) -> None:
    deliver_twice(trade, event, None)

    assert trade.mailed() == recipients
    assert all(("link" in row.content) is with_link for row in trade.rows(tables.mails))
