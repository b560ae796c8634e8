"""The transaction: business rows, inbox and journal commit together, or none of them does.

`Database.transaction` opens one for an actor (a command, a query) or for the system (an event). It sets
whose rows may be seen (row-level security reads it), hands out documents for change, and at the end writes
what changed and the facts it recorded. Nobody else talks to the database or to the journal.
"""

import dataclasses
import hmac
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol, TypeVar
from uuid import UUID

import orjson
import psycopg2
import psycopg2.errors
import psycopg2.extensions
import psycopg2.extras
from psycopg2 import errorcodes
from sqlalchemy import Connection, Engine, Executable, Row, Table, create_engine
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from services.chassis import logs, statements, wire
from services.chassis.aggregate import Aggregate, Fact
from services.chassis.envelope import Incoming
from services.chassis.errors import CounterpartError, KeyReused, Later, NotFound, Stale, Unauthenticated
from services.chassis.ids import new_id
from services.chassis.statements import Prepared
from services.contracts.actors import Actor, OrganisationKind
from services.contracts.shapes import Event, event_type

log = logs.logger(__name__)

A = TypeVar("A", bound=Aggregate)

NOBODY = UUID(int=0)


class Store(Protocol[A]):
    """How one kind of document is read and written: explicit statements, one per table."""

    def load(self, tx: "Transaction", id: UUID, *, lock: bool) -> A | None:
        """The document, with its row locked for change if asked; None when it is not there for this actor."""

    def insert(self, tx: "Transaction", aggregate: A) -> None:
        """Write a new document."""

    def update(self, tx: "Transaction", aggregate: A, loaded_sequence: int) -> int:
        """Write a changed document `where sequence = loaded_sequence`; answers how many rows that were."""


class Transient(Exception):
    """The database could not do it this time (connection lost, deadlock, serialisation); try again."""


class AlreadyDone(Exception):
    """The same command committed while this one was at work; ask again and get its answer."""


_TRANSIENT_CODES = {
    errorcodes.SERIALIZATION_FAILURE,
    errorcodes.DEADLOCK_DETECTED,
    errorcodes.ADMIN_SHUTDOWN,
    errorcodes.CRASH_SHUTDOWN,
    errorcodes.CANNOT_CONNECT_NOW,
    errorcodes.TOO_MANY_CONNECTIONS,
    errorcodes.IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
}
_BUSY_CODES = {errorcodes.LOCK_NOT_AVAILABLE, errorcodes.QUERY_CANCELED}


@dataclass(frozen=True)
class Call:
    """What a transaction is for: the actor and the identity of the command, or the system."""

    actor: Actor | None = None
    correlation_id: str = ""
    command_id: str | None = None
    request_hash: bytes = b""
    expected: int | None = None

    @property
    def key_owner(self) -> UUID:
        """Whose command ids these are: two organisations may use the same one."""
        return self.actor.organisation_id if self.actor else NOBODY


class Transaction:
    """One unit of work. Everything in it commits together when the block that opened it ends."""

    def __init__(self, connection: Connection, stores: Mapping[type, Any], call: Call, at: datetime) -> None:
        self._connection = connection
        self._stores = stores
        self._call = call
        self._loaded: dict[UUID, tuple[Any, int | None]] = {}
        self._announced: list[str] = []
        self._told: list[tuple[Any, str]] = []
        self._expected_violations: dict[str, CounterpartError] = {}
        self._writes: list[tuple[Prepared, tuple[Any, ...]]] = []
        self._cause: Incoming[Any] | None = None
        self._expected_checked = False
        self.keeps_when_refused = False
        self.at = at

    # ------------------------------------------------------------------------------------------- who

    @property
    def maybe_actor(self) -> Actor | None:
        """Who asks; None when the system works on an event or nobody has signed in."""
        return self._call.actor

    @property
    def actor(self) -> Actor:
        """Who asks."""
        if self._call.actor is None:
            raise Unauthenticated("Sign in first.")
        return self._call.actor

    @property
    def correlation_id(self) -> str:
        """The request that all of this began with."""
        return self._cause.correlation_id if self._cause else self._call.correlation_id

    def keep_when_refused(self) -> None:
        """Commit what was done so far even if the call is refused from here on: a failed attempt must count."""
        self.keeps_when_refused = True

    def new_id(self) -> UUID:
        """A fresh identifier."""
        return new_id()

    # ------------------------------------------------------------------------------------- statements

    def execute(self, statement: Executable | Prepared, parameters: Any = None) -> CursorResult[Any]:
        """Run one explicit statement."""
        self._write_all()
        if isinstance(statement, Prepared):
            call = statement.on(self._connection)
            return self._connection.exec_driver_sql(call, statement.values(parameters))
        return self._connection.execute(statement, parameters)

    def write(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert `rows` with the next statement or flush, in one round trip with whatever else is to be written."""
        self._later(statements.insert_records(table.name, tuple(rows[0])), _records(rows))

    def overwrite(self, table: Table, row: Mapping[str, Any], id: UUID, sequence: int) -> int:
        """Write `row` over the one with this id, if that still has this sequence; how many rows that were."""
        statement = statements.update_record(table.name, tuple(row))
        count: int = self.execute(
            statement, {"row": _record(dict(row)), "id": id, "sequence": sequence}
        ).rowcount
        return count

    def also(self, statement: Prepared, parameters: Mapping[str, Any]) -> None:
        """Run a statement that answers nothing with the next one or the commit, in one round trip."""
        self._later(statement, *statement.values(parameters))

    def upsert_newer(
        self, table: Table, rows: Sequence[Mapping[str, Any]], key: str | tuple[str, ...] = "id"
    ) -> None:
        """Insert `rows`; where a row is there already, replace it only by one with a higher `sequence`.

        Written with the next statement or flush, as by `write`.
        """
        keys = (key,) if isinstance(key, str) else key
        newest: dict[tuple[Any, ...], Mapping[str, Any]] = {}
        for row in rows:
            identity = tuple(row[name] for name in keys)
            if identity not in newest or newest[identity]["sequence"] < row["sequence"]:
                newest[identity] = row
        if not newest:
            return
        # In the order of the key, so that two groups never lock the same rows the other way round.
        ordered = [newest[identity] for identity in sorted(newest)]
        self._later(statements.upsert_newer(table.name, tuple(ordered[0]), keys), _records(ordered))

    def insert_missing(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert those of `rows` that break no unique constraint; the others are there already.

        Written with the next statement or flush, as by `write`.
        """
        if rows:
            self._later(statements.insert_missing(table.name, tuple(rows[0])), _records(rows))

    def _later(self, statement: Prepared, *values: Any) -> None:
        self._writes.append((statement, values))

    def _write_all(self, *then: str) -> None:
        writes, self._writes = self._writes, []
        calls = [*(statement.on(self._connection) for statement, _ in writes), *then]
        if calls:
            # In one message: nothing of it is carried out after the first that fails.
            values = tuple(value for _, values in writes for value in values)
            self._connection.exec_driver_sql(";".join(calls), values)

    # ------------------------------------------------------------------------------- beginning and end

    def begin(self, *whose: Any) -> Row[Any]:
        """The first statement: whose transaction it is, and what is known of its command."""
        return self._connection.exec_driver_sql(f"begin;{_ENTER.on(self._connection)}", whose).one()

    def commit(self) -> None:
        """Write what is left, and make all of it true."""
        self.stage()
        self._write_all("commit")

    def refuse_when_violated(self, constraint: str, refusal: CounterpartError) -> None:
        """What it means when the database refuses a row for this constraint, whenever the row is written."""
        self._expected_violations[constraint] = refusal

    def refusal_of(self, error: IntegrityError) -> CounterpartError | None:
        """What was said about the constraint that is violated, if anything."""
        return self._expected_violations.get(_constraint(error) or "")

    def rollback(self) -> None:
        """Undo everything. A connection on which that fails is not used again."""
        if self._connection.invalidated:
            return
        try:
            self._connection.exec_driver_sql("rollback")
        except DBAPIError as error:
            log.warning("a connection was given up", reason=str(error.orig))
            self._connection.invalidate(error)

    # -------------------------------------------------------------------------------------- documents

    def get(self, kind: type[A], id: UUID) -> A:
        """The document, locked for change. Raises NotFound, and Stale if the caller has read an older one."""
        if id in self._loaded:
            known: A = self._loaded[id][0]
            return known
        found = self._load(kind, id, lock=True)
        self._check_expected(found)
        self._loaded[id] = (found, found.sequence)
        return found

    def peek(self, kind: type[A], id: UUID) -> A:
        """The document, to look at."""
        return self._load(kind, id, lock=False)

    def add(self, aggregate: Aggregate) -> None:
        """Take in a new document."""
        self._loaded[aggregate.id] = (aggregate, None)

    def _load(self, kind: type[A], id: UUID, *, lock: bool) -> A:
        store: Store[A] = self._stores[kind]
        found = store.load(self, id, lock=lock)
        if found is None:
            raise NotFound(f"There is no {kind.noun} {id} here.")
        return found

    def _check_expected(self, found: Aggregate) -> None:
        # `If-Match` speaks of the document that is addressed: the first one a command takes in hand.
        if self._expected_checked or self._call.expected is None:
            return
        self._expected_checked = True
        if found.sequence != self._call.expected:
            raise Stale(
                f"The {found.noun} has changed since you read it (you saw version {self._call.expected}, "
                f"it is now {found.sequence}). Read it again and repeat what you still want."
            )

    # ------------------------------------------------------------------------------------------ facts

    def announce(self, fact: Event, *, aggregate: str, aggregate_id: UUID, sequence: int) -> None:
        """Write a fact into the journal; it is published once the transaction has committed."""
        declared = event_type(fact)
        actor = self._call.actor
        cause = self._cause
        head = {
            "event_id": new_id(),
            "name": declared.name,
            "version": declared.version,
            "aggregate": aggregate,
            "aggregate_id": aggregate_id,
            "sequence": sequence,
            "occurred_at": self.at,
            "actor_user": actor.user_id if actor else None,
            "actor_organisation": actor.organisation_id if actor else None,
            "correlation_id": self.correlation_id,
            "causation_id": cause.id if cause else None,
            "participants": list(fact.participants()),
            "live_only": declared.live_only,
            "actor_name": actor.user_name if actor else None,
        }
        # The fact is JSON text already, and is kept as it is.
        self._announced.append(f'{_record(head)[:-1]},"data":{self._told_text(fact)}}}')

    def _told_text(self, fact: Event) -> str:
        members = []
        shape: Any = type(fact)
        for kind in wire.kinds_of(shape):
            value = getattr(fact, kind.name)
            said = wire.dumps(value)
            if dataclasses.is_dataclass(kind.base):
                self._told.append((value, said))
            members.append(f'"{kind.name}":{said}')
        return f"{{{','.join(members)}}}"

    def text_of(self, answer: Any) -> str:
        """The answer as JSON text. Mostly a fact has told the same state just now, and it is not made twice."""
        for told, said in self._told:
            if type(told) is type(answer) and told == answer:
                return said
        return wire.dumps(answer)

    def _save(self) -> None:
        for aggregate, loaded_sequence in self._loaded.values():
            if not aggregate.facts:
                continue
            store: Store[Any] = self._stores[type(aggregate)]
            if loaded_sequence is None:
                store.insert(self, aggregate)
            elif store.update(self, aggregate, loaded_sequence) == 0:
                raise Transient(f"the {aggregate.noun} {aggregate.id} changed under us")
            self._announce_all(aggregate, aggregate.facts)
            aggregate.facts = []

    def _announce_all(self, aggregate: Aggregate, facts: Sequence[Fact]) -> None:
        for fact in facts:
            self.announce(
                fact.event, aggregate=aggregate.noun, aggregate_id=aggregate.id, sequence=fact.sequence
            )

    def stage(self) -> None:
        """Put changed documents and facts in line to be written with the next statement or the commit."""
        self._save()
        if self._announced:
            facts, self._announced = self._announced, []
            self._later(_JOURNAL_INSERT, f"[{','.join(facts)}]")

    def flush(self) -> None:
        """Write changed documents and facts now: for a handler that has an answer to what the database refuses."""
        self.stage()
        self._write_all()

    # ----------------------------------------------------------------------------- inbox and commands

    def first_time(self, queue: str, ids: Sequence[UUID]) -> set[UUID]:
        """Which of these events this queue has not seen before; they are noted as seen."""
        return set(self.execute(_NOTE_AS_SEEN, {"queue": queue, "ids": sorted(set(ids))}).scalars())

    def caused_by(self, cause: Incoming[Any] | None) -> None:
        """Facts recorded from now on were caused by this event."""
        self._cause = cause

    def carried_out(self, answer: str | None) -> None:
        """Remember the answer of this command, so that a repetition gets it."""
        if self._call.command_id is None:
            return
        call = self._call
        self._later(_CARRIED_OUT, call.key_owner, call.command_id, call.request_hash, answer)


_ENTER = Prepared(
    "select request_hash, answer from enter($1, $2, $3, $4, $5)",
    ("scope", "organisation", "user", "key_owner", "command_id"),
)
_CARRIED_OUT = Prepared(
    "insert into commands (organisation_id, command_id, request_hash, answer) values ($1, $2, $3, $4)",
    ("organisation_id", "command_id", "request_hash", "answer"),
)
_NOTE_AS_SEEN = Prepared(
    "insert into inbox (queue, event_id) select $1, unnest(cast($2 as uuid[]))"
    " on conflict do nothing returning event_id",
    ("queue", "ids"),
)


def _record(row: Any) -> str:
    # An amount becomes a string, which the cast to the column's type reads to the last digit.
    return orjson.dumps(row, default=str).decode()


def _records(rows: Sequence[Mapping[str, Any]]) -> str:
    return _record([dict(row) for row in rows])


_JOURNAL_COLUMNS = (
    "event_id", "name", "version", "aggregate", "aggregate_id", "sequence", "occurred_at", "actor_user",
    "actor_organisation", "correlation_id", "causation_id", "participants", "live_only", "actor_name",
    "data",
)  # fmt: skip
_JOURNAL_INSERT = statements.insert_records("journal", _JOURNAL_COLUMNS)


_id = lru_cache(maxsize=16_384)(UUID)


def _register_ids() -> None:
    """Ids as UUIDs. Those read are remembered: in a list most are the same few organisations and people."""
    psycopg2.extras.register_uuid()  # type: ignore[no-untyped-call]
    one = psycopg2.extensions.new_type(
        (2950,), "UUID", lambda written, _cursor: None if written is None else _id(written)
    )
    psycopg2.extensions.register_type(one)
    psycopg2.extensions.register_type(psycopg2.extensions.new_array_type((2951,), "UUID[]", one))


class Database:
    """The database of one service: a pool of connections, and the transactions on it."""

    def __init__(
        self,
        url: str,
        *,
        stores: Mapping[type, Any] | None = None,
        pool_size: int = 20,
        secret_key: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        _register_ids()
        self.stores = stores or {}
        self.clock = clock
        self._request_key = None if secret_key is None else _derived(secret_key)
        self.engine: Engine = create_engine(
            url,
            # An error that is logged shows the statement, and never the names and hashes it was run with.
            hide_parameters=True,
            # A transaction begins and ends in the same message as its first and its last statement.
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=5,
            pool_use_lifo=True,
            connect_args={
                "connect_timeout": 5,
                "application_name": "counterpart",
                "options": "-c lock_timeout=3s -c statement_timeout=10s"
                " -c idle_in_transaction_session_timeout=15s -c timezone=UTC",
            },
        )

    @contextmanager
    def transaction(self, call: Call = Call()) -> Iterator[Transaction]:
        """A transaction for `call`; without an actor it is the system's and sees every row."""
        with _told_plainly(), self.engine.connect() as connection:
            tx = Transaction(connection, self.stores, call, self.clock())
            try:
                self._enter(tx, call)
                yield tx
                tx.commit()
            except IntegrityError as error:
                tx.rollback()
                refusal = tx.refusal_of(error)
                if refusal is None:
                    raise
                raise refusal from error
            except BaseException:
                tx.rollback()
                raise

    def _enter(self, tx: Transaction, call: Call) -> None:
        actor = call.actor
        row = tx.begin(
            _scope_of(actor),
            str(actor.organisation_id) if actor else "",
            str(actor.user_id) if actor else "",
            call.key_owner,
            call.command_id,
        )
        if row.request_hash is None:
            return
        if bytes(row.request_hash) != call.request_hash:
            raise KeyReused(
                "This Idempotency-Key was used for another request. Use a fresh key for each new request."
            )
        raise Repeated(row.answer)

    def request_hash(self, operation: str, payload: Any) -> bytes:
        """What tells a repeated request from another one under the same key.

        Keyed (HMAC, RFC 2104): it is kept for weeks, and requests hold passwords that a plain hash would let
        anybody guess at who reads the table or a backup of it.
        """
        if self._request_key is None:
            raise TypeError("commands need a Database that was given the secret key")
        text = f"{operation}\n{json.dumps(payload, sort_keys=True)}"
        return hmac.digest(self._request_key, text.encode(), "sha256")

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _derived(secret_key: str) -> bytes:
    # A key of its own, so that no signature of a link is ever the hash of a request.
    return hmac.digest(secret_key.encode(), b"counterpart/request-hash", "sha256")


class Repeated(Exception):
    """The command was carried out before; `answer` is what it was told then."""

    def __init__(self, answer: str | None) -> None:
        super().__init__("carried out before")
        self.answer = answer


def _scope_of(actor: Actor | None) -> str:
    if actor is None:
        return "system"
    return "operator" if actor.kind is OrganisationKind.OPERATOR else "party"


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Database errors as what they mean to the chassis: transient, busy, repeated, or a defect."""
    try:
        yield
    except IntegrityError as error:
        if _constraint(error) == "commands_pkey":
            raise AlreadyDone from error
        raise
    except DBAPIError as error:
        code = getattr(error.orig, "pgcode", None)
        if code in _BUSY_CODES:
            raise Later(
                "Someone else is working on this at the moment. Try again in a few seconds."
            ) from error
        if error.connection_invalidated or code in _TRANSIENT_CODES or _lost(error.orig):
            raise Transient(str(error.orig)) from error
        raise
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        raise Transient(str(error)) from error
    except PoolExhausted as error:
        raise Later("Too much is being asked at the moment. Try again in a few seconds.") from error


def _lost(error: BaseException | None) -> bool:
    # psycopg2 reports a lost or refused connection without an SQLSTATE.
    return isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError) and error.pgcode is None


def _constraint(error: IntegrityError) -> str | None:
    diagnosis = getattr(error.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None)


def violated(error: IntegrityError) -> str | None:
    """The name of the constraint that refused a row; a service translates it into a refusal."""
    return _constraint(error)
