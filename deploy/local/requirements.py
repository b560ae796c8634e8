"""Show which requirements have a passing test, and which have none.

The outcomes are those of the latest ./counterpart test.
"""

import argparse
import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from deploy.local import ledger
from deploy.local.places import CHECKOUT

SIGNS = {"passed": "✓", "failed": "✗", "not run": "?", "no test": "–"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to show."""
    parser.add_argument("--open", action="store_true", help="only those without a passing test")
    parser.add_argument("--tests", action="store_true", help="name the tests too")


def run(arguments: argparse.Namespace) -> int:
    """Always exit code 0: a requirement not met yet is no error."""
    tests = _tests()
    counts = Counter(_state(tests.get(id, {})) for id in ledger.requirements())
    section = ""
    for id, (here, statement) in ledger.requirements().items():
        state = _state(tests.get(id, {}))
        if arguments.open and state == "passed":
            continue
        if here != section:
            section = here
            print(f"\n{section}")
        print(f"  {SIGNS[state]} {id}  {statement}")
        if arguments.tests:
            sys.stdout.writelines(f"        {outcome}: {name}\n" for name, outcome in tests[id].items())
    print(f"\n{counts['passed']} of {counts.total()} requirements have a passing test (✓),", end=" ")
    print(f"{counts['failed']} a failing one (✗),", end=" ")
    print(f"{counts['not run']} one that was not run (?), {counts['no test']} none (–).")
    return 0


def _tests() -> dict[str, dict[str, str]]:
    """Outcome of every marked test, by requirement; tests that are no more are left out."""
    outcomes: dict[str, set[str]] = defaultdict(set)
    for name, found in ledger.known_outcomes().items():
        outcomes[name.split("[", 1)[0]].add(found["outcome"])
    tests: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted((CHECKOUT / "tests").rglob("test_*.py")):
        for id, name in _marks(path):
            tests[id][name] = _worst(outcomes[name])
    return tests


def _worst(outcomes: set[str]) -> str:
    """One parameter that fails is a test that fails; one that was skipped says nothing."""
    if "failed" in outcomes:
        return "failed"
    return "passed" if "passed" in outcomes else "not run"


def _state(tests: dict[str, str]) -> str:
    outcomes = set(tests.values())
    for state in ("failed", "passed"):
        if state in outcomes:
            return state
    return "not run" if outcomes else "no test"


def _marks(path: Path) -> Iterator[tuple[str, str]]:
    """Requirement and test for every mark in a file, read without running it."""
    file = path.relative_to(CHECKOUT).as_posix()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from ((id, f"{file}::{node.name}") for id in _ids(node))
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    name = f"{file}::{node.name}::{inner.name}"
                    yield from ((id, name) for id in [*_ids(node), *_ids(inner)])


def _ids(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterator[str]:
    for call in node.decorator_list:
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "requirement"
        ):
            yield from (
                argument.value
                for argument in call.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            )
