"""What people say on documents, and who can read it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from services.chassis.testing import RefusedCall
from services.contracts.accounts.events import PartnershipChanged
from services.contracts.actors import Role
from services.contracts.invoicing.events import InvoiceDrafted, InvoiceSubmitted
from services.contracts.invoicing.views import InvoiceStatus
from services.contracts.notifications.commands import ListComments, PostComment, RecordPhoneAgreement
from services.contracts.notifications.kinds import CommentKind, DocumentKind
from services.contracts.orders.events import OrderDrafted, OrderSubmitted
from services.contracts.orders.views import OrderStatus
from tests.service.notifications.conftest import Trade
from tests.unit.notifications.builders import NOON, a_partnership, a_person, acting

ORDER, INVOICE = DocumentKind.ORDER, DocumentKind.INVOICE


def an_order_is_known(trade: Trade, **changes: object) -> object:
    order = trade.order(**changes)
    trade.service.must_deliver(OrderSubmitted(order=order), actor=trade.initiator)
    return order


@pytest.mark.requirement("S-011")
def test_both_sides_read_what_was_said_in_the_order_of_time(trade: Trade) -> None:
    order = an_order_is_known(trade)

    first = trade.service.call(
        PostComment(document_kind=ORDER, document_id=order.id, text="When?"), trade.initiator
    )
    second = trade.service.call(
        PostComment(document_kind=ORDER, document_id=order.id, text="Tuesday."), trade.seller
    )

    for reader in (trade.initiator, trade.seller, trade.accountant):
        page = trade.service.call(ListComments(document_kind=ORDER, document_id=order.id), reader)
        assert page.items == (first, second)
    assert (second.author, second.organisation) == (trade.sven, trade.supplier)
    assert second.document.number == order.number


@pytest.mark.requirement("S-049")
def test_an_invoice_is_commented_on_from_both_sides(trade: Trade) -> None:
    invoice = trade.invoice()
    trade.service.must_deliver(InvoiceSubmitted(invoice=invoice), actor=trade.seller)

    for actor in (trade.seller, trade.accountant):
        trade.service.call(
            PostComment(document_kind=INVOICE, document_id=invoice.id, text="About line 2"), actor
        )

    page = trade.service.call(ListComments(document_kind=INVOICE, document_id=invoice.id), trade.seller)
    assert [comment.organisation for comment in page.items] == [trade.supplier, trade.customer]


def test_pages_of_comments_join_without_a_gap(trade: Trade) -> None:
    order = an_order_is_known(trade)
    for number in range(5):
        wish = PostComment(document_kind=ORDER, document_id=order.id, text=f"{number}")
        trade.service.call(wish, trade.seller)

    texts, after = [], None
    while True:
        page = trade.service.call(
            ListComments(document_kind=ORDER, document_id=order.id, limit=2, after=after), trade.initiator
        )
        texts += [comment.text for comment in page.items]
        after = page.next
        if after is None:
            break

    assert texts == ["0", "1", "2", "3", "4"]


def test_a_cursor_of_ones_own_making_is_refused(trade: Trade) -> None:
    order = an_order_is_known(trade)

    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(
            ListComments(document_kind=ORDER, document_id=order.id, after="bm90aGluZw"), trade.initiator
        )

    assert refusal.value.status == 422


@pytest.mark.requirement("S-034")
def test_an_agreement_by_phone_is_noted_with_whom_and_when(trade: Trade) -> None:
    order = an_order_is_known(trade)

    noted = trade.service.call(
        RecordPhoneAgreement(
            document_kind=ORDER,
            document_id=order.id,
            text="Delivery in two parts is fine.",
            agreed_with="Anna Initiator",
            agreed_at=NOON,
        ),
        trade.seller,
    )

    page = trade.service.call(ListComments(document_kind=ORDER, document_id=order.id), trade.initiator)
    assert page.items == (noted,)
    assert noted.kind is CommentKind.PHONE_AGREEMENT
    assert (noted.agreed_with, noted.agreed_at, noted.author) == ("Anna Initiator", NOON, trade.sven)


def test_an_agreement_of_tomorrow_cannot_be_noted(trade: Trade) -> None:
    order = an_order_is_known(trade)

    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(
            RecordPhoneAgreement(
                document_kind=ORDER,
                document_id=order.id,
                text="Agreed.",
                agreed_with="Anna",
                agreed_at=NOON + timedelta(days=36500),
            ),
            trade.seller,
        )

    assert refusal.value.status == 422
    assert refusal.value.problem_faults[0]["field"] == "/agreed_at"


@pytest.mark.requirement("S-020")
def test_what_a_buyer_says_on_a_draft_stays_with_the_buyer_even_after_sending(trade: Trade) -> None:
    draft = trade.order(status=OrderStatus.DRAFT, submitted_at=None, sequence=1)
    trade.service.must_deliver(OrderDrafted(order=draft), actor=trade.initiator)
    trade.service.call(
        PostComment(document_kind=ORDER, document_id=draft.id, text="Is this too dear?"), trade.accountant
    )
    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(ListComments(document_kind=ORDER, document_id=draft.id), trade.seller)
    assert refusal.value.code == "not-found"

    trade.service.must_deliver(OrderSubmitted(order=trade.order(id=draft.id)), actor=trade.initiator)

    of_seller = trade.service.call(ListComments(document_kind=ORDER, document_id=draft.id), trade.seller)
    of_buyer = trade.service.call(ListComments(document_kind=ORDER, document_id=draft.id), trade.initiator)
    assert of_seller.items == ()
    assert [comment.text for comment in of_buyer.items] == ["Is this too dear?"]


def test_a_draft_invoice_does_not_exist_for_its_customer(trade: Trade) -> None:
    draft = trade.invoice(status=InvoiceStatus.DRAFT, submitted_at=None, number=None, sequence=1)
    trade.service.must_deliver(InvoiceDrafted(invoice=draft), actor=trade.seller)

    trade.service.call(PostComment(document_kind=INVOICE, document_id=draft.id, text="note"), trade.seller)

    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(
            PostComment(document_kind=INVOICE, document_id=draft.id, text="hello"), trade.initiator
        )
    assert refusal.value.code == "not-found"


def test_an_invoice_given_back_for_rework_is_still_there_for_its_customer(trade: Trade) -> None:
    invoice = trade.invoice()
    trade.service.must_deliver(InvoiceSubmitted(invoice=invoice), actor=trade.seller)
    returned = trade.invoice(id=invoice.id, status=InvoiceStatus.DRAFT, sequence=4)
    trade.service.must_deliver(InvoiceSubmitted(invoice=returned), actor=trade.initiator)

    said = trade.service.call(
        PostComment(document_kind=INVOICE, document_id=invoice.id, text="Line 2 please."), trade.initiator
    )

    page = trade.service.call(ListComments(document_kind=INVOICE, document_id=invoice.id), trade.seller)
    assert page.items == (said,)


def test_a_late_word_of_the_draft_does_not_hide_the_sent_order(trade: Trade) -> None:
    order = an_order_is_known(trade)

    late = trade.order(id=order.id, status=OrderStatus.DRAFT, submitted_at=None, sequence=1)
    trade.service.must_deliver(OrderDrafted(order=late), actor=trade.initiator)

    page = trade.service.call(ListComments(document_kind=ORDER, document_id=order.id), trade.seller)
    assert page.items == ()


@pytest.mark.requirement("S-100")
@pytest.mark.requirement("S-102")
def test_a_supplier_whose_portal_is_switched_off_finds_no_documents_until_it_is_on_again(
    trade: Trade,
) -> None:
    order = an_order_is_known(trade)
    link = a_partnership(trade.customer, trade.supplier, enabled=False)
    question = ListComments(document_kind=ORDER, document_id=order.id)

    trade.service.must_deliver(PartnershipChanged(partnership=link))
    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(question, trade.seller)
    assert refusal.value.code == "not-found"
    assert trade.service.call(question, trade.initiator).items == ()

    on_again = a_partnership(trade.customer, trade.supplier, enabled=True, sequence=2, id=link.id)
    trade.service.must_deliver(PartnershipChanged(partnership=on_again))
    assert trade.service.call(question, trade.seller).items == ()


def test_the_operators_support_reads_but_does_not_write(trade: Trade) -> None:
    order = an_order_is_known(trade)
    support = acting(a_person("Olga"), trade.stranger, Role.OPERATOR_SUPPORT)

    assert trade.service.call(ListComments(document_kind=ORDER, document_id=order.id), support).items == ()
    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(PostComment(document_kind=ORDER, document_id=order.id, text="hi"), support)
    assert refusal.value.status == 403


def test_the_operators_support_does_not_see_drafts(trade: Trade) -> None:
    draft = trade.order(status=OrderStatus.DRAFT, submitted_at=None, sequence=1)
    trade.service.must_deliver(OrderDrafted(order=draft), actor=trade.initiator)
    support = acting(a_person("Olga"), trade.stranger, Role.OPERATOR_SUPPORT)

    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(ListComments(document_kind=ORDER, document_id=draft.id), support)

    assert refusal.value.code == "not-found"


def test_a_blank_comment_is_refused_and_names_the_field(trade: Trade) -> None:
    order = an_order_is_known(trade)

    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(PostComment(document_kind=ORDER, document_id=order.id, text=" \n "), trade.seller)

    assert refusal.value.problem_faults[0]["field"] == "/text"


def test_a_repeated_command_is_one_comment(trade: Trade) -> None:
    order = an_order_is_known(trade)
    wish = PostComment(document_kind=ORDER, document_id=order.id, text="Once.")

    answers = [trade.service.call(wish, trade.seller, command_id="key-1") for _ in range(2)]

    assert answers[0] == answers[1]
    page = trade.service.call(ListComments(document_kind=ORDER, document_id=order.id), trade.seller)
    assert len(page.items) == 1


def test_an_order_is_not_found_under_the_name_of_an_invoice(trade: Trade) -> None:
    order = an_order_is_known(trade)

    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(ListComments(document_kind=INVOICE, document_id=order.id), trade.seller)

    assert refusal.value.code == "not-found"


def test_a_document_nobody_has_told_of_is_not_found(trade: Trade) -> None:
    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(PostComment(document_kind=ORDER, document_id=uuid4(), text="hi"), trade.seller)

    assert refusal.value.code == "not-found"
