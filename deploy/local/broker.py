"""A private RabbitMQ node: its own name, ports, cookie, data, user and epmd, all on 127.0.0.1.

Several may run side by side, beside a RabbitMQ of the system, and as any user.
"""

import base64
import contextlib
import hashlib
import json
import os
import secrets
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlsplit, urlunsplit

import pika
import pika.exceptions
import psutil

from deploy.local.erlang import Program, Tell, find_or_install
from deploy.local.places import (
    free_ports,
    make,
    port_answers,
    port_is_free,
    remembered_secret,
    var,
    write_private,
)
from deploy.local.problems import Problem

MAX_MESSAGE_BYTES = 1024 * 1024
USER = "counterpart"

_program_lock = threading.Lock()
_program: Program | None = None


def _say_nothing(_sentence: str) -> None:
    """For callers that show no progress."""


def the_program(tell: Tell = _say_nothing) -> Program:
    """The RabbitMQ of this machine, looked for (and installed) once per process."""
    global _program
    with _program_lock:
        if _program is None:
            _program = find_or_install(var() / "software", tell)
        return _program


class AnyBroker(Protocol):
    """What the rest of the launcher needs of a broker, private or given."""

    @property
    def url(self) -> str: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...


class GivenBroker:
    """A RabbitMQ that somebody else runs, named by `COUNTERPART_AMQP_URL`."""

    def __init__(self, url: str) -> None:
        self.url = url

    def start(self) -> None:
        """Checks that it answers.

        Raises Problem when it does not.
        """
        try:
            pika.BlockingConnection(pika.URLParameters(self.url)).close()
        except (pika.exceptions.AMQPError, OSError) as error:
            address = urlsplit(self.url).hostname
            raise Problem(
                f"COUNTERPART_AMQP_URL names a RabbitMQ at {address} that does not answer "
                f"({type(error).__name__}): correct it, or unset it to get a private one."
            ) from error

    def stop(self) -> None:
        """Leaves it running: it is not ours."""


class Broker:
    """One private node, with its data under `directory` and AMQP on `port`.

    `vhosts` are made at the first start (and at every later one, if missing); `start`, `stop`, `kill` and
    `restart` may be called in any order and from any thread, one at a time.
    """

    def __init__(
        self, directory: Path, port: int, *, vhosts: Iterable[str] = ("/",), tell: Tell = _say_nothing
    ) -> None:
        self.directory = directory
        self.port = port
        self.vhosts = tuple(vhosts)
        self._tell = tell
        self._node: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None
        self._ports: dict[str, int] = {}
        self._given_up = threading.Event()

    # -- what others ask ---------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Address of the first vhost, user and password included."""
        return self.url_of(self.vhosts[0])

    def url_of(self, vhost: str) -> str:
        """Address of a vhost, user and password included."""
        return f"amqp://{USER}:{self._password}@127.0.0.1:{self.port}/{quote(vhost, safe='')}"

    @property
    def running(self) -> bool:
        """Whether the node's process is alive (it may still be starting)."""
        return self._node is not None and self._node.poll() is None

    @property
    def pid(self) -> int:
        """The process of the node.

        Raises Problem when it is not running.
        """
        if self._node is None:
            raise Problem("The private RabbitMQ is not running.")
        return self._node.pid

    # -- life --------------------------------------------------------------------------------------

    def start(self, timeout: float = 120) -> None:
        """Starts the node and returns when it serves our user; does nothing when it already does.

        Raises Problem when the port is taken or the node does not come up within `timeout` seconds.
        """
        if self.running:
            return
        program = the_program(self._tell)
        make(self.directory)
        self.end_leftovers()
        if not port_is_free(self.port):
            raise Problem(f"Port {self.port} of the private RabbitMQ is taken: stop what listens there.")
        self._configure()
        self._ports = dict(zip(("dist", "epmd"), free_ports(2, besides=[self.port]), strict=True))
        environment = self._environment(program)
        self._epmd = self._launch([program.epmd, "-address", "127.0.0.1"], environment, "epmd")
        self._node = self._launch([str(program.server)], environment, "node")
        self._await_ready(timeout)

    def give_up(self) -> None:
        """Makes a `start` that is going on in another thread fail soon, and every later one."""
        self._given_up.set()

    def stop(self, timeout: float = 30) -> None:
        """Ends the node in an orderly way, and its epmd; does nothing when they are not running."""
        self._end(signal.SIGTERM, timeout)

    def kill(self) -> None:
        """Ends the node as a power cut would: SIGKILL, no goodbye to anybody."""
        self._end(signal.SIGKILL, 10)

    def restart(self, *, kill: bool = False) -> None:
        """Stops (or kills) the node and starts it on the same port with the same data."""
        if kill:
            self.kill()
        else:
            self.stop()
        self.start()

    def _end(self, how: signal.Signals, timeout: float) -> None:
        for process, sign in ((self._node, how), (self._epmd, signal.SIGTERM)):
            if process is None:
                continue
            _signal_group(process, sign)
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                _signal_group(process, signal.SIGKILL)
                process.wait(10)
        self._node = self._epmd = None
        for name in ("node", "epmd"):
            self._pid_file(name).unlink(missing_ok=True)

    def end_leftovers(self) -> None:
        """Ends what an earlier launcher that was killed left running on this directory."""
        for name in ("node", "epmd"):
            process = _process_of(self._pid_file(name))
            if process is not None:
                process.kill()
                process.wait(10)
            self._pid_file(name).unlink(missing_ok=True)

    # -- asking the node ---------------------------------------------------------------------------

    def ctl(self, *arguments: str, timeout: float = 60) -> str:
        """Runs rabbitmqctl against this node and returns what it prints; takes a second or two.

        Raises subprocess.CalledProcessError when rabbitmqctl refuses.
        """
        program = the_program(self._tell)
        command = [str(program.ctl), "--node", self._node_name, "--quiet", *arguments]
        done = subprocess.run(
            command,
            env=self._environment(program), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=timeout, check=True,
        )  # fmt: skip
        return done.stdout

    def queues(self, vhost: str | None = None) -> list[dict[str, Any]]:
        """Every queue of a vhost, with its name, type, arguments, consumers and messages (ready and
        unacknowledged).
        """
        columns = [
            "name",
            "type",
            "durable",
            "arguments",
            "consumers",
            "messages_ready",
            "messages_unacknowledged",
        ]
        printed = self.ctl("list_queues", "--vhost", vhost or self.vhosts[0], "--formatter", "json", *columns)
        rows: list[dict[str, Any]] = json.loads(printed)
        return rows

    def settle(self, *queues: str, vhost: str | None = None, timeout: float = 30) -> None:
        """Waits until newly declared quorum queues would survive a kill.

        RabbitMQ confirms the declaration at once but writes the queue's name into Ra's directory of names up
        to three seconds later; a node killed in between comes back with a queue that answers nothing for
        good.

        Raises Problem when that does not happen within `timeout` seconds.
        """
        wanted = {f"{quote(vhost or self.vhosts[0], safe='')}_{queue}".encode() for queue in queues}
        deadline = time.monotonic() + timeout
        while missing := wanted - self._names_on_disk(wanted):
            if time.monotonic() > deadline:
                raise Problem(f"{len(missing)} quorum queues were not written to disk: do they exist?")
            time.sleep(0.05)

    def _names_on_disk(self, names: set[bytes]) -> set[bytes]:
        known = b"".join(path.read_bytes() for path in self.directory.glob("data/*/quorum/*/names.dets"))
        return {name for name in names if name in known}

    def add_vhost(self, name: str | None = None) -> str:
        """Makes a vhost for our user and returns its address; takes some seconds, see `vhosts` for a quicker
        way.
        """
        name = name or f"v-{uuid.uuid4().hex[:12]}"
        self.ctl("add_vhost", name)
        self.ctl("set_permissions", "--vhost", name, USER, ".*", ".*", ".*")
        return self.url_of(name)

    # -- how it is made ----------------------------------------------------------------------------

    @property
    def _password(self) -> str:
        make(self.directory)
        return remembered_secret(self.directory / "password")

    @property
    def _node_name(self) -> str:
        return f"counterpart-{self.port}@localhost"

    def _pid_file(self, name: str) -> Path:
        return self.directory / f"{name}.pid"

    def _configure(self) -> None:
        definitions = {
            "users": [
                {
                    "name": USER,
                    "password_hash": _rabbit_hash(self._password),
                    "hashing_algorithm": "rabbit_password_hashing_sha256",
                    "tags": "administrator",
                    "limits": {},
                }
            ],
            "vhosts": [{"name": vhost} for vhost in self.vhosts],
            "permissions": [
                {"user": USER, "vhost": vhost, "configure": ".*", "write": ".*", "read": ".*"}
                for vhost in self.vhosts
            ],
        }
        settings = {
            "load_definitions": str(self.directory / "definitions.json"),
            "log.console": "false",
            "log.file.level": "info",
            "log.file.rotation.size": "10485760",
            "max_message_size": str(MAX_MESSAGE_BYTES),
            "disk_free_limit.absolute": "100MB",
            # The default of 512 MiB would be filled with messages long consumed before the first file is let
            # go.
            "raft.wal_max_size_bytes": "67108864",
        }
        write_private(self.directory / "definitions.json", json.dumps(definitions))
        write_private(self.directory / "rabbitmq.conf", "".join(f"{k} = {v}\n" for k, v in settings.items()))
        write_private(self.directory / "enabled_plugins", "[].\n")

    def _environment(self, program: Program) -> dict[str, str]:
        # Whatever the person's shell says about another RabbitMQ or Erlang is not about this node.
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("RABBITMQ_", "ERL_", "NOTIFY_"))
        }
        here = str(self.directory)
        ports = self._ports or self._ports_of_running_node()
        return {
            **inherited,
            **program.environment,
            "HOME": here,
            "LC_ALL": "C.UTF-8",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_NODENAME": self._node_name,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(ports["dist"]),
            "ERL_EPMD_PORT": str(ports["epmd"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": f"{here}/data",
            "RABBITMQ_LOG_BASE": f"{here}/log",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{here}/config",
            "RABBITMQ_SCHEMA_DIR": f"{here}/schema",
            "RABBITMQ_CONFIG_FILE": f"{here}/rabbitmq.conf",
            "RABBITMQ_CONFIG_FILES": f"{here}/conf.d",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{here}/advanced.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{here}/enabled_plugins",
            # Distribution too stays on this machine; "+B i" because Ctrl-C is for the launcher, not for the
            # node.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +B i",
            "RABBITMQ_CTL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            # Makes the script become the node instead of waiting for it, so that the pid we know is the
            # node's.
            "detached": "true",
        }

    def _ports_of_running_node(self) -> dict[str, int]:
        """For a process other than the one that started the node, which only wants to ask it something.

        Raises Problem when no node runs on this directory.
        """
        if not self._pid_file("node").exists():
            raise Problem("The private RabbitMQ is not running: start it with ./counterpart up.")
        ports: dict[str, int] = json.loads(self._pid_file("node").read_text())
        return ports

    def _launch(self, command: list[str], environment: dict[str, str], name: str) -> subprocess.Popen[bytes]:
        with (self.directory / f"{name}.out").open("wb") as output:
            process = subprocess.Popen(
                # Erlang walks through every possible file descriptor at start, and a container may allow a
                # thousand million of them.
                ["sh", "-c", 'ulimit -S -n 65536 2>/dev/null; exec "$@"', "sh", *command],
                env=environment, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
        write_private(self._pid_file(name), json.dumps({"pid": process.pid, **self._ports}))
        return process

    def _await_ready(self, timeout: float) -> None:
        """Ready is: our user can open a channel on every vhost."""
        deadline = time.monotonic() + timeout
        while not self._serves():
            if not self.running:
                reason = self._last_words()
                self._end(signal.SIGKILL, 10)
                raise Problem(f"The private RabbitMQ ended while starting: {reason}")
            if self._given_up.is_set():
                self._end(signal.SIGKILL, 10)
                raise Problem("The start of the private RabbitMQ was given up.")
            if time.monotonic() > deadline:
                self._end(signal.SIGKILL, 10)
                raise Problem(
                    f"The private RabbitMQ was not ready after {timeout:.0f} s: see {self.directory}/log, or "
                    " give the machine more memory or time."
                )
            time.sleep(0.1)

    def _serves(self) -> bool:
        if not port_answers(self.port):
            return False
        try:
            parameters = pika.URLParameters(self.url_of(self.vhosts[-1]))
            with contextlib.closing(pika.BlockingConnection(parameters)) as link:
                link.channel()
        except (pika.exceptions.AMQPError, OSError):
            return False
        return True

    def _last_words(self) -> str:
        lines = (self.directory / "node.out").read_text(errors="replace").split("\n")
        told = [line.strip() for line in lines if line.strip(" =\r") and "BOOT FAILED" not in line]
        return " ".join(told[:3])[:300] or f"see {self.directory / 'log'}"


def with_vhost(url: str, vhost: str) -> str:
    """The same broker's address with another vhost."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(vhost, safe='')}"))


def _rabbit_hash(password: str) -> str:
    """RabbitMQ's form of a salted SHA-256: base64(salt + sha256(salt + password)), the salt four bytes."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _signal_group(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)


def _process_of(pid_file: Path) -> psutil.Process | None:
    """The process a pid file names, if it is still an Erlang one of this directory."""
    if not pid_file.exists():
        return None
    try:
        process = psutil.Process(json.loads(pid_file.read_text())["pid"])
        ours = process.cwd() == str(pid_file.parent.resolve())
    except (psutil.Error, ValueError, KeyError):
        return None
    return process if ours else None
