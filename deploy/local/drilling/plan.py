"""What a drill does, and how often. The same seed makes the same plan, though never the same interleaving."""

import json
import random
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path


class Fault(StrEnum):
    """What the nemesis can do."""

    KILL = "kill a process"
    KILL_BROKER = "kill RabbitMQ"
    STOP_POSTGRES = "stop PostgreSQL at once"
    UNBIND = "unbind an exchange"
    REPEAT = "repeat events"
    REORDER = "kill a consumer and shuffle its queues"
    HOSTILE = "send hostile messages"
    FLOOD_THEN_KILL = "let work pile up, then kill who does it"


@dataclass(frozen=True)
class Faults:
    """How often each fault happens in a run."""

    kills: int = 0
    broker_kills: int = 0
    postgres_stops: int = 0
    unbindings: int = 0
    repeats: int = 0
    reorders: int = 0
    hostile: int = 0
    floods: int = 0

    @classmethod
    def for_size(cls, orders: int) -> "Faults":
        """The usual mix; 300 orders meet at least ten kills, and one of everything else."""
        if orders < 30:
            return cls(kills=2, repeats=1, hostile=1)
        return cls(
            kills=10 + orders // 150,
            broker_kills=1 + orders // 2500,
            postgres_stops=1 + orders // 2500,
            unbindings=1 + orders // 2500,
            repeats=2 + orders // 500,
            reorders=1 + orders // 500,
            hostile=2 + orders // 500,
            floods=1 + orders // 1000,
        )


_FAULT_OF = {
    "kills": Fault.KILL,
    "broker_kills": Fault.KILL_BROKER,
    "postgres_stops": Fault.STOP_POSTGRES,
    "unbindings": Fault.UNBIND,
    "repeats": Fault.REPEAT,
    "reorders": Fault.REORDER,
    "hostile": Fault.HOSTILE,
    "floods": Fault.FLOOD_THEN_KILL,
}


@dataclass(frozen=True)
class Mix:
    """How likely each turn of an order's life is, from 0 to 1."""

    refused: float = 0.03
    cancelled: float = 0.03
    revised: float = 0.05
    dates: float = 0.06
    shipped: float = 0.35
    closed: float = 0.08
    rivals: float = 0.04
    """Invoices for the same order, sent at the same moment."""
    rival_count: int = 2
    repeated: float = 0.08
    """Commands that are sent once more although they were answered."""


@dataclass(frozen=True)
class Plan:
    """A whole drill."""

    orders: int
    seed: int
    clients: int = 8
    faults: Faults = field(default_factory=Faults)
    mix: Mix = field(default_factory=Mix)
    targets: tuple[str, ...] = ()
    """The processes that are killed; empty: any."""
    quiet_within: float = 90.0
    """Seconds from healing to silence."""
    patience: float = 90.0
    """Seconds after which a client that gets no answer from a healed system gives up."""
    http: bool = True
    """Clients come through the gateway; otherwise they ask the services by RPC."""

    @classmethod
    def usual(cls, orders: int, seed: int) -> "Plan":
        """The plan behind `./counterpart drill --orders N --seed S`."""
        return cls(orders, seed, faults=Faults.for_size(orders))

    @classmethod
    def read(cls, path: Path) -> "Plan":
        """A plan that `written` has made."""
        told = json.loads(path.read_text(encoding="utf-8"))
        told |= {
            "faults": Faults(**told["faults"]),
            "mix": Mix(**told["mix"]),
            "targets": tuple(told["targets"]),
        }
        return cls(**told)

    def written(self) -> str:
        """The plan as text."""
        return json.dumps(asdict(self))

    def with_faults(self, **counts: int) -> "Plan":
        """The same with exactly these faults."""
        return replace(self, faults=Faults(**counts))

    def rng(self, *what: object) -> random.Random:
        """Randomness for one purpose, the same at every run."""
        return random.Random(":".join(map(str, (self.seed, *what))))

    def schedule(self) -> list[tuple[int, Fault]]:
        """(how many orders have begun, what happens then), in order.

        The first tenth is quiet so that there is something to break, and the last twentieth so that there is
        load until the last fault.
        """
        faults = [
            _FAULT_OF[kind.name]
            for kind in fields(self.faults)
            for _ in range(getattr(self.faults, kind.name))
        ]
        self.rng("schedule").shuffle(faults)
        first, last = self.orders * 0.1, self.orders * 0.95
        step = (last - first) / max(1, len(faults))
        return [(int(first + step * place), fault) for place, fault in enumerate(faults)]
