"""The history of a document: what every step tells, whatever the document is."""

from typing import Annotated

from services.contracts.kinds import Id, Instant, Name, Sequence
from services.contracts.shapes import shape


@shape
class Step:
    """One step in the life of a document: who, what, when (S-230). Each kind of document adds its `state`."""

    sequence: Annotated[Sequence, "Place in the document's history."]
    event: Annotated[Name, "What happened, such as `order-submitted` or `invoice-approved`."]
    at: Annotated[Instant, "When."]
    user_id: Annotated[Id | None, "Who; null when the system did it."]
    user_name: Annotated[
        Name | None, "Their name at that time; null when the system did it, or it was not kept yet."
    ]
    organisation_id: Annotated[Id | None, "For whom."]
