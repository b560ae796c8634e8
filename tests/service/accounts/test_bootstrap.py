"""The first user of a fresh installation."""

from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from services.accounts import bootstrap
from services.contracts.accounts import commands
from services.contracts.actors import Role
from tests.conftest import Database
from tests.service.accounts.conftest import PASSWORD, SECRET_KEY, Accounts

ARGUMENTS = [
    "--organisation",
    "Counterpart",
    "--country",
    "UA",
    "--name",
    "Iryna",
    "--email",
    "new@cp.example",
]


@pytest.fixture
def empty(fresh_database: Callable[[str], Database], monkeypatch: pytest.MonkeyPatch) -> Database:
    """A migrated database with nothing in it, and the environment that points to it."""
    database = fresh_database("accounts")
    monkeypatch.setenv("COUNTERPART_ACCOUNTS_DATABASE_URL", database.url)
    monkeypatch.setenv("COUNTERPART_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("COUNTERPART_PUBLIC_URL", "https://portal.example")
    monkeypatch.delenv("COUNTERPART_BOOTSTRAP_PASSWORD", raising=False)
    return database


@pytest.fixture
def fresh(accounts: Accounts, empty: Database) -> Accounts:
    """The service on the empty database."""
    fresh = Accounts(type(accounts.service), empty.url)
    fresh.database.clock = accounts.clock
    return fresh


def test_with_a_password_the_first_user_signs_in_at_once(
    empty: Database, fresh: Accounts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COUNTERPART_BOOTSTRAP_PASSWORD", PASSWORD)

    assert bootstrap.main(ARGUMENTS) == 0

    assert capsys.readouterr().out.startswith("Operator made: ")
    first = fresh.actor("new@cp.example")
    assert first.roles == {Role.OPERATOR_MANAGEMENT, Role.OPERATOR_SUPPORT}
    fresh.close()


def test_without_one_a_link_is_printed_again_and_again_until_it_was_used(
    empty: Database, fresh: Accounts, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap.main(ARGUMENTS)
    first = capsys.readouterr().out
    bootstrap.main(ARGUMENTS)
    second = capsys.readouterr().out
    url = urlsplit(second.split()[-1])
    fresh.database.clock = bootstrap.Database(empty.url).clock

    fresh.call(commands.AcceptInvitation(token=url.fragment, password=PASSWORD))
    bootstrap.main(ARGUMENTS)
    third = capsys.readouterr().out

    assert first.split()[-1] == second.split()[-1]
    assert (url.netloc, url.path) == ("portal.example", "/links/invitation")
    assert "Operator there already" in third
    assert "https" not in third
    fresh.close()


def test_a_second_call_changes_nothing(
    empty: Database, fresh: Accounts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COUNTERPART_BOOTSTRAP_PASSWORD", PASSWORD)
    bootstrap.main(ARGUMENTS)
    operator_id = UUID(capsys.readouterr().out.split()[-1])
    before = fresh.facts()

    assert bootstrap.main([*ARGUMENTS, "--organisation", "Another"]) == 0

    assert str(operator_id) in capsys.readouterr().out
    assert fresh.facts() == before
    fresh.close()


def test_a_weak_password_or_a_missing_setting_is_told_in_one_sentence(
    empty: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COUNTERPART_BOOTSTRAP_PASSWORD", "password1")
    assert bootstrap.main(ARGUMENTS) == 1
    assert "tried first" in capsys.readouterr().err

    monkeypatch.delenv("COUNTERPART_ACCOUNTS_DATABASE_URL")
    assert bootstrap.main(ARGUMENTS) == 1
    assert "COUNTERPART_ACCOUNTS_DATABASE_URL is not set" in capsys.readouterr().err
