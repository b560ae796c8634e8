"""What tests of a service use: call it, feed it events, read what it announced. Everything is real but the bus."""

import json
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from services.chassis import envelope, wire
from services.chassis.database import Database
from services.chassis.delivery import Delivery, Done, Outcome
from services.chassis.envelope import Outgoing
from services.chassis.errors import CounterpartError
from services.chassis.ids import new_id
from services.chassis.journal import journal
from services.contracts.actors import Actor, OrganisationKind, Role
from services.contracts.shapes import Command, Event, Query, event_type, operation

T = TypeVar("T")

#: With what the harness keys the hashes of requests.
SECRET_KEY = "a secret key that only tests know, of more than 32 characters"


class RefusedCall(CounterpartError):
    """A refusal as the gateway sees it: `code`, `status`, `detail`, `faults`, and `soon`: to be asked again."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem["detail"])
        self.code = problem["code"]  # type: ignore[misc]
        self.status = problem["status"]  # type: ignore[misc]
        self.problem_faults = problem["faults"]
        self.soon = problem.get("soon", False)


def an_actor(
    role: Role = Role.INITIATOR,
    *more: Role,
    organisation_id: UUID | None = None,
    user_id: UUID | None = None,
    name: str = "Anna Buyer",
    organisation_name: str = "Some Organisation",
) -> Actor:
    """A person with these roles; a fresh one of a fresh organisation unless told otherwise."""
    kind = OrganisationKind.CUSTOMER
    if role.value.startswith("supplier-") and role is not Role.SUPPLIER_MANAGER:
        kind = OrganisationKind.SUPPLIER
    if role.value.startswith("operator-"):
        kind = OrganisationKind.OPERATOR
    return Actor(
        user_id=user_id or new_id(),
        user_name=name,
        organisation_id=organisation_id or new_id(),
        organisation_name=organisation_name,
        kind=kind,
        roles=frozenset({role, *more}),
    )


class ServiceHarness:
    """A service class on a real database, called in process through everything but the broker."""

    def __init__(self, service: type, database_url: str) -> None:
        self.database = Database(
            database_url,
            stores=service.stores,  # type: ignore[attr-defined]
            pool_size=10,
            secret_key=SECRET_KEY,
        )
        self.service = service()
        self.service.database = self.database
        self._subscriptions = {
            method.consumes: method
            for method in (getattr(service, name) for name in dir(service))
            if hasattr(method, "consumes")
        }

    def call(
        self,
        wish: Command | Query,
        actor: Actor | None = None,
        *,
        command_id: str | None = None,
        expected: int | None = None,
    ) -> Any:
        """Call the service as the gateway would; raises RefusedCall."""
        declared = operation(type(wish))
        request = {
            "actor": None if actor is None else wire.encode(actor),
            "command_id": command_id,
            "expected": expected,
            "correlation_id": "test",
            "payload": json.loads(wire.dumps(wish)),
        }
        reply = json.loads(getattr(self.service, declared.name)(request))
        if "refused" in reply:
            raise RefusedCall(reply["refused"])
        return wire.decode(declared.answers, reply["ok"])

    def deliver(
        self, event: Event, *, sequence: int = 1, subject: UUID | None = None, **more: Any
    ) -> Outcome:
        """Feed an event as if it had come from the broker; answers what would happen to the message."""
        [outcome] = self.deliver_all(
            [self.delivery(event, sequence=sequence, subject=subject, **more)], type(event)
        )
        return outcome

    def delivery(
        self,
        event: Event,
        *,
        sequence: int = 1,
        subject: UUID | None = None,
        event_id: UUID | None = None,
        actor: Actor | None = None,
        time: datetime | None = None,
        aggregate: str = "thing",
        attempt: int = 0,
    ) -> Delivery:
        """An event as a message."""
        declared = event_type(event)
        body = envelope.dump(
            Outgoing(
                id=event_id or new_id(),
                type=declared,
                aggregate=aggregate,
                subject=subject or new_id(),
                sequence=sequence,
                time=time or datetime.now(UTC),
                correlation_id="test",
                causation_id=None,
                actor_user=actor.user_id if actor else None,
                actor_organisation=actor.organisation_id if actor else None,
                participants=event.participants(),
                data=wire.dumps(event),
            )
        )
        queue = f"{self.service.name}.{declared.name}"
        return Delivery(body.encode(), envelope.CONTENT_TYPE, attempt, False, queue)

    def deliver_all(self, deliveries: list[Delivery], expected: type[Event]) -> list[Outcome]:
        """Feed a group of messages to the handler of `expected`."""
        outcomes: list[Outcome] = self._subscriptions[expected](self.service, deliveries)
        return outcomes

    def must_deliver(self, event: Event, **more: Any) -> None:
        """Feed an event that must be handled."""
        outcome = self.deliver(event, **more)
        assert outcome == Done(), outcome

    def facts(self) -> list[tuple[str, dict[str, Any]]]:
        """Everything the journal holds, oldest first: event names and data."""
        with self.database.transaction() as tx:
            rows = tx.execute(select(journal.c.name, journal.c.data).order_by(journal.c.position))
            return [(row.name, row.data) for row in rows]

    def close(self) -> None:
        """Close the connections."""
        self.database.dispose()
