"""What operations sees of a service."""

from typing import Annotated

from services.contracts.kinds import Id, Instant, Name, Next
from services.contracts.shapes import shape


@shape
class DeadLetter:
    """A message that could not be handled, kept with the reason."""

    id: Annotated[Id, "The dead letter."]
    queue: Annotated[str, "The queue it came from, and would go back to."]
    reason: Annotated[str, "Why it died."]
    handler: Annotated[str, "Who could not handle it."]
    attempts: Annotated[int, "How often it was tried."]
    trace_id: Annotated[str, "Correlation id, to find its log lines."]
    died_at: Annotated[Instant, "When it died."]
    state: Annotated[Name, "waiting, replaying, replayed or discarded."]
    settled_by: Annotated[str | None, "Who replayed or discarded it."]
    body: Annotated[str, "The message as it came."]


@shape
class DeadLetterPage:
    """A page of dead letters, newest first."""

    items: Annotated[tuple[DeadLetter, ...], "The dead letters."]
    next: Next
