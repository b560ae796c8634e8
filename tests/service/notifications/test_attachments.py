"""Files on documents: who may attach, see and remove them."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.chassis.testing import RefusedCall
from services.contracts.actors import Actor
from services.contracts.invoicing.events import InvoiceDrafted, InvoiceReturnedForRework, InvoiceSubmitted
from services.contracts.invoicing.views import InvoiceStatus
from services.contracts.notifications.commands import (
    AttachFile,
    FindUnusedFiles,
    GetAttachment,
    ListAttachments,
    RemoveAttachment,
)
from services.contracts.notifications.kinds import FILES_PER_DOCUMENT, DocumentKind
from services.contracts.orders.events import OrderDraftDeleted, OrderDrafted, OrderSubmitted
from services.contracts.orders.views import OrderStatus
from tests.service.notifications.conftest import Trade

ORDER, INVOICE = DocumentKind.ORDER, DocumentKind.INVOICE


def attach(
    trade: Trade, document: Any, actor: Actor, name: str = "drawing.pdf", sha256: str = "0" * 64
) -> Any:
    kind = ORDER if hasattr(document, "order_date") else INVOICE
    wish = AttachFile(
        document_kind=kind,
        document_id=document.id,
        name=name,
        media_type="application/pdf",
        size=48_213,
        sha256=sha256,
    )
    return trade.service.call(wish, actor)


def a_draft_order(trade: Trade) -> Any:
    draft = trade.order(status=OrderStatus.DRAFT, submitted_at=None, sequence=1)
    trade.service.must_deliver(OrderDrafted(order=draft), actor=trade.initiator)
    return draft


def files(trade: Trade, document: Any, actor: Actor) -> tuple[Any, ...]:
    kind = ORDER if hasattr(document, "order_date") else INVOICE
    page = trade.service.call(ListAttachments(document_kind=kind, document_id=document.id), actor)
    return tuple(page.items)


@pytest.mark.requirement("S-012")
@pytest.mark.requirement("S-023")
def test_a_file_of_a_draft_is_its_owners_alone_until_the_order_is_sent(trade: Trade) -> None:
    draft = a_draft_order(trade)
    drawing = attach(trade, draft, trade.initiator)

    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(GetAttachment(attachment_id=drawing.id), trade.seller)
    assert refusal.value.code == "not-found"
    assert files(trade, draft, trade.accountant) == (drawing,)

    trade.service.must_deliver(OrderSubmitted(order=trade.order(id=draft.id)), actor=trade.initiator)

    assert trade.service.call(GetAttachment(attachment_id=drawing.id), trade.seller) == drawing
    assert files(trade, draft, trade.seller) == (drawing,)


@pytest.mark.requirement("S-012")
def test_the_supplier_attaches_to_an_order_too(trade: Trade) -> None:
    order = trade.order()
    trade.service.must_deliver(OrderSubmitted(order=order), actor=trade.initiator)

    certificate = attach(trade, order, trade.seller, "certificate.pdf")

    assert files(trade, order, trade.initiator) == (certificate,)
    assert certificate.organisation == trade.supplier
    assert certificate.attached_by == trade.sven


def test_one_removes_ones_own_file_from_ones_own_draft(trade: Trade) -> None:
    draft = a_draft_order(trade)
    drawing = attach(trade, draft, trade.initiator)

    removed = trade.service.call(RemoveAttachment(attachment_id=drawing.id), trade.accountant)

    assert removed.sequence == drawing.sequence + 1
    assert files(trade, draft, trade.initiator) == ()
    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(GetAttachment(attachment_id=drawing.id), trade.initiator)
    assert refusal.value.code == "not-found"
    assert [name for name, _ in trade.service.facts()] == ["file-attached", "file-removed"]


def test_a_file_of_a_sent_order_stays(trade: Trade) -> None:
    order = trade.order()
    trade.service.must_deliver(OrderSubmitted(order=order), actor=trade.initiator)
    drawing = attach(trade, order, trade.initiator)

    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(RemoveAttachment(attachment_id=drawing.id), trade.initiator)

    assert refusal.value.code == "already-sent"
    assert files(trade, order, trade.seller) == (drawing,)


def test_the_other_sides_file_cannot_be_removed_from_a_returned_invoice(trade: Trade) -> None:
    invoice = trade.invoice()
    trade.service.must_deliver(InvoiceSubmitted(invoice=invoice), actor=trade.seller)
    theirs = attach(trade, invoice, trade.initiator, "complaint.pdf")
    returned = trade.invoice(id=invoice.id, status=InvoiceStatus.DRAFT, sequence=4)
    trade.service.must_deliver(InvoiceReturnedForRework(invoice=returned), actor=trade.initiator)

    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(RemoveAttachment(attachment_id=theirs.id), trade.seller)

    assert refusal.value.status == 403


def test_a_file_of_an_outdated_reading_is_not_removed(trade: Trade) -> None:
    drawing = attach(trade, a_draft_order(trade), trade.initiator)

    with pytest.raises(RefusedCall) as refusal:
        trade.service.call(
            RemoveAttachment(attachment_id=drawing.id), trade.initiator, expected=drawing.sequence + 1
        )

    assert refusal.value.status == 412


def test_a_supplier_attaches_to_its_draft_invoice_before_the_customer_sees_it(trade: Trade) -> None:
    draft = trade.invoice(status=InvoiceStatus.DRAFT, submitted_at=None, number=None, sequence=1)
    trade.service.must_deliver(InvoiceDrafted(invoice=draft), actor=trade.seller)
    note = attach(trade, draft, trade.seller, "delivery-note.pdf")

    with pytest.raises(RefusedCall) as refusal:
        files(trade, draft, trade.initiator)
    assert refusal.value.code == "not-found"

    trade.service.must_deliver(InvoiceSubmitted(invoice=trade.invoice(id=draft.id)), actor=trade.seller)
    (seen,) = files(trade, draft, trade.initiator)
    assert (seen.id, seen.sha256) == (note.id, note.sha256)


def unused(trade: Trade, *digests: str) -> set[str]:
    return set(trade.service.call(FindUnusedFiles(sha256=digests)).sha256)


def test_a_file_is_unused_when_no_document_has_referred_to_it_for_a_day(trade: Trade) -> None:
    kept, removed, shared, gone, never = (character * 64 for character in "abcde")
    draft, deleted = a_draft_order(trade), a_draft_order(trade)
    attach(trade, draft, trade.initiator, sha256=kept)
    for digest in (removed, shared):
        file = attach(trade, draft, trade.initiator, sha256=digest)
        trade.service.call(RemoveAttachment(attachment_id=file.id), trade.initiator)
    attach(trade, draft, trade.initiator, sha256=shared)
    attach(trade, deleted, trade.initiator, sha256=gone)
    asked = (kept, removed, shared, gone, never)
    assert unused(trade, *asked) == {never}

    trade.service.must_deliver(
        OrderDraftDeleted(order=trade.order(id=deleted.id)), sequence=9, actor=trade.initiator
    )
    trade.service.database.clock = lambda: datetime.now(UTC) + timedelta(days=1, minutes=1)

    assert unused(trade, *asked) == {removed, gone, never}


def test_two_uploads_at_once_never_both_take_the_last_place(trade: Trade) -> None:
    draft = a_draft_order(trade)
    for number in range(FILES_PER_DOCUMENT - 1):
        attach(trade, draft, trade.initiator, f"{number}.pdf")
    barrier = threading.Barrier(4)
    codes: list[str] = []

    def race(name: str) -> None:
        barrier.wait()
        try:
            attach(trade, draft, trade.initiator, name)
            codes.append("ok")
        except RefusedCall as refusal:
            codes.append(refusal.code)

    threads = [threading.Thread(target=race, args=(f"last-{number}.pdf",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == ["ok", "too-many-files", "too-many-files", "too-many-files"]


def test_files_come_in_pages(trade: Trade) -> None:
    draft = a_draft_order(trade)
    attached = [attach(trade, draft, trade.initiator, f"{number}.pdf") for number in range(3)]

    first = trade.service.call(
        ListAttachments(document_kind=ORDER, document_id=draft.id, limit=2), trade.initiator
    )
    second = trade.service.call(
        ListAttachments(document_kind=ORDER, document_id=draft.id, limit=2, after=first.next), trade.initiator
    )

    assert [*first.items, *second.items] == attached
    assert second.next is None
