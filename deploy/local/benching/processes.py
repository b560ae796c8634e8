"""What the processes of a stack cost: CPU seconds and resident memory, by kind, read from /proc."""

import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import psutil

from deploy.local.broker import Broker
from deploy.local.postgres import Postgres
from deploy.local.stack import Stack

# The program that catches mail stands for somebody else's mail server, and is none of ours.
NOT_OURS = frozenset({"mailcatcher"})


class Processes:
    """The processes of a running stack, by kind. `besides` are backends of PostgreSQL that measure."""

    def __init__(self, stack: Stack) -> None:
        assert isinstance(stack.broker, Broker)
        assert isinstance(stack.postgres, Postgres)
        self._stack = stack
        self._broker = stack.broker
        self._postmaster = int((stack.postgres.data / "postmaster.pid").read_text().split("\n", 1)[0])
        self.besides: set[int] = set()

    def roots(self) -> dict[str, int]:
        """The first process of each kind."""
        supervisor = self._stack.supervisor
        ours = {name: supervisor.pid(name) for name in supervisor.names if name not in NOT_OURS}
        found = {name: pid for name, pid in ours.items() if pid is not None}
        return {**found, "postgresql": self._postmaster, "rabbitmq": self._broker.pid}

    def cpu(self) -> dict[str, float]:
        """CPU seconds (user and system) of each kind since it began, children included."""
        return {kind: sum(map(_cpu, self._family(pid))) for kind, pid in self.roots().items()}

    def memory(self) -> dict[str, int]:
        """Proportional resident memory (PSS) of each kind in bytes: pages that n processes share count 1/n."""
        return {kind: sum(map(_pss, self._family(pid))) for kind, pid in self.roots().items()}

    def _family(self, pid: int) -> Iterable[int]:
        with contextlib.suppress(psutil.NoSuchProcess):
            root = psutil.Process(pid)
            return [
                pid,
                *(child.pid for child in root.children(recursive=True) if child.pid not in self.besides),
            ]
        return []


def spent(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """CPU seconds of each kind between two readings."""
    return {kind: after[kind] - before.get(kind, 0.0) for kind in after}


def _cpu(pid: int) -> float:
    """Of a process and of those children that have ended: each parent keeps the sum of its own."""
    with contextlib.suppress(psutil.NoSuchProcess):
        times = psutil.Process(pid).cpu_times()
        return float(times.user + times.system + times.children_user + times.children_system)
    return 0.0


def _pss(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
