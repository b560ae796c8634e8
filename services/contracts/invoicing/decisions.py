"""How an invoice was decided, as whoever asks may read it: the supplier with the limits only where it is told them."""

from typing import Annotated

from services.contracts.actors import EVERYONE
from services.contracts.invoicing import views
from services.contracts.kinds import Id, Instant
from services.contracts.parties import Person
from services.contracts.shapes import Query, query, shape


@shape
class ToldDecision:
    """A match decision as it stands in the books, in the words that the asker may read."""

    id: Annotated[Id, "The decision."]
    at: Annotated[Instant, "When."]
    verdict: Annotated[views.Verdict, "Approved by itself, held for the initiator, or waiting for another."]
    decided_by: Annotated[Person | None, "Who may release it; null when it passes or waits for another."]
    findings: Annotated[
        tuple[views.ForeseenFinding, ...], "What each rule found, in the order they are asked."
    ]
    limits_told: Annotated[
        bool, "Whether limits are among it: the customer chooses that, for a supplier, then and now."
    ]


@shape
class ToldDecisions:
    """All match decisions of an invoice, newest first: after a rework it is matched anew."""

    items: Annotated[tuple[ToldDecision, ...], "The decisions."]


@query("invoicing", answers=ToldDecisions, allowed=EVERYONE)
class GetInvoiceDecisions(Query):
    """How an invoice was decided, in sentences both sides may read.

    The customer chooses whether its supplier reads the limits too, or only what differs from the order. What was
    decided while it kept them to itself stays without them.
    """

    invoice_id: Annotated[Id, "The invoice."]
