"""Invitations: how a person comes to act for an organisation (S-009).

Until it is accepted an invitation is only a letter: no user is looked for and none is made, so inviting
an address does not tell whether it has an account.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.accounts.domain.links import Link
from services.accounts.domain.users import check_roles
from services.chassis.aggregate import Aggregate
from services.chassis.errors import Refused
from services.contracts.accounts import events, views
from services.contracts.accounts.views import InvitationStatus
from services.contracts.actors import OrganisationKind, Role
from services.contracts.parties import Party, Person


class AlreadyInvited(Refused):
    """There is an open invitation to the same address."""


class InvitationNotOpen(Refused):
    """The invitation was accepted or withdrawn."""


@dataclass(kw_only=True)
class Invitation(Aggregate):
    """A letter to one person, with a link that works once."""

    noun: ClassVar[str] = "invitation"

    id: UUID
    organisation: Party
    kind: OrganisationKind
    email: str
    name: str
    roles: frozenset[Role]
    invited_by: Person
    invited_at: datetime
    link_id: UUID
    expires_at: datetime
    status: InvitationStatus = InvitationStatus.OPEN

    def __post_init__(self) -> None:
        super().__post_init__()

    @classmethod
    def write(
        cls,
        *,
        organisation: Party,
        kind: OrganisationKind,
        email: str,
        name: str,
        roles: frozenset[Role],
        invited_by: Person,
        link: Link,
        at: datetime,
    ) -> "Invitation":
        """A new invitation; `link` opens it. Roles must fit the organisation."""
        check_roles(kind, roles)
        letter = cls(
            id=link.subject_id,
            organisation=organisation,
            kind=kind,
            email=email,
            name=name,
            roles=roles,
            invited_by=invited_by,
            invited_at=at,
            link_id=link.id,
            expires_at=link.expires_at,
        )
        letter.record(events.UserInvited, link=link.view())
        return letter

    def send_again(self, link: Link) -> None:
        """Mail a new link."""
        self._check_open()
        self.link_id, self.expires_at = link.id, link.expires_at
        self.record(events.UserInvited, link=link.view())

    def withdraw(self) -> None:
        """Take the invitation back."""
        self._close(InvitationStatus.WITHDRAWN)

    def accept(self) -> None:
        """The person has come."""
        self._close(InvitationStatus.ACCEPTED)

    def _close(self, status: InvitationStatus) -> None:
        self._check_open()
        self.status = status
        self.record(events.InvitationClosed)

    def _check_open(self) -> None:
        if self.status is not InvitationStatus.OPEN:
            raise InvitationNotOpen(
                f"The invitation of {self.name} was {self.status.value}. "
                f"An administrator of {self.organisation.name} can invite again."
            )

    def view(self) -> views.Invitation:
        """The invitation as administrators see it."""
        return views.Invitation(
            id=self.id,
            sequence=self.sequence,
            organisation=self.organisation,
            email=self.email,
            name=self.name,
            roles=self.roles,
            status=self.status,
            invited_by=self.invited_by,
            invited_at=self.invited_at,
            expires_at=self.expires_at,
        )
