"""What callers see of comments, attached files, the feed and failed e-mails."""

from typing import Annotated

from services.contracts.kinds import DocumentNumber, Email, Id, Instant, Name, Next, Remark, Sequence
from services.contracts.notifications.kinds import (
    CommentKind,
    DocumentKind,
    FileName,
    FileSize,
    MediaType,
    Sha256,
)
from services.contracts.parties import Party, Person
from services.contracts.shapes import Length, Range, shape


@shape
class DocumentReference:
    """The document that something belongs to."""

    kind: Annotated[DocumentKind, "What kind of document."]
    id: Annotated[Id, "The document."]
    number: Annotated[DocumentNumber | None, "Its number; a draft may not have one yet."]


@shape
class Comment:
    """What somebody has said on a document (S-011, S-024, S-049), or noted of a telephone call (S-034)."""

    id: Annotated[Id, "The comment."]
    sequence: Annotated[Sequence, "Version of the comment."]
    document: Annotated[DocumentReference, "Where it was said."]
    kind: Annotated[CommentKind, "A comment, or the note of an agreement by phone."]
    author: Annotated[Person, "Who wrote it."]
    organisation: Annotated[Party, "For whom the author wrote it."]
    text: Annotated[Remark, "What was said; for an agreement by phone, what was agreed."]
    posted_at: Annotated[Instant, "When it was written."]
    agreed_with: Annotated[Name | None, "With whom it was agreed by phone."] = None
    agreed_at: Annotated[Instant | None, "When it was agreed by phone."] = None


@shape
class CommentPage:
    """Comments in the order of time."""

    items: Annotated[tuple[Comment, ...], "The comments, oldest first."]
    next: Next = None


@shape
class Attachment:
    """A file on a document (S-012, S-023). The bytes are kept under their SHA-256 and never change."""

    id: Annotated[Id, "The attachment."]
    sequence: Annotated[Sequence, "Version of the attachment."]
    document: Annotated[DocumentReference, "The document that carries it."]
    name: Annotated[FileName, "The file's name as its owner knows it."]
    media_type: Annotated[MediaType, "What the bytes are, as found by looking at them."]
    size: Annotated[FileSize, "Length in bytes."]
    sha256: Annotated[Sha256, "Digest of the bytes; the key of the file store."]
    attached_by: Annotated[Person, "Who attached it."]
    organisation: Annotated[Party, "For whom it was attached."]
    attached_at: Annotated[Instant, "When it was attached."]


@shape
class AttachmentPage:
    """Files in the order they were attached."""

    items: Annotated[tuple[Attachment, ...], "The files, oldest first."]
    next: Next = None


@shape
class UnusedFiles:
    """Files that may be deleted from the store."""

    sha256: Annotated[tuple[Sha256, ...], "Their digests."]


@shape
class FeedItem:
    """One thing that has happened and concerns this user (S-050)."""

    id: Annotated[Id, "The item."]
    event: Annotated[str, Length(1, 100), "Name of the event behind it, for example order-submitted."]
    title: Annotated[str, Length(1, 500), "What has happened, in one sentence."]
    document: Annotated[DocumentReference | None, "The document concerned, if there is one."]
    actor: Annotated[Person | None, "Who did it; null when the system did."]
    at: Annotated[Instant, "When it happened."]
    read_at: Annotated[Instant | None, "When the user marked it as read."] = None
    partner: Annotated[Party | None, "The other side of the document, if there is one."] = None


@shape
class FeedPage:
    """The user's feed in this organisation, newest first."""

    items: Annotated[tuple[FeedItem, ...], "The items, newest first."]
    unread: Annotated[int, Range(least=0), "How many items of the whole feed are unread."]
    next: Next = None


@shape
class Unread:
    """How much is new."""

    unread: Annotated[int, Range(least=0), "How many items of the feed are unread."]


@shape
class FailedDelivery:
    """An e-mail that a mail server has refused for good, or that no server took in time (S-231)."""

    id: Annotated[Id, "The e-mail."]
    organisation: Annotated[Party | None, "The organisation it was meant for, if it was meant for one."]
    recipient: Annotated[Email, "The address that could not be reached."]
    subject: Annotated[str, Length(1, 300), "Its subject line."]
    event: Annotated[str, Length(1, 100), "Name of the event it told of."]
    document: Annotated[DocumentReference | None, "The document it told of, if there is one."]
    reason: Annotated[str, Length(1, 500), "What the mail server said."]
    attempts: Annotated[int, Range(least=1), "How often it was tried."]
    failed_at: Annotated[Instant, "When it was given up."]


@shape
class FailedDeliveryPage:
    """Undeliverable e-mails, newest first."""

    items: Annotated[tuple[FailedDelivery, ...], "The e-mails, newest first."]
    next: Next = None
