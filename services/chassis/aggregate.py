"""What a business document is to the chassis: an id, a sequence, and the facts it has recorded.

Pure: a domain module may import it.
"""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from services.contracts.shapes import Event


@dataclass(frozen=True, slots=True)
class Fact:
    """An event as its aggregate recorded it. `sequence` orders the facts of one aggregate, without gaps."""

    sequence: int
    event: Event


class Aggregate:
    """A document that changes only by its own methods, and records a fact for each change.

    Subclasses are dataclasses with at least `id`; they set `noun`, the field under which their events
    carry their state, and `view()`, that state. A method ends with `self.record(OrderSubmitted)`.
    """

    noun: ClassVar[str]
    id: UUID

    def __post_init__(self) -> None:
        self.sequence: int = 0
        self.facts: list[Fact] = []

    def view(self) -> Any:
        """The state as the published language shows it."""
        raise TypeError(f"{type(self).__name__} has no view")

    def record(self, event: type[Event], **more: Any) -> None:
        """Note that `event` has happened; its state is the state of this moment."""
        self.sequence += 1
        self.facts.append(Fact(self.sequence, event(**{self.noun: self.view()}, **more)))
