"""What to do with the documents when goods of an invoice come back (A6, S-080 … S-088, D-4)."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from services.contracts.actors import EVERYONE
from services.contracts.invoicing.views import Sentence
from services.contracts.kinds import Day, DocumentNumber, Id
from services.contracts.shapes import Query, query, shape


class ReplacementRoute(StrEnum):
    """The one way in which the documents are put right; no other is open."""

    CORRECT = "correct"
    REPLACE = "replace"
    RETURN_NOTE = "goods-return-note"
    NOTHING = "nothing"


class ReplacementRule(StrEnum):
    """What must hold for an approved invoice to be replaced."""

    SAME_MONTH = "same-month"
    FIFTEEN_DAYS = "fifteen-days"
    NOT_CONSOLIDATED = "not-consolidated"
    NOTHING_PAID = "nothing-paid"


@shape
class ReplacementCheck:
    """One rule, and whether it holds today."""

    rule: Annotated[ReplacementRule, "The rule."]
    holds: Annotated[bool, "Whether it holds today."]
    sentence: Annotated[Sentence, "What was found, in words."]


@shape
class ReplacementAdvice:
    """How the documents of an invoice are put right when its goods come back."""

    invoice_id: Annotated[Id, "The invoice."]
    invoice_number: Annotated[DocumentNumber | None, "Its number."]
    today: Annotated[Day, "The day it was decided for: the operator's."]
    route: Annotated[ReplacementRoute, "The way."]
    why: Annotated[Sentence, "Why this way, in words."]
    next_step: Annotated[Sentence, "Who does what now, in words."]
    last_day: Annotated[
        date | None, "Until when, that day included, it can be replaced; null when it cannot be."
    ]
    consolidated_on: Annotated[
        date | None, "Day of the consolidated invoice it stands on; null while it stands on none."
    ]
    checks: Annotated[
        tuple[ReplacementCheck, ...],
        "Every rule; empty when the invoice is not approved, for then none is asked.",
    ]


@query("invoicing", answers=ReplacementAdvice, allowed=EVERYONE)
class GetReplacementAdvice(Query):
    """How the documents are put right when goods of an invoice come back, and until when.

    An approved invoice is replaced while its date is in this month and at most 15 days ago, nothing of it is paid
    and it stands on no consolidated invoice; otherwise the invoice stays and a goods-return note is issued.
    """

    invoice_id: Annotated[Id, "The invoice."]
