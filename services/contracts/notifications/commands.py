"""What can be asked of notifications. Who may see a document may see what hangs on it, and nobody else."""

from typing import Annotated

from services.contracts.actors import EVERYONE, PARTIES, Role
from services.contracts.kinds import After, Id, Instant, Limit, Name, Remark
from services.contracts.notifications import views
from services.contracts.notifications.kinds import DocumentKind, FileName, FileSize, MediaType, Sha256
from services.contracts.shapes import Command, Length, Query, command, query

READERS = PARTIES | {Role.OPERATOR_SUPPORT}
"""Who may read remarks and files: the two sides of the document, and the operator's support."""


@command("notifications", answers=views.Comment, allowed=PARTIES)
class PostComment(Command):
    """Comment on an order or an invoice (S-011, S-024, S-049).

    The other side is told in the portal and by e-mail. A comment on a draft stays with the draft's owner.
    """

    document_kind: Annotated[DocumentKind, "What kind of document."]
    document_id: Annotated[Id, "The document."]
    text: Annotated[Remark, "What to say."]


@command("notifications", answers=views.Comment, allowed=PARTIES)
class RecordPhoneAgreement(Command):
    """Note on a document what was agreed by phone, with whom and when (S-034)."""

    document_kind: Annotated[DocumentKind, "What kind of document."]
    document_id: Annotated[Id, "The document."]
    text: Annotated[Remark, "What was agreed."]
    agreed_with: Annotated[Name, "The person of the other side."]
    agreed_at: Annotated[Instant, "When the call was; not in the future."]


@query("notifications", answers=views.CommentPage, allowed=READERS)
class ListComments(Query):
    """The comments on a document, oldest first."""

    document_kind: Annotated[DocumentKind, "What kind of document."]
    document_id: Annotated[Id, "The document."]
    after: After = None
    limit: Limit = 50


@command("notifications", answers=views.Attachment, allowed=PARTIES)
class AttachFile(Command):
    """Attach a stored file to an order or an invoice (S-012).

    The bytes are in the file store already, under their SHA-256. Files on a draft are seen by the
    draft's owner alone until the draft is sent.
    """

    document_kind: Annotated[DocumentKind, "What kind of document."]
    document_id: Annotated[Id, "The document."]
    name: Annotated[FileName, "The file's name, without a path."]
    media_type: Annotated[MediaType, "What the bytes are."]
    size: Annotated[FileSize, "Length in bytes."]
    sha256: Annotated[Sha256, "Digest of the bytes."]


@query("notifications", answers=views.AttachmentPage, allowed=READERS)
class ListAttachments(Query):
    """The files on a document, oldest first (S-023)."""

    document_kind: Annotated[DocumentKind, "What kind of document."]
    document_id: Annotated[Id, "The document."]
    after: After = None
    limit: Limit = 50


@query("notifications", answers=views.Attachment, allowed=READERS)
class GetAttachment(Query):
    """One file's description; who gets it may download the bytes (S-023)."""

    attachment_id: Annotated[Id, "The attachment."]


@command("notifications", answers=views.Attachment, allowed=PARTIES)
class RemoveAttachment(Command):
    """Take a file of one's own organisation off a document that is still a draft."""

    attachment_id: Annotated[Id, "The attachment."]


@query("notifications", answers=views.UnusedFiles, allowed=None)
class FindUnusedFiles(Query):
    """Which of these stored files no document refers to, or has not for a day.

    The file store asks before it deletes a file (see decision 11); there is no address for it.
    """

    sha256: Annotated[tuple[Sha256, ...], Length(1, 500), "Digests of files in the store."]


@query("notifications", answers=views.FeedPage, allowed=EVERYONE)
class ListFeed(Query):
    """What has happened and concerns the user, newest first (S-050)."""

    unread_only: Annotated[bool, "Leave out what was read."] = False
    after: After = None
    limit: Limit = 50


@query("notifications", answers=views.Unread, allowed=EVERYONE)
class CountUnread(Query):
    """How many items of the user's feed are unread."""


@command("notifications", answers=views.FeedItem, allowed=EVERYONE)
class MarkRead(Command):
    """Mark one item of the user's feed as read."""

    item_id: Annotated[Id, "The item."]


@command("notifications", answers=views.Unread, allowed=EVERYONE)
class MarkAllRead(Command):
    """Mark everything in the user's feed as read, up to a moment."""

    up_to: Annotated[Instant, "The time of the newest item the user has seen."]


@query("notifications", answers=views.FailedDeliveryPage, allowed=READERS)
class ListFailedDeliveries(Query):
    """E-mails that could not be delivered to one's organisation (S-231); to the operator's support, all."""

    after: After = None
    limit: Limit = 50
