"""The whole system on one machine: broker, databases, migrations, topology, and every process.

`up`, the tests of stories, the drill and the bench all run this, so that what is tested is what is started.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from deploy.local.broker import Broker, GivenBroker
from deploy.local.places import CHECKOUT, RememberedPorts, make, private_log, remembered_secret
from deploy.local.postgres import GivenPostgres, Postgres
from deploy.local.problems import Problem
from deploy.local.supervisor import LONGEST_PAUSE, Spec, Supervisor

T = TypeVar("T")

# What a person may set for the processes; everything else named COUNTERPART_… is decided here.
_FREE_TO_SET = (
    "COUNTERPART_LOG_LEVEL", "COUNTERPART_MAIL_FROM", "COUNTERPART_PUBLIC_URL", "COUNTERPART_RETRY_DELAYS",
    "COUNTERPART_SMTP_URL", "COUNTERPART_WORKERS",
)  # fmt: skip


def services() -> tuple[str, ...]:
    """Every service of the checkout: a folder of `services` with a service.py."""
    return tuple(sorted(path.parent.name for path in (CHECKOUT / "services").glob("*/service.py")
                        if path.parent.name != "chassis"))  # fmt: skip


def _say_nothing(_sentence: str) -> None:
    """For callers that show no progress."""


class Stack:
    """Everything the system needs under one folder.

    `given` is the environment that may name a broker and a database run by somebody else and the few settings
    that are a person's; tests give none and get everything private. `public_url` defaults to the gateway's
    own address. `durable` is that of the private PostgreSQL, `longest_pause` that of the supervisor.
    `portal` is the folder of the built portal; without one the gateway serves the API alone.
    """

    def __init__(
        self,
        directory: Path,
        *,
        gateway_port: int | None = None,
        given: Mapping[str, str] | None = None,
        durable: bool = True,
        tell: Callable[[str], None] = _say_nothing,
        longest_pause: float = LONGEST_PAUSE,
        portal: Path | None = None,
    ) -> None:
        self.portal = portal
        self.directory = make(directory, 0o711)
        self._given = dict(given or {})
        self._tell = tell
        self.services = services()
        self._given_up = threading.Event()
        self.supervisor = Supervisor(directory, CHECKOUT, longest_pause=longest_pause)
        self.ports = RememberedPorts(directory / "ports.json")
        self._ending_leftovers()
        self.gateway_port = gateway_port or self.ports["gateway-http"]
        self.broker = self._a_broker()
        self.postgres = self._a_postgres(durable)

    # -- addresses ------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where the gateway answers."""
        return f"http://127.0.0.1:{self.gateway_port}"

    @property
    def mail_url(self) -> str | None:
        """Where the caught mail can be read; None when the mail goes to a server that was given."""
        if "COUNTERPART_SMTP_URL" in self._given:
            return None
        return f"http://127.0.0.1:{self.ports['mailcatcher-web']}"

    def environment(self) -> dict[str, str]:
        """What every process of the system is told: the one place that builds it."""
        settings = {
            "COUNTERPART_AMQP_URL": self.broker.url,
            "COUNTERPART_SECRET_KEY": remembered_secret(self.directory / "secret_key"),
            "COUNTERPART_FILES_DIR": str(make(self.directory / "files")),
            "COUNTERPART_OPS_HOST": "127.0.0.1",
            "COUNTERPART_GATEWAY_HOST": self._given.get("COUNTERPART_GATEWAY_HOST", "127.0.0.1"),
            "COUNTERPART_GATEWAY_PORT": str(self.gateway_port),
            "COUNTERPART_PUBLIC_URL": self.url,
            "COUNTERPART_MAIL_FROM": "Counterpart <counterpart@localhost>",
            "COUNTERPART_SMTP_URL": f"smtp://127.0.0.1:{self.ports['mailcatcher-smtp']}",
        }
        for name in (*self.services, "relay", "gateway", "mailer"):
            settings[f"COUNTERPART_{name.upper()}_OPS_PORT"] = str(self.ports[name])
        for name in self.services:
            settings[f"COUNTERPART_{name.upper()}_DATABASE_URL"] = self.postgres.url(name)
        if self.portal is not None:
            settings["COUNTERPART_PORTAL_DIR"] = str(self.portal)
        settings |= {name: self._given[name] for name in _FREE_TO_SET if self._given.get(name)}
        return {**_without_ours(os.environ), **settings}

    def owner_environment(self) -> dict[str, str]:
        """The same with the addresses of the databases' owners, for migrations only."""
        owners = {
            f"COUNTERPART_{name.upper()}_OWNER_DATABASE_URL": self.postgres.owner_url(name)
            for name in self.services
        }
        return {**self.environment(), **owners}

    # -- life -----------------------------------------------------------------------------------------

    def start(self, timeout: float = 120) -> None:
        """Starts everything and returns when all of it is ready.

        Raises Problem with what to do; what had been started by then is for `stop`.
        """
        self.prepare()
        self._go_on()
        self._tell("starting the processes")
        self.start_processes()
        self.supervisor.wait_ready(timeout=timeout)

    def prepare(self) -> None:
        """Broker, databases, migrations and topology; no process yet."""
        with ThreadPoolExecutor(2) as starters:
            self._tell("starting RabbitMQ and PostgreSQL")
            broker, databases = starters.submit(self.broker.start), starters.submit(self._start_databases)
            try:
                self._both(broker, databases)
            except BaseException:
                # The other one need not be waited for.
                self._give_up_broker()
                raise
        self._go_on()
        self._tell("declaring exchanges and queues")
        self._run_step("topology", self.environment())

    def migrate(self) -> str:
        """Brings every service's database to its newest schema; returns what the migrations said."""
        self.postgres.create_service_databases(self.services)
        return self._run_step("migrations", self.owner_environment(), *self.services)

    def start_processes(self) -> None:
        """Starts every process that is not running, and returns at once."""
        self.supervisor.start(self.specs())

    def stop(self) -> None:
        """Ends everything of ours, in an orderly way; may be called whatever has been started."""
        try:
            self.supervisor.stop()
        finally:
            with ThreadPoolExecutor(2) as enders:
                ending = [enders.submit(self.broker.stop), enders.submit(self.postgres.stop)]
            for end in ending:
                end.result()

    def give_up(self) -> None:
        """Makes a `start` that is going on in another thread fail soon; `stop` then clears away."""
        self._given_up.set()
        self._give_up_broker()
        self.supervisor.give_up()

    def revive(self) -> list[str]:
        """Starts the private broker and database again if they died; returns the names of those."""
        revived = []
        for name, server in (("RabbitMQ", self.broker), ("PostgreSQL", self.postgres)):
            if isinstance(server, Broker | Postgres) and not server.running:
                server.start()
                revived.append(name)
        return revived

    # -- parts ----------------------------------------------------------------------------------------

    def specs(self) -> Iterator[Spec]:
        """Every process of the system, in the order in which they are started."""
        for service in self.services:
            yield self._spec(service, "services.chassis.run", service)
        yield self._spec("relay", "services.chassis.relay", *self.services)
        if self.mail_url:
            yield self._mailcatcher(self.mail_url)
        if (CHECKOUT / "services" / "notifications" / "mailer.py").exists():
            yield self._spec("mailer", "services.notifications.mailer")
        if (CHECKOUT / "services" / "gateway" / "__main__.py").exists():
            yield self._spec("gateway", "services.gateway")

    def _spec(self, name: str, module: str, *arguments: str) -> Spec:
        ready_url = f"http://127.0.0.1:{self.ports[name]}/readyz"
        return Spec(name, (sys.executable, "-m", module, *arguments), self.environment(), ready_url)

    def _mailcatcher(self, web: str) -> Spec:
        own = {
            "COUNTERPART_MAILCATCHER_PORT": str(self.ports["mailcatcher-web"]),
            "COUNTERPART_MAILCATCHER_DIR": str(self.directory / "mail"),
        }
        command = (sys.executable, "-m", "deploy.local.mailcatcher")
        return Spec("mailcatcher", command, {**self.environment(), **own}, f"{web}/readyz")

    def _a_broker(self) -> Broker | GivenBroker:
        given = self._given.get("COUNTERPART_AMQP_URL")
        if given:
            return GivenBroker(given)
        return Broker(self.directory / "broker", self.ports["broker"], tell=self._tell)

    def _a_postgres(self, durable: bool) -> Postgres | GivenPostgres:
        directory, given = self.directory / "postgres", self._given.get("COUNTERPART_POSTGRES_ADMIN_URL")
        if given:
            return GivenPostgres(directory, given)
        return Postgres(directory, self.ports["postgres"], durable=durable)

    def _ending_leftovers(self) -> None:
        """Before ports are chosen: a launcher that was killed may have left our own processes on them."""
        self.supervisor.end_leftovers()
        for server in (Broker(self.directory / "broker", 0), Postgres(self.directory / "postgres", 0)):
            server.end_leftovers()
        self.ports.renew_taken()

    def _start_databases(self) -> None:
        self.postgres.start()
        self._tell("preparing the databases")
        self.migrate()

    def _give_up_broker(self) -> None:
        if isinstance(self.broker, Broker):
            self.broker.give_up()

    def _go_on(self) -> None:
        if self._given_up.is_set():
            raise Problem("The start was given up.")

    @staticmethod
    def _both(*starting: Future[None]) -> None:
        for start in starting:
            start.result()

    def _run_step(self, module: str, environment: Mapping[str, str], *arguments: str) -> str:
        """Runs a module of the chassis to its end."""
        done = subprocess.run(
            [sys.executable, "-m", f"services.chassis.{module}", *arguments],
            env=dict(environment), cwd=CHECKOUT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        log = self.supervisor.logs / f"{module}.log"
        with private_log(log) as file:
            file.write((done.stdout + done.stderr).encode())
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()
            raise Problem(f"The step «{module}» failed: {said[-1]} (see {log}).")
        return done.stdout


def _without_ours(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without settings of Counterpart, so that only those made here count."""
    kept = {name: value for name, value in environment.items() if not name.startswith("COUNTERPART_")}
    # A checkout's processes import the checkout, whatever the person's shell says.
    return {**kept, "PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1", "PYTHONNOUSERSITE": "1"}
