"""Kill everything at random under load, then check that nothing was lost, doubled or mixed up.

It starts a system of its own under a temporary folder and leaves the one of `up` alone. With --mutants it does
so once for each safeguard, with that one removed, and every time something must be found: a drill that cannot
fail proves nothing.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
from pathlib import Path

from deploy.local.drilling.plan import Plan
from deploy.local.places import make, var, write_private


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See the help."""
    parser.add_argument("--orders", type=_positive, default=300, help="how many orders are placed (300)")
    parser.add_argument("--seed", type=int, help="what is decided by chance; without it, chance itself")
    parser.add_argument("--keep", action="store_true", help="keep the databases, logs and histories")
    parser.add_argument("--mutants", action="store_true", help="remove one safeguard at a time instead")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="only these mutants")
    parser.add_argument("--plan", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--report", type=Path, help="where to write the report (var/drill/)")


def run(arguments: argparse.Namespace) -> int:
    """0 when every invariant holds, 1 when not."""
    if arguments.mutants:
        from deploy.local.drilling import mutants

        return mutants.run(arguments.only, arguments.report)
    seed = random.SystemRandom().randrange(10**6) if arguments.seed is None else arguments.seed
    plan = Plan.read(arguments.plan) if arguments.plan else Plan.usual(arguments.orders, seed)
    return _drill(plan, keep=arguments.keep, report=arguments.report)


def _drill(plan: Plan, *, keep: bool, report: Path | None) -> int:
    from deploy.local.drilling.report import table
    from deploy.local.drilling.running import Drill

    command = f"./counterpart drill --orders {plan.orders} --seed {plan.seed}"
    # A short path: a socket or a name made of it may have no more than some hundred characters.
    directory = Path(tempfile.mkdtemp(prefix="drill-"))
    passed = False
    try:
        result = Drill(plan, directory, _tell).run(command)
        passed = result.passed
        path = report or make(make(var(), 0o711) / "drill") / f"{plan.orders}-{plan.seed}.json"
        write_private(path, json.dumps(result.as_json(), indent=1, default=str))
        print(table(result), flush=True)
        print(f"  report: {path}", flush=True)
    finally:
        if keep or not passed:
            _tell(f"databases, logs and histories are kept in {directory}")
        else:
            shutil.rmtree(directory, ignore_errors=True)
    return 0 if passed else 1


def _tell(sentence: str) -> None:
    sys.stderr.write(f"drill: {sentence}\n")
    sys.stderr.flush()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one order is needed")
    return number
