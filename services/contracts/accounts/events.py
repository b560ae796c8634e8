"""What accounts announces.

Mail that carries a one-time link is asked for by an event that names the link, never its secret
(`views.Link`). Events that concern one person privately name no organisation as participant.
"""

from typing import Annotated
from uuid import UUID

from services.contracts.accounts import views
from services.contracts.kinds import Email, Id, Instant, Name
from services.contracts.parties import Party, Person
from services.contracts.shapes import Event, event


def _organisations_of(user: views.User) -> tuple[UUID, ...]:
    return tuple(standing.organisation.id for standing in user.standings)


# ------------------------------------------------------------------------------------- organisations


@event("accounts")
class OrganisationRegistered(Event):
    """A customer, a supplier or the operator has joined."""

    organisation: Annotated[views.Organisation, "The organisation as registered."]

    def participants(self) -> tuple[UUID, ...]:
        """The organisation itself."""
        return (self.organisation.id,)


@event("accounts")
class OrganisationChanged(Event):
    """An organisation's profile or its notification addresses have changed."""

    organisation: Annotated[views.Organisation, "The organisation as it is now."]

    def participants(self) -> tuple[UUID, ...]:
        """The organisation itself."""
        return (self.organisation.id,)


# --------------------------------------------------------------------------------------------- users


@event("accounts")
class ContactChanged(Event):
    """A user is new, or their name, e-mail, telephone or memberships have changed.

    Replicas of who can be reached, and for which organisation, are fed by this event alone.
    """

    user: Annotated[views.User, "The user as they are now."]

    def participants(self) -> tuple[UUID, ...]:
        """The organisations the user acts for."""
        return _organisations_of(self.user)


@event("accounts", live_only=True)
class MembershipChanged(Event):
    """What a user may do for an organisation has changed: drop what is remembered of it."""

    member: Annotated[views.Member, "The member as they are now; `status` may be removed."]

    def participants(self) -> tuple[UUID, ...]:
        """The organisation."""
        return (self.member.organisation_id,)


@event("accounts")
class UserInvited(Event):
    """Somebody is invited to act for an organisation; the link must be mailed to them.

    Announced again, with a new link, when the invitation is sent again. The old link is dead then.
    """

    invitation: Annotated[views.Invitation, "The invitation."]
    link: Annotated[views.Link, "The link to mail to `invitation.email`."]

    def participants(self) -> tuple[UUID, ...]:
        """The inviting organisation."""
        return (self.invitation.organisation.id,)


@event("accounts", live_only=True)
class InvitationClosed(Event):
    """An invitation was accepted or withdrawn."""

    invitation: Annotated[views.Invitation, "The invitation as it is now."]

    def participants(self) -> tuple[UUID, ...]:
        """The inviting organisation."""
        return (self.invitation.organisation.id,)


@event("accounts")
class ActivationRequested(Event):
    """An account was made with a username; the link to activate it must be mailed (D-7)."""

    user: Annotated[Person, "Whose account."]
    email: Annotated[Email, "Where to mail the link."]
    username: Annotated[views.Username, "The username to sign in with."]
    organisation: Annotated[Party, "The organisation that made the account."]
    link: Annotated[views.Link, "The link to mail."]

    def participants(self) -> tuple[UUID, ...]:
        """Nobody but the person mailed."""
        return ()


@event("accounts")
class PasswordResetRequested(Event):
    """Somebody has asked to set a new password; the link must be mailed to the account's address."""

    user: Annotated[Person, "Whose account."]
    email: Annotated[Email, "Where to mail the link."]
    link: Annotated[views.Link, "The link to mail."]

    def participants(self) -> tuple[UUID, ...]:
        """Nobody but the person mailed."""
        return ()


@event("accounts")
class PasswordChanged(Event):
    """A password was changed or reset; its owner is told by mail, in case it was not them."""

    user: Annotated[Person, "Whose password."]
    email: Annotated[Email | None, "Where to mail the notice, if there is an address."]
    by_link: Annotated[bool, "True after a reset by link, false after a change by the signed-in user."]

    def participants(self) -> tuple[UUID, ...]:
        """Nobody but the person mailed."""
        return ()


@event("accounts")
class SecondFactorChanged(Event):
    """Two-factor sign-in was switched on or off; its owner is told by mail, in case it was not them."""

    user: Annotated[Person, "Whose account."]
    email: Annotated[Email | None, "Where to mail the notice, if there is an address."]
    enabled: Annotated[bool, "Whether signing in now asks for a code."]

    def participants(self) -> tuple[UUID, ...]:
        """Nobody but the person mailed."""
        return ()


@event("accounts")
class EmailChangeRequested(Event):
    """A new address must be confirmed by the link mailed to it; the old ones are told (S-008)."""

    name: Annotated[Name, "The person, or the organisation for a notification address."]
    new_email: Annotated[Email, "Where to mail the link."]
    old_emails: Annotated[tuple[Email, ...], "Addresses to be told that the change was asked for."]
    organisation: Annotated[
        Party | None, "The organisation, for a notification address; null for a person's own."
    ]
    asked_by: Annotated[Person, "Who asked."]
    link: Annotated[views.Link, "The link to mail to `new_email`."]

    def participants(self) -> tuple[UUID, ...]:
        """Nobody but those mailed."""
        return ()


@event("accounts")
class EmailChanged(Event):
    """An address is in use, or no longer: the addresses of before and of now are told (S-008)."""

    name: Annotated[Name, "The person, or the organisation for a notification address."]
    added: Annotated[Email | None, "The address now in use."]
    removed: Annotated[Email | None, "The address no longer in use."]
    others: Annotated[tuple[Email, ...], "Further addresses in use, to be told too."]
    organisation: Annotated[
        Party | None, "The organisation, for a notification address; null for a person's own."
    ]

    def participants(self) -> tuple[UUID, ...]:
        """Nobody but those mailed."""
        return ()


@event("accounts", live_only=True)
class SessionStarted(Event):
    """A user has signed in. For the audit trail."""

    session_id: Annotated[Id, "The session."]
    user_id: Annotated[Id, "Who."]
    at: Annotated[Instant, "When."]

    def participants(self) -> tuple[UUID, ...]:
        """Nobody: what a user's sessions are is their own business."""
        return ()


@event("accounts", live_only=True)
class SessionEnded(Event):
    """A session is over: signed out, ended from another one, or by a change of password."""

    session_id: Annotated[Id, "The session."]
    user_id: Annotated[Id, "Whose."]
    at: Annotated[Instant, "When."]

    def participants(self) -> tuple[UUID, ...]:
        """Nobody: what a user's sessions are is their own business."""
        return ()


@event("accounts", live_only=True)
class SessionChanged(Event):
    """A session now acts for another organisation: drop what is remembered of it."""

    session_id: Annotated[Id, "The session."]
    user_id: Annotated[Id, "Whose."]
    acting_for: Annotated[Id, "The organisation it acts for now."]

    def participants(self) -> tuple[UUID, ...]:
        """Nobody: what a user's sessions are is their own business."""
        return ()


@event("accounts", live_only=True)
class ApiKeyCreated(Event):
    """A program may act for an organisation from now on."""

    key: Annotated[views.ApiKey, "The key, without its secret."]

    def participants(self) -> tuple[UUID, ...]:
        """The organisation."""
        return (self.key.organisation_id,)


@event("accounts", live_only=True)
class ApiKeyRevoked(Event):
    """A key no longer opens anything: drop what is remembered of it."""

    key: Annotated[views.ApiKey, "The key as it is now."]

    def participants(self) -> tuple[UUID, ...]:
        """The organisation."""
        return (self.key.organisation_id,)


# -------------------------------------------------------------------------------------- partnerships


@event("accounts")
class PartnershipChanged(Event):
    """A customer and a supplier were linked, or their terms or the portal switch have changed.

    Replicas of partnerships are fed by this event alone.
    """

    partnership: Annotated[views.Partnership, "The partnership as it is now."]

    def participants(self) -> tuple[UUID, ...]:
        """The customer only: the event carries the tolerance rate, which the supplier is not told."""
        return (self.partnership.customer.id,)


@event("accounts")
class SupplierPortalDisabled(Event):
    """A customer has switched a supplier's portal off; drafts made before `at` are to be deleted (D-6)."""

    partnership_id: Annotated[Id, "The partnership."]
    customer: Annotated[Party, "The customer."]
    supplier: Annotated[Party, "The supplier."]
    at: Annotated[Instant, "Drafts of this link made before this moment are deleted."]
    by: Annotated[Person, "Who switched it off."]

    def participants(self) -> tuple[UUID, ...]:
        """Both sides."""
        return (self.customer.id, self.supplier.id)


@event("accounts", live_only=True)
class SupplierPortalEnabled(Event):
    """A customer has switched a supplier's portal on again (S-102).

    For browsers; services learn it from PartnershipChanged, for nothing but the switch has changed.
    """

    partnership_id: Annotated[Id, "The partnership."]
    customer: Annotated[Party, "The customer."]
    supplier: Annotated[Party, "The supplier."]
    at: Annotated[Instant, "When."]
    by: Annotated[Person, "Who switched it on."]

    def participants(self) -> tuple[UUID, ...]:
        """Both sides."""
        return (self.customer.id, self.supplier.id)
