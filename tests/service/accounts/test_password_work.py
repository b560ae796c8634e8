"""What a guess costs: the same for a known and an unknown name, always at today's price (ASVS 5.0 V6.3.8)."""

import statistics
import threading
from time import process_time
from typing import Any

import eventlet
import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from services.accounts.passwords import Passwords
from services.accounts.tables import credentials
from services.chassis.amqp.offload import offload
from services.contracts.accounts import commands
from services.contracts.actors import Actor
from tests.service.accounts.conftest import PASSWORD, Accounts

REAL = Passwords()


@pytest.fixture
def passwords() -> Passwords:
    """As in earnest."""
    return REAL


def a_guess(number: int, *, known: bool) -> commands.SignIn:
    name = "olha@dnipro.example" if known else f"nobody{number}@example.com"
    return commands.SignIn(name=name, password="a wrong guess", address=f"192.0.2.{number}")


def test_an_unknown_name_takes_as_much_work_as_a_wrong_password(accounts: Accounts, supplier: Actor) -> None:
    # Interleaved, and in time of this process alone, so that whatever else the machine does falls on neither;
    # compared with what the hash costs, which is what an early answer would save.
    work: dict[str, list[float]] = {"known": [], "unknown": [], "hash": []}

    for number in range(15):
        for kind in ("known", "unknown"):
            accounts.clock.wait(hours=25)
            began = process_time()
            accounts.refused(a_guess(number, known=kind == "known"))
            work[kind].append(process_time() - began)
        began = process_time()
        REAL.matches(None, "a wrong guess")
        work["hash"].append(process_time() - began)

    known, unknown, hashing = (statistics.median(work[kind]) for kind in ("known", "unknown", "hash"))
    assert min(known, unknown) > hashing / 2
    assert abs(known - unknown) < hashing / 2


def test_an_unknown_name_asks_the_database_the_same_as_a_wrong_password(
    accounts: Accounts, supplier: Actor
) -> None:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(accounts.database.engine, "before_cursor_execute", note)

    accounts.refused(a_guess(1, known=True))
    for_the_known = asked.copy()
    asked.clear()
    accounts.refused(a_guess(2, known=False))

    assert asked == for_the_known
    assert asked


def test_a_hash_with_yesterdays_parameters_is_made_again_at_the_next_sign_in(
    accounts: Accounts, supplier: Actor
) -> None:
    old = Passwords(hasher=PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1))
    with accounts.database.transaction() as tx:
        tx.execute(credentials.update().values(password_hash=old.hash(PASSWORD)))

    accounts.sign_in("olha@dnipro.example")

    with accounts.database.transaction() as tx:
        wanted = select(credentials.c.password_hash).where(credentials.c.user_id == supplier.user_id)
        assert "m=19456,t=2,p=1" in tx.execute(wanted).scalar_one()


def test_while_work_is_offloaded_the_other_greenlets_go_on() -> None:
    done_by_another = threading.Event()
    eventlet.spawn(done_by_another.set)

    # The work waits for what only another greenlet does: a hub that stood still would keep it waiting.
    assert offload(done_by_another.wait, 30)


def test_work_that_is_offloaded_comes_back_with_its_result_and_its_error() -> None:
    stored = Passwords(offload).hash(PASSWORD)

    assert Passwords(offload).matches(stored, PASSWORD)
    with pytest.raises(ZeroDivisionError):
        offload(lambda: 1 // 0)


def test_a_database_error_shows_no_hash_and_no_name(accounts: Accounts, supplier: Actor) -> None:
    wish = credentials.insert()
    row = {"user_id": supplier.user_id, "password_hash": "a secret hash", "must_change": False}

    with pytest.raises(IntegrityError) as error, accounts.database.transaction() as tx:
        tx.execute(wish, [row | {"changed_at": accounts.clock.now}])

    assert "INSERT INTO credentials" in str(error.value)
    assert "a secret hash" not in str(error.value)
