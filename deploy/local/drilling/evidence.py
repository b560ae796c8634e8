"""What the databases say once everything is quiet, read directly and all at once.

The administrator reads, whom row-level security does not bind. Nothing is written: the two questions that a
constraint must answer (may a posting be repeated, does a stranger see rows) are asked in transactions that are
rolled back.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import psycopg2
import psycopg2.errors
import psycopg2.extras

from deploy.local.drilling.calls import Who
from deploy.local.postgres import database_of
from deploy.local.stack import Stack


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of a journal."""

    service: str
    position: int
    event_id: str
    name: str
    aggregate: str
    aggregate_id: str
    sequence: int
    correlation_id: str
    caused: bool
    """Whether it follows from an event and not from a command."""
    published: bool
    live_only: bool
    actor_user: str | None
    actor_organisation: str | None
    status: str | None = None
    digest: str = ""
    """Of the state it announces."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in its owner's database."""

    id: str
    sequence: int
    status: str
    customer_id: str
    supplier_id: str
    initiator_id: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    lines_net: Decimal
    """Sum of its lines."""
    shipped: Decimal
    """Of all lines."""
    issued: Decimal
    """Sum of its goods issues."""


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice in its owner's database."""

    id: str
    sequence: int
    status: str
    order_id: str
    customer_id: str
    supplier_id: str
    currency: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    paid: Decimal
    approval: str | None
    lines_net: Decimal


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment."""

    id: str
    invoice_id: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A line of the ledger."""

    source_type: str
    source_id: str
    invoice_id: str
    account: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Copy:
    """What a subscriber remembers of somebody else's document."""

    id: str
    sequence: int
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What invoicing has counted as approved on its copy of an order."""

    order_id: str
    net: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter."""

    service: str
    queue: str
    body_digest: str
    reason: str


@dataclass
class Evidence:
    """Everything the checker looks at."""

    services: tuple[str, ...] = ()
    facts: list[Fact] = field(default_factory=list)
    inbox: dict[str, list[str]] = field(default_factory=dict)
    """Queue → ids of the events noted there."""
    letters: list[Letter] = field(default_factory=list)
    orders: list[OrderRow] = field(default_factory=list)
    invoices: list[InvoiceRow] = field(default_factory=list)
    payments: list[PaymentRow] = field(default_factory=list)
    ledger: list[EntryRow] = field(default_factory=list)
    copies: dict[str, list[Copy]] = field(default_factory=dict)
    """`invoicing.orders`, `notifications.documents`, …"""
    counted: list[Counted] = field(default_factory=list)
    mails: list[tuple[str, str]] = field(default_factory=list)
    """(event, address)."""
    feed: list[tuple[str, str]] = field(default_factory=list)
    """(event, user)."""
    posting_can_be_repeated: bool = False
    strangers_rows: dict[str, int] = field(default_factory=dict)
    """Table → rows that an organisation without any business sees."""
    moving: list[str] = field(default_factory=list)
    """What had not come to rest in time, or belongs to nothing."""
    restarts: dict[str, int] = field(default_factory=dict)
    """Process → how often it was started again."""
    not_ready: list[str] = field(default_factory=list)

    def facts_of(self, service: str) -> Iterator[Fact]:
        """The journal of one service."""
        return (fact for fact in self.facts if fact.service == service)


_FACTS = """
select position, event_id::text, name, aggregate, aggregate_id::text, sequence, correlation_id,
       causation_id is not null, published_at is not null, live_only, actor_user::text, actor_organisation::text,
       data -> aggregate ->> 'status', coalesce(md5((data -> aggregate)::jsonb::text), '')
from journal order by position
"""
_ORDERS = """
select o.id::text, o.sequence, o.status, o.customer_id::text, o.supplier_id::text, o.initiator_id::text, o.net,
       o.tax, o.gross, l.net, l.shipped, coalesce(g.issued, 0)
from orders o
join (select order_id, sum(net) net, sum(shipped_quantity) shipped from order_lines group by 1) l
  on l.order_id = o.id
left join (select m.order_id, sum((line ->> 'quantity')::numeric) issued
           from goods_movements m, jsonb_array_elements(m.document -> 'lines') line
           where m.kind = 'goods-issue' group by 1) g on g.order_id = o.id
"""
_INVOICES = """
select i.id::text, i.sequence, i.status, i.order_id::text, i.customer_id::text, i.supplier_id::text, i.currency,
       i.net, i.tax, i.gross, i.paid, i.approval, coalesce(l.net, 0)
from invoices i left join (select invoice_id, sum(net) net from invoice_lines group by 1) l on l.invoice_id = i.id
"""
_PAYMENTS = "select id::text, invoice_id::text, amount, currency from payments"
_LEDGER = "select source_type, source_id::text, invoice_id::text, account, amount, currency from ledger"
_COPIES = {
    ("invoicing", "orders"): "select id::text, sequence, md5(document::text) from orders",
    ("invoicing", "partnerships"): "select id::text, sequence, '' from partnerships",
    ("orders", "partnerships"): "select id::text, sequence, '' from partnerships",
    ("notifications", "documents"): "select id::text, sequence, status from documents",
    ("notifications", "partnerships"): "select id::text, sequence, '' from partnerships",
    ("notifications", "organisations"): "select id::text, sequence, '' from organisations",
    ("notifications", "people"): "select id::text, sequence, '' from people",
}
_REPEATED_POSTING = """
insert into ledger select * from ledger
where (source_type, source_id) = (select source_type, source_id from ledger limit 1)
"""
_GUARDED = """
select relname from pg_class where relrowsecurity and relkind = 'r' and relnamespace = 'public'::regnamespace
"""
#: Services whose every row belongs to somebody; of accounts a stranger sees itself, and the directory.
_OWNED = ("orders", "invoicing", "notifications")
#: Where a stranger does find rows, and what makes one a row of somebody else.
_OF_OTHERS = {
    "invoicing.people": "not organisation() = any(organisations)",
    "notifications.organisations": "id <> organisation()",
    "notifications.people": "not organisation() = any(organisations)",
}


def gather(stack: Stack, strangers: Iterable[Who]) -> Evidence:
    """Read everything. The processes are at rest, so that no transaction is needed across databases."""
    found = Evidence(services=stack.services)
    for service in stack.services:
        with _reader(stack, service) as ask:
            found.facts += (Fact(service, *row) for row in ask(_FACTS))
            for queue, event_id in ask("select queue, event_id::text from inbox"):
                found.inbox.setdefault(queue, []).append(event_id)
            found.letters += (
                Letter(service, queue, digest_of(bytes(body)), reason)
                for queue, body, reason in ask("select queue, body, reason from dead_letters")
            )
            for (owner, table), question in _COPIES.items():
                if owner == service:
                    found.copies[f"{service}.{table}"] = [Copy(*row) for row in ask(question)]
            _READERS.get(service, lambda _found, _ask: None)(found, ask)
    for who in strangers:
        for service in _OWNED:
            if service in stack.services:
                _look_as(stack, service, who, found)
    if "invoicing" in stack.services:
        found.posting_can_be_repeated = _posting_can_be_repeated(stack)
    return found


def digest_of(body: bytes) -> str:
    """What a message is known by."""
    return hashlib.sha256(body).hexdigest()


def _of_orders(found: Evidence, ask: Any) -> None:
    found.orders = [OrderRow(*row) for row in ask(_ORDERS)]


def _of_invoicing(found: Evidence, ask: Any) -> None:
    found.invoices = [InvoiceRow(*row) for row in ask(_INVOICES)]
    found.payments = [PaymentRow(*row) for row in ask(_PAYMENTS)]
    found.ledger = [EntryRow(*row) for row in ask(_LEDGER)]
    found.counted = [
        Counted(*row) for row in ask("select id::text, approved_net, approved_gross from orders")
    ]


def _of_notifications(found: Evidence, ask: Any) -> None:
    found.mails = list(ask("select event_id::text, recipient_key from mails"))
    found.feed = list(ask("select event_id::text, user_id::text from feed"))


_READERS: Mapping[str, Any] = {
    "orders": _of_orders,
    "invoicing": _of_invoicing,
    "notifications": _of_notifications,
}


@contextmanager
def _reader(stack: Stack, service: str) -> Iterator[Any]:
    with closing(stack.postgres.admin_connection(database_of(service))) as connection:
        connection.set_session(readonly=True, autocommit=True)

        def ask(question: str) -> list[Any]:
            with connection.cursor() as cursor:
                cursor.execute(question)
                return cursor.fetchall()

        yield ask


def _posting_can_be_repeated(stack: Stack) -> bool:
    with closing(stack.postgres.admin_connection(database_of("invoicing"))) as connection:
        connection.autocommit = False
        with connection.cursor() as cursor:
            try:
                cursor.execute(_REPEATED_POSTING)
            except psycopg2.errors.UniqueViolation:
                return False
            finally:
                repeated = cursor.rowcount
                connection.rollback()
    return repeated > 0


def _look_as(stack: Stack, service: str, who: Who, found: Evidence) -> None:
    """What the service's own role sees when it works for this stranger."""
    url = stack.postgres.url(service).replace("postgresql+psycopg2://", "postgresql://")
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        organisation, user = str(who.actor.organisation_id), str(who.actor.user_id)
        cursor.execute("select enter('party', %s, %s, %s::uuid, null)", (organisation, user, organisation))
        cursor.execute(_GUARDED)
        for (table,) in cursor.fetchall():
            place = f"{service}.{table}"
            others = _OF_OTHERS.get(place, "true")
            cursor.execute(f'select count(*) from "{table}" where {others}')  # noqa: S608 - out of the catalogue
            row = cursor.fetchone()
            found.strangers_rows[place] = found.strangers_rows.get(place, 0) + (row[0] if row else 0)
        connection.rollback()
