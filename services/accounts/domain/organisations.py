"""Organisations: the customers, the suppliers, and the one operator who runs the portal."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.accounts.domain.links import Link
from services.chassis.aggregate import Aggregate, Fact
from services.chassis.errors import Forbidden, NotFound, Refused
from services.contracts.accounts import events, views
from services.contracts.accounts.views import EmailStatus, NotificationEmail
from services.contracts.actors import Actor, OrganisationKind, Role
from services.contracts.parties import Party, Person
from services.contracts.shapes import Event

MOST_ADDRESSES = 20


class OnlyOneOperator(Refused):
    """Organisations that register are customers or suppliers."""


class AlreadyRegistered(Refused):
    """An organisation of this kind and country has this tax number."""


class AddressAlreadyThere(Refused):
    """The notification address is on the list."""


class TooManyAddresses(Refused):
    """The list of notification addresses is full."""


ADMINISTRATOR_OF: dict[OrganisationKind, Role] = {
    OrganisationKind.CUSTOMER: Role.BUYER_ADMIN,
    OrganisationKind.SUPPLIER: Role.SUPPLIER_ADMIN,
    OrganisationKind.OPERATOR: Role.OPERATOR_MANAGEMENT,
}


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What an organisation says of itself, replaced as a whole."""

    name: str
    country: str
    tax_number: str | None = None
    address: views.Address | None = None
    contact: views.ContactData = field(default_factory=views.ContactData)


@dataclass(kw_only=True)
class Organisation(Aggregate):
    """A customer, a supplier or the operator, with its profile and its notification addresses."""

    noun: ClassVar[str] = "organisation"

    id: UUID
    kind: OrganisationKind
    profile: Profile
    registered_at: datetime
    registered_by: UUID | None = None
    notification_emails: dict[str, EmailStatus] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()

    @classmethod
    def register(
        cls,
        *,
        id: UUID,
        kind: OrganisationKind,
        profile: Profile,
        first_email: str | None,
        by: UUID | None,
        at: datetime,
    ) -> "Organisation":
        """A new organisation. Its first notification address needs no confirmation: whoever registers it
        vouches for the address, and the invitation is mailed there in the same moment."""
        emails = {first_email: EmailStatus.CONFIRMED} if first_email else {}
        made = cls(
            id=id,
            kind=kind,
            profile=profile,
            registered_at=at,
            registered_by=by,
            notification_emails=emails,
        )
        made.record(events.OrganisationRegistered)
        return made

    @property
    def party(self) -> Party:
        """As it stands on a document."""
        return Party(id=self.id, name=self.profile.name)

    def change_profile(self, profile: Profile) -> None:
        """Replace the profile (S-007)."""
        self.profile = profile
        self.record(events.OrganisationChanged)

    def ask_for_email(self, email: str, *, replaces: str | None, asked_by: Person, link: Link) -> None:
        """Put `email` on the list, unused until confirmed; the addresses in use are told (S-008)."""
        if replaces is not None:
            self._known(replaces)
        if self._spelling_of(email) is not None:
            raise AddressAlreadyThere(
                f"{email} is on the list already. "
                "If it still waits for confirmation, remove it and add it again."
            )
        if len(self.notification_emails) >= MOST_ADDRESSES:
            raise TooManyAddresses(f"At most {MOST_ADDRESSES} addresses are kept. Remove one first.")
        told = self._in_use()
        self.notification_emails[email] = EmailStatus.WAITING
        self.record(events.OrganisationChanged)
        self._note(
            events.EmailChangeRequested(
                name=self.profile.name,
                new_email=email,
                old_emails=told,
                organisation=self.party,
                asked_by=asked_by,
                link=link.view(),
            )
        )

    def confirm_email(self, email: str, *, replaces: str | None) -> None:
        """The owner of `email` has confirmed it: it is used from now on, and what it replaces no longer."""
        spelled = self._spelling_of(email)
        if spelled is None:
            raise NotFound(f"{email} was taken off the list in the meantime. Ask for it to be added again.")
        removed = self._spelling_of(replaces) if replaces else None
        others = tuple(known for known in self._in_use() if known not in (spelled, removed))
        self.notification_emails[spelled] = EmailStatus.CONFIRMED
        if removed:
            del self.notification_emails[removed]
        self._told(added=spelled, removed=removed, others=others)

    def remove_email(self, email: str) -> None:
        """Stop using an address; it is told, and so are the others (S-008)."""
        spelled = self._known(email)
        was = self.notification_emails.pop(spelled)
        if was is EmailStatus.WAITING:
            self.record(events.OrganisationChanged)
        else:
            self._told(added=None, removed=spelled, others=self._in_use())

    def _told(self, *, added: str | None, removed: str | None, others: tuple[str, ...]) -> None:
        self.record(events.OrganisationChanged)
        self._note(
            events.EmailChanged(
                name=self.profile.name, added=added, removed=removed, others=others, organisation=self.party
            )
        )

    def _in_use(self) -> tuple[str, ...]:
        confirmed = EmailStatus.CONFIRMED
        return tuple(email for email, status in self.notification_emails.items() if status is confirmed)

    def _spelling_of(self, email: str) -> str | None:
        # The part before the @ may mean upper and lower case differently; in practice it never does.
        return next((known for known in self.notification_emails if known.lower() == email.lower()), None)

    def _known(self, email: str) -> str:
        spelled = self._spelling_of(email)
        if spelled is None:
            raise NotFound(f"{email} is not on the list of notification addresses.")
        return spelled

    def _note(self, fact: Event) -> None:
        self.sequence += 1
        self.facts.append(Fact(self.sequence, fact))

    def view(self) -> views.Organisation:
        """The organisation as its own people see it."""
        return views.Organisation(
            id=self.id,
            sequence=self.sequence,
            kind=self.kind,
            name=self.profile.name,
            country=self.profile.country,
            tax_number=self.profile.tax_number,
            address=self.profile.address,
            contact=self.profile.contact,
            notification_emails=tuple(
                NotificationEmail(email=email, status=status)
                for email, status in sorted(self.notification_emails.items())
            ),
            registered_at=self.registered_at,
        )


def card(organisation: Organisation) -> views.ContactCard:
    """The organisation as its business partners see it (S-155)."""
    return views.ContactCard(
        id=organisation.id,
        kind=organisation.kind,
        name=organisation.profile.name,
        country=organisation.profile.country,
        tax_number=organisation.profile.tax_number,
        address=organisation.profile.address,
        contact=organisation.profile.contact,
    )


def check_registrable(kind: OrganisationKind) -> None:
    """Customers and suppliers register; the operator is there from the installation on."""
    if kind is OrganisationKind.OPERATOR:
        raise OnlyOneOperator(
            "There is one operator, made at installation. Register a customer or a supplier."
        )


def check_may_read(actor: Actor, organisation_id: UUID) -> None:
    """An organisation's settings and people are for its own users and the operator's."""
    if actor.organisation_id != organisation_id and actor.kind is not OrganisationKind.OPERATOR:
        raise NotFound(f"There is no organisation {organisation_id} here.")


def check_may_administer(actor: Actor, organisation_id: UUID) -> None:
    """An organisation is administered by its own administrator, or by the operator's support.

    The operator's own people are administered by operator management only.
    """
    if actor.organisation_id == organisation_id:
        if ADMINISTRATOR_OF[actor.kind] not in actor.roles:
            raise Forbidden(
                f"Only a user with the role «{ADMINISTRATOR_OF[actor.kind].value}» administers "
                f"{actor.organisation_name}."
            )
    else:
        check_may_read(actor, organisation_id)
