"""Working time: weekends, holidays, opening hours, and the hour that clocks take and give."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Invalid
from services.contracts.invoicing.views import WorkedTime
from services.contracts.invoicing.waiting import Holiday, WaitingTerms, Weekday
from services.invoicing.domain import workdays
from services.invoicing.domain.workdays import calendar_of

KYIV = WaitingTerms(
    time_zone="Europe/Kyiv",
    opens="09:00",
    closes="18:00",
    holidays=(Holiday(day=date(2026, 12, 25), name="Christmas"),),
)


def kyiv(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=calendar_of(KYIV).zone).astimezone(UTC)


@pytest.mark.requirement("S-063")
@pytest.mark.parametrize(
    ("since", "until", "days", "hours"),
    [
        ("2026-11-23T09:00", "2026-11-23T12:30", 0, 3),
        ("2026-11-23T09:00", "2026-11-23T18:00", 1, 0),
        ("2026-11-23T17:00", "2026-11-24T10:00", 0, 2),
        ("2026-11-23T20:00", "2026-11-24T08:00", 0, 0),  # a night
        ("2026-11-20T17:00", "2026-11-23T10:00", 0, 2),  # a weekend
        ("2026-11-21T11:00", "2026-11-22T15:00", 0, 0),
        ("2026-12-24T09:00", "2026-12-28T09:00", 1, 0),  # Thursday, Christmas, a weekend
        ("2026-03-27T09:00", "2026-03-31T09:00", 2, 0),  # clocks go forward on the Sunday between
        ("2026-11-23T09:00", "2026-11-22T09:00", 0, 0),
    ],
)
def test_only_working_hours_count(since: str, until: str, days: int, hours: int) -> None:
    assert calendar_of(KYIV).told(kyiv(since), kyiv(until)) == WorkedTime(days=days, hours=hours)


@pytest.mark.parametrize(
    ("since", "days", "due"),
    [
        ("2026-11-23T09:00", 1, "2026-11-23T18:00"),
        ("2026-11-23T12:00", 1, "2026-11-24T12:00"),
        ("2026-11-20T16:00", 3, "2026-11-25T16:00"),
        ("2026-11-22T03:00", 1, "2026-11-23T18:00"),
        ("2026-12-23T12:00", 2, "2026-12-28T12:00"),
    ],
)
def test_a_deadline_falls_into_working_hours(since: str, days: int, due: str) -> None:
    assert calendar_of(KYIV).after(kyiv(since), days) == kyiv(due)


@given(
    minutes=st.integers(0, 2 * 365 * 24 * 60),
    days=st.integers(1, 30),
    week=st.sets(st.sampled_from(list(Weekday)), min_size=1),
    zone=st.sampled_from(["UTC", "Europe/Kyiv", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu"]),
)
def test_what_is_due_after_some_days_is_so_many_days_of_work_away(
    minutes: int, days: int, week: set[Weekday], zone: str
) -> None:
    calendar = calendar_of(WaitingTerms(time_zone=zone, working_days=tuple(sorted(week))))
    since = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)

    due = calendar.after(since, days)

    assert calendar.worked(since, due) == days * calendar.day_length
    assert calendar.worked(since, due - timedelta(seconds=1)) < days * calendar.day_length


@pytest.mark.parametrize(
    ("terms", "fault"),
    [
        (WaitingTerms(time_zone="Mars/Olympus"), "/terms/time_zone"),
        (WaitingTerms(time_zone="../etc"), "/terms/time_zone"),
        (WaitingTerms(opens="17:00", closes="17:00"), "/terms/closes"),
        (WaitingTerms(working_days=(Weekday.MONDAY, Weekday.MONDAY)), "/terms/working_days"),
        (WaitingTerms(answer_within=3, escalate_after=2), "/terms/escalate_after"),
        (WaitingTerms(holidays=(*KYIV.holidays, *KYIV.holidays)), "/terms/holidays/1/day"),
    ],
)
def test_rules_by_which_nobody_could_work_are_refused(terms: WaitingTerms, fault: str) -> None:
    with pytest.raises(Invalid) as refusal:
        workdays.check(terms)

    assert [each.field for each in refusal.value.faults] == [fault]
