"""Working time: what of the time between two moments somebody could have worked, and when so much of it is over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.chassis.errors import Fault, Invalid
from services.contracts.invoicing.views import WorkedTime
from services.contracts.invoicing.waiting import WaitingTerms, Weekday

DAY, HOUR, NOTHING = timedelta(days=1), timedelta(hours=1), timedelta()
_WEEK = tuple(Weekday)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """On which days, and from when to when by which clocks, somebody works."""

    zone: ZoneInfo
    weekdays: frozenset[int]
    holidays: frozenset[date]
    opens: time
    closes: time

    @property
    def day_length(self) -> timedelta:
        """How much working time a working day has."""
        return _since_midnight(self.closes) - _since_midnight(self.opens)

    def today(self, at: datetime) -> date:
        """The day that is written there at this moment."""
        return at.astimezone(self.zone).date()

    def midnight_after(self, at: datetime) -> datetime:
        """When the next day begins there."""
        return self._moment(self.today(at) + DAY, time())

    def is_worked(self, day: date) -> bool:
        """Whether it is a working day."""
        return day.weekday() in self.weekdays and day not in self.holidays

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments."""
        spent = NOTHING
        for begins, ends in self._stretches(start):
            if begins >= end:
                break
            spent += min(ends, end) - max(begins, start)
        return spent

    def after(self, start: datetime, days: int) -> datetime:
        """When so many working days have gone by since `start`."""
        left = days * self.day_length
        for begins, ends in self._stretches(start):
            here = ends - max(begins, start)
            if here >= left:
                return max(begins, start) + left
            left -= here
        raise AssertionError("a calendar has no end")

    def told(self, start: datetime, end: datetime) -> WorkedTime:
        """The working time between two moments in working days and hours."""
        days, rest = divmod(self.worked(start, end), self.day_length)
        return WorkedTime(days=days, hours=rest // HOUR)

    def _stretches(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The working hours that end after `start`, one stretch for each working day."""
        day = self.today(start)
        while True:
            if self.is_worked(day):
                ends = self._moment(day, self.closes)
                if ends > start:
                    yield self._moment(day, self.opens), ends
            day += DAY

    def _moment(self, day: date, clock: time) -> datetime:
        # In UTC, so that differences count the hour that a change of the clocks takes or gives.
        return datetime.combine(day, clock, self.zone).astimezone(UTC)


@lru_cache(maxsize=1024)
def calendar_of(terms: WaitingTerms) -> WorkingCalendar:
    """The calendar that the terms describe."""
    return WorkingCalendar(
        zone=ZoneInfo(terms.time_zone),
        weekdays=frozenset(_WEEK.index(day) for day in terms.working_days),
        holidays=frozenset(holiday.day for holiday in terms.holidays),
        opens=time.fromisoformat(terms.opens),
        closes=time.fromisoformat(terms.closes),
    )


def check(terms: WaitingTerms) -> None:
    """Refuse terms by which nobody could work, or that say something twice."""
    faults = []
    try:
        ZoneInfo(terms.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        faults.append(Fault("/terms/time_zone", "is no time zone of the IANA database"))
    if terms.closes <= terms.opens:
        faults.append(Fault("/terms/closes", "must be later than the day begins"))
    if len(set(terms.working_days)) < len(terms.working_days):
        faults.append(Fault("/terms/working_days", "name a day twice"))
    days = [holiday.day for holiday in terms.holidays]
    faults += [
        Fault(f"/terms/holidays/{place}/day", "is in the list already")
        for place, day in enumerate(days)
        if day in days[:place]
    ]
    if terms.escalate_after < terms.answer_within:
        faults.append(Fault("/terms/escalate_after", "must not be shorter than the promised answer"))
    if faults:
        raise Invalid("These rules cannot hold.", faults)


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute)
