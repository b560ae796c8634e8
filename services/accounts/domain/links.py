"""One-time links: for what, for whom, until when, and that they work once.

The secret of a link is made from its id by `services.chassis.links`; this is the rest.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.chassis.errors import Refused
from services.contracts.accounts import views
from services.contracts.accounts.views import LinkPurpose

# An invitation waits in a mailbox for a person who did not expect it; a reset for one who is watching.
LIFETIMES: dict[LinkPurpose, timedelta] = {
    LinkPurpose.INVITATION: timedelta(days=7),
    LinkPurpose.ACTIVATION: timedelta(days=3),
    LinkPurpose.PASSWORD_RESET: timedelta(minutes=10),
    LinkPurpose.EMAIL_CONFIRMATION: timedelta(days=1),
}

# Who can give the person another link, to end the sentence that refuses this one.
REMEDIES: dict[LinkPurpose, str] = {
    LinkPurpose.INVITATION: "Ask the administrator who invited you to send the invitation again.",
    LinkPurpose.ACTIVATION: "Ask your administrator for a new activation link.",
    LinkPurpose.PASSWORD_RESET: "Ask for a new one with «Forgot your password?».",
    LinkPurpose.EMAIL_CONFIRMATION: "Ask for the change of address again in the settings.",
}


class LinkNotValid(Refused):
    """A link that was never made here, or is for something else."""


class LinkExpired(Refused):
    """A link whose time is over."""


class LinkUsed(Refused):
    """A link that has done its work, or was replaced by a newer one."""


@dataclass(kw_only=True)
class Link:
    """A one-time link. `subject_id` is what it opens: an invitation, a user, or an organisation."""

    id: UUID
    purpose: LinkPurpose
    subject_id: UUID
    expires_at: datetime
    organisation_id: UUID | None = None
    email: str | None = None
    replaces: str | None = None
    used_at: datetime | None = None

    @classmethod
    def make(
        cls,
        *,
        id: UUID,
        purpose: LinkPurpose,
        subject_id: UUID,
        at: datetime,
        organisation_id: UUID | None = None,
        email: str | None = None,
        replaces: str | None = None,
    ) -> "Link":
        """A new link that works for the time its purpose allows."""
        return cls(
            id=id,
            purpose=purpose,
            subject_id=subject_id,
            expires_at=at + LIFETIMES[purpose],
            organisation_id=organisation_id,
            email=email,
            replaces=replaces,
        )

    def check_open(self, at: datetime) -> None:
        """Refuse unless the link still works."""
        if self.used_at is not None:
            raise LinkUsed(f"This link was used, or replaced by a newer one. {REMEDIES[self.purpose]}")
        if at >= self.expires_at:
            raise LinkExpired(f"This link has expired. {REMEDIES[self.purpose]}")

    def use(self, at: datetime) -> None:
        """Use the link up."""
        self.check_open(at)
        self.used_at = at

    def view(self) -> views.Link:
        """The link as events name it."""
        return views.Link(id=self.id, purpose=self.purpose, expires_at=self.expires_at)


def not_valid(purpose: LinkPurpose) -> LinkNotValid:
    """The refusal of a token that is not ours."""
    return LinkNotValid(f"This link is not valid; perhaps it was copied in part. {REMEDIES[purpose]}")
