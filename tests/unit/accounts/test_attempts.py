"""Growing patience instead of a lock: S-001, ASVS 5.0 V6.3.1."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain.attempts import (
    PER_ACCOUNT,
    PER_ADDRESS,
    PER_DEVICE,
    RESETS_PER_ACCOUNT,
    RESETS_PER_ADDRESS,
    Attempts,
    Patience,
)
from services.chassis.errors import TooMany

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ALL = (PER_ACCOUNT, PER_DEVICE, PER_ADDRESS, RESETS_PER_ACCOUNT, RESETS_PER_ADDRESS)


def after(failures: int, patience: Patience = PER_ACCOUNT, at: datetime = NOON) -> Attempts:
    known = Attempts()
    for _ in range(failures):
        known = known.failed(patience, at)
    return known


def guesses_heard(patience: Patience, during: timedelta) -> int:
    """How many guesses an attacker gets in who guesses again at the first moment it is possible."""
    at, known, heard = NOON, Attempts(), 0
    while at < NOON + during:
        known.check(at)
        heard += 1
        known = known.failed(patience, at)
        at += timedelta(seconds=known.seconds_to_wait(at))
        at += timedelta(microseconds=1)
    return heard


def test_the_first_failures_are_free() -> None:
    known = after(PER_ACCOUNT.free - 1)

    known.check(NOON)

    assert known.seconds_to_wait(NOON) == 0


def test_the_refusal_says_when_to_come_back() -> None:
    known = after(PER_ACCOUNT.free)

    with pytest.raises(TooMany, match=r"Try again in 30 seconds, at 12:00:30 UTC"):
        known.check(NOON)


def test_who_waits_as_long_as_told_is_heard() -> None:
    known = after(PER_ACCOUNT.free + 2)
    moment = NOON + timedelta(milliseconds=300)

    known.check(moment + timedelta(seconds=known.seconds_to_wait(moment)))


def test_each_further_failure_waits_twice_as_long_up_to_the_longest() -> None:
    waits = [after(PER_ACCOUNT.free + more).seconds_to_wait(NOON) for more in range(8)]

    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_ten_thousand_guesses_on_one_account_come_down_to_twenty_an_hour() -> None:
    assert guesses_heard(PER_ACCOUNT, timedelta(hours=1)) <= 20
    assert guesses_heard(PER_ACCOUNT, timedelta(hours=10)) <= 60


def test_after_a_day_without_failure_all_is_forgotten() -> None:
    known = after(20)

    tomorrow = NOON + PER_ACCOUNT.forgotten_after

    assert known.failed(PER_ACCOUNT, tomorrow) == Attempts(1, tomorrow, None)


@given(st.sampled_from(ALL), st.integers(1, 3000))
def test_no_number_of_failures_locks_for_longer_than_the_longest_wait(patience: Patience, more: int) -> None:
    known = Attempts(failures=more, last_failed_at=NOON).failed(patience, NOON)

    assert known.seconds_to_wait(NOON) <= patience.longest_wait.total_seconds()


@given(st.sampled_from(ALL), st.lists(st.integers(0, 100_000), max_size=60))
def test_a_wait_never_ends_before_the_attempt_it_follows(patience: Patience, pauses: list[int]) -> None:
    at, known = NOON, Attempts()

    for pause in pauses:
        at += timedelta(seconds=pause)
        known = known.failed(patience, at)
        assert known.blocked_until is None or known.blocked_until > at
