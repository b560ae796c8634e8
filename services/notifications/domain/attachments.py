"""Files on documents: their names and digests. The bytes lie in the file store, under their digest."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.chassis.aggregate import Aggregate
from services.chassis.errors import Fault, Forbidden, Invalid, Refused
from services.contracts.actors import Actor
from services.contracts.notifications.events import FileAttached, FileRemoved
from services.contracts.notifications.kinds import FILES_PER_DOCUMENT
from services.contracts.notifications.views import Attachment as AttachmentView
from services.contracts.notifications.views import DocumentReference
from services.contracts.parties import Party, Person
from services.notifications.domain.documents import Document


class TooManyFiles(Refused):
    """The document carries as many files as it may."""


class AlreadySent(Refused):
    """The document is sent; what the other side has been shown is not taken away."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that lies in the store, and the name it came with."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(kw_only=True)
class Attachment(Aggregate):
    """A file on a document (S-012, S-023)."""

    noun: ClassVar[str] = "attachment"

    id: UUID
    document: DocumentReference
    file: StoredFile
    attached_by: Person
    organisation: Party
    attached_at: datetime
    removed_at: datetime | None = None

    def __post_init__(self) -> None:
        super().__post_init__()

    @classmethod
    def to(
        cls, document: Document, file: StoredFile, *, by: Actor, already: int, at: datetime, id: UUID
    ) -> "Attachment":
        """Attach `file` to a document that carries `already` files."""
        if file.name.strip(" .") == "":
            raise Invalid("The file needs a name.", [Fault("/name", "must not be only dots and blanks")])
        if already >= FILES_PER_DOCUMENT:
            raise TooManyFiles(
                f"A document carries {FILES_PER_DOCUMENT} files at most; this one has {already}."
            )
        attachment = cls(
            id=id,
            document=document.reference(),
            file=file,
            attached_by=Person(id=by.user_id, name=by.user_name),
            organisation=document.side_of(by),
            attached_at=at,
        )
        attachment.record(FileAttached, shown_to=document.shown_to)
        return attachment

    def remove(self, document: Document, *, by: Actor, at: datetime) -> None:
        """Take the file off its document, while that is one's own draft."""
        if self.organisation.id != by.organisation_id:
            raise Forbidden(f"Only {self.organisation.name} may remove a file it has attached.")
        if document.draft_of != by.organisation_id:
            raise AlreadySent(
                "The document is sent; its files stay. Comment on it to say what no longer holds."
            )
        self.removed_at = at
        self.record(FileRemoved, shown_to=document.shown_to)

    def view(self) -> AttachmentView:
        """The file as callers see it."""
        return AttachmentView(
            id=self.id,
            sequence=self.sequence,
            document=self.document,
            name=self.file.name,
            media_type=self.file.media_type,
            size=self.file.size,
            sha256=self.file.sha256,
            attached_by=self.attached_by,
            organisation=self.organisation,
            attached_at=self.attached_at,
        )
