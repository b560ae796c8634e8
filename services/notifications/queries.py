"""How notifications reads and writes its own tables: explicit statements, one per table."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select, text, tuple_, update

from services.chassis import paging
from services.chassis.database import Transaction
from services.chassis.errors import NotFound, NotHereYet
from services.contracts.notifications import commands, views
from services.contracts.notifications.kinds import CommentKind, DocumentKind
from services.contracts.notifications.views import DocumentReference, UnusedFiles
from services.contracts.parties import Party, Person
from services.notifications.domain.announcements import DELETED
from services.notifications.domain.attachments import Attachment, StoredFile
from services.notifications.domain.comments import Comment
from services.notifications.domain.documents import Document
from services.notifications.domain.mails import MailState
from services.notifications.tables import attachments, comments, documents, feed, mails

# ----------------------------------------------------------------------------------------- documents


def document_here(tx: Transaction, kind: DocumentKind, id: UUID) -> Document:
    """The document; raises NotHereYet when there is none for the one who asks."""
    found = documents_by_id(tx, [id]).get(id)
    if found is None or found.kind is not kind:
        raise NotHereYet(f"There is no {kind} {id} here.")
    return found


def documents_by_id(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Document]:
    """Those of the documents that are there for the one who asks."""
    rows = tx.execute(select(documents).where(documents.c.id.in_(list(ids))))
    return {row.id: _document(row) for row in rows}


def _document(row: Row[Any]) -> Document:
    return Document(
        kind=DocumentKind(row.kind),
        id=row.id,
        sequence=row.sequence,
        number=row.number,
        status=row.status,
        customer=Party(id=row.customer_id, name=row.customer_name),
        supplier=Party(id=row.supplier_id, name=row.supplier_name),
        initiator=None if row.initiator_id is None else Person(id=row.initiator_id, name=row.initiator_name),
        draft_of=row.draft_of,
        shown_to=tuple(row.shown_to),
    )


# ------------------------------------------------------------------------------------------ comments


class CommentStore:
    """Comments are written once and only listed afterwards."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> Comment | None:
        """The comment."""
        wanted = select(comments, documents.c.kind.label("document_kind"), documents.c.number).join(documents)
        row = tx.execute(wanted.where(comments.c.id == id)).one_or_none()
        return None if row is None else _comment(row)

    def insert(self, tx: Transaction, comment: Comment) -> None:
        """Write a new comment."""
        tx.execute(
            comments.insert(),
            {
                "id": comment.id,
                "sequence": comment.sequence,
                "document_id": comment.document.id,
                "kind": comment.kind,
                "author_id": comment.author.id,
                "author_name": comment.author.name,
                "organisation_id": comment.organisation.id,
                "organisation_name": comment.organisation.name,
                "text": comment.text,
                "posted_at": comment.posted_at,
                "agreed_with": comment.agreed_with,
                "agreed_at": comment.agreed_at,
                "shown_to": list(comment.shown_to),
            },
        )

    def update(self, tx: Transaction, comment: Comment, loaded_sequence: int) -> int:
        """Never happens: a comment stays what it was."""
        raise AssertionError(f"comment {comment.id} was changed from version {loaded_sequence} in {tx}")


def _comment(row: Row[Any]) -> Comment:
    comment = Comment(
        id=row.id,
        document=DocumentReference(
            kind=DocumentKind(row.document_kind), id=row.document_id, number=row.number
        ),
        kind=CommentKind(row.kind),
        author=Person(id=row.author_id, name=row.author_name),
        organisation=Party(id=row.organisation_id, name=row.organisation_name),
        text=row.text,
        posted_at=row.posted_at,
        shown_to=tuple(row.shown_to),
        agreed_with=row.agreed_with,
        agreed_at=row.agreed_at,
    )
    comment.sequence = row.sequence
    return comment


def comments_on(tx: Transaction, question: commands.ListComments) -> views.CommentPage:
    """A page of the comments on a document, oldest first."""
    document = document_here(tx, question.document_kind, question.document_id)
    wanted = (
        select(comments, documents.c.kind.label("document_kind"), documents.c.number)
        .join(documents)
        .where(comments.c.document_id == document.id)
        .order_by(comments.c.posted_at, comments.c.id)
    )
    wanted = _after(wanted, question.after, comments.c.posted_at, comments.c.id)
    rows = [_comment(row) for row in tx.execute(wanted.limit(question.limit + 1))]
    items, following = paging.page(rows, question.limit, lambda comment: (comment.posted_at, comment.id))
    return views.CommentPage(items=tuple(comment.view() for comment in items), next=following)


def _after(
    wanted: Select[Any], cursor: str | None, at: ColumnElement[Any], id: ColumnElement[Any]
) -> Select[Any]:
    if cursor is None:
        return wanted
    return wanted.where(tuple_(at, id) > paging.key_of(cursor, paging.instant, paging.identifier))


def _before(
    wanted: Select[Any], cursor: str | None, at: ColumnElement[Any], id: ColumnElement[Any]
) -> Select[Any]:
    if cursor is None:
        return wanted
    return wanted.where(tuple_(at, id) < paging.key_of(cursor, paging.instant, paging.identifier))


# --------------------------------------------------------------------------------------- attachments


class AttachmentStore:
    """Attachments are written, read, and taken off drafts. A removed one is kept, and found no more."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> Attachment | None:
        """The attachment, if it is there for the one who asks and was not removed.

        Its row is not locked: the other side may read it but not lock it, and should hear why it may not
        remove it. The sequence in `update` settles a race.
        """
        wanted = _attached().where(attachments.c.id == id)
        row = tx.execute(wanted).one_or_none()
        return None if row is None else _attachment(row)

    def insert(self, tx: Transaction, attachment: Attachment) -> None:
        """Write a new attachment."""
        tx.execute(
            attachments.insert(),
            {
                "id": attachment.id,
                "sequence": attachment.sequence,
                "document_id": attachment.document.id,
                "name": attachment.file.name,
                "media_type": attachment.file.media_type,
                "size": attachment.file.size,
                "sha256": attachment.file.sha256,
                "attached_by_id": attachment.attached_by.id,
                "attached_by_name": attachment.attached_by.name,
                "organisation_id": attachment.organisation.id,
                "organisation_name": attachment.organisation.name,
                "attached_at": attachment.attached_at,
            },
        )

    def update(self, tx: Transaction, attachment: Attachment, loaded_sequence: int) -> int:
        """Note that the attachment was removed; nothing else about it changes."""
        changed = (
            update(attachments)
            .where(attachments.c.id == attachment.id, attachments.c.sequence == loaded_sequence)
            .values(sequence=attachment.sequence, removed_at=attachment.removed_at)
        )
        return tx.execute(changed).rowcount


def _attached() -> Select[Any]:
    return (
        select(attachments, documents.c.kind.label("document_kind"), documents.c.number)
        .join(documents)
        .where(attachments.c.removed_at.is_(None))
    )


def _attachment(row: Row[Any]) -> Attachment:
    attachment = Attachment(
        id=row.id,
        document=DocumentReference(
            kind=DocumentKind(row.document_kind), id=row.document_id, number=row.number
        ),
        file=StoredFile(name=row.name, media_type=row.media_type, size=row.size, sha256=row.sha256),
        attached_by=Person(id=row.attached_by_id, name=row.attached_by_name),
        organisation=Party(id=row.organisation_id, name=row.organisation_name),
        attached_at=row.attached_at,
        removed_at=row.removed_at,
    )
    attachment.sequence = row.sequence
    return attachment


def attachments_on(tx: Transaction, question: commands.ListAttachments) -> views.AttachmentPage:
    """A page of the files on a document, oldest first."""
    document = document_here(tx, question.document_kind, question.document_id)
    wanted = _attached().where(attachments.c.document_id == document.id)
    wanted = wanted.order_by(attachments.c.attached_at, attachments.c.id)
    wanted = _after(wanted, question.after, attachments.c.attached_at, attachments.c.id)
    rows = [_attachment(row) for row in tx.execute(wanted.limit(question.limit + 1))]
    items, following = paging.page(rows, question.limit, lambda file: (file.attached_at, file.id))
    return views.AttachmentPage(items=tuple(file.view() for file in items), next=following)


def files_on(tx: Transaction, document: Document) -> int:
    """How many files the document carries. Whoever asks next waits until this transaction is over.

    Two uploads at once can so never both take the last place.
    """
    tx.execute(text("select pg_advisory_xact_lock(hashtextextended(:id, 0))"), {"id": str(document.id)})
    counted = select(func.count()).where(
        attachments.c.document_id == document.id, attachments.c.removed_at.is_(None)
    )
    number: int = tx.execute(counted).scalar_one()
    return number


def unused_files(tx: Transaction, digests: Sequence[str], *, removed_before: datetime) -> UnusedFiles:
    """Those of the files that hang on no document, as far as anybody could still get at them."""
    used = (
        select(attachments.c.sha256)
        .join(documents)
        .where(
            attachments.c.sha256.in_(digests),
            or_(attachments.c.removed_at.is_(None), attachments.c.removed_at > removed_before),
            documents.c.status != DELETED,
        )
    )
    kept = set(tx.execute(used).scalars())
    return UnusedFiles(sha256=tuple(digest for digest in digests if digest not in kept))


# ---------------------------------------------------------------------------------------------- feed


_CUSTOMER_READS = documents.c.customer_id == feed.c.organisation_id
# The other side, as it is called today; nobody for what concerns no document.
_FEED = select(
    feed,
    case((_CUSTOMER_READS, documents.c.supplier_id), else_=documents.c.customer_id).label("partner_id"),
    case((_CUSTOMER_READS, documents.c.supplier_name), else_=documents.c.customer_name).label("partner_name"),
).outerjoin(documents, documents.c.id == feed.c.document_id)


def _own_feed(tx: Transaction) -> ColumnElement[bool]:
    return and_(feed.c.user_id == tx.actor.user_id, feed.c.organisation_id == tx.actor.organisation_id)


def unread(tx: Transaction) -> int:
    """How many items of the actor's feed are unread."""
    number: int = tx.execute(
        select(func.count()).select_from(feed).where(_own_feed(tx), feed.c.read_at.is_(None))
    ).scalar_one()
    return number


def feed_of_actor(tx: Transaction, question: commands.ListFeed) -> views.FeedPage:
    """A page of the actor's feed, newest first."""
    wanted = _FEED.where(_own_feed(tx)).order_by(feed.c.at.desc(), feed.c.id.desc())
    if question.unread_only:
        wanted = wanted.where(feed.c.read_at.is_(None))
    wanted = _before(wanted, question.after, feed.c.at, feed.c.id)
    rows = [_feed_item(row) for row in tx.execute(wanted.limit(question.limit + 1))]
    items, following = paging.page(rows, question.limit, lambda item: (item.at, item.id))
    return views.FeedPage(items=tuple(items), unread=unread(tx), next=following)


def mark_read(tx: Transaction, id: UUID) -> views.FeedItem:
    """Mark one item of the actor's feed; the moment it was first read stays."""
    changed = (
        update(feed)
        .where(_own_feed(tx), feed.c.id == id)
        .values(read_at=func.coalesce(feed.c.read_at, tx.at))
    )
    if tx.execute(changed).rowcount == 0:
        raise NotFound(f"There is no item {id} in your feed.")
    return _feed_item(tx.execute(_FEED.where(_own_feed(tx), feed.c.id == id)).one())


def mark_all_read(tx: Transaction, wish: commands.MarkAllRead) -> bool:
    """Mark everything in the actor's feed up to a moment; answers whether anything was unread."""
    marked = tx.execute(
        update(feed)
        .where(_own_feed(tx), feed.c.read_at.is_(None), feed.c.at <= wish.up_to)
        .values(read_at=tx.at)
    )
    return marked.rowcount > 0


def _feed_item(row: Row[Any]) -> views.FeedItem:
    return views.FeedItem(
        id=row.id,
        event=row.event,
        title=row.title,
        document=_about(row),
        actor=None if row.actor_id is None else Person(id=row.actor_id, name=row.actor_name),
        at=row.at,
        read_at=row.read_at,
        partner=None if row.partner_id is None else Party(id=row.partner_id, name=row.partner_name),
    )


def _about(row: Row[Any]) -> DocumentReference | None:
    if row.document_id is None:
        return None
    return DocumentReference(
        kind=DocumentKind(row.document_kind), id=row.document_id, number=row.document_number
    )


# --------------------------------------------------------------------------------------------- mails


def failed_deliveries(tx: Transaction, question: commands.ListFailedDeliveries) -> views.FailedDeliveryPage:
    """A page of the mails that came back; which ones are seen, row-level security says."""
    wanted = select(mails).where(mails.c.state == MailState.FAILED)
    if tx.actor.kind != "operator":
        wanted = wanted.where(mails.c.organisation_id == tx.actor.organisation_id)
    wanted = wanted.order_by(mails.c.settled_at.desc(), mails.c.id.desc())
    wanted = _before(wanted, question.after, mails.c.settled_at, mails.c.id)
    rows = [failed_delivery(row) for row in tx.execute(wanted.limit(question.limit + 1))]
    items, following = paging.page(rows, question.limit, lambda mail: (mail.failed_at, mail.id))
    return views.FailedDeliveryPage(items=tuple(items), next=following)


def failed_delivery(row: Row[Any]) -> views.FailedDelivery:
    """A failed mail as callers see it."""
    organisation = None
    if row.organisation_id is not None:
        organisation = Party(id=row.organisation_id, name=row.organisation_name)
    return views.FailedDelivery(
        id=row.id,
        organisation=organisation,
        recipient=row.recipient,
        subject=row.content["subject"],
        event=row.event,
        document=_about(row),
        reason=row.reason,
        attempts=row.attempts,
        failed_at=row.settled_at,
    )
