"""One drill from the first process to the last question."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from deploy.local.broker import Broker
from deploy.local.drilling import checker, evidence, quiet
from deploy.local.drilling.calls import Door, HttpDoor, RpcDoor
from deploy.local.drilling.cast import Cast, engage
from deploy.local.drilling.checker import Case
from deploy.local.drilling.evidence import Evidence
from deploy.local.drilling.history import History
from deploy.local.drilling.load import Load
from deploy.local.drilling.nemesis import Nemesis
from deploy.local.drilling.plan import Plan
from deploy.local.drilling.report import Result
from deploy.local.places import CHECKOUT, make
from deploy.local.problems import Problem
from deploy.local.stack import Stack
from services.chassis.topology import Delay, Subscribed, Topology

#: Seconds between the attempts at an event; the usual ladder would take longer than the whole drill.
RETRY_DELAYS = (1, 3, 10)
LONGEST_PAUSE = 1.0

_TOPOLOGY = """
import json, warnings
warnings.simplefilter("ignore")
from services.chassis.topology import from_code
found = from_code()
print(json.dumps([found.services, [(s.subscriber, s.publisher, s.event_name) for s in found.subscriptions],
                  found.events]))
"""


class Drill:
    """A system of its own under `directory`, the load, the nemesis and the checker."""

    def __init__(self, plan: Plan, directory: Path, tell: Callable[[str], None]) -> None:
        self._plan, self._directory, self._tell = plan, make(directory, 0o711), tell
        self._seconds: dict[str, float] = {}
        self._not_ready: list[str] = []
        given = {"COUNTERPART_LOG_LEVEL": "WARNING", "COUNTERPART_RETRY_DELAYS": _told(RETRY_DELAYS)}
        self._stack = Stack(directory / "system", given=given, longest_pause=LONGEST_PAUSE)

    def run(self, command: str) -> Result:
        """All of it; what was started is ended again. `command` is what repeats it."""
        try:
            return self._run(command)
        finally:
            with self._timed("stop"):
                self._stack.stop()

    def _run(self, command: str) -> Result:
        plan, stack = self._plan, self._stack
        with self._timed("start"):
            topology = self._start()
            over_http = plan.http and "gateway" in stack.supervisor.names
            cast = self._engage(over_http)
        history = History(self._directory / "history.jsonl")
        invoices = "invoicing" in stack.services
        load = Load(plan, cast, history, lambda: self._door(over_http), invoices=invoices)
        nemesis = Nemesis(plan, stack, topology, load.progress, self._directory / "nemesis.jsonl")
        with self._timed("load"):
            self._tell(f"{plan.orders} orders, {len(plan.schedule())} faults")
            load.start()
            nemesis.start()
            self._see_through(load, nemesis, history, topology)
        with self._timed("quiet"):
            self._heal(topology)
            moving = quiet.await_quiet(stack, topology, plan.quiet_within)
        with self._timed("check"):
            found = evidence.gather(stack, cast.foreigners)
            found.moving = moving
            self._look_at_processes(found)
            subscriptions = [(s.subscriber, s.publisher, s.event_name) for s in topology.subscriptions]
            case = Case(
                found, history.deeds.values(), history.oddities, cast, subscriptions, nemesis.seeded,
                nemesis.killed,
            )  # fmt: skip
            finding = checker.check(case)
        history.close()
        if nemesis.failure is not None:
            finding.violations.append(checker.Violation("drill", nemesis.failure))
        return Result(
            plan.orders, plan.seed, "HTTP" if over_http else "RPC", finding.tally, finding.violations,
            dict(nemesis.done), dict(nemesis.killed), load.progress.broken, len(found.facts), len(nemesis.seeded),
            load.looked, self._seconds, command,
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------- parts

    def _start(self) -> Topology:
        stack = self._stack
        with ThreadPoolExecutor(1) as asking:
            # Meanwhile, because RabbitMQ takes its time.
            asked = asking.submit(_topology)
            stack.prepare()
            topology = asked.result()
        broker = stack.broker
        assert isinstance(broker, Broker)
        # A quorum queue that is a second old does not survive a kill, which is no fault of ours.
        broker.settle(
            *(queue.name for queue in topology.queues() if queue.arguments.get("x-queue-type") == "quorum")
        )
        self._tell("starting the processes")
        stack.start_processes()
        stack.supervisor.wait_ready(timeout=120)
        return topology

    def _engage(self, over_http: bool) -> Cast:
        door = self._door(over_http=False)
        try:
            return engage(door, keys=over_http)
        finally:
            door.close()

    def _door(self, over_http: bool) -> Door:
        if over_http:
            return HttpDoor("127.0.0.1", self._stack.gateway_port)
        return RpcDoor(self._stack.broker.url)

    def _see_through(self, load: Load, nemesis: Nemesis, history: History, topology: Topology) -> None:
        """Until every client is through; gives up when nobody gets an answer any more."""
        healed = False
        while load.running:
            if not nemesis.is_alive() and not healed:
                self._heal(topology)
                load.progress.heal()
                healed = True
            if time.monotonic() - history.last_answer > self._plan.patience:
                history.odd(f"nobody has been answered for {self._plan.patience:.0f} s")
                load.progress.give_up()
                break
            time.sleep(0.2)
        load.join()
        nemesis.join()

    def _heal(self, topology: Topology) -> None:
        try:
            quiet.heal(self._stack, topology, timeout=self._plan.patience)
        except Problem as problem:
            self._not_ready.append(str(problem))

    def _look_at_processes(self, found: Evidence) -> None:
        supervisor = self._stack.supervisor
        found.restarts = {name: supervisor.restarts(name) for name in supervisor.names}
        found.not_ready = list(dict.fromkeys(self._not_ready))

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self._seconds[part] = self._seconds.get(part, 0) + time.monotonic() - began


def _topology() -> Topology:
    """What the code says; asked of another process, because the answer needs nameko."""
    done = subprocess.run(
        [sys.executable, "-c", _TOPOLOGY], cwd=CHECKOUT, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )  # fmt: skip
    services, subscriptions, events = json.loads(done.stdout)
    return Topology(
        tuple(services),
        tuple(Subscribed(*each) for each in subscriptions),
        tuple((publisher, name) for publisher, name in events),
        tuple(Delay(seconds) for seconds in RETRY_DELAYS),
    )


def _told(delays: Iterable[int]) -> str:
    return ",".join(map(str, delays))
