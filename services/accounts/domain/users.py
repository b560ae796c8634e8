"""Users, and what they may do for which organisation (S-009, S-010, S-150)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.accounts.domain.links import Link
from services.accounts.domain.organisations import ADMINISTRATOR_OF
from services.chassis.aggregate import Aggregate, Fact
from services.chassis.errors import NotFound, Refused
from services.contracts.accounts import events, views
from services.contracts.accounts.views import MembershipStatus
from services.contracts.actors import ROLES_OF, OrganisationKind, Role
from services.contracts.parties import Party, Person
from services.contracts.shapes import Event


class RoleNotForThisOrganisation(Refused):
    """A role belongs to another kind of organisation."""


class LastAdministrator(Refused):
    """The organisation would be left with nobody to administer it."""


class AlreadyMember(Refused):
    """The person acts for the organisation, or is suspended from doing so."""


class NotActiveMember(Refused):
    """The membership is not active, so it can't be changed that way."""


class AlreadyActivated(Refused):
    """The account has a password already."""


class LinkIsMailed(Refused):
    """The link goes to its owner by mail, and to nobody else."""


class UsernameTaken(Refused):
    """Another account has the username."""


class SameAddress(Refused):
    """The new address is the old one."""


class AddressTaken(Refused):
    """Another account signs in with this address."""


def check_roles(kind: OrganisationKind, roles: Collection[Role]) -> None:
    """Roles must be those of the organisation's kind (S-010)."""
    strange = sorted(role.value for role in roles if role not in ROLES_OF[kind])
    if strange:
        possible = ", ".join(sorted(role.value for role in ROLES_OF[kind]))
        raise RoleNotForThisOrganisation(
            f"A {kind.value} has no role {', '.join(strange)}. Its roles are: {possible}."
        )


def check_not_last(kind: OrganisationKind, roles: Collection[Role], others: int) -> None:
    """Refuse what would leave no administrator; `others` is how many active ones there are besides."""
    if ADMINISTRATOR_OF[kind] not in roles and others == 0:
        raise LastAdministrator(
            f"This is the last active user with the role «{ADMINISTRATOR_OF[kind].value}». "
            "Give the role to somebody else first."
        )


@dataclass(kw_only=True)
class Membership:
    """What a user may do for one organisation."""

    organisation: Party
    kind: OrganisationKind
    roles: frozenset[Role]
    status: MembershipStatus
    since: datetime
    changed: bool = False

    @property
    def active(self) -> bool:
        """Whether the user may act for the organisation now."""
        return self.status is MembershipStatus.ACTIVE

    @property
    def administers(self) -> bool:
        """Whether the user is an active administrator of the organisation."""
        return self.active and ADMINISTRATOR_OF[self.kind] in self.roles

    def view(self) -> views.Standing:
        """The membership as others see it."""
        return views.Standing(
            organisation=self.organisation, kind=self.kind, roles=self.roles, status=self.status
        )


@dataclass(kw_only=True)
class User(Aggregate):
    """A person who signs in, with all organisations they act for."""

    noun: ClassVar[str] = "user"

    id: UUID
    name: str
    created_at: datetime
    email: str | None = None
    email_confirmed: bool = False
    username: str | None = None
    phone: str | None = None
    activated: bool = True
    memberships: dict[UUID, Membership] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()

    # ------------------------------------------------------------------------------------- beginning

    @classmethod
    def with_email(cls, *, id: UUID, name: str, email: str, at: datetime) -> "User":
        """A user who has proved that the address is theirs, by the link that was mailed to it."""
        return cls(id=id, name=name, created_at=at, email=email, email_confirmed=True)

    @classmethod
    def with_username(
        cls, *, id: UUID, name: str, username: str, email: str | None, activated: bool, at: datetime
    ) -> "User":
        """A user made by an administrator (S-153). An address somebody else typed proves nothing yet."""
        return cls(id=id, name=name, created_at=at, email=email, username=username, activated=activated)

    def join(
        self, organisation: Party, kind: OrganisationKind, roles: frozenset[Role], *, at: datetime
    ) -> None:
        """Begin to act for an organisation, or come back to it."""
        check_roles(kind, roles)
        known = self.memberships.get(organisation.id)
        if known is not None and known.status is not MembershipStatus.REMOVED:
            raise AlreadyMember(
                f"{self.name} is a member of {organisation.name} already ({known.status.value}). "
                "Its administrator can change roles or end a suspension."
            )
        self.memberships[organisation.id] = Membership(
            organisation=organisation,
            kind=kind,
            roles=roles,
            status=MembershipStatus.ACTIVE,
            since=at,
            changed=True,
        )
        self._announce(organisation.id)

    def ask_for_activation(self, organisation: Party, link: Link) -> None:
        """Have the activation link mailed, if there is an address; otherwise it is handed over (D-7)."""
        self.check_not_activated()
        if self.email is not None and self.username is not None:
            self._note(
                events.ActivationRequested(
                    user=self.person,
                    email=self.email,
                    username=self.username,
                    organisation=organisation,
                    link=link.view(),
                )
            )

    def check_not_activated(self) -> None:
        """An account is activated once."""
        if self.activated:
            raise AlreadyActivated(f"The account of {self.name} is active; its owner can reset the password.")

    def activate(self, *, mailed_to: str | None) -> None:
        """The link was used. If it had been mailed to the account's address, that proves the address too."""
        self.check_not_activated()
        self.activated = True
        if mailed_to is not None and mailed_to == self.email:
            self.email_confirmed = True
        self.record(events.ContactChanged)
        for organisation_id in self.memberships:
            self._membership_changed(organisation_id)

    # ----------------------------------------------------------------------------------- memberships

    def membership(self, organisation_id: UUID) -> Membership:
        """The membership in an organisation, active or suspended."""
        found = self.memberships.get(organisation_id)
        if found is None or found.status is MembershipStatus.REMOVED:
            raise NotFound(f"There is no member {self.id} here.")
        return found

    def change_roles(self, organisation_id: UUID, roles: frozenset[Role], *, other_admins: int) -> None:
        """Other roles from now on (S-010)."""
        membership = self.membership(organisation_id)
        check_roles(membership.kind, roles)
        if membership.administers:
            check_not_last(membership.kind, roles, other_admins)
        membership.roles = roles
        self._changed(membership)

    def suspend(self, organisation_id: UUID, *, other_admins: int) -> None:
        """Stop acting for the organisation until resumed."""
        membership = self.membership(organisation_id)
        if not membership.active:
            raise NotActiveMember(f"{self.name} is suspended already.")
        if membership.administers:
            check_not_last(membership.kind, (), other_admins)
        membership.status = MembershipStatus.SUSPENDED
        self._changed(membership)

    def resume(self, organisation_id: UUID) -> None:
        """Act for the organisation again."""
        membership = self.membership(organisation_id)
        if membership.active:
            raise NotActiveMember(f"{self.name} is not suspended.")
        membership.status = MembershipStatus.ACTIVE
        self._changed(membership)

    def leave(self, organisation_id: UUID, *, other_admins: int) -> None:
        """End the membership; documents keep the name."""
        membership = self.membership(organisation_id)
        if membership.administers:
            check_not_last(membership.kind, (), other_admins)
        membership.status = MembershipStatus.REMOVED
        self._changed(membership)

    def _changed(self, membership: Membership) -> None:
        membership.changed = True
        self._announce(membership.organisation.id)

    # --------------------------------------------------------------------------------------- profile

    def change_profile(self, *, name: str, phone: str | None) -> None:
        """Another name or telephone."""
        self.name = name
        self.phone = phone
        self.record(events.ContactChanged)

    def ask_for_email(self, email: str, link: Link) -> None:
        """Have a link mailed to the new address, and the old one told (S-008)."""
        if self.email_confirmed and self.email is not None and self.email.lower() == email.lower():
            raise SameAddress(f"{email} is your address already.")
        self._note(
            events.EmailChangeRequested(
                name=self.name,
                new_email=email,
                old_emails=(self.email,) if self.email else (),
                organisation=None,
                asked_by=self.person,
                link=link.view(),
            )
        )

    def change_email(self, email: str) -> None:
        """The new address is confirmed; the old one is told."""
        old, self.email, self.email_confirmed = self.email, email, True
        self.record(events.ContactChanged)
        self._note(
            events.EmailChanged(name=self.name, added=email, removed=old, others=(), organisation=None)
        )

    def ask_for_reset(self, link: Link) -> None:
        """Have a link mailed with which a new password can be set, if there is an address to mail it to."""
        if self.email is not None:
            self._note(events.PasswordResetRequested(user=self.person, email=self.email, link=link.view()))

    def password_changed(self, *, by_link: bool) -> None:
        """Tell the owner, in case it was not them."""
        self._note(events.PasswordChanged(user=self.person, email=self.email, by_link=by_link))

    def second_factor_changed(self, *, enabled: bool) -> None:
        """Tell the owner, in case it was not them."""
        self._note(events.SecondFactorChanged(user=self.person, email=self.email, enabled=enabled))

    # ------------------------------------------------------------------------------------------ views

    @property
    def person(self) -> Person:
        """As they stand on a document."""
        return Person(id=self.id, name=self.name)

    @property
    def sign_in_name(self) -> str:
        """What to type when signing in."""
        return self.username or self.email or ""

    def member(self, organisation_id: UUID) -> views.Member:
        """The user as the people of one organisation see them."""
        membership = self.memberships[organisation_id]
        return views.Member(
            user_id=self.id,
            sequence=self.sequence,
            organisation_id=organisation_id,
            name=self.name,
            email=self.email,
            username=self.username,
            phone=self.phone,
            roles=membership.roles,
            status=membership.status,
            activated=self.activated,
            since=membership.since,
        )

    def view(self) -> views.User:
        """The user with all organisations they act for."""
        return views.User(
            id=self.id,
            sequence=self.sequence,
            name=self.name,
            email=self.email,
            username=self.username,
            phone=self.phone,
            standings=tuple(
                membership.view()
                for membership in sorted(self.memberships.values(), key=lambda each: each.organisation.name)
                if membership.status is not MembershipStatus.REMOVED
            ),
        )

    def _announce(self, organisation_id: UUID) -> None:
        self.record(events.ContactChanged)
        self._membership_changed(organisation_id)

    def _membership_changed(self, organisation_id: UUID) -> None:
        self.sequence += 1
        fact = events.MembershipChanged(member=self.member(organisation_id))
        self.facts.append(Fact(self.sequence, fact))

    def _note(self, fact: Event) -> None:
        self.sequence += 1
        self.facts.append(Fact(self.sequence, fact))
