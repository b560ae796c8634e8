"""Start the whole system and keep it running.

Starts what is missing, waits until everything is ready, loads the demo the first time, and prints address,
users and passwords. Ctrl-C (or `up --stop` from elsewhere) ends everything it started. Its data lives under
var/ (COUNTERPART_VAR names another folder); removing that folder begins anew.

COUNTERPART_AMQP_URL and COUNTERPART_POSTGRES_ADMIN_URL name a RabbitMQ and a PostgreSQL to use instead of
private ones; COUNTERPART_SMTP_URL names a mail server to use instead of the one that only shows the mail.
"""

import argparse
import contextlib
import importlib
import importlib.util
import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import psutil

from deploy.local import portal, running
from deploy.local.places import port_is_free, private_log, var, write_private
from deploy.local.problems import Problem, sentence_of
from deploy.local.stack import Stack

DEFAULT_PORT = 8080
NEEDED_BYTES = 500_000_000
PATIENCE = 90


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What a person may choose."""
    parser.add_argument("--port", type=int, help=f"port of the gateway (default {DEFAULT_PORT})")
    parser.add_argument("--detach", action="store_true", help="return once everything is ready")
    parser.add_argument("--stop", action="store_true", help="stop the system that is running")
    parser.add_argument("--no-portal", action="store_true", help="the API alone, without pages for people")
    parser.add_argument("--no-demo", action="store_true", help="begin without the demo's company")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 when it was ended as asked, or runs already."""
    directory = var()
    if arguments.stop:
        return _stop(directory)
    held = running.holder(directory)
    if held is not None:
        where = f"at {held.url}" if held.url else "and still starting"
        _say(f"Counterpart is already running {where}; stop it with ./counterpart up --stop.")
        return 0
    if arguments.detach:
        return _detached(directory, arguments)
    return _serve(directory, arguments, lambda: None)


# -- running
# --------------------------------------------------------------------------------------------------


def _serve(directory: Path, arguments: argparse.Namespace, when_ready: Callable[[], None]) -> int:
    port = arguments.port or int(os.environ.get("COUNTERPART_GATEWAY_PORT") or DEFAULT_PORT)
    tell = _progress(time.monotonic())
    with running.claim(directory), _ended_by_signals() as end:
        _check_room(directory)
        stack = Stack(directory, gateway_port=port, given=os.environ, tell=tell)
        _check_port(port)

        def begin() -> None:
            stack.portal = _portal(arguments, tell)
            stack.start(PATIENCE)
            if not arguments.no_demo:
                _load_demo(directory, stack, tell)

        try:
            if _done_unless_ended(begin, stack, end):
                running.announce(directory, stack.url)
                _say(_welcome(directory, stack))
                when_ready()
                _keep(stack, end)
        finally:
            _say("stopping …")
            stack.stop()
            _say("stopped; ./counterpart up starts it again with the same data.")
    return 0


def _done_unless_ended(begin: Callable[[], None], stack: Stack, end: threading.Event) -> bool:
    """Begins in a thread of its own, so that a signal never tears a start apart; False when the end was asked
    for.
    """
    with ThreadPoolExecutor(1) as starter:
        start = starter.submit(begin)
        while not start.done():
            if end.wait(0.1):
                stack.give_up()
                wait([start])
                return False
    start.result()
    return True


def _keep(stack: Stack, end: threading.Event) -> None:
    """Until the end is asked for: starts again what dies, and says so."""
    told: dict[str, int] = {}
    pause = 1.0
    while not end.wait(pause):
        pause = 1.0
        try:
            for name in stack.revive():
                _say(f"{name} had died and was started again.")
        except Problem as problem:
            _say(f"{problem} Trying again in 10 s.")
            pause = 10.0
        for name in stack.supervisor.names:
            restarts = stack.supervisor.restarts(name)
            if restarts > told.get(name, 0):
                _say(f"{name} died and was started again; its log is {stack.supervisor.logs / name}.log.")
            told[name] = restarts


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[threading.Event]:
    """Ctrl-C, a plain kill and the closing of the terminal all set the event."""
    end = threading.Event()

    def asked(number: int, _frame: object) -> None:
        end.set()
        if number == signal.SIGHUP:
            _without_terminal()

    former = {}
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # nohup ignores the closing of the terminal on the person's behalf.
        if signal.getsignal(number) is not signal.SIG_IGN:
            former[number] = signal.signal(number, asked)
    try:
        yield end
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _without_terminal() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


# -- in the background
# ------------------------------------------------------------------------------------------


def _detached(directory: Path, arguments: argparse.Namespace) -> int:
    """Runs in a process of its own; this one shows its progress and returns when it is ready."""
    readable, writable = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(readable)
        os.setsid()
        code = _background(directory, arguments, writable)
        sys.stdout.flush()
        os._exit(code)
    os.close(writable)
    with os.fdopen(readable, "rb") as pipe:
        try:
            ready = pipe.read() == b"ready"
        except KeyboardInterrupt:
            os.kill(child, signal.SIGTERM)
            ready = False
    if ready:
        _say("It runs in the background; stop it with ./counterpart up --stop.")
        return 0
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) or 1


def _background(directory: Path, arguments: argparse.Namespace, writable: int) -> int:
    def when_ready() -> None:
        sys.stdout.flush()
        _without_terminal()
        with private_log(directory / "log" / "up.log") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        os.write(writable, b"ready")
        os.close(writable)

    try:
        return _serve(directory, arguments, when_ready)
    except Problem as problem:
        sys.stderr.write(f"counterpart: {problem}\n")
    except OSError as error:
        sys.stderr.write(f"counterpart: {sentence_of(error)}\n")
    return 1


def _stop(directory: Path) -> int:
    held = running.holder(directory)
    if held is None:
        # Nobody watches over it, but something may be left of a launcher that was killed; making a Stack ends
        # it.
        with running.claim(directory):
            Stack(directory)
        _say("Counterpart is not running.")
        return 0
    with contextlib.suppress(ProcessLookupError):
        os.kill(held.pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while running.holder(directory) is not None:
        if time.monotonic() > deadline:
            raise Problem(f"Process {held.pid} does not end: see {directory}/log, then kill it.")
        time.sleep(0.1)
    _say("Counterpart is stopped.")
    return 0


# -- what is checked and told
# --------------------------------------------------------------------------------------


def _check_room(directory: Path) -> None:
    free = shutil.disk_usage(directory).free
    if free < NEEDED_BYTES:
        raise Problem(
            f"Only {free // 1_000_000} MB are free at {directory}: make room, or set COUNTERPART_VAR to a "
            "folder on another disk."
        )


def _check_port(port: int) -> None:
    if not 1 <= port <= 65535:
        raise Problem(f"{port} is not a port: choose one from 1024 to 65535.")
    if port_is_free(port):
        return
    raise Problem(
        f"Port {port} is taken{_listener(port)}: stop that, or choose another with up --port {port + 1}."
    )


def _listener(port: int) -> str:
    """By whom a port is taken, as far as we may see that."""
    with contextlib.suppress(psutil.Error, OSError):
        for link in psutil.net_connections("tcp"):
            if link.status == psutil.CONN_LISTEN and link.laddr and link.laddr.port == port and link.pid:
                return f" by {psutil.Process(link.pid).name()} (process {link.pid})"
    return ""


def _portal(arguments: argparse.Namespace, tell: Callable[[str], None]) -> Path | None:
    """The folder of the built portal: the one that was given, or one built now if its sources have changed."""
    given = os.environ.get("COUNTERPART_PORTAL_DIR")
    if given:
        return Path(given).absolute()
    return None if arguments.no_portal else portal.built(tell)


def _load_demo(directory: Path, stack: Stack, tell: Callable[[str], None]) -> None:
    """Once per folder; what it returns is kept to be printed at every start."""
    remembered = directory / "demo.json"
    if remembered.exists() or importlib.util.find_spec("deploy.local.demo") is None:
        return
    tell("loading the demo")
    demo = importlib.import_module("deploy.local.demo")
    write_private(remembered, json.dumps(demo.load(stack.url, stack.environment()), indent=1))


def _welcome(directory: Path, stack: Stack) -> str:
    lines = ["", f"Counterpart is ready: {stack.url}"]
    if stack.mail_url:
        lines.append(f"Mail it sends can be read at {stack.mail_url}")
    remembered = directory / "demo.json"
    if remembered.exists():
        people = json.loads(remembered.read_text())
        lines += ["", "Sign in as:"]
        wide = max((len(person["email"]) for person in people), default=0)
        lines += [f"  {who['email']:<{wide}}  {who['password']}  {who['who']}" for who in people]
    lines += ["", f"Logs: {stack.supervisor.logs}    Stop: Ctrl-C, or ./counterpart up --stop", ""]
    return "\n".join(lines)


def _progress(began: float) -> Callable[[str], None]:
    return lambda sentence: _say(f"{time.monotonic() - began:5.1f} s  {sentence}")


def _say(sentence: str) -> None:
    # Nobody may be left to read it: the terminal was closed, or the pipe.
    with contextlib.suppress(OSError):
        print(sentence, flush=True)
