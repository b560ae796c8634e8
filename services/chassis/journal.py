"""The tables every service has besides its own: journal, inbox, commands, dead letters.

The journal is outbox, audit trail and replay log at once: a fact is written in the transaction that made
it true, the relay publishes it from here, and the history of a document is read from here. It is
append-only; the application's role may set `published_at` and nothing else.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

metadata = MetaData()

journal = Table(
    "journal",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", UUID(as_uuid=True), nullable=False),
    Column("name", Text, nullable=False),
    Column("version", SmallInteger, nullable=False),
    Column("aggregate", Text, nullable=False),
    Column("aggregate_id", UUID(as_uuid=True), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("actor_user", UUID(as_uuid=True)),
    Column("actor_organisation", UUID(as_uuid=True)),
    Column("correlation_id", Text, nullable=False),
    Column("causation_id", UUID(as_uuid=True)),
    Column("participants", ARRAY(UUID(as_uuid=True)), nullable=False),
    Column("live_only", Boolean, nullable=False),
    Column("data", JSON, nullable=False),
    Column("published_at", DateTime(timezone=True)),
    # As it was then: a history is read long after somebody has left, and by the other side.
    Column("actor_name", Text),
    # One fact for each place in a document's history: two writers can never both have it.
    Index("journal_history", "aggregate_id", "sequence", "aggregate", unique=True),
    Index("journal_unpublished", "position", postgresql_where=text("published_at is null")),
)

inbox = Table(
    "inbox",
    metadata,
    Column("queue", Text, primary_key=True),
    Column("event_id", UUID(as_uuid=True), primary_key=True),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)

commands = Table(
    "commands",
    metadata,
    Column("organisation_id", UUID(as_uuid=True), primary_key=True),
    Column("command_id", Text, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("answer", Text),
    Column("done_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("queue", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("handler", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("trace_id", Text, nullable=False),
    Column("content_type", Text),
    Column("headers", JSONB, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("died_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("settled_at", DateTime(timezone=True)),
    Column("settled_by", Text),
    Index("dead_letters_waiting", "died_at", postgresql_where=text("state = 'waiting'")),
)

CHANNEL = "journal"

# `enter` begins the work of a transaction in one round trip: it sets whose rows may be seen for the length
# of the transaction, and finds the answer of a command that was already carried out.
FUNCTIONS = """
create function organisation() returns uuid language sql stable
    as $$ select nullif(current_setting('app.organisation', true), '')::uuid $$;
create function acting_user() returns uuid language sql stable
    as $$ select nullif(current_setting('app.user', true), '')::uuid $$;
create function scope() returns text language sql stable
    as $$ select coalesce(current_setting('app.scope', true), '') $$;
create function enter(
    in_scope text, in_organisation text, in_user text, in_key_owner uuid, in_command_id text,
    out request_hash bytea, out answer text
) language plpgsql as $$
begin
    perform set_config('app.scope', in_scope, true),
            set_config('app.organisation', in_organisation, true),
            set_config('app.user', in_user, true);
    if in_command_id is not null then
        -- The same command again while the first is at work: it waits, so that it gets the first one's answer
        -- and not a refusal for what the first has just done.
        perform pg_advisory_xact_lock(hashtextextended(in_key_owner::text || in_command_id, 7021));
        select c.request_hash, c.answer into request_hash, answer
        from commands c where c.organisation_id = in_key_owner and c.command_id = in_command_id;
    end if;
end $$;
create function wake_relay() returns trigger language plpgsql
    as $$ begin perform pg_notify('journal', ''); return null; end $$;
create trigger journal_wakes_relay after insert on journal
    for each statement execute function wake_relay();
"""
