"""Measure a system of its own against the raw limits of this machine, and print the ratios.

Starts a private stack in a temporary folder, so nothing else is touched; ratios within one run mean something
on any machine, the figures themselves only on one that does nothing else at the same time.
"""

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from deploy.local.benching.house import House
from deploy.local.benching.measures import FULL, MEASURES, QUICK, Figure, Result
from deploy.local.places import make, var
from deploy.local.problems import Problem
from deploy.local.stack import Stack


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which measures, and how long."""
    parser.add_argument(
        "names", nargs="*", metavar="MEASURE", help=f"some of: {', '.join(MEASURES)} (default: all)"
    )
    parser.add_argument("--quick", action="store_true", help="smaller and shorter, for a first look")


def run(arguments: argparse.Namespace) -> int:
    """Measure, print the tables, leave the figures under var/bench."""
    unknown = [name for name in arguments.names if name not in MEASURES]
    if unknown:
        raise Problem(f"There is no measure {unknown[0]!r}: choose from {', '.join(MEASURES)}.")
    chosen = [name for name in MEASURES if not arguments.names or name in arguments.names]
    size = QUICK if arguments.quick else FULL
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="counterpart-bench-") as folder:
        # PostgreSQL runs as another user where we are root, and has to pass through.
        Path(folder).chmod(0o711)
        stack = Stack(Path(folder) / "system", tell=_progress)
        try:
            stack.start(timeout=300)
            _progress("making the companies of the measures")
            house = House(stack, _progress)
            for name in chosen:
                _progress(f"measuring: {name}")
                result = MEASURES[name](house, size)
                results.append(result)
                print(_table(result), flush=True)
        finally:
            stack.stop()
    print(f"The figures are in {_kept(results, quick=arguments.quick)}.")
    return 0


def _progress(sentence: str) -> None:
    print(f"… {sentence}", file=sys.stderr, flush=True)


def _table(result: Result) -> str:
    lines = ["", f"{result.name}: {result.title}", ""]
    lines += [_line(figure) for figure in result.figures]
    if result.cpu:
        lines += ["", "  CPU of one operation by process, ms:"]
        lines += [
            f"    {kind:<20}{value:8.2f}"
            for kind, value in sorted(result.cpu.items(), key=lambda each: -each[1])
        ]
    return "\n".join(lines)


def _line(figure: Figure) -> str:
    goal = f"  goal {figure.goal}" if figure.goal else ""
    other = f"  ({figure.other}, on such a machine)" if figure.other else ""
    return f"  {figure.what:<48}{figure.value:10.2f} {figure.unit:<3}{goal}{other}"


def _kept(results: list[Result], *, quick: bool) -> Path:
    now = datetime.now(UTC)
    path = make(make(var(), 0o711) / "bench") / f"{now:%Y%m%dT%H%M%SZ}.json"
    facts = {
        "at": now.isoformat(),
        "quick": quick,
        "cores": os.cpu_count(),
        "load_average": os.getloadavg(),
        "results": [asdict(result) for result in results],
    }
    path.write_text(json.dumps(facts, indent=1) + "\n")
    return path
