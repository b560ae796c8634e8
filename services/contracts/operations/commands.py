"""Commands and queries that every service answers. The service is chosen by the caller."""

from enum import StrEnum
from typing import Annotated

from services.contracts.actors import OPERATORS, Role
from services.contracts.kinds import After, Id, Limit
from services.contracts.operations import views
from services.contracts.shapes import Command, Query, command, query

EVERY_SERVICE = "*"
KEEPERS = frozenset({Role.OPERATOR_SUPPORT, Role.OPERATOR_MANAGEMENT, Role.OPERATOR_DEVELOPMENT})


class DeadLetterState(StrEnum):
    """What has become of a dead letter."""

    WAITING = "waiting"
    REPLAYING = "replaying"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


@query(EVERY_SERVICE, answers=views.DeadLetterPage, allowed=OPERATORS)
class ListDeadLetters(Query):
    """Messages this service could not handle, newest first."""

    state: Annotated[DeadLetterState, "What has become of them."] = DeadLetterState.WAITING
    after: After = None
    limit: Limit = 50


@query(EVERY_SERVICE, answers=views.DeadLetter, allowed=OPERATORS)
class ShowDeadLetter(Query):
    """One dead letter with its body."""

    dead_letter_id: Annotated[Id, "The dead letter."]


@command(EVERY_SERVICE, answers=views.DeadLetter, allowed=KEEPERS)
class ReplayDeadLetter(Command):
    """Put a dead letter back into the queue it came from."""

    dead_letter_id: Annotated[Id, "The dead letter."]


@command(EVERY_SERVICE, answers=views.DeadLetter, allowed=KEEPERS)
class DiscardDeadLetter(Command):
    """Give a dead letter up for good; it stays readable."""

    dead_letter_id: Annotated[Id, "The dead letter."]
