"""What notifications takes from the events of others: contacts, documents, and who is told.

A group of events is taken in a handful of statements. The feed has one row per event and user, the mails
have one per event and address; the constraints `feed_once` and `mails_once` say it once more than the inbox.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import any_, bindparam, false, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.chassis.consuming import Incoming
from services.chassis.database import Transaction
from services.chassis.statements import prepared
from services.contracts.accounts.views import EmailStatus, MembershipStatus, Organisation, Partnership, User
from services.contracts.actors import OrganisationKind
from services.contracts.invoicing.events import InvoiceDraftsDeleted
from services.contracts.notifications.events import FeedChanged
from services.contracts.notifications.kinds import DocumentKind
from services.contracts.shapes import Event, event_type
from services.notifications.domain.account_mails import Mailing, stored
from services.notifications.domain.announcements import DELETED, Announcement, letter, sentence
from services.notifications.domain.circulation import (
    NOTICES,
    Audience,
    Contacts,
    Doer,
    OrganisationContact,
    PersonContact,
    addresses,
    concerned,
    feed_entries,
)
from services.notifications.domain.documents import Document
from services.notifications.domain.mails import Address, Language
from services.notifications.tables import Id, documents, feed, mails, organisations, partnerships, people

E = TypeVar("E", bound=Event)

#: Sequence of a document that is gone for good: whatever still arrives about it is older.
LAST_SEQUENCE = 2**31 - 1

# ------------------------------------------------------------------------------------------ contacts


def remember_organisations(tx: Transaction, known: Sequence[Organisation]) -> None:
    """Names, and the addresses that news is mailed to: only those their owners have confirmed (S-008)."""
    tx.upsert_newer(
        organisations,
        [
            {
                "id": organisation.id,
                "sequence": organisation.sequence,
                "name": organisation.name,
                "kind": organisation.kind.value,
                "notification_emails": [
                    entry.email
                    for entry in organisation.notification_emails
                    if entry.status is EmailStatus.CONFIRMED
                ],
            }
            for organisation in known
        ],
    )


def remember_people(tx: Transaction, known: Sequence[User]) -> None:
    """Names, e-mails, and for which organisations they may act at present."""
    tx.upsert_newer(
        people,
        [
            {
                "id": user.id,
                "sequence": user.sequence,
                "name": user.name,
                "email": user.email,
                "organisations": [
                    standing.organisation.id
                    for standing in user.standings
                    if standing.status is MembershipStatus.ACTIVE
                ],
            }
            for user in known
        ],
    )


def remember_partnerships(tx: Transaction, known: Sequence[Partnership]) -> None:
    """Whether the supplier may see its customer's documents (S-100)."""
    tx.upsert_newer(
        partnerships,
        [
            {
                "id": partnership.id,
                "sequence": partnership.sequence,
                "customer_id": partnership.customer.id,
                "supplier_id": partnership.supplier.id,
                "enabled": partnership.enabled,
            }
            for partnership in known
        ],
    )


_OPERATOR = organisations.c.kind == OrganisationKind.OPERATOR.value
_ORGANISATIONS = prepared(
    select(
        organisations.c.id,
        organisations.c.name,
        organisations.c.notification_emails,
        func.coalesce(_OPERATOR, false()).label("operates"),
    ).where(organisations.c.id == any_(bindparam("organisations", type_=ARRAY(Id))))
)
_OPERATORS = select(organisations.c.id).where(_OPERATOR)
_PEOPLE = prepared(
    select(people.c.id, people.c.name, people.c.email, people.c.organisations).where(
        or_(
            people.c.organisations.overlap(bindparam("organisations", type_=ARRAY(Id))),
            people.c.id == any_(bindparam("persons", type_=ARRAY(Id))),
        )
    )
)


def contacts_for(tx: Transaction, organisation_ids: set[UUID], person_ids: set[UUID]) -> Contacts:
    """The organisations, everybody in them, and the persons named."""
    if not organisation_ids and not person_ids:
        return Contacts((), ())
    asked = {"organisations": list(organisation_ids), "persons": list(person_ids)}
    known_organisations = tx.execute(_ORGANISATIONS, asked)
    known_people = tx.execute(_PEOPLE, asked)
    return Contacts(
        [
            OrganisationContact(row.id, row.name, tuple(row.notification_emails), row.operates)
            for row in known_organisations
        ],
        [PersonContact(row.id, row.name, row.email, frozenset(row.organisations)) for row in known_people],
    )


# ----------------------------------------------------------------------------------------- documents


def remember_documents(tx: Transaction, known: Sequence[Document]) -> None:
    """Who stands on a document and who may see it; an older state never replaces a newer one."""
    tx.upsert_newer(
        documents,
        [
            {
                "id": document.id,
                "sequence": document.sequence,
                "kind": document.kind,
                "number": document.number,
                "status": document.status,
                "customer_id": document.customer.id,
                "customer_name": document.customer.name,
                "supplier_id": document.supplier.id,
                "supplier_name": document.supplier.name,
                "initiator_id": document.initiator.id if document.initiator else None,
                "initiator_name": document.initiator.name if document.initiator else None,
                "draft_of": document.draft_of,
                "shown_to": list(document.shown_to),
            }
            for document in known
        ],
    )


def forget_drafts(tx: Transaction, event: InvoiceDraftsDeleted) -> None:
    """The drafts are gone for everybody, even if word of their making is still on its way (S-101)."""
    gone = [
        Document(
            kind=DocumentKind.INVOICE,
            id=draft.id,
            sequence=LAST_SEQUENCE,
            number=draft.number,
            status=DELETED,
            customer=event.customer,
            supplier=event.supplier,
            initiator=None,
            draft_of=event.supplier.id,
            shown_to=(),
        )
        for draft in event.drafts
    ]
    remember_documents(tx, gone)


# ------------------------------------------------------------------------------------ who is told what

Told = tuple[Incoming[Any], Announcement]


def tell(tx: Transaction, told: Sequence[Told]) -> None:
    """Put the announcements into the feeds of those concerned, and their mails in line."""
    organisation_ids: set[UUID] = set()
    person_ids: set[UUID] = set()
    for event, announcement in told:
        if announcement.document is not None:
            of_organisations, of_people = concerned(announcement.document)
            organisation_ids |= of_organisations
            person_ids |= of_people
        if announcement.stand_in is not None:
            person_ids.add(announcement.stand_in)
        if announcement.organisation is not None:
            organisation_ids.add(announcement.organisation)
        if event.actor_user is not None:
            person_ids.add(event.actor_user)
    if any(Audience.OPERATORS in NOTICES[announcement.event].feed for _, announcement in told):
        organisation_ids |= set(tx.execute(_OPERATORS).scalars())
    contacts = contacts_for(tx, organisation_ids, person_ids)
    feed_rows: list[dict[str, Any]] = []
    mail_rows: list[dict[str, Any]] = []
    for event, announcement in told:
        doer = Doer(event.actor_user, event.actor_organisation)
        feed_rows += _feed_rows(tx, event, announcement, doer, contacts)
        mail_rows += _mail_rows(tx, event, announcement, doer, contacts)
    tx.insert_missing(feed, feed_rows)
    tx.insert_missing(mails, mail_rows)
    announce_feeds(tx, {(row["organisation_id"], row["user_id"]) for row in feed_rows})


def announce_feeds(tx: Transaction, changed: set[tuple[UUID, UUID]]) -> None:
    """Let browsers know whose feeds have changed, by organisation and user: one notice for each organisation."""
    for organisation_id in sorted({organisation_id for organisation_id, _ in changed}):
        users = tuple(sorted(user_id for other, user_id in changed if other == organisation_id))
        fact = FeedChanged(organisation_id=organisation_id, users=users)
        tx.announce(fact, aggregate="feed", aggregate_id=tx.new_id(), sequence=1)


def tell_of_documents(
    tx: Transaction,
    events: Sequence[Incoming[E]],
    document_of: Callable[[E], Document],
    announcement_of: Callable[[Any], Announcement],
) -> None:
    """Remember the documents of a group of events, and tell of those events that are worth telling."""
    remember_documents(tx, [document_of(event.data) for event in events])
    told = [
        (event, announcement_of(event.data)) for event in events if event_type(event.data).name in NOTICES
    ]
    if told:
        tell(tx, told)


def _about(announcement: Announcement) -> dict[str, Any]:
    document = announcement.document
    return {
        "event": announcement.event,
        "document_kind": document.kind if document else None,
        "document_id": document.id if document else None,
        "document_number": document.number if document else None,
    }


def _feed_rows(
    tx: Transaction, event: Incoming[Any], announcement: Announcement, doer: Doer, contacts: Contacts
) -> list[dict[str, Any]]:
    who = None if announcement.by_nobody else contacts.known_person(doer.user_id)
    return [
        {
            "id": tx.new_id(),
            "event_id": event.id,
            "user_id": entry.user_id,
            "organisation_id": entry.organisation_id,
            "title": sentence(announcement, Language.ENGLISH),
            "actor_id": who.id if who else None,
            "actor_name": who.name if who else None,
            "at": event.time,
            **_about(announcement),
        }
        for entry in feed_entries(announcement, doer, contacts)
    ]


def _mail_rows(
    tx: Transaction, event: Incoming[Any], announcement: Announcement, doer: Doer, contacts: Contacts
) -> list[dict[str, Any]]:
    rows = []
    for address in addresses(announcement, doer, contacts):
        organisation = contacts.organisation(address.organisation_id) if address.organisation_id else None
        written = letter(announcement, address.language, organisation.name if organisation else "")
        rows.append(
            {
                **_mail_row(tx, event.id, address, organisation.name if organisation else None),
                **_about(announcement),
                "content": stored(written, None),
            }
        )
    return rows


def _mail_row(
    tx: Transaction, event_id: UUID, address: Address, organisation_name: str | None
) -> dict[str, Any]:
    return {
        "id": tx.new_id(),
        "event_id": event_id,
        "recipient_key": address.email.casefold(),
        "recipient": address.email,
        "recipient_name": address.name,
        "organisation_id": address.organisation_id,
        "organisation_name": organisation_name,
        "language": address.language,
        "created_at": tx.at,
        "due_at": tx.at,
    }


def put_in_line(
    tx: Transaction, event: Incoming[Any], mailings: Sequence[Mailing], organisation_name: str | None
) -> None:
    """Put mails in line that accounts has asked for."""
    rows = [
        {
            **_mail_row(tx, event.id, mailing.address, organisation_name),
            "event": event_type(event.data).name,
            "document_kind": None,
            "document_id": None,
            "document_number": None,
            "content": stored(mailing.letter, mailing.link),
        }
        for mailing in mailings
    ]
    tx.insert_missing(mails, rows)
