"""Sessions: how long they last, and for whom their user acts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.chassis.errors import Forbidden
from services.contracts.accounts import views

# NIST SP 800-63B-4 advises at most 24 h and an idle hour for assurance level 2.
LONGEST = timedelta(hours=12)
IDLE = timedelta(hours=1)
# Use is noted once a minute, so that a busy page does not write with each request.
NOTED_EVERY = timedelta(minutes=1)


def end_of(signed_in_at: datetime, last_seen_at: datetime) -> datetime:
    """When the session ends if it is not used any more."""
    return min(signed_in_at + LONGEST, last_seen_at + IDLE)


def chosen(standings: Sequence[views.Standing], wanted: UUID | None) -> UUID | None:
    """The organisation a session acts for: the one chosen while it is possible, else the first."""
    possible = [standing.organisation.id for standing in standings]
    if wanted in possible:
        return wanted
    return possible[0] if possible else None


def check_possible(standings: Sequence[views.Standing], organisation_id: UUID) -> None:
    """Refuse to act for an organisation the user does not belong to."""
    if organisation_id not in [standing.organisation.id for standing in standings]:
        names = ", ".join(standing.organisation.name for standing in standings) or "nobody at present"
        raise Forbidden(f"You may act for: {names}. An administrator of the organisation can invite you.")
