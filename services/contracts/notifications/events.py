"""What notifications announces. Each carries who may know of it: a remark on a draft stays on its side."""

from typing import Annotated
from uuid import UUID

from services.contracts.kinds import Id
from services.contracts.notifications import views
from services.contracts.shapes import Event, Length, event


@event("notifications")
class CommentPosted(Event):
    """Somebody has commented on a document, or noted an agreement by phone (S-011, S-034)."""

    comment: Annotated[views.Comment, "The comment."]
    shown_to: Annotated[tuple[Id, ...], Length(1, 2), "The organisations that see the document."]

    def participants(self) -> tuple[UUID, ...]:
        """The sides that see the document."""
        return self.shown_to


@event("notifications")
class FileAttached(Event):
    """A file was attached to a document (S-012)."""

    attachment: Annotated[views.Attachment, "The file."]
    shown_to: Annotated[tuple[Id, ...], Length(1, 2), "The organisations that see the document."]

    def participants(self) -> tuple[UUID, ...]:
        """The sides that see the document."""
        return self.shown_to


@event("notifications", live_only=True)
class FileRemoved(Event):
    """A file was taken off a draft again."""

    attachment: Annotated[views.Attachment, "The file as it was."]
    shown_to: Annotated[tuple[Id, ...], Length(1, 2), "The organisations that saw it."]

    def participants(self) -> tuple[UUID, ...]:
        """The sides that saw it."""
        return self.shown_to


@event("notifications", live_only=True)
class FeedChanged(Event):
    """Something was put into the feeds of these people, or marked as read: count what is unread anew."""

    organisation_id: Annotated[Id, "The organisation in which they have this feed."]
    users: Annotated[tuple[Id, ...], Length(1, 10_000), "Whose feeds."]

    def participants(self) -> tuple[UUID, ...]:
        """The organisation they belong to."""
        return (self.organisation_id,)


@event("notifications")
class DeliveryFailed(Event):
    """An e-mail could not be delivered and will not be tried again (S-231)."""

    delivery: Annotated[views.FailedDelivery, "The e-mail and what the mail server said."]

    def participants(self) -> tuple[UUID, ...]:
        """The organisation whose address failed; nobody for a mail that belongs to no organisation."""
        return () if self.delivery.organisation is None else (self.delivery.organisation.id,)
