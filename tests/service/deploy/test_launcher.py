"""The command a person types: what it lists, what it starts, and what it says when it cannot."""

import contextlib
import errno
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pika
import psutil
import pytest

from deploy.local import __main__ as launcher
from deploy.local import places, running
from deploy.local.places import CHECKOUT, free_ports
from deploy.local.postgres import Postgres
from deploy.local.stack import services
from tests.e2e.portal import eventually


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    """A folder of state; whatever a failing test leaves running on it is ended."""
    yield tmp_path / "var"
    for process in psutil.process_iter():
        try:
            surroundings = process.environ()
        except psutil.Error:
            continue
        there = Path(surroundings.get("TMPDIR", "/tmp")).is_relative_to(tmp_path)
        if there or surroundings.get("COUNTERPART_TEST_VAR") == str(tmp_path):
            process.kill()


def counterpart(var: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The launcher, with the Python of the tests so that nothing needs installing."""
    return subprocess.run(
        [sys.executable, "-m", "deploy.local", *arguments],
        cwd="/", env={**environment(var), **environ}, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip


def environment(var: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERPART_AMQP")}
    own = {"COUNTERPART_VAR": str(var), "COUNTERPART_TEST_VAR": str(var.parent)}
    return {**kept, "PYTHONPATH": str(CHECKOUT), **own}


def test_help_works_from_anywhere_with_nothing_installed_and_no_path(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(CHECKOUT / "counterpart"), "--help"],
        cwd=tmp_path, env={"PATH": "", "COUNTERPART_VAR": str(tmp_path / "var")}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip

    listed = re.findall(r"^    ([a-z]+)\b", done.stdout, re.MULTILINE)
    assert listed == [name for name in launcher.COMMANDS if (launcher.HERE / f"{name}.py").exists()]
    assert "up" in listed
    assert not (tmp_path / "var").exists()


def test_a_script_linked_from_elsewhere_finds_its_checkout(tmp_path: Path) -> None:
    link = tmp_path / "counterpart"
    link.symlink_to(CHECKOUT / "counterpart")

    done = subprocess.run(
        [str(link), "--help"], env={"COUNTERPART_VAR": str(tmp_path / "var")}, capture_output=True, check=True
    )

    assert b"Start the whole system" in done.stdout


def test_an_unknown_command_is_refused_with_those_there_are(var: Path) -> None:
    done = counterpart(var, "fly")

    assert done.returncode == 2
    assert "up" in done.stderr.splitlines()[-1]


def test_a_taken_port_is_told_in_one_sentence_with_the_remedy(var: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = counterpart(var, "up", "--port", str(port))

    assert done.returncode == 1
    assert re.fullmatch(rf"counterpart: Port {port} is taken.* up --port {port + 1}\.\n", done.stderr)


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = counterpart(tmp_path / "file" / "var", "up")

    assert done.returncode == 1
    assert re.fullmatch(r"counterpart: Cannot write to .*COUNTERPART_VAR.*\n", done.stderr)


def test_only_one_launcher_holds_a_folder(tmp_path: Path) -> None:
    with running.claim(tmp_path):
        running.announce(tmp_path, "http://127.0.0.1:1")

        with pytest.raises(
            running.AlreadyRunning, match=r"already running at http://127.0.0.1:1: .* up --stop"
        ):
            running.claim(tmp_path).__enter__()

    assert running.holder(tmp_path) is None


def processes_of(var: Path) -> list[str]:
    """Every live process that was started for this folder."""
    found = []
    for process in psutil.process_iter():
        try:
            named = any(str(var) in word for word in process.cmdline())
            surroundings = process.environ()
            there = Path(surroundings.get("TMPDIR", "/tmp")).is_relative_to(var.parent)
            if named or there or surroundings.get("COUNTERPART_TEST_VAR") == str(var.parent):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


@pytest.mark.timeout(240)
def test_up_starts_everything_says_so_again_and_stops_everything(var: Path) -> None:
    (port,) = free_ports(1)

    started = counterpart(var, "up", "--detach", "--no-demo", "--port", str(port))
    assert started.returncode == 0, started.stdout + started.stderr
    assert f"Counterpart is ready: http://127.0.0.1:{port}" in started.stdout
    mail = re.findall(r"read at (http://\S+)", started.stdout)
    with urllib.request.urlopen(mail[0], timeout=5) as page:
        assert b"No mail yet" in page.read()

    again = counterpart(var, "up", "--port", str(port))
    assert again.returncode == 0
    assert f"already running at http://127.0.0.1:{port}" in again.stdout

    stopped = counterpart(var, "up", "--stop")
    assert stopped.returncode == 0, stopped.stderr
    assert processes_of(var) == []
    assert counterpart(var, "up", "--stop").stdout == "Counterpart is not running.\n"


@pytest.mark.timeout(240)
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_end_while_starting_it_leaves_nothing_running(var: Path, how: signal.Signals) -> None:
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "deploy.local", "up", "--no-demo", "--no-portal", "--port", str(port)]
    # Whoever runs the tests may ignore a signal, as nohup does; what is started would inherit that.
    former = signal.signal(how, signal.SIG_DFL)
    try:
        launched = subprocess.Popen(
            command, cwd="/", env=environment(var), stdout=subprocess.PIPE, text=True, start_new_session=True
        )
    finally:
        signal.signal(how, former)
    with launched:
        assert launched.stdout is not None
        assert "starting RabbitMQ" in launched.stdout.readline()

        launched.send_signal(how)
        launched.communicate(timeout=60)

    assert launched.returncode == 0
    assert processes_of(var) == []


@pytest.mark.timeout(240)
def test_up_uses_the_servers_it_is_given_and_leaves_them_running(
    var: Path, amqp_url: str, tmp_path: Path
) -> None:
    port, of_postgres = free_ports(2)
    given = Postgres(tmp_path / "given", of_postgres, durable=False)
    given.start()
    urls = {"COUNTERPART_AMQP_URL": amqp_url, "COUNTERPART_POSTGRES_ADMIN_URL": given.admin_url}
    try:
        started = counterpart(var, "up", "--detach", "--no-demo", "--no-portal", "--port", str(port), **urls)
        assert started.returncode == 0, started.stdout + started.stderr
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/openapi.json", timeout=5) as page:
            assert page.status == 200
        own = " ".join(processes_of(var))
        stopped = counterpart(var, "up", "--stop", **urls)

        assert stopped.returncode == 0, stopped.stderr
        assert "beam.smp" not in own
        assert "bin/postgres" not in own
        assert not (var / "broker").exists()
        assert processes_of(var) == []
        pika.BlockingConnection(pika.URLParameters(amqp_url)).close()
        with contextlib.closing(given.admin_connection()) as connection, connection.cursor() as cursor:
            cursor.execute("select datname from pg_database where datname like 'counterpart_%'")
            assert {name for (name,) in cursor} == {f"counterpart_{service}" for service in services()}
    finally:
        given.stop()


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("COUNTERPART_AMQP_URL", "amqp://guest:guest@127.0.0.1:1/"),
        ("COUNTERPART_POSTGRES_ADMIN_URL", "postgresql://postgres:secret@127.0.0.1:1/postgres"),
    ],
)
def test_a_given_server_that_does_not_answer_is_told_in_one_sentence_without_its_password(
    var: Path, amqp_url: str, name: str, url: str
) -> None:
    (port,) = free_ports(1)

    done = counterpart(
        var,
        "up",
        "--no-demo",
        "--no-portal",
        "--port",
        str(port),
        **{"COUNTERPART_AMQP_URL": amqp_url, name: url},
    )

    assert done.returncode == 1
    assert re.fullmatch(
        rf"counterpart: {name} names .*unset it to get a private one\.\n", done.stderr, re.DOTALL
    )
    assert "secret" not in done.stderr
    assert processes_of(var) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 20 MB, where this user may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=20m", "none", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_disk_too_small_to_begin_with_is_told_before_anything_is_started(small_disk: Path) -> None:
    done = counterpart(small_disk / "var", "up", "--no-demo", "--no-portal")

    assert done.returncode == 1
    assert re.fullmatch(
        r"counterpart: Only \d+ MB are free at \S+: make room, or set COUNTERPART_VAR .*\n", done.stderr
    )


@pytest.mark.parametrize("more", [(), ("--detach",)])
def test_a_disk_that_fills_up_meanwhile_is_told_in_one_sentence(
    small_disk: Path, var: Path, more: tuple[str, ...]
) -> None:
    (port,) = free_ports(1)
    var.mkdir()
    (var / "postgres").symlink_to(small_disk)

    done = counterpart(var, "up", "--no-demo", "--no-portal", "--port", str(port), *more)

    assert done.returncode == 1
    assert re.fullmatch(r"counterpart: [^\n]*is the disk full\?\n", done.stderr)
    assert processes_of(var) == []


def test_a_write_that_finds_no_room_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_room(_path: Path, _text: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/var/ports.json")

    monkeypatch.setenv("COUNTERPART_VAR", str(tmp_path))
    monkeypatch.setattr(places, "write_private", no_room)
    (port,) = free_ports(1)

    assert launcher.main(["up", "--no-demo", "--no-portal", "--port", str(port)]) == 1

    told = capsys.readouterr().err
    assert (
        told == "counterpart: No space left on device (/var/ports.json): make room there and start again.\n"
    )


@pytest.mark.timeout(240)
def test_ctrl_c_in_the_tests_leaves_nothing_behind(var: Path) -> None:
    temporary = var.parent / "t"
    temporary.mkdir()
    current = var / "venv" / "current"
    current.mkdir(parents=True)
    shutil.copy(CHECKOUT / "requirements-test.lock", current)
    command = [sys.executable, "-m", "deploy.local", "test", "tests/service/notifications/test_process.py"]
    launched = subprocess.Popen(
        command, cwd="/", env={**environment(var), "TMPDIR": str(temporary)}, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    with launched:
        eventually(lambda: "services.chassis.run" in " ".join(processes_of(var)), seconds=170)
        running = " ".join(processes_of(var))

        os.killpg(launched.pid, signal.SIGINT)
        said, _ = launched.communicate(timeout=60)

    assert "KeyboardInterrupt" in said
    assert launched.returncode == 2
    assert "beam.smp" in running
    assert "postgres" in running
    assert processes_of(var) == []
    assert list(temporary.iterdir()) == []
