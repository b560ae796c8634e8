"""Remarks on documents: comments, and notes of what was agreed by phone."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.chassis.aggregate import Aggregate
from services.chassis.errors import Fault, Invalid
from services.contracts.actors import Actor
from services.contracts.notifications.events import CommentPosted
from services.contracts.notifications.kinds import CommentKind
from services.contracts.notifications.views import Comment as CommentView
from services.contracts.notifications.views import DocumentReference
from services.contracts.parties import Party, Person
from services.notifications.domain.documents import Document


@dataclass(kw_only=True)
class Comment(Aggregate):
    """A remark on a document. It is never changed and never withdrawn.

    `shown_to` is fixed when the remark is made: what a buyer writes on a draft stays with the buyer even
    after the order is sent.
    """

    noun: ClassVar[str] = "comment"

    id: UUID
    document: DocumentReference
    kind: CommentKind
    author: Person
    organisation: Party
    text: str
    posted_at: datetime
    shown_to: tuple[UUID, ...]
    agreed_with: str | None = None
    agreed_at: datetime | None = None

    def __post_init__(self) -> None:
        super().__post_init__()

    @classmethod
    def posted(cls, on: Document, *, by: Actor, text: str, at: datetime, id: UUID) -> "Comment":
        """Say something on a document (S-011, S-024, S-049)."""
        return cls._written(on, by, CommentKind.COMMENT, text, at, id)

    @classmethod
    def of_a_call(
        cls,
        on: Document,
        *,
        by: Actor,
        text: str,
        agreed_with: str,
        agreed_at: datetime,
        at: datetime,
        id: UUID,
    ) -> "Comment":
        """Note what was agreed by phone, with whom and when (S-034)."""
        if agreed_at > at:
            raise Invalid(
                "An agreement can be noted only after the call.",
                [Fault("/agreed_at", "must not be in the future")],
            )
        return cls._written(on, by, CommentKind.PHONE_AGREEMENT, text, at, id, agreed_with, agreed_at)

    @classmethod
    def _written(
        cls,
        on: Document,
        by: Actor,
        kind: CommentKind,
        text: str,
        at: datetime,
        id: UUID,
        agreed_with: str | None = None,
        agreed_at: datetime | None = None,
    ) -> "Comment":
        for field, value in (("/text", text), ("/agreed_with", agreed_with)):
            if value is not None and not value.strip():
                raise Invalid("A remark needs words.", [Fault(field, "must not be blank")])
        comment = cls(
            id=id,
            document=on.reference(),
            kind=kind,
            author=Person(id=by.user_id, name=by.user_name),
            organisation=on.side_of(by),
            text=text,
            posted_at=at,
            shown_to=on.shown_to,
            agreed_with=agreed_with,
            agreed_at=agreed_at,
        )
        comment.record(CommentPosted, shown_to=on.shown_to)
        return comment

    def view(self) -> CommentView:
        """The remark as callers see it."""
        return CommentView(
            id=self.id,
            sequence=self.sequence,
            document=self.document,
            kind=self.kind,
            author=self.author,
            organisation=self.organisation,
            text=self.text,
            posted_at=self.posted_at,
            agreed_with=self.agreed_with,
            agreed_at=self.agreed_at,
        )
