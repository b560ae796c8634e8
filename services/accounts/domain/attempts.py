"""Attempts to sign in: after some failures the next one must wait, longer each time.

Nothing is ever locked for good, so nobody can lock another out for good. Failures are counted per account
and per network address; on a device its owner has signed in from before, per device instead, so a stranger
who keeps guessing does not keep the owner out (ASVS 5.0 V6.1.1, V6.3.1).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.chassis.errors import TooMany


@dataclass(frozen=True)
class Patience:
    """How many failures are free, how the wait grows after them, and when all is forgotten."""

    free: int
    first_wait: timedelta
    longest_wait: timedelta
    forgotten_after: timedelta


# With 30 s doubling to 15 min after 5 free attempts, an account stands at most 13 guesses in the first hour
# and 4 in each later one.
PER_ACCOUNT = Patience(5, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=24))
PER_DEVICE = Patience(10, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=24))
# A whole office may share one address.
PER_ADDRESS = Patience(50, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=1))
# Links to reset a password: each request is counted, since each sends a mail.
RESETS_PER_ACCOUNT = Patience(3, timedelta(minutes=15), timedelta(hours=4), timedelta(hours=24))
RESETS_PER_ADDRESS = Patience(10, timedelta(minutes=1), timedelta(hours=1), timedelta(hours=1))


@dataclass(frozen=True)
class Attempts:
    """What is known of the failures under one key. Immutable: a failure makes a new one."""

    failures: int = 0
    last_failed_at: datetime | None = None
    blocked_until: datetime | None = None

    def seconds_to_wait(self, at: datetime) -> int:
        """Whole seconds until the next attempt is heard; 0 if it is heard now."""
        if self.blocked_until is None or at >= self.blocked_until:
            return 0
        # Rounded up, so that who waits as told has waited long enough.
        return -int(-(self.blocked_until - at).total_seconds() // 1)

    def check(self, at: datetime) -> None:
        """Refuse an attempt that comes too early."""
        seconds = self.seconds_to_wait(at)
        if seconds and self.blocked_until is not None:
            raise TooMany(
                f"Too many attempts have failed. Try again in {_duration(seconds)}, "
                f"at {self.blocked_until:%H:%M:%S} UTC."
            )

    def failed(self, patience: Patience, at: datetime) -> "Attempts":
        """After one more failure."""
        remembered = self.last_failed_at is not None and at - self.last_failed_at < patience.forgotten_after
        failures = self.failures + 1 if remembered else 1
        over = failures - patience.free
        # Doubling stops mattering long before the exponent could grow large.
        wait = min(patience.first_wait * 2 ** min(over, 20), patience.longest_wait) if over >= 0 else None
        return Attempts(failures, at, at + wait if wait else None)


def _duration(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"
