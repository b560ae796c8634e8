"""The stack under measurement: started for it alone, and watched from beside."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg2.extensions import connection as Connection  # noqa: N812

from deploy.local.benching import world
from deploy.local.benching.processes import Processes, spent
from deploy.local.places import CHECKOUT
from deploy.local.problems import Problem
from deploy.local.stack import Stack

#: Seconds in which all that follows from a load must have been done.
PATIENCE = 120.0


@dataclass
class Round:
    """One load and what it cost, everything that followed from it included."""

    count: int
    seconds: float
    latencies: list[float]
    cpu: dict[str, float]
    kept: list[Any] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Operations per second, as the callers saw it."""
        return self.count / self.seconds

    @property
    def cpu_each(self) -> dict[str, float]:
        """CPU milliseconds of one operation, by kind of process."""
        return {kind: 1000 * seconds / self.count for kind, seconds in self.cpu.items()}


class House:
    """A running stack, the companies in it, and connections that look into its databases."""

    def __init__(self, stack: Stack, tell: Callable[[str], None]) -> None:
        self.stack = stack
        self.tell = tell
        self.processes = Processes(stack)
        self.world = world.made(stack)
        self._eyes: dict[str, Connection] = {}

    def database(self, service: str) -> Connection:
        """An administrator's connection, whose work is not counted."""
        if service not in self._eyes:
            self._eyes[service] = self.stack.postgres.admin_connection(f"counterpart_{service}")
            self.processes.besides.add(self._eyes[service].info.backend_pid)
        return self._eyes[service]

    def value(self, service: str, statement: str, *parameters: Any) -> Any:
        """The first value a statement answers."""
        with self.database(service).cursor() as cursor:
            cursor.execute(statement, parameters)
            row = cursor.fetchone()
        return row[0] if row else None

    # ------------------------------------------------------------------------------------- loads

    def round(
        self, clients: Sequence[dict[str, Any]], *, seconds: float | None, keep: str | None = None
    ) -> Round:
        """Let the clients work; returns when all that follows is done too."""
        job = {"port": self.stack.gateway_port, "seconds": seconds, "keep": keep, "clients": clients}
        load = subprocess.Popen(
            [sys.executable, "-m", "deploy.local.benching.load"],
            cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert load.stdin is not None
        assert load.stdout is not None
        with load:
            load.stdin.write(json.dumps(job) + "\n")
            load.stdin.flush()
            if load.stdout.readline() != "ready\n":
                raise Problem("The load could not be started.")
            before = self.processes.cpu()
            load.stdin.write("go\n")
            load.stdin.flush()
            told = json.loads(load.stdout.readline() or "null")
        if told is None:
            raise Problem("The load ended without a result.")
        if told["faults"]:
            raise Problem(f"A request of the load was refused: {told['faults'][0]}")
        self.quiet()
        cpu = spent(before, self.processes.cpu())
        return Round(told["count"], told["seconds"], told["latencies"], cpu, told["kept"])

    def quiet(self) -> None:
        """Wait until every fact is published and has reached every subscriber, and every mail has left."""
        await_(self._nothing_is_under_way, "The events of the load have not all arrived.")

    def _nothing_is_under_way(self) -> bool:
        unpublished = sum(
            self.value(service, "select count(*) from journal where published_at is null")
            for service in self.stack.services
        )
        return unpublished == 0 and not self._missing() and not self._mails()

    def _missing(self) -> int:
        """Order and invoice events that a subscriber has not handled yet."""
        missing = 0
        for publisher, subscriber, name in _PATHS:
            told = self.value(publisher, "select count(*) from journal where name = %s", name)
            queue = f"{subscriber}.{name}"
            missing += told - self.value(subscriber, "select count(*) from inbox where queue = %s", queue)
        return missing

    def _mails(self) -> int:
        waiting: int = self.value("notifications", "select count(*) from mails where state = 'waiting'")
        return waiting

    # ------------------------------------------------------------------------------------- beside

    @contextlib.contextmanager
    def without(self, *names: str) -> Iterator[None]:
        """Some processes stopped for a while."""
        self.stack.supervisor.stop(*names)
        try:
            yield
        finally:
            self.stack.start_processes()
            self.stack.supervisor.wait_ready(timeout=PATIENCE)


_PATHS = (
    ("orders", "invoicing", "order-submitted"),
    ("orders", "notifications", "order-submitted"),
    ("orders", "invoicing", "order-confirmed"),
    ("orders", "notifications", "order-confirmed"),
    ("invoicing", "notifications", "invoice-submitted"),
    ("invoicing", "notifications", "invoice-approved"),
)


def await_(condition: Callable[[], bool], otherwise: str) -> None:
    """Wait until it is so; raises Problem after two minutes."""
    until = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > until:
            raise Problem(otherwise)
        time.sleep(0.1)


def logs(stack: Stack) -> Path:
    """Where the processes say what went wrong."""
    return stack.supervisor.logs
