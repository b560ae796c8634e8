"""What a search over all documents answers: the same for every service that has documents (Ctrl K)."""

from enum import StrEnum
from typing import Annotated

from services.contracts.kinds import Amount, CurrencyCode, Day, DocumentNumber, Id, Name
from services.contracts.parties import Party
from services.contracts.shapes import Example, Length, Range, shape

SearchText = Annotated[str, Length(1, 100), Example("PO-2026-0004")]
MostHits = Annotated[int, Range(least=1, most=20), Example(8)]


class HitKind(StrEnum):
    """What kind of document was found."""

    ORDER = "order"
    INVOICE = "invoice"


class FoundBy(StrEnum):
    """What of the document has the text; the closest is told when there are several."""

    NUMBER = "number"
    PARTNER = "partner"
    ITEM = "item"


@shape
class Hit:
    """A document that was found."""

    kind: Annotated[HitKind, "What kind of document."]
    id: Annotated[Id, "The document."]
    number: Annotated[DocumentNumber | None, "Its number; a draft may not have one yet."]
    found_by: Annotated[FoundBy, "What of it has the text."]
    partner: Annotated[Party, "The other side: the supplier for a customer, the customer for a supplier."]
    status: Annotated[Name, "Where it stands."]
    day: Annotated[Day, "Date of the document."]
    currency: Annotated[CurrencyCode, "Currency."]
    gross: Annotated[Amount, "Gross sum."]


@shape
class Hits:
    """What one service has found, the closest first, of those the newest first."""

    items: Annotated[tuple[Hit, ...], "The documents."]


class Searched(StrEnum):
    """The services that are searched."""

    ORDERS = "orders"
    INVOICING = "invoicing"


@shape
class Found:
    """What all services have found, the closest first, of those the newest first."""

    items: Annotated[tuple[Hit, ...], "The documents."]
    missing: Annotated[tuple[Searched, ...], "Services that did not answer: there may be more."]
