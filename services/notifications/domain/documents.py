"""The documents that remarks and files hang on, as far as notifications knows them from their owners."""

from dataclasses import dataclass
from uuid import UUID

from services.chassis.errors import Forbidden
from services.contracts.actors import Actor
from services.contracts.notifications.kinds import DocumentKind
from services.contracts.notifications.views import DocumentReference
from services.contracts.parties import Party, Person


@dataclass(frozen=True, slots=True)
class Document:
    """An order or an invoice: who stands on it and who may see it.

    `draft_of` is the organisation that is still writing the document and may take files off it again;
    None once it is sent. `shown_to` are the organisations for which the document exists at all.
    """

    kind: DocumentKind
    id: UUID
    sequence: int
    number: str | None
    status: str
    customer: Party
    supplier: Party
    initiator: Person | None
    draft_of: UUID | None
    shown_to: tuple[UUID, ...]

    def reference(self) -> DocumentReference:
        """How others name it."""
        return DocumentReference(kind=self.kind, id=self.id, number=self.number)

    def side_of(self, actor: Actor) -> Party:
        """The side of the document that `actor` is on; raises Forbidden when on neither."""
        for party in (self.customer, self.supplier):
            if party.id == actor.organisation_id:
                return party
        raise Forbidden("Only the customer and the supplier of a document may write on it.")
