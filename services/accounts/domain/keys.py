"""API keys: with them a program acts for an organisation, in the name of the user who made them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.accounts.domain.organisations import ADMINISTRATOR_OF
from services.chassis.aggregate import Aggregate
from services.chassis.errors import Fault, Invalid, NotFound, Refused
from services.contracts.accounts import events, views
from services.contracts.actors import Actor, Role
from services.contracts.parties import Person


class MoreThanOwnRoles(Refused):
    """A key may do no more than the user who makes it."""


class AlreadyRevoked(Refused):
    """The key has been revoked."""


@dataclass(kw_only=True)
class ApiKey(Aggregate):
    """A key. Its secret is told once and kept as a hash."""

    noun: ClassVar[str] = "key"

    id: UUID
    organisation_id: UUID
    name: str
    roles: frozenset[Role]
    owner: Person
    created_at: datetime
    secret_hash: bytes
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def __post_init__(self) -> None:
        super().__post_init__()

    @classmethod
    def create(
        cls,
        *,
        id: UUID,
        name: str,
        roles: frozenset[Role],
        owner: Actor,
        secret_hash: bytes,
        expires_at: datetime | None,
        at: datetime,
    ) -> "ApiKey":
        """A key for the organisation the owner acts for, with some of the owner's roles."""
        missing = sorted(role.value for role in roles - owner.roles)
        if missing:
            raise MoreThanOwnRoles(
                f"You do not have the role {', '.join(missing)} yourself. "
                "Somebody who has it can create the key."
            )
        if expires_at is not None and expires_at <= at:
            sentence = "The end of the key must lie in the future."
            raise Invalid(sentence, [Fault("/expires_at", sentence)])
        made = cls(
            id=id,
            organisation_id=owner.organisation_id,
            name=name,
            roles=roles,
            owner=Person(id=owner.user_id, name=owner.user_name),
            created_at=at,
            secret_hash=secret_hash,
            expires_at=expires_at,
        )
        made.record(events.ApiKeyCreated)
        return made

    def revoke(self, *, by: Actor, at: datetime) -> None:
        """End the key: the owner may, and an administrator of the organisation."""
        if by.user_id != self.owner.id and not administers(by):
            raise NotFound(f"There is no key {self.id} here.")
        if self.revoked_at is not None:
            raise AlreadyRevoked(f"The key «{self.name}» was revoked already.")
        self.revoked_at = at
        self.record(events.ApiKeyRevoked)

    def view(self) -> views.ApiKey:
        """The key without its secret."""
        return views.ApiKey(
            id=self.id,
            sequence=self.sequence,
            organisation_id=self.organisation_id,
            name=self.name,
            roles=self.roles,
            owner=self.owner,
            created_at=self.created_at,
            expires_at=self.expires_at,
            last_used_at=self.last_used_at,
            revoked_at=self.revoked_at,
        )


def administers(actor: Actor) -> bool:
    """Whether the actor administers the organisation they act for."""
    return ADMINISTRATOR_OF[actor.kind] in actor.roles
