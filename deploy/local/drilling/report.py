"""The table that a drill prints, and the same as JSON."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.local.drilling.checker import Tally, Violation


@dataclass(frozen=True)
class Result:
    """What a drill came to."""

    orders: int
    seed: int
    way: str
    """How the clients asked: HTTP or RPC."""
    tally: Tally
    violations: Sequence[Violation]
    faults: Mapping[str, int]
    killed: Mapping[str, int]
    stories_broken: int
    events: int
    seeded: int
    looked: int
    seconds: Mapping[str, float]
    """How long each part took."""
    command: str

    @property
    def passed(self) -> bool:
        """Whether every invariant holds."""
        return not self.violations

    def as_json(self) -> dict[str, Any]:
        """For a file."""
        return {**dataclasses.asdict(self), "passed": self.passed}


def table(result: Result) -> str:
    """For a person."""
    tally = result.tally
    rows = [
        ("orders", result.orders, "stories broken off", result.stories_broken),
        ("attempts", tally.attempts, "lost", tally.lost),
        ("acknowledged", tally.acknowledged, "duplicated", tally.duplicated),
        ("refused", tally.failed, "recovered", tally.recovered),
        ("unknown at the end", tally.unknown, "unexpected", tally.unexpected),
        ("events", result.events, "looks of strangers", result.looked),
        ("hostile messages", result.seeded, "processes killed", sum(result.killed.values())),
    ]
    lines = [f"Drill of {result.orders} orders over {result.way}, seed {result.seed}", ""]
    lines += [f"  {left:<20}{value:>10,}    {right:<20}{other:>10,}" for left, value, right, other in rows]
    lines += ["", "  done to it"]
    lines += [f"    {count:>5} × {fault}" for fault, count in sorted(result.faults.items())]
    killed = ", ".join(f"{name} {count}" for name, count in sorted(result.killed.items()))
    lines += [f"    killed: {killed or 'nobody'}", ""]
    lines += ["  seconds: " + ", ".join(f"{part} {seconds:.1f}" for part, seconds in result.seconds.items())]
    lines += ["", *_verdict(result), "", f"  again: {result.command}", ""]
    return "\n".join(lines)


def _verdict(result: Result) -> list[str]:
    if result.passed:
        return ["  Every invariant holds: I1 to I7, tenants and notices."]
    return [
        f"  {len(result.violations)} violations",
        *(f"    {violation.invariant}: {violation.detail}" for violation in result.violations),
    ]
