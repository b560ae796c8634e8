"""The private PostgreSQL: who may do what, and what a crash leaves behind."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from deploy.local.places import free_ports
from deploy.local.postgres import Postgres
from deploy.local.problems import Problem


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    server = Postgres(tmp_path_factory.mktemp("postgres"), *free_ports(1))
    server.start()
    server.create_service_databases(["alpha", "beta"])
    run(
        server.owner_url("alpha"),
        "create table notes (text text); grant insert on notes to counterpart_alpha",
    )
    yield server
    server.stop()


def run(url: str, statement: str) -> list[tuple[object, ...]]:
    connecting = contextlib.closing(psycopg2.connect(url.replace("+psycopg2", "")))
    with connecting as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_the_app_role_reads_and_writes_the_rows_of_the_owners_tables(server: Postgres) -> None:
    run(server.url("alpha"), "insert into notes values ('kept')")

    assert run(server.url("alpha"), "select count(*) > 0 from notes where text = 'kept'") == [(True,)]


@pytest.mark.parametrize(
    "statement",
    ["create table more ()", "drop table notes", "truncate notes", "delete from notes",
     "alter table notes disable row level security", "create temporary table more ()",
     "create schema more", "copy notes to program 'cat'"],
)  # fmt: skip
def test_the_app_role_cannot_change_anything_but_rows(server: Postgres, statement: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        run(server.url("alpha"), statement)


def test_row_level_security_binds_the_app_role(server: Postgres) -> None:
    run(
        server.owner_url("alpha"),
        "create table secrets (text text); alter table secrets enable row level security",
    )
    run(server.owner_url("alpha"), "insert into secrets values ('hidden')")

    assert run(server.url("alpha"), "select * from secrets") == []


@pytest.mark.parametrize("database", ["counterpart_beta"])
def test_no_role_of_a_service_enters_another_services_database(server: Postgres, database: str) -> None:
    for url in (server.url("alpha", database), server.owner_url("alpha", database)):
        with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
            run(url, "select 1")


def test_nobody_gets_in_without_the_password(server: Postgres) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(
            host="127.0.0.1", port=server.port, user="postgres", password="guess", dbname="postgres"
        )


def test_databases_may_be_asked_for_again(server: Postgres) -> None:
    run(server.url("alpha"), "insert into notes values ('still here')")

    server.create_service_databases(["alpha", "beta"])

    assert run(server.url("alpha"), "select count(*) > 0 from notes where text = 'still here'") == [(True,)]


def test_a_copy_has_the_tables_and_the_rights_of_its_mould(server: Postgres) -> None:
    url = server.copy_service_database("alpha", "alpha_copy")

    run(url, "insert into notes values ('in the copy')")

    assert run(server.url("alpha"), "select * from notes where text = 'in the copy'") == []
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        run(server.url("beta", "alpha_copy"), "select 1")
    server.drop_database("alpha_copy")


@pytest.mark.parametrize("end", ["stop_immediate", "kill", "stop"])
def test_what_was_committed_survives_every_kind_of_end(server: Postgres, end: str) -> None:
    run(server.url("alpha"), f"insert into notes values ('before {end}')")

    getattr(server, end)()
    assert not server.running
    server.start()

    assert run(server.url("alpha"), f"select text from notes where text = 'before {end}'") == [
        (f"before {end}",)
    ]


def test_a_server_left_by_a_killed_launcher_is_replaced(server: Postgres) -> None:
    old = server.pid
    successor = Postgres(server.directory, server.port)

    successor.start()

    assert successor.pid != old
    assert run(successor.url("alpha"), "select 1") == [(1,)]
    successor.stop()
    server.restart()


def test_a_taken_port_is_told_in_one_sentence(server: Postgres, tmp_path: Path) -> None:
    second = Postgres(tmp_path, server.port)

    with pytest.raises(Problem, match=f"Port {server.port} .* is taken"):
        second.start()
