"""The supervisor: what it starts lives, until it is told otherwise."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local import supervisor
from deploy.local.places import free_ports
from deploy.local.problems import Problem
from deploy.local.supervisor import Spec, Supervisor

SERVER = """
import http.server, os, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if not os.path.exists("unready") else 503); self.end_headers()
        self.wfile.write(b"the unready file is there")
print("serving", os.environ["GREETING"], flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Page).serve_forever()
"""


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(supervisor, "GRACE", 1.0)
    kept = Supervisor(tmp_path, tmp_path)
    yield kept
    kept.stop()


def a_process(name: str = "page", program: str = SERVER) -> Spec:
    (port,) = free_ports(1)
    command = (sys.executable, "-c", program, str(port))
    return Spec(name, command, {**os.environ, "GREETING": "hello"}, f"http://127.0.0.1:{port}/readyz")


def eventually(happens: Callable[[], bool], timeout: float = 20) -> None:
    deadline = time.monotonic() + timeout
    while not happens():
        assert time.monotonic() < deadline, "it did not happen"


def test_a_started_process_becomes_ready_and_logs_to_its_own_file(kept: Supervisor) -> None:
    kept.start([a_process()])

    kept.wait_ready("page")

    assert (kept.logs / "page.log").read_text().startswith("serving hello")


def test_a_killed_process_is_started_again(kept: Supervisor) -> None:
    kept.start([a_process()])
    kept.wait_ready()

    old = kept.kill("page")

    eventually(lambda: kept.restarts("page") == 1)
    kept.wait_ready()
    assert kept.pid("page") not in {None, old}


def test_a_process_that_always_dies_waits_longer_each_time(kept: Supervisor) -> None:
    spec = a_process(program="import sys; print('no such file', flush=True); sys.exit(3)")
    kept.start([spec])

    eventually(lambda: kept.restarts("page") >= 3)

    notes = [line for line in (kept.logs / "page.log").read_text().splitlines() if "ended with 3" in line]
    pauses = [float(line.split()[-2]) for line in notes]
    assert pauses == sorted(pauses)
    with pytest.raises(Problem, match=r"page: died \d times, last words"):
        kept.wait_ready(timeout=0)


def test_a_process_that_is_not_ready_is_named_with_its_reason(kept: Supervisor, tmp_path: Path) -> None:
    spec = a_process()
    kept.start([spec])
    kept.wait_ready()
    (tmp_path / "unready").touch()

    with pytest.raises(Problem, match="page: the unready file is there"):
        kept.wait_ready(timeout=0)


def test_a_process_deaf_to_sigterm_is_killed_with_what_it_started(kept: Supervisor) -> None:
    program = (
        "import signal, subprocess, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']);"
        "print(child.pid, flush=True); signal.pause()"
    )
    kept.start([a_process(program=program)])
    log = kept.logs / "page.log"
    eventually(lambda: log.exists() and log.read_text().endswith("\n"))
    child = psutil.Process(int(log.read_text()))
    parent = kept.pid("page")

    kept.stop("page")

    assert kept.pid("page") is None
    assert parent is not None
    assert not psutil.pid_exists(parent)
    eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_stopped_process_stays_stopped_and_can_be_started_again(kept: Supervisor) -> None:
    spec = a_process()
    kept.start([spec])
    kept.wait_ready()

    kept.stop("page")
    assert not kept.ready("page")
    kept.start([spec])

    kept.wait_ready()
    assert kept.restarts("page") == 0


def test_what_a_killed_supervisor_left_running_is_ended(kept: Supervisor, tmp_path: Path) -> None:
    kept.start([a_process()])
    kept.wait_ready()
    left = kept.pid("page")
    assert left is not None

    ended = Supervisor(tmp_path, tmp_path).end_leftovers()

    assert ended == ["page"]
    eventually(lambda: kept.pid("page") != left)


def test_a_pid_that_belongs_to_somebody_else_by_now_is_left_alone(kept: Supervisor, tmp_path: Path) -> None:
    (tmp_path / "run" / "page.json").write_text(f'{{"pid": {os.getpid()}, "started": 1.0}}')

    assert kept.end_leftovers() == []
