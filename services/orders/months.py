"""Calendar months, for plots and filters that agree on their first and last day."""

import calendar
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month by its first and its last day."""

    first: date
    last: date


def last_months(today: date, count: int) -> tuple[Month, ...]:
    """The month of `today` and those before it, oldest first; `count` of them."""
    present = today.year * 12 + today.month - 1
    return tuple(_month(*divmod(present - ago, 12)) for ago in range(count - 1, -1, -1))


def _month(year: int, month: int) -> Month:
    days = calendar.monthrange(year, month + 1)[1]
    return Month(date(year, month + 1, 1), date(year, month + 1, days))
