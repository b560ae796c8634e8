"""Who is told of a fact, in the feed and by mail.

`NOTICES` is the whole rule: read it as "when this happens, these people find it in their feed, and these
get a mail". Whoever did it is not told. What is not in the table is told to nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from services.chassis.errors import Later
from services.notifications.domain.announcements import Announcement
from services.notifications.domain.documents import Document
from services.notifications.domain.mails import Address, Language


class Audience(Enum):
    """A group of people, named from the document or the organisation that a fact is about."""

    SUPPLIER = "the supplier's people; mail goes to its notification addresses, if it has any"
    INITIATOR = "the initiator of the order; everybody at the customer, if the initiator has left"
    OTHER_SIDE = (
        "the initiator, or the customer of what nobody ordered, if the supplier did it; else the supplier"
    )
    DECIDERS = "the initiator, and whoever stands in while they are away"
    OPERATORS = "everybody at the operator; mail goes to its notification addresses, if it has any"
    CUSTOMER = "the customer's people; mail goes to its notification addresses, if it has any"
    ORGANISATION = "everybody at the organisation that a failed mail was meant for"


SUPPLIER, INITIATOR, OTHER_SIDE = Audience.SUPPLIER, Audience.INITIATOR, Audience.OTHER_SIDE
DECIDERS, OPERATORS = Audience.DECIDERS, Audience.OPERATORS


@dataclass(frozen=True)
class Notice:
    """Who finds a fact in the feed, and who gets a mail about it."""

    feed: tuple[Audience, ...]
    mail: tuple[Audience, ...] = ()


NOTICES: dict[str, Notice] = {
    # What the customer does with an order.
    "order-submitted": Notice(feed=(SUPPLIER,), mail=(SUPPLIER,)),  # S-020
    "order-revised": Notice(feed=(SUPPLIER,), mail=(SUPPLIER,)),
    "order-cancelled": Notice(feed=(SUPPLIER, INITIATOR), mail=(SUPPLIER,)),
    "order-closed": Notice(feed=(SUPPLIER, INITIATOR)),
    "delivery-date-changed": Notice(feed=(SUPPLIER,), mail=(SUPPLIER,)),
    "delivery-date-declined": Notice(feed=(SUPPLIER,), mail=(SUPPLIER,)),
    "goods-received": Notice(feed=(SUPPLIER, INITIATOR)),
    # What the supplier does with an order.
    "order-confirmed": Notice(feed=(INITIATOR,), mail=(INITIATOR,)),
    "order-refused": Notice(feed=(INITIATOR,), mail=(INITIATOR,)),
    "order-started": Notice(feed=(INITIATOR,)),
    "delivery-date-proposed": Notice(feed=(INITIATOR,), mail=(INITIATOR,)),
    "goods-issued": Notice(feed=(INITIATOR,), mail=(INITIATOR,)),
    # Invoices: the supplier hears of every status (S-050) and every change of the customer (S-057).
    "invoice-submitted": Notice(feed=(INITIATOR,)),
    "approval-requested": Notice(feed=(INITIATOR, SUPPLIER), mail=(INITIATOR, SUPPLIER)),
    # While an invoice is held (S-063 … S-065). None of it changes the invoice.
    "approval-delegated": Notice(feed=(DECIDERS,), mail=(DECIDERS,)),
    "approval-reminded": Notice(feed=(DECIDERS,), mail=(DECIDERS,)),
    "approval-nudged": Notice(feed=(DECIDERS,), mail=(DECIDERS,)),
    "approval-escalated": Notice(feed=(OPERATORS, DECIDERS, SUPPLIER), mail=(OPERATORS, DECIDERS, SUPPLIER)),
    "invoice-approved": Notice(feed=(SUPPLIER, INITIATOR), mail=(SUPPLIER,)),
    "invoice-rejected": Notice(feed=(SUPPLIER,), mail=(SUPPLIER,)),
    "invoice-returned-for-rework": Notice(feed=(SUPPLIER,), mail=(SUPPLIER,)),
    "invoice-cancelled": Notice(feed=(OTHER_SIDE,), mail=(OTHER_SIDE,)),
    "invoice-changed": Notice(feed=(SUPPLIER,), mail=(SUPPLIER,)),
    "invoice-partly-paid": Notice(feed=(SUPPLIER,), mail=(SUPPLIER,)),
    "invoice-paid": Notice(feed=(SUPPLIER,), mail=(SUPPLIER,)),
    "credit-note-issued": Notice(feed=(INITIATOR,), mail=(INITIATOR,)),
    # Suppliers' tax invoices (S-070, S-204). That a date was granted, the changed invoice tells the supplier.
    "tax-invoice-issued": Notice(feed=(INITIATOR,)),
    "supplier-tax-invoice-registered": Notice(feed=(Audience.CUSTOMER,), mail=(Audience.CUSTOMER,)),
    "delivery-date-asked": Notice(feed=(INITIATOR, OPERATORS), mail=(INITIATOR, OPERATORS)),
    "delivery-date-adjusted": Notice(feed=(SUPPLIER, INITIATOR, OPERATORS)),
    "delivery-date-kept": Notice(feed=(SUPPLIER, INITIATOR, OPERATORS), mail=(SUPPLIER,)),
    # The operator's own documents (S-083).
    "consolidated-invoice-issued": Notice(feed=(Audience.CUSTOMER,), mail=(Audience.CUSTOMER,)),
    "tax-invoice-registered": Notice(feed=(Audience.CUSTOMER,), mail=(Audience.CUSTOMER,)),
    "advance-paid": Notice(feed=(SUPPLIER,), mail=(SUPPLIER,)),
    # The one mail about every invoice that it opens again (S-057).
    "payment-reversed": Notice(feed=(SUPPLIER,), mail=(SUPPLIER,)),
    # Either side's reconciliation statements (S-200).
    "reconciliation-sent": Notice(feed=(OTHER_SIDE,), mail=(OTHER_SIDE,)),
    "reconciliation-revised": Notice(feed=(OTHER_SIDE,), mail=(OTHER_SIDE,)),
    "reconciliation-confirmed": Notice(feed=(OTHER_SIDE,), mail=(OTHER_SIDE,)),
    "reconciliation-contested": Notice(feed=(OTHER_SIDE,), mail=(OTHER_SIDE,)),
    "reconciliation-withdrawn": Notice(feed=(OTHER_SIDE,), mail=(OTHER_SIDE,)),
    # Remarks and files, from either side (S-011, S-024, S-049). On a draft there is no other side yet.
    "comment-posted": Notice(feed=(OTHER_SIDE, INITIATOR), mail=(OTHER_SIDE,)),
    "file-attached": Notice(feed=(OTHER_SIDE, INITIATOR), mail=(OTHER_SIDE,)),
    # Mail that came back (S-231). Told in the feed only: a mail about it would come back too.
    "delivery-failed": Notice(feed=(Audience.ORGANISATION,)),
}


@dataclass(frozen=True, slots=True)
class OrganisationContact:
    """An organisation and the addresses its news is mailed to."""

    id: UUID
    name: str
    notification_emails: tuple[str, ...]
    operates: bool = False


@dataclass(frozen=True, slots=True)
class PersonContact:
    """A user, and the organisations they act for at present."""

    id: UUID
    name: str
    email: str | None
    organisations: frozenset[UUID]


class Contacts:
    """The organisations and people that a group of facts may concern."""

    def __init__(self, organisations: Iterable[OrganisationContact], people: Iterable[PersonContact]) -> None:
        self._organisations = {organisation.id: organisation for organisation in organisations}
        self._people = {person.id: person for person in people}
        self._members: dict[UUID, list[PersonContact]] = {}
        for person in self._people.values():
            for organisation_id in person.organisations:
                self._members.setdefault(organisation_id, []).append(person)

    def organisation(self, id: UUID) -> OrganisationContact:
        """The organisation; raises Later when accounts has not told of it yet."""
        try:
            return self._organisations[id]
        except KeyError:
            raise Later(f"organisation {id} is not known here yet") from None

    def operators(self) -> list[OrganisationContact]:
        """Who runs the portal, if it is among these organisations."""
        return [each for each in self._organisations.values() if each.operates]

    def person(self, id: UUID) -> PersonContact:
        """The user; raises Later when accounts has not told of them yet."""
        try:
            return self._people[id]
        except KeyError:
            raise Later(f"user {id} is not known here yet") from None

    def known_person(self, id: UUID | None) -> PersonContact | None:
        """The user, if accounts has told of them."""
        return None if id is None else self._people.get(id)

    def members(self, organisation_id: UUID) -> list[PersonContact]:
        """Everybody who acts for the organisation."""
        self.organisation(organisation_id)
        return sorted(self._members.get(organisation_id, ()), key=lambda person: person.id)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One user to be told, in one organisation."""

    user_id: UUID
    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class Doer:
    """Who did it, as the envelope of the event says; both None when the system did."""

    user_id: UUID | None
    organisation_id: UUID | None


def feed_entries(told: Announcement, doer: Doer, contacts: Contacts) -> list[FeedEntry]:
    """Whose feed the announcement belongs in; each user once."""
    entries: dict[UUID, FeedEntry] = {}
    for audience in _audiences(told, doer, NOTICES[told.event].feed):
        for organisation_id, people in _people(audience, told, contacts):
            for person in people:
                if told.by_nobody or person.id != doer.user_id:
                    entries.setdefault(person.id, FeedEntry(person.id, organisation_id))
    return list(entries.values())


def addresses(told: Announcement, doer: Doer, contacts: Contacts) -> list[Address]:
    """Where the announcement is mailed; each address once, however it is written."""
    found: dict[str, Address] = {}
    for audience in _audiences(told, doer, NOTICES[told.event].mail):
        for organisation_id, people in _people(audience, told, contacts):
            for address in _addresses_of(audience, organisation_id, people, told, doer, contacts):
                found.setdefault(address.email.casefold(), address)
    return list(found.values())


def _addresses_of(
    audience: Audience,
    organisation_id: UUID,
    people: Sequence[PersonContact],
    told: Announcement,
    doer: Doer,
    contacts: Contacts,
) -> list[Address]:
    organisation = contacts.organisation(organisation_id)
    by_post = (Audience.SUPPLIER, Audience.CUSTOMER, Audience.OPERATORS)
    if audience in by_post and organisation.notification_emails:
        return [
            Address(email, organisation.name, organisation_id, Language.ENGLISH)
            for email in organisation.notification_emails
        ]
    return [
        Address(person.email, person.name, organisation_id, Language.ENGLISH)
        for person in people
        if person.email and (told.by_nobody or person.id != doer.user_id)
    ]


def _audiences(told: Announcement, doer: Doer, listed: tuple[Audience, ...]) -> Sequence[Audience]:
    """The audiences with "the other side" made plain, and without a side that does not see the document."""
    plain: list[Audience] = []
    for audience in listed:
        if audience is Audience.OTHER_SIDE:
            assert told.document is not None
            plain += _other_side(told.document, doer)
        else:
            plain.append(audience)
    return [audience for audience in dict.fromkeys(plain) if _sees(audience, told)]


def _other_side(document: Document, doer: Doer) -> list[Audience]:
    # What nobody has ordered concerns the customer's office.
    customer = Audience.CUSTOMER if document.initiator is None else Audience.INITIATOR
    if doer.organisation_id == document.customer.id:
        return [Audience.SUPPLIER]
    if doer.organisation_id == document.supplier.id:
        return [customer]
    return [Audience.SUPPLIER, customer]


def _sees(audience: Audience, told: Announcement) -> bool:
    document = told.document
    if audience is Audience.ORGANISATION:
        return told.organisation is not None
    if document is None:
        return False
    if audience is Audience.OPERATORS:
        return document.draft_of is None
    side = document.supplier.id if audience is Audience.SUPPLIER else document.customer.id
    return side in document.shown_to


People = tuple[UUID, Sequence[PersonContact]]


def _people(audience: Audience, told: Announcement, contacts: Contacts) -> list[People]:
    """Who belongs to the audience, by organisation."""
    if audience is Audience.ORGANISATION:
        assert told.organisation is not None
        return [(told.organisation, contacts.members(told.organisation))]
    if audience is Audience.OPERATORS:
        return [(each.id, contacts.members(each.id)) for each in contacts.operators()]
    document = told.document
    assert document is not None
    if audience is Audience.SUPPLIER:
        return [(document.supplier.id, contacts.members(document.supplier.id))]
    customer_id = document.customer.id
    if audience is Audience.CUSTOMER:
        return [(customer_id, contacts.members(customer_id))]
    deciders = _initiator(document, contacts)
    if audience is Audience.DECIDERS and told.stand_in is not None:
        stand_in = contacts.person(told.stand_in)
        deciders = [*(each for each in deciders if each.id != stand_in.id), stand_in]
    return [(customer_id, deciders)]


def _initiator(document: Document, contacts: Contacts) -> list[PersonContact]:
    customer_id = document.customer.id
    contacts.organisation(customer_id)
    if document.initiator is not None:
        initiator = contacts.person(document.initiator.id)
        if customer_id in initiator.organisations:
            return [initiator]
    return contacts.members(customer_id)


def concerned(document: Document) -> tuple[set[UUID], set[UUID]]:
    """The organisations and the people whose contacts may be needed to tell of the document."""
    people = {document.initiator.id} if document.initiator else set()
    return {document.customer.id, document.supplier.id}, people
