"""How long what is outstanding is overdue, in the buckets people are used to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from services.contracts.invoicing.views import Age

# By the greatest number of days overdue; the last one has no end.
BUCKETS: tuple[tuple[Age, int | None], ...] = (
    (Age.CURRENT, 0),
    (Age.UP_TO_30, 30),
    (Age.UP_TO_60, 60),
    (Age.UP_TO_90, 90),
    (Age.OVER_90, None),
)


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is due from `due_from` to `due_to`, both included; None is without end."""

    age: Age
    due_from: date | None
    due_to: date | None

    def holds(self, due: date) -> bool:
        """Whether something due on this day belongs here."""
        return (self.due_from is None or self.due_from <= due) and (self.due_to is None or due <= self.due_to)


def buckets(today: date) -> tuple[Bucket, ...]:
    """The buckets as they lie on `today`, the least overdue first. Each day is in one of them."""
    return tuple(_buckets(today))


def _buckets(today: date) -> Iterable[Bucket]:
    latest = None
    for age, most in BUCKETS:
        earliest = None if most is None else today - timedelta(days=most)
        yield Bucket(age, earliest, latest)
        if earliest is not None:
            latest = earliest - timedelta(days=1)
