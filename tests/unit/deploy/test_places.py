"""Ports, secrets and folders of the launcher."""

import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import places
from deploy.local.problems import Problem


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_a_port_on_which_somebody_listens_is_not_free(listener: socket.socket) -> None:
    port = listener.getsockname()[1]

    assert not places.port_is_free(port)
    assert places.port_answers(port)


def test_free_ports_are_different_and_leave_out_those_named(monkeypatch: pytest.MonkeyPatch) -> None:
    first = places.free_ports(5)
    monkeypatch.setenv("COUNTERPART_PORT_RANGE", f"{first[0]}-{first[0]}")

    assert len(set(first)) == 5
    with pytest.raises(Problem, match="COUNTERPART_PORT_RANGE"):
        places.free_ports(1, besides=first)


@pytest.mark.parametrize("given", ["21000", "a-b", "30000-20000", "1-65535", "60000-70000"])
def test_a_range_of_ports_that_makes_no_sense_is_explained(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("COUNTERPART_PORT_RANGE", given)

    with pytest.raises(Problem, match="two numbers from 1024 to 65535"):
        places.port_range()


def test_ports_are_the_same_at_the_next_start(tmp_path: Path) -> None:
    chosen = places.RememberedPorts(tmp_path / "ports.json")["broker"]

    assert places.RememberedPorts(tmp_path / "ports.json")["broker"] == chosen


def test_a_remembered_port_that_somebody_took_is_replaced(tmp_path: Path, listener: socket.socket) -> None:
    taken = listener.getsockname()[1]
    (tmp_path / "ports.json").write_text(f'{{"broker": {taken}}}')
    ports = places.RememberedPorts(tmp_path / "ports.json")

    ports.renew_taken()

    assert ports["broker"] != taken


def test_a_secret_is_made_once_and_for_this_user_only(tmp_path: Path) -> None:
    first = places.remembered_secret(tmp_path / "secret")

    assert places.remembered_secret(tmp_path / "secret") == first
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_made_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(Problem, match="COUNTERPART_VAR"):
        places.make(tmp_path / "file" / "folder")
