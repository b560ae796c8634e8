"""Who stands on a document: the organisations and persons, with the names they had when it was written."""

from typing import Annotated

from services.contracts.kinds import Id, Name
from services.contracts.shapes import shape


@shape
class Party:
    """An organisation as it stands on a document (EN 16931 BG-4, BG-7)."""

    id: Annotated[Id, "The organisation."]
    name: Annotated[Name, "Its name on the day of the document (BT-27, BT-44)."]


@shape
class Person:
    """A person as they stand on a document."""

    id: Annotated[Id, "The user."]
    name: Annotated[Name, "Their name on the day of the document."]
