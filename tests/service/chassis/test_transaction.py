"""The transaction: effect, memory of the command, inbox and journal commit together, and tenants stay apart.

The orders service is the example; what is shown here holds for every service.
"""

import hmac
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from services.chassis import wire
from services.chassis.database import Call
from services.chassis.delivery import DeadLetter, Done, Retry
from services.chassis.ids import new_id
from services.chassis.journal import commands as carried_out
from services.chassis.journal import inbox, journal
from services.chassis.testing import SECRET_KEY, RefusedCall, ServiceHarness, an_actor
from services.contracts.accounts.events import PartnershipChanged
from services.contracts.accounts.views import Partnership, ToleranceBase
from services.contracts.actors import Role
from services.contracts.orders import commands
from services.contracts.parties import Party
from services.orders.service import OrdersService
from services.orders.tables import orders as orders_table
from services.orders.tables import partnerships

BUYER = an_actor(Role.INITIATOR)
SELLER = an_actor(Role.SUPPLIER_USER)


@pytest.fixture
def orders(fresh_database: Any) -> Iterator[ServiceHarness]:
    harness = ServiceHarness(OrdersService, fresh_database("orders").url)
    yield harness
    harness.close()


def a_partnership(**changes: Any) -> PartnershipChanged:
    partnership = Partnership(
        id=new_id(),
        sequence=1,
        customer=Party(id=BUYER.organisation_id, name="Buyer"),
        supplier=Party(id=SELLER.organisation_id, name="Seller"),
        enabled=True,
        tolerance_rate=Decimal(5),
        tolerance_base=ToleranceBase.NET,
        currency="EUR",
        lead_time_days=0,
        minimum_order=Decimal(0),
        payment_days=30,
        customer_contact=None,
        since=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return PartnershipChanged(partnership=replace(partnership, **changes))


def a_draft(**changes: Any) -> commands.DraftOrder:
    line = commands.DraftLine(
        item_number="A",
        quantity=Decimal(1),
        description="A",
        unit="C62",
        unit_price=Decimal(10),
        tax_rate=Decimal(0),
    )
    return replace(commands.DraftOrder(supplier_id=SELLER.organisation_id, lines=(line,)), **changes)


def count(orders: ServiceHarness, table: Any) -> int:
    with orders.database.transaction() as tx:
        return len(tx.execute(select(table)).all())


def partnership_id(orders: ServiceHarness) -> Any:
    with orders.database.transaction() as tx:
        return tx.execute(select(partnerships.c.id)).scalar_one()


def test_many_repetitions_of_one_command_at_once_have_one_effect_and_one_answer(
    orders: ServiceHarness,
) -> None:
    orders.must_deliver(a_partnership())
    together = threading.Barrier(8)

    def repeat(_: int) -> Any:
        together.wait(10)
        return orders.call(a_draft(), BUYER, command_id="the same")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(repeat, range(48)))

    assert len(set(answers)) == 1
    assert count(orders, orders_table) == 1
    assert [name for name, _ in orders.facts()] == ["order-drafted"]


def test_what_is_kept_of_a_request_cannot_be_guessed_at_without_the_secret_key(
    orders: ServiceHarness,
) -> None:
    orders.must_deliver(a_partnership())
    wish = a_draft()
    orders.call(wish, BUYER, command_id="k")
    text = "draft_order\n" + json.dumps(json.loads(wire.dumps(wish)), sort_keys=True)

    with orders.database.transaction() as tx:
        kept = bytes(tx.execute(select(carried_out.c.request_hash)).scalar_one())

    key = hmac.digest(SECRET_KEY.encode(), b"counterpart/request-hash", "sha256")
    assert kept == hmac.digest(key, text.encode(), "sha256")


def test_a_refused_command_leaves_no_row_no_fact_and_no_memory(orders: ServiceHarness) -> None:
    orders.must_deliver(a_partnership(enabled=False))

    with pytest.raises(RefusedCall):
        orders.call(a_draft(submit=True), BUYER, command_id="k")

    assert count(orders, orders_table) == 0
    assert orders.facts() == []
    orders.must_deliver(a_partnership(id=partnership_id(orders)), sequence=2)
    assert orders.call(a_draft(submit=True), BUYER, command_id="k").number.endswith("00001")


def test_an_event_has_one_effect_however_often_it_comes(orders: ServiceHarness) -> None:
    event = orders.delivery(a_partnership(), sequence=1)

    outcomes = orders.deliver_all([event, event], PartnershipChanged)
    outcomes += orders.deliver_all([event], PartnershipChanged)

    assert outcomes == [Done()] * 3
    assert count(orders, inbox) == 1


def test_one_bad_event_in_a_group_holds_up_nobody(orders: ServiceHarness) -> None:
    # Two partnerships of the same two parties: the second breaks a constraint of the replica.
    good = [
        orders.delivery(a_partnership(customer=Party(id=new_id(), name=f"Customer {place}")))
        for place in range(5)
    ]
    first, clash = orders.delivery(a_partnership()), orders.delivery(a_partnership())

    outcomes = orders.deliver_all([*good[:2], first, clash, *good[2:]], PartnershipChanged)

    assert [type(outcome) for outcome in outcomes] == [Done, Done, Done, DeadLetter, Done, Done, Done]
    assert count(orders, partnerships) == 6
    assert count(orders, inbox) == 6


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"specversion":"1.0","type":"other","source":"/counterpart/accounts"}',
        b'{"specversion":"1.0","specversion":"1.0"}',
        b'{"specversion":NaN}',
        b"[" * 100_000,
    ],
    ids=["empty", "not text", "a list", "no attributes", "another type", "a name twice", "no number", "deep"],
)
def test_what_cannot_be_read_is_a_dead_letter_with_a_reason(orders: ServiceHarness, body: bytes) -> None:
    delivery = replace(orders.delivery(a_partnership()), body=body)

    [outcome] = orders.deliver_all([delivery], PartnershipChanged)

    assert isinstance(outcome, DeadLetter)
    assert outcome.reason


def test_an_event_is_put_off_while_the_database_is_away_and_done_when_it_is_back(
    orders: ServiceHarness, postgres: Any
) -> None:
    event = orders.delivery(a_partnership(), attempt=2)
    postgres.stop()
    try:
        [put_off] = orders.deliver_all([event], PartnershipChanged)
    finally:
        postgres.start()

    assert isinstance(put_off, Retry)
    assert put_off.after_attempt == 1, "an outage must not use up the attempts of an event"
    [done] = orders.deliver_all([event], PartnershipChanged)
    assert done == Done()


def test_a_call_survives_connections_that_the_server_has_ended(orders: ServiceHarness, postgres: Any) -> None:
    orders.must_deliver(a_partnership())
    orders.call(a_draft(), BUYER)
    postgres.stop()
    postgres.start()

    assert orders.call(a_draft(), BUYER).number.endswith("00002")


@pytest.mark.requirement("S-208")
@pytest.mark.requirement("S-234")
def test_a_statement_without_any_filter_shows_only_what_the_actor_may_see(orders: ServiceHarness) -> None:
    orders.must_deliver(a_partnership())
    orders.call(a_draft(submit=True), BUYER)
    orders.call(a_draft(), BUYER)

    def rows_of(actor: Any) -> list[int]:
        with orders.database.transaction(Call(actor=actor)) as tx:
            return [
                len(tx.execute(text(f"select 1 from {table}")).all())
                for table in ("orders", "order_lines", "journal", "partnerships")
            ]

    assert rows_of(BUYER) == [2, 2, 2, 1]
    assert rows_of(SELLER) == [1, 1, 1, 1]
    assert rows_of(an_actor(Role.INITIATOR)) == [0, 0, 0, 0]
    assert rows_of(an_actor(Role.SUPPLIER_ADMIN)) == [0, 0, 0, 0]


def test_a_connection_keeps_nothing_of_the_last_actor(orders: ServiceHarness) -> None:
    orders.must_deliver(a_partnership())
    orders.call(a_draft(), BUYER)

    with orders.database.engine.connect() as connection:
        assert connection.execute(text("select count(*) from orders")).scalar_one() == 0


def test_the_application_can_neither_change_nor_delete_a_fact(orders: ServiceHarness) -> None:
    orders.must_deliver(a_partnership())
    orders.call(a_draft(), BUYER)

    for statement in ("update journal set data = '{}'", "delete from journal", "truncate journal"):
        with pytest.raises(ProgrammingError, match="permission denied"), orders.database.transaction() as tx:
            tx.execute(text(statement))

    assert [name for name, _ in orders.facts()] == ["order-drafted"]


def test_facts_carry_who_did_it_and_what_request_it_began_with(orders: ServiceHarness) -> None:
    orders.must_deliver(a_partnership())
    orders.call(a_draft(), BUYER)

    with orders.database.transaction() as tx:
        row = tx.execute(select(journal)).one()
    assert (row.actor_user, row.actor_organisation) == (BUYER.user_id, BUYER.organisation_id)
    assert (row.correlation_id, row.sequence, row.aggregate) == ("test", 1, "order")
