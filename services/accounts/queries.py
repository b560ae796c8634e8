"""Every statement of accounts, one per table. Row-level security decides once more which rows they touch."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    collate,
    delete,
    func,
    or_,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from services.accounts.domain.attempts import Attempts
from services.accounts.domain.invitations import Invitation
from services.accounts.domain.keys import ApiKey
from services.accounts.domain.links import Link
from services.accounts.domain.organisations import ADMINISTRATOR_OF, Organisation, Profile
from services.accounts.domain.partnerships import RESPONSIBLE, Partnership, Terms
from services.accounts.domain.sessions import IDLE, LONGEST, NOTED_EVERY, chosen, end_of
from services.accounts.domain.users import Membership, User
from services.accounts.tables import (
    api_keys,
    attempts,
    credentials,
    invitations,
    links,
    memberships,
    notification_emails,
    organisations,
    partnerships,
    recovery_codes,
    second_factors,
    sessions,
    supplier_directory,
    users,
)
from services.chassis import paging
from services.chassis.database import Transaction
from services.contracts.accounts import commands, views
from services.contracts.accounts.views import (
    EmailStatus,
    InvitationStatus,
    LinkPurpose,
    MembershipStatus,
    ToleranceBase,
)
from services.contracts.actors import Actor, OrganisationKind, Role
from services.contracts.parties import Party, Person

ACTIVE = MembershipStatus.ACTIVE.value
REMOVED = MembershipStatus.REMOVED.value


def _roles(values: Iterable[str]) -> frozenset[Role]:
    return frozenset(map(Role, values))


def _values(roles: Iterable[Role]) -> list[str]:
    return sorted(role.value for role in roles)


def _by_name(name: ColumnElement[str]) -> ColumnElement[str]:
    # One collation for every database, whatever locale it was made with: cursors and indexes rely on it.
    return collate(func.lower(name), "C")


def _contains(part: str, *columns: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(*(column.icontains(part, autoescape=True) for column in columns))


def _from(
    statement: Select[Any], after: str | None, name: ColumnElement[Any], id: ColumnElement[Any]
) -> Select[Any]:
    wanted = statement.add_columns(name.label("sort_key")).order_by(name, id)
    if after is None:
        return wanted
    return wanted.where(tuple_(name, id) > tuple_(*paging.key_of(after, str, paging.identifier)))


def _older(statement: Select[Any], after: str | None, id: ColumnElement[Any]) -> Select[Any]:
    # Identifiers sort by the time they were made.
    if after is None:
        return statement
    return statement.where(id < paging.key_of(after, paging.identifier)[0])


# ------------------------------------------------------------------------------------- organisations


class OrganisationStore:
    """Organisations with their notification addresses; suppliers also stand in the directory."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> Organisation | None:
        """See Store."""
        wanted = select(organisations).where(organisations.c.id == id)
        row = tx.execute(wanted.with_for_update() if lock else wanted).one_or_none()
        return None if row is None else _organisations_of(tx, [row])[0]

    def insert(self, tx: Transaction, aggregate: Organisation) -> None:
        """See Store."""
        tx.execute(organisations.insert(), [_organisation_row(aggregate)])
        self._write_emails(tx, aggregate)
        if aggregate.kind is OrganisationKind.SUPPLIER:
            tx.execute(supplier_directory.insert(), [_directory_row(aggregate)])

    def update(self, tx: Transaction, aggregate: Organisation, loaded_sequence: int) -> int:
        """See Store."""
        changed = tx.execute(
            update(organisations)
            .where(organisations.c.id == aggregate.id, organisations.c.sequence == loaded_sequence)
            .values(_organisation_row(aggregate))
        ).rowcount
        tx.execute(delete(notification_emails).where(notification_emails.c.organisation_id == aggregate.id))
        self._write_emails(tx, aggregate)
        if aggregate.kind is OrganisationKind.SUPPLIER:
            tx.execute(
                update(supplier_directory)
                .where(supplier_directory.c.id == aggregate.id)
                .values(_directory_row(aggregate))
            )
        return changed

    def _write_emails(self, tx: Transaction, aggregate: Organisation) -> None:
        rows = [
            {"organisation_id": aggregate.id, "email": email, "status": status.value}
            for email, status in aggregate.notification_emails.items()
        ]
        if rows:
            tx.execute(insert(notification_emails).values(rows))


def _organisation_row(organisation: Organisation) -> dict[str, Any]:
    profile = organisation.profile
    address, contact = profile.address, profile.contact
    return {
        "id": organisation.id,
        "sequence": organisation.sequence,
        "kind": organisation.kind.value,
        "name": profile.name,
        "country": profile.country,
        "tax_number": profile.tax_number,
        "street": address.street if address else None,
        "city": address.city if address else None,
        "postal_code": address.postal_code if address else None,
        "region": address.region if address else None,
        "contact_person": contact.person,
        "contact_email": contact.email,
        "contact_phone": contact.phone,
        "contact_website": contact.website,
        "registered_at": organisation.registered_at,
        "registered_by": organisation.registered_by,
    }


def _directory_row(organisation: Organisation) -> dict[str, Any]:
    profile = organisation.profile
    return {
        "id": organisation.id,
        "name": profile.name,
        "country": profile.country,
        "tax_number": profile.tax_number,
        "city": profile.address.city if profile.address else None,
    }


def _organisations_of(tx: Transaction, rows: list[Row[Any]]) -> list[Organisation]:
    emails: dict[UUID, dict[str, EmailStatus]] = {row.id: {} for row in rows}
    if rows:
        wanted = select(notification_emails).where(notification_emails.c.organisation_id.in_(list(emails)))
        for email in tx.execute(wanted.order_by(notification_emails.c.email)):
            emails[email.organisation_id][email.email] = EmailStatus(email.status)
    return [_organisation(row, emails[row.id]) for row in rows]


def _organisation(row: Row[Any], emails: dict[str, EmailStatus]) -> Organisation:
    address = None
    if row.street is not None and row.city is not None:
        address = views.Address(
            street=row.street, city=row.city, postal_code=row.postal_code, region=row.region
        )
    found = Organisation(
        id=row.id,
        kind=OrganisationKind(row.kind),
        profile=Profile(
            name=row.name,
            country=row.country,
            tax_number=row.tax_number,
            address=address,
            contact=views.ContactData(
                person=row.contact_person,
                email=row.contact_email,
                phone=row.contact_phone,
                website=row.contact_website,
            ),
        ),
        registered_at=row.registered_at,
        registered_by=row.registered_by,
        notification_emails=emails,
    )
    found.sequence = row.sequence
    return found


def lock_organisation(tx: Transaction, id: UUID) -> None:
    """Let nobody else change who administers the organisation until this transaction has ended."""
    tx.execute(select(organisations.c.id).where(organisations.c.id == id).with_for_update())


def operator_id(tx: Transaction) -> UUID | None:
    """The operator's organisation, once it is installed."""
    wanted = select(organisations.c.id).where(organisations.c.kind == OrganisationKind.OPERATOR.value)
    found: UUID | None = tx.execute(wanted).scalar_one_or_none()
    return found


def organisations_page(tx: Transaction, question: commands.ListOrganisations) -> views.OrganisationPage:
    """All organisations that may be seen, by name."""
    name = _by_name(organisations.c.name)
    wanted = _from(select(organisations), question.after, name, organisations.c.id)
    if question.kind is not None:
        wanted = wanted.where(organisations.c.kind == question.kind.value)
    if question.search is not None:
        wanted = wanted.where(_contains(question.search, organisations.c.name, organisations.c.tax_number))
    wanted = wanted.limit(question.limit + 1)
    rows, following = paging.page(
        list(tx.execute(wanted)), question.limit, lambda row: (row.sort_key, row.id)
    )
    found = _organisations_of(tx, rows)
    return views.OrganisationPage(items=tuple(one.view() for one in found), next=following)


def suppliers_page(tx: Transaction, question: commands.FindSuppliers) -> views.SupplierEntryPage:
    """The directory of suppliers, by name."""
    entry = supplier_directory.c
    name = _by_name(entry.name)
    wanted = _from(select(supplier_directory), question.after, name, entry.id)
    if question.search is not None:
        wanted = wanted.where(_contains(question.search, entry.name, entry.tax_number))
    wanted = wanted.limit(question.limit + 1)
    rows, following = paging.page(
        list(tx.execute(wanted)), question.limit, lambda row: (row.sort_key, row.id)
    )
    items = tuple(
        views.SupplierEntry(
            id=row.id, name=row.name, country=row.country, tax_number=row.tax_number, city=row.city
        )
        for row in rows
    )
    return views.SupplierEntryPage(items=items, next=following)


def supplier_in_directory(tx: Transaction, id: UUID) -> Party | None:
    """A supplier anybody may link, by its entry in the directory."""
    wanted = select(supplier_directory.c.id, supplier_directory.c.name).where(supplier_directory.c.id == id)
    row = tx.execute(wanted).one_or_none()
    return None if row is None else Party(id=row.id, name=row.name)


# --------------------------------------------------------------------------------------------- users


class UserStore:
    """Users with their memberships. Only memberships that were changed are written."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> User | None:
        """See Store."""
        wanted = select(users).where(users.c.id == id)
        row = tx.execute(wanted.with_for_update() if lock else wanted).one_or_none()
        if row is None:
            return None
        standings = tx.execute(_STANDINGS, {"user": id})
        return _user(row, standings)

    def insert(self, tx: Transaction, aggregate: User) -> None:
        """See Store."""
        tx.execute(users.insert(), [_user_row(aggregate)])
        self._write_memberships(tx, aggregate)

    def update(self, tx: Transaction, aggregate: User, loaded_sequence: int) -> int:
        """See Store."""
        changed = tx.execute(
            update(users)
            .where(users.c.id == aggregate.id, users.c.sequence == loaded_sequence)
            .values(_user_row(aggregate))
        ).rowcount
        self._write_memberships(tx, aggregate)
        return changed

    def _write_memberships(self, tx: Transaction, aggregate: User) -> None:
        rows = [
            {
                "user_id": aggregate.id,
                "organisation_id": organisation_id,
                "roles": _values(membership.roles),
                "status": membership.status.value,
                "since": membership.since,
            }
            for organisation_id, membership in sorted(aggregate.memberships.items())
            if membership.changed
        ]
        if not rows:
            return
        wish = insert(memberships).values(rows)
        tx.execute(
            wish.on_conflict_do_update(
                index_elements=["user_id", "organisation_id"],
                set_={name: wish.excluded[name] for name in ("roles", "status", "since")},
            )
        )


_STANDINGS = text("select * from standings_of(:user)")


def _user_row(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "sequence": user.sequence,
        "name": user.name,
        "email": user.email,
        "email_confirmed": user.email_confirmed,
        "username": user.username,
        "phone": user.phone,
        "activated": user.activated,
        "created_at": user.created_at,
    }


def _user(row: Row[Any], standings: Iterable[Row[Any]]) -> User:
    found = User(
        id=row.id,
        name=row.name,
        created_at=row.created_at,
        email=row.email,
        email_confirmed=row.email_confirmed,
        username=row.username,
        phone=row.phone,
        activated=row.activated,
        memberships={
            standing.organisation_id: Membership(
                organisation=Party(id=standing.organisation_id, name=standing.organisation_name),
                kind=OrganisationKind(standing.kind),
                roles=_roles(standing.roles),
                status=MembershipStatus(standing.status),
                since=standing.since,
            )
            for standing in standings
        },
    )
    found.sequence = row.sequence
    return found


def other_administrators(
    tx: Transaction, organisation_id: UUID, kind: OrganisationKind, user_id: UUID
) -> int:
    """How many active administrators the organisation has besides this user."""
    wanted = select(func.count()).where(
        memberships.c.organisation_id == organisation_id,
        memberships.c.user_id != user_id,
        memberships.c.status == ACTIVE,
        memberships.c.roles.contains([ADMINISTRATOR_OF[kind].value]),
    )
    count: int = tx.execute(wanted).scalar_one()
    return count


def member_with_email(tx: Transaction, organisation_id: UUID, email: str) -> str | None:
    """The name of the organisation's member with this address, if there is one."""
    wanted = (
        select(users.c.name)
        .join(memberships, memberships.c.user_id == users.c.id)
        .where(
            memberships.c.organisation_id == organisation_id,
            memberships.c.status != REMOVED,
            users.c.email_confirmed,
            func.lower(users.c.email) == email.lower(),
        )
    )
    name: str | None = tx.execute(wanted).scalar_one_or_none()
    return name


def user_with_email(tx: Transaction, email: str) -> UUID | None:
    """The user who has proved the address to be theirs. For the system only."""
    wanted = select(users.c.id).where(users.c.email_confirmed, func.lower(users.c.email) == email.lower())
    found: UUID | None = tx.execute(wanted).scalar_one_or_none()
    return found


def user_who_signs_in_as(tx: Transaction, name: str) -> UUID | None:
    """The user with this username or this proven address, if activated. For the system only."""
    wanted = select(users.c.id).where(
        users.c.activated,
        or_(
            func.lower(users.c.username) == name.lower(),
            and_(users.c.email_confirmed, func.lower(users.c.email) == name.lower()),
        ),
    )
    found: UUID | None = tx.execute(wanted).scalars().first()
    return found


def members_page(tx: Transaction, question: commands.ListMembers) -> views.MemberPage:
    """The users of an organisation, by name."""
    name = _by_name(users.c.name)
    member = memberships.c
    wanted = (
        select(users, member.organisation_id, member.roles, member.status, member.since)
        .join(memberships, member.user_id == users.c.id)
        .where(member.organisation_id == question.organisation_id)
        .limit(question.limit + 1)
    )
    wanted = _from(wanted, question.after, name, users.c.id)
    if question.status is None:
        wanted = wanted.where(member.status != REMOVED)
    else:
        wanted = wanted.where(member.status == question.status.value)
    if question.role is not None:
        wanted = wanted.where(member.roles.contains([question.role.value]))
    if question.search is not None:
        wanted = wanted.where(_contains(question.search, users.c.name, users.c.email, users.c.username))
    rows, following = paging.page(
        list(tx.execute(wanted)), question.limit, lambda row: (row.sort_key, row.id)
    )
    return views.MemberPage(items=tuple(map(_member, rows)), next=following)


def _member(row: Row[Any]) -> views.Member:
    return views.Member(
        user_id=row.id,
        sequence=row.sequence,
        organisation_id=row.organisation_id,
        name=row.name,
        email=row.email,
        username=row.username,
        phone=row.phone,
        roles=_roles(row.roles),
        status=MembershipStatus(row.status),
        activated=row.activated,
        since=row.since,
    )


# --------------------------------------------------------------------------------------- credentials


def password_hash(tx: Transaction, user_id: UUID) -> str | None:
    """The stored hash of a user's password. For the system only."""
    wanted = select(credentials.c.password_hash).where(credentials.c.user_id == user_id)
    found: str | None = tx.execute(wanted).scalar_one_or_none()
    return found


def add_password(tx: Transaction, user_id: UUID, hashed: str, *, must_change: bool) -> None:
    """Store the first password of a new user."""
    tx.execute(
        credentials.insert(),
        [{"user_id": user_id, "password_hash": hashed, "must_change": must_change, "changed_at": tx.at}],
    )


def set_password(tx: Transaction, user_id: UUID, hashed: str) -> None:
    """Store a password its owner has chosen. For the system only."""
    values = {"password_hash": hashed, "must_change": False, "changed_at": tx.at}
    wish = insert(credentials).values(user_id=user_id, **values)
    tx.execute(wish.on_conflict_do_update(index_elements=["user_id"], set_=values))


def hash_again(tx: Transaction, user_id: UUID, hashed: str) -> None:
    """Store the same password with today's parameters. For the system only."""
    tx.execute(update(credentials).where(credentials.c.user_id == user_id).values(password_hash=hashed))


# ------------------------------------------------------------------------------------- second factors


class KeptFactor(NamedTuple):
    """A user's authenticator app as it is stored; it counts once it is confirmed."""

    sealed: bytes
    confirmed_at: datetime | None


def second_factor(tx: Transaction, user_id: UUID) -> KeptFactor | None:
    """The authenticator app of a user. For the system only."""
    wanted = select(second_factors.c.sealed, second_factors.c.confirmed_at)
    row = tx.execute(wanted.where(second_factors.c.user_id == user_id)).one_or_none()
    return None if row is None else KeptFactor(bytes(row.sealed), row.confirmed_at)


def begin_second_factor(tx: Transaction, user_id: UUID, sealed: bytes) -> None:
    """Store a secret that is not confirmed yet, in place of an earlier such one."""
    values = {"sealed": sealed, "begun_at": tx.at, "confirmed_at": None, "last_step": None}
    wish = insert(second_factors).values(user_id=user_id, **values)
    tx.execute(wish.on_conflict_do_update(index_elements=["user_id"], set_=values))


def confirm_second_factor(tx: Transaction, user_id: UUID, step: int) -> None:
    """The app has shown the code of this time step."""
    tx.execute(
        update(second_factors)
        .where(second_factors.c.user_id == user_id)
        .values(confirmed_at=tx.at, last_step=step)
    )


def use_step(tx: Transaction, user_id: UUID, step: int) -> bool:
    """Take the code of a time step; False if it or a later one was taken before."""
    taken = tx.execute(
        update(second_factors)
        .where(second_factors.c.user_id == user_id, second_factors.c.last_step < step)
        .values(last_step=step)
    )
    return taken.rowcount == 1


def remove_second_factor(tx: Transaction, user_id: UUID) -> None:
    """Forget the app and its recovery codes."""
    tx.execute(delete(second_factors).where(second_factors.c.user_id == user_id))
    tx.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))


def replace_recovery_codes(tx: Transaction, user_id: UUID, hashes: Sequence[bytes]) -> None:
    """Store these recovery codes in place of all earlier ones."""
    tx.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    tx.execute(recovery_codes.insert(), [{"user_id": user_id, "code_hash": hashed} for hashed in hashes])


def recovery_codes_left(tx: Transaction, user_id: UUID) -> int:
    """How many recovery codes can still be used."""
    unused = (recovery_codes.c.user_id == user_id) & recovery_codes.c.used_at.is_(None)
    count: int = tx.execute(select(func.count()).select_from(recovery_codes).where(unused)).scalar_one()
    return count


def use_recovery_code(tx: Transaction, user_id: UUID, hashed: bytes) -> bool:
    """Take a recovery code; False if there is none such or it was taken before."""
    taken = tx.execute(
        update(recovery_codes)
        .where(
            recovery_codes.c.user_id == user_id,
            recovery_codes.c.code_hash == hashed,
            recovery_codes.c.used_at.is_(None),
        )
        .values(used_at=tx.at)
    )
    return taken.rowcount == 1


# --------------------------------------------------------------------------------------- invitations


class InvitationStore:
    """Invitations, with the name and kind of the organisation that invites."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> Invitation | None:
        """See Store."""
        wanted = _invitations_wanted().where(invitations.c.id == id)
        row = tx.execute(wanted.with_for_update(of=invitations) if lock else wanted).one_or_none()
        return None if row is None else _invitation(row)

    def insert(self, tx: Transaction, aggregate: Invitation) -> None:
        """See Store."""
        tx.execute(invitations.insert(), [_invitation_row(aggregate)])

    def update(self, tx: Transaction, aggregate: Invitation, loaded_sequence: int) -> int:
        """See Store."""
        return tx.execute(
            update(invitations)
            .where(invitations.c.id == aggregate.id, invitations.c.sequence == loaded_sequence)
            .values(_invitation_row(aggregate))
        ).rowcount


def _invitations_wanted() -> Select[Any]:
    return select(
        invitations,
        organisations.c.name.label("organisation_name"),
        organisations.c.kind.label("organisation_kind"),
    ).join(organisations, organisations.c.id == invitations.c.organisation_id)


def _invitation_row(invitation: Invitation) -> dict[str, Any]:
    return {
        "id": invitation.id,
        "sequence": invitation.sequence,
        "organisation_id": invitation.organisation.id,
        "email": invitation.email,
        "name": invitation.name,
        "roles": _values(invitation.roles),
        "invited_by": invitation.invited_by.id,
        "invited_by_name": invitation.invited_by.name,
        "invited_at": invitation.invited_at,
        "link_id": invitation.link_id,
        "expires_at": invitation.expires_at,
        "status": invitation.status.value,
    }


def _invitation(row: Row[Any]) -> Invitation:
    found = Invitation(
        id=row.id,
        organisation=Party(id=row.organisation_id, name=row.organisation_name),
        kind=OrganisationKind(row.organisation_kind),
        email=row.email,
        name=row.name,
        roles=_roles(row.roles),
        invited_by=Person(id=row.invited_by, name=row.invited_by_name),
        invited_at=row.invited_at,
        link_id=row.link_id,
        expires_at=row.expires_at,
        status=InvitationStatus(row.status),
    )
    found.sequence = row.sequence
    return found


def has_open_invitation(tx: Transaction, organisation_id: UUID, email: str) -> bool:
    """Whether the address has an invitation of the organisation that can still be accepted."""
    return open_invitation_link(tx, organisation_id, email) is not None


def open_invitation_link(tx: Transaction, organisation_id: UUID, email: str) -> UUID | None:
    """The link of the address's open invitation, if it can still be accepted. For the system only."""
    wanted = select(invitations.c.link_id).where(
        invitations.c.organisation_id == organisation_id,
        func.lower(invitations.c.email) == email.lower(),
        invitations.c.status == InvitationStatus.OPEN.value,
        invitations.c.expires_at > tx.at,
    )
    found: UUID | None = tx.execute(wanted).scalars().first()
    return found


def invitations_page(tx: Transaction, question: commands.ListInvitations) -> views.InvitationPage:
    """An organisation's invitations, the newest first."""
    wanted = _invitations_wanted().where(invitations.c.organisation_id == question.organisation_id)
    wanted = _older(wanted, question.after, invitations.c.id)
    if question.status is not None:
        wanted = wanted.where(invitations.c.status == question.status.value)
    wanted = wanted.order_by(invitations.c.id.desc()).limit(question.limit + 1)
    rows, following = paging.page(list(tx.execute(wanted)), question.limit, lambda row: (row.id,))
    return views.InvitationPage(items=tuple(_invitation(row).view() for row in rows), next=following)


# --------------------------------------------------------------------------------------------- links


def add_link(tx: Transaction, link: Link) -> None:
    """Store a new link; earlier open ones for the same purpose and subject no longer work."""
    tx.execute(
        update(links)
        .where(
            links.c.subject_id == link.subject_id,
            links.c.purpose == link.purpose.value,
            links.c.used_at.is_(None),
            links.c.email.is_not_distinct_from(link.email),
        )
        .values(used_at=tx.at)
    )
    tx.execute(
        links.insert(),
        [
            {
                "id": link.id,
                "purpose": link.purpose.value,
                "subject_id": link.subject_id,
                "organisation_id": link.organisation_id,
                "email": link.email,
                "replaces": link.replaces,
                "expires_at": link.expires_at,
                "used_at": None,
            }
        ],
    )


def link_for_use(tx: Transaction, id: UUID, purpose: LinkPurpose) -> Link | None:
    """A link, locked so that it can be used only once. For the system only."""
    wanted = select(links).where(links.c.id == id, links.c.purpose == purpose.value)
    row = tx.execute(wanted.with_for_update()).one_or_none()
    return None if row is None else _link(row)


def link_to_read(tx: Transaction, id: UUID, purpose: LinkPurpose) -> Link | None:
    """A link, to look at. For the system only."""
    row = tx.execute(select(links).where(links.c.id == id, links.c.purpose == purpose.value)).one_or_none()
    return None if row is None else _link(row)


def newest_link(tx: Transaction, subject_id: UUID, purpose: LinkPurpose) -> Link | None:
    """The latest link of its kind."""
    wanted = select(links).where(links.c.subject_id == subject_id, links.c.purpose == purpose.value)
    row = tx.execute(wanted.order_by(links.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _link(row)


def link_used(tx: Transaction, link: Link) -> None:
    """Remember that the link was used."""
    tx.execute(update(links).where(links.c.id == link.id).values(used_at=link.used_at))


def close_links(tx: Transaction, subject_id: UUID, purpose: LinkPurpose) -> None:
    """Make every open link of a kind worthless."""
    tx.execute(
        update(links)
        .where(links.c.subject_id == subject_id, links.c.purpose == purpose.value, links.c.used_at.is_(None))
        .values(used_at=tx.at)
    )


def _link(row: Row[Any]) -> Link:
    return Link(
        id=row.id,
        purpose=LinkPurpose(row.purpose),
        subject_id=row.subject_id,
        expires_at=row.expires_at,
        organisation_id=row.organisation_id,
        email=row.email,
        replaces=row.replaces,
        used_at=row.used_at,
    )


# ------------------------------------------------------------------------------------------ attempts


def locked_attempts(tx: Transaction, key: str) -> Attempts:
    """What is known of failures under `key`, locked: attempts on one account are heard one after another."""
    tx.execute(insert(attempts).values(key=key, failures=0).on_conflict_do_nothing())
    row = tx.execute(select(attempts).where(attempts.c.key == key).with_for_update()).one()
    return Attempts(row.failures, row.last_failed_at, row.blocked_until)


def known_attempts(tx: Transaction, key: str) -> Attempts:
    """What is known of failures under `key`."""
    row = tx.execute(select(attempts).where(attempts.c.key == key)).one_or_none()
    return Attempts() if row is None else Attempts(row.failures, row.last_failed_at, row.blocked_until)


def write_attempts(tx: Transaction, key: str, known: Attempts) -> None:
    """Remember failures."""
    tx.execute(
        update(attempts)
        .where(attempts.c.key == key)
        .values(
            failures=known.failures, last_failed_at=known.last_failed_at, blocked_until=known.blocked_until
        )
    )


def forget_attempts(tx: Transaction, key: str) -> None:
    """Forget failures."""
    tx.execute(delete(attempts).where(attempts.c.key == key))


def forget_what_is_over(tx: Transaction, before: datetime) -> None:
    """Delete attempts, links and sessions that have been over since `before`."""
    tx.execute(
        delete(attempts).where(or_(attempts.c.last_failed_at.is_(None), attempts.c.last_failed_at < before))
    )
    tx.execute(delete(links).where(links.c.expires_at < before))
    tx.execute(delete(sessions).where(sessions.c.signed_in_at < before - LONGEST))


# ------------------------------------------------------------------------------------------ sessions


def add_session(tx: Transaction, row: dict[str, Any]) -> None:
    """Store a new session."""
    tx.execute(sessions.insert(), [row])


# One statement for each request of a signed-in user. It notes the use once a minute, and shows only
# organisations the user may act for at this moment.
_SESSION = text(
    """
    with found as (
        select id, user_id, acting_for, signed_in_at, last_seen_at from sessions
        where token_hash = :token_hash and ended_at is null
          and signed_in_at > :oldest and last_seen_at > :idle_since
    ), noted as (
        update sessions s set last_seen_at = :at from found
        where s.id = found.id and found.last_seen_at < :noted_before
    )
    select f.id, f.user_id, f.acting_for, f.signed_in_at, f.last_seen_at, u.name as user_name, c.must_change,
           m.organisation_id, m.roles, o.name as organisation_name, o.kind as organisation_kind
    from found f
    join users u on u.id = f.user_id
    join credentials c on c.user_id = f.user_id
    left join memberships m on m.user_id = f.user_id and m.status = 'active'
    left join organisations o on o.id = m.organisation_id
    order by lower(o.name) collate "C", o.id
    """
)


def session_of(tx: Transaction, token_hash: bytes, csrf_token: str) -> views.Session | None:
    """The session with this token while it lasts, and for whom its user may act. For the system only."""
    rows = tx.execute(
        _SESSION,
        {
            "token_hash": token_hash,
            "at": tx.at,
            "oldest": tx.at - LONGEST,
            "idle_since": tx.at - IDLE,
            "noted_before": tx.at - NOTED_EVERY,
        },
    ).all()
    if not rows:
        return None
    first = rows[0]
    standings: tuple[views.Standing, ...] = ()
    if not first.must_change:
        standings = tuple(_standing(row) for row in rows if row.organisation_id is not None)
    return views.Session(
        id=first.id,
        user=Person(id=first.user_id, name=first.user_name),
        standings=standings,
        acting_for=chosen(standings, first.acting_for),
        must_change_password=first.must_change,
        csrf_token=csrf_token,
        signed_in_at=first.signed_in_at,
        expires_at=end_of(first.signed_in_at, tx.at),
    )


def _standing(row: Row[Any]) -> views.Standing:
    return views.Standing(
        organisation=Party(id=row.organisation_id, name=row.organisation_name),
        kind=OrganisationKind(row.organisation_kind),
        roles=_roles(row.roles),
        status=MembershipStatus.ACTIVE,
    )


def sessions_of(tx: Transaction, user_id: UUID, current: UUID) -> views.SessionList:
    """Where a user is signed in, the latest used first. For the system only."""
    wanted = select(sessions).where(sessions.c.user_id == user_id, *_lasting(tx))
    wanted = wanted.order_by(sessions.c.last_seen_at.desc(), sessions.c.id.desc())
    items = tuple(
        views.SessionEntry(
            id=row.id,
            current=row.id == current,
            address=row.address,
            user_agent=row.user_agent,
            signed_in_at=row.signed_in_at,
            last_seen_at=row.last_seen_at,
            expires_at=end_of(row.signed_in_at, row.last_seen_at),
        )
        for row in tx.execute(wanted)
    )
    return views.SessionList(items=items)


def _lasting(tx: Transaction) -> tuple[ColumnElement[bool], ...]:
    return (
        sessions.c.ended_at.is_(None),
        sessions.c.signed_in_at > tx.at - LONGEST,
        sessions.c.last_seen_at > tx.at - IDLE,
    )


def end_sessions(
    tx: Transaction, user_id: UUID, *, only: UUID | None = None, but: UUID | None = None
) -> list[tuple[UUID, int]]:
    """End a user's sessions; answers which ones, with their new sequences. For the system only."""
    wish = update(sessions).where(sessions.c.user_id == user_id, *_lasting(tx))
    if only is not None:
        wish = wish.where(sessions.c.id == only)
    if but is not None:
        wish = wish.where(sessions.c.id != but)
    ended = wish.values(ended_at=tx.at, sequence=sessions.c.sequence + 1)
    rows = tx.execute(ended.returning(sessions.c.id, sessions.c.sequence))
    return [(row.id, row.sequence) for row in rows]


def end_sessions_acting_for(tx: Transaction, user_id: UUID, organisation_id: UUID) -> list[tuple[UUID, int]]:
    """End the sessions in which a user acts for an organisation; answers which, with their new sequences."""
    rows = tx.execute(
        text("select session_id, session_sequence from end_sessions_acting_for(:user, :organisation, :at)"),
        {"user": user_id, "organisation": organisation_id, "at": tx.at},
    )
    return [(row.session_id, row.session_sequence) for row in rows]


def remember_organisation(tx: Transaction, session_id: UUID, organisation_id: UUID) -> None:
    """Note for whom a new session acts. For the system only."""
    tx.execute(update(sessions).where(sessions.c.id == session_id).values(acting_for=organisation_id))


def choose_organisation(tx: Transaction, session_id: UUID, organisation_id: UUID) -> int:
    """Let a session act for another organisation; answers its new sequence. For the system only."""
    wish = (
        update(sessions)
        .where(sessions.c.id == session_id)
        .values(acting_for=organisation_id, sequence=sessions.c.sequence + 1)
    )
    sequence: int = tx.execute(wish.returning(sessions.c.sequence)).scalar_one()
    return sequence


# -------------------------------------------------------------------------------------- partnerships

_customer = organisations.alias("customer")
_supplier = organisations.alias("supplier")


class PartnershipStore:
    """Partnerships, with the names of both sides and the responsible employee as they are now."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> Partnership | None:
        """See Store."""
        wanted = _partnerships_wanted().where(partnerships.c.id == id)
        row = tx.execute(wanted.with_for_update(of=partnerships) if lock else wanted).one_or_none()
        return None if row is None else _partnership(row)

    def insert(self, tx: Transaction, aggregate: Partnership) -> None:
        """See Store."""
        tx.execute(partnerships.insert(), [_partnership_row(aggregate)])

    def update(self, tx: Transaction, aggregate: Partnership, loaded_sequence: int) -> int:
        """See Store."""
        return tx.execute(
            update(partnerships)
            .where(partnerships.c.id == aggregate.id, partnerships.c.sequence == loaded_sequence)
            .values(_partnership_row(aggregate))
        ).rowcount


def _partnerships_wanted() -> Select[Any]:
    return (
        select(
            partnerships,
            _customer.c.name.label("customer_name"),
            _supplier.c.name.label("supplier_name"),
            users.c.name.label("contact_name"),
            users.c.email.label("contact_email"),
            users.c.phone.label("contact_phone"),
        )
        .join(_customer, _customer.c.id == partnerships.c.customer_id)
        .join(_supplier, _supplier.c.id == partnerships.c.supplier_id)
        .outerjoin(users, users.c.id == partnerships.c.customer_contact_id)
    )


def _partnership_row(partnership: Partnership) -> dict[str, Any]:
    terms = partnership.terms
    return {
        "id": partnership.id,
        "sequence": partnership.sequence,
        "customer_id": partnership.customer.id,
        "supplier_id": partnership.supplier.id,
        "enabled": partnership.enabled,
        "currency": terms.currency,
        "tolerance_rate": terms.tolerance_rate,
        "tolerance_base": terms.tolerance_base.value,
        "lead_time_days": terms.lead_time_days,
        "minimum_order": terms.minimum_order,
        "payment_days": terms.payment_days,
        "customer_contact_id": terms.customer_contact.id if terms.customer_contact else None,
        "since": partnership.since,
    }


def _partnership(row: Row[Any]) -> Partnership:
    contact = None
    if row.customer_contact_id is not None and row.contact_name is not None:
        contact = views.Contact(
            id=row.customer_contact_id,
            name=row.contact_name,
            email=row.contact_email,
            phone=row.contact_phone,
        )
    found = Partnership(
        id=row.id,
        customer=Party(id=row.customer_id, name=row.customer_name),
        supplier=Party(id=row.supplier_id, name=row.supplier_name),
        terms=Terms(
            currency=row.currency,
            tolerance_rate=row.tolerance_rate,
            tolerance_base=ToleranceBase(row.tolerance_base),
            lead_time_days=row.lead_time_days,
            minimum_order=row.minimum_order,
            payment_days=row.payment_days,
            customer_contact=contact,
        ),
        since=row.since,
        enabled=row.enabled,
    )
    found.sequence = row.sequence
    return found


def is_linked(tx: Transaction, customer_id: UUID, supplier_id: UUID) -> bool:
    """Whether the two trade already."""
    wanted = select(partnerships.c.id).where(
        partnerships.c.customer_id == customer_id, partnerships.c.supplier_id == supplier_id
    )
    return tx.execute(wanted).first() is not None


def responsible_contact(tx: Transaction, customer_id: UUID, user_id: UUID) -> views.Contact | None:
    """The customer's active user, if they have a role that is responsible for suppliers (S-112)."""
    wanted = (
        select(users.c.id, users.c.name, users.c.email, users.c.phone)
        .join(memberships, memberships.c.user_id == users.c.id)
        .where(
            users.c.id == user_id,
            memberships.c.organisation_id == customer_id,
            memberships.c.status == ACTIVE,
            memberships.c.roles.overlap(_values(RESPONSIBLE)),
        )
    )
    row = tx.execute(wanted).one_or_none()
    return None if row is None else views.Contact(id=row.id, name=row.name, email=row.email, phone=row.phone)


def partnerships_page(
    tx: Transaction, question: commands.ListPartnerships, actor: Actor
) -> views.PartnershipPage:
    """The partnerships the actor takes part in, by the name of the other side; all for the operator."""
    side, other = _sides(actor)
    name = _by_name(other)
    wanted = _partnerships_wanted().where(side)
    wanted = _from(wanted, question.after, name, partnerships.c.id)
    if question.enabled is not None:
        wanted = wanted.where(partnerships.c.enabled == question.enabled)
    if question.search is not None:
        wanted = wanted.where(_contains(question.search, other))
    wanted = wanted.limit(question.limit + 1)
    rows, following = paging.page(
        list(tx.execute(wanted)), question.limit, lambda row: (row.sort_key, row.id)
    )
    items = tuple(_partnership(row).seen_by(actor.kind) for row in rows)
    return views.PartnershipPage(items=items, next=following)


def _sides(actor: Actor) -> tuple[ColumnElement[bool], ColumnElement[str]]:
    if actor.kind is OrganisationKind.SUPPLIER:
        return partnerships.c.supplier_id == actor.organisation_id, _customer.c.name
    own = (
        true()
        if actor.kind is OrganisationKind.OPERATOR
        else partnerships.c.customer_id == actor.organisation_id
    )
    return own, _supplier.c.name


# ------------------------------------------------------------------------------------------ API keys


class ApiKeyStore:
    """API keys."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> ApiKey | None:
        """See Store."""
        wanted = select(api_keys).where(api_keys.c.id == id)
        row = tx.execute(wanted.with_for_update() if lock else wanted).one_or_none()
        return None if row is None else _api_key(row)

    def insert(self, tx: Transaction, aggregate: ApiKey) -> None:
        """See Store."""
        row = {
            "id": aggregate.id,
            "sequence": aggregate.sequence,
            "organisation_id": aggregate.organisation_id,
            "name": aggregate.name,
            "roles": _values(aggregate.roles),
            "owner_id": aggregate.owner.id,
            "owner_name": aggregate.owner.name,
            "created_at": aggregate.created_at,
            "secret_hash": aggregate.secret_hash,
            "expires_at": aggregate.expires_at,
        }
        tx.execute(api_keys.insert(), [row])

    def update(self, tx: Transaction, aggregate: ApiKey, loaded_sequence: int) -> int:
        """See Store. Nothing but the revocation ever changes."""
        return tx.execute(
            update(api_keys)
            .where(api_keys.c.id == aggregate.id, api_keys.c.sequence == loaded_sequence)
            .values(sequence=aggregate.sequence, revoked_at=aggregate.revoked_at)
        ).rowcount


def _api_key(row: Row[Any]) -> ApiKey:
    found = ApiKey(
        id=row.id,
        organisation_id=row.organisation_id,
        name=row.name,
        roles=_roles(row.roles),
        owner=Person(id=row.owner_id, name=row.owner_name),
        created_at=row.created_at,
        secret_hash=bytes(row.secret_hash),
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
    found.sequence = row.sequence
    return found


def api_keys_page(
    tx: Transaction, question: commands.ListApiKeys, actor: Actor, *, all_owners: bool
) -> views.ApiKeyPage:
    """The actor's own keys, or all of the organisation's; the newest first."""
    wanted = select(api_keys).where(api_keys.c.organisation_id == actor.organisation_id)
    wanted = _older(wanted, question.after, api_keys.c.id)
    if not all_owners:
        wanted = wanted.where(api_keys.c.owner_id == actor.user_id)
    wanted = wanted.order_by(api_keys.c.id.desc()).limit(question.limit + 1)
    rows, following = paging.page(list(tx.execute(wanted)), question.limit, lambda row: (row.id,))
    return views.ApiKeyPage(items=tuple(_api_key(row).view() for row in rows), next=following)


# One statement for each request with a key, like the one for sessions.
_GRANT = text(
    """
    with found as (
        select id, owner_id, organisation_id, roles, last_used_at from api_keys
        where id = :key_id and secret_hash = :secret_hash and revoked_at is null
          and (expires_at is null or expires_at > :at)
    ), noted as (
        update api_keys k set last_used_at = :at from found
        where k.id = found.id and (found.last_used_at is null or found.last_used_at < :noted_before)
    )
    select f.id, f.roles, u.id as user_id, u.name as user_name, m.roles as owner_roles,
           o.id as organisation_id, o.name as organisation_name, o.kind as organisation_kind
    from found f
    join users u on u.id = f.owner_id
    join memberships m
        on m.user_id = f.owner_id and m.organisation_id = f.organisation_id and m.status = 'active'
    join organisations o on o.id = f.organisation_id
    """
)


def grant_of(tx: Transaction, key_id: UUID, secret_hash: bytes) -> views.KeyGrant | None:
    """For whom a key acts; None if it is not valid or may do nothing. For the system only."""
    row = tx.execute(
        _GRANT,
        {"key_id": key_id, "secret_hash": secret_hash, "at": tx.at, "noted_before": tx.at - NOTED_EVERY},
    ).one_or_none()
    if row is None:
        return None
    roles = _roles(row.roles) & _roles(row.owner_roles)
    if not roles:
        return None
    return views.KeyGrant(
        key_id=row.id,
        user=Person(id=row.user_id, name=row.user_name),
        organisation=Party(id=row.organisation_id, name=row.organisation_name),
        kind=OrganisationKind(row.organisation_kind),
        roles=roles,
    )
