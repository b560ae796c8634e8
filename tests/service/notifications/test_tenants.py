"""Nobody finds what is not theirs: every operation, asked by a foreign organisation with the right ids."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from services.chassis.database import Call
from services.chassis.testing import RefusedCall
from services.contracts.actors import Actor
from services.contracts.notifications import commands
from services.contracts.notifications.kinds import DocumentKind
from services.contracts.orders.events import OrderSubmitted
from services.contracts.shapes import operation
from services.notifications import tables
from tests.service.notifications.conftest import Trade
from tests.unit.notifications.builders import NOON

ORDER = DocumentKind.ORDER
FILE = {"name": "a.pdf", "media_type": "application/pdf", "size": 1, "sha256": "0" * 64}

#: Operations on one thing: with the right id, and with an id of nothing.
ON_ONE_THING: dict[str, Any] = {
    "post_comment": lambda found: commands.PostComment(
        document_kind=ORDER, document_id=found["document"], text="hello"
    ),
    "record_phone_agreement": lambda found: commands.RecordPhoneAgreement(
        document_kind=ORDER, document_id=found["document"], text="yes", agreed_with="Anna", agreed_at=NOON
    ),
    "list_comments": lambda found: commands.ListComments(document_kind=ORDER, document_id=found["document"]),
    "attach_file": lambda found: commands.AttachFile(
        document_kind=ORDER, document_id=found["document"], **FILE
    ),
    "list_attachments": lambda found: commands.ListAttachments(
        document_kind=ORDER, document_id=found["document"]
    ),
    "get_attachment": lambda found: commands.GetAttachment(attachment_id=found["attachment"]),
    "remove_attachment": lambda found: commands.RemoveAttachment(attachment_id=found["attachment"]),
    "mark_read": lambda found: commands.MarkRead(item_id=found["item"]),
}
#: Operations on what is one's own: a stranger finds nothing.
ON_ONES_OWN: dict[str, Any] = {
    "list_feed": commands.ListFeed(),
    "count_unread": commands.CountUnread(),
    "mark_all_read": commands.MarkAllRead(up_to=NOON),
    "list_failed_deliveries": commands.ListFailedDeliveries(),
}


@pytest.fixture
def found(trade: Trade) -> dict[str, Any]:
    """Something of every kind, and its ids."""
    order = trade.order()
    trade.service.must_deliver(OrderSubmitted(order=order), actor=trade.initiator, time=NOON)
    wish = commands.AttachFile(document_kind=ORDER, document_id=order.id, **FILE)
    attachment = trade.service.call(wish, trade.initiator)
    said = commands.PostComment(document_kind=ORDER, document_id=order.id, text="When?")
    trade.service.call(said, trade.initiator)
    (item,) = trade.service.call(commands.ListFeed(), trade.seller).items
    return {"document": order.id, "attachment": attachment.id, "item": item.id}


def everything(trade: Trade) -> list[Any]:
    return [trade.rows(table) for table in tables.metadata.sorted_tables]


def strangers(trade: Trade) -> list[Actor]:
    return [trade.foreign_buyer, trade.foreign_seller]


def test_every_operation_of_the_service_is_asked_here() -> None:
    asked = set(ON_ONE_THING) | set(ON_ONES_OWN) | {"find_unused_files"}  # the file store's, without an actor

    declared = {operation(wish).name for wish in vars(commands).values() if hasattr(wish, "__operation__")}

    assert asked == declared


@pytest.mark.parametrize("name", ON_ONE_THING)
def test_a_stranger_with_the_right_id_hears_the_same_as_with_an_id_of_nothing(
    trade: Trade, found: dict[str, Any], name: str
) -> None:
    before = everything(trade)
    nothing = dict.fromkeys(found, uuid4())

    for stranger in strangers(trade):
        told = []
        for ids in (found, nothing):
            with pytest.raises(RefusedCall) as refusal:
                trade.service.call(ON_ONE_THING[name](ids), stranger)
            told.append((refusal.value.status, refusal.value.code, len(refusal.value.detail)))
        assert told[0] == told[1]
        assert told[0][:2] == (404, "not-found")

    assert everything(trade) == before


@pytest.mark.parametrize("name", ON_ONES_OWN)
def test_a_stranger_finds_nothing_of_others_and_changes_nothing(
    trade: Trade, found: dict[str, Any], name: str
) -> None:
    before = everything(trade)

    for stranger in strangers(trade):
        answer = trade.service.call(ON_ONES_OWN[name], stranger)
        assert getattr(answer, "items", ()) == ()
        assert getattr(answer, "unread", 0) == 0

    assert everything(trade) == before


def test_the_database_itself_shows_a_stranger_no_row_and_takes_none_away(
    trade: Trade, found: dict[str, Any]
) -> None:
    own = {trade.stranger.id, trade.fritz.id}
    before = everything(trade)

    with trade.service.database.transaction(Call(actor=trade.foreign_seller)) as tx:
        for table in tables.metadata.sorted_tables:
            seen = {row.id for row in tx.execute(select(table.c.id))}
            assert seen <= own, table.name
            assert tx.execute(table.update().values(id=table.c.id)).rowcount == 0, table.name

    assert everything(trade) == before


def test_no_table_of_the_service_is_without_row_level_security(trade: Trade) -> None:
    with trade.service.database.transaction() as tx:
        unprotected = tx.execute(
            text(
                "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
                " and relname = any(:names) and not (relrowsecurity and relforcerowsecurity)"
            ),
            {"names": list(tables.metadata.tables)},
        ).scalars()
        assert list(unprotected) == []


def test_the_tables_in_code_are_the_tables_of_the_migrations(trade: Trade) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from services.chassis.journal import metadata as chassis

    with trade.service.database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": lambda _object, name, kind, *_: (
                    kind != "table" or (name not in chassis.tables and name != "alembic_version")
                )
            },
        )
        differences = compare_metadata(context, tables.metadata)

    assert differences == []
