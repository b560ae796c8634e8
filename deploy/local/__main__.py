"""The command line behind `./counterpart`.

A command is a module of this folder with `add_arguments(parser)` and `run(arguments) -> int`, named in the
table below; the first line of its docstring is its help. It is imported only when it is asked for, so that
help needs nothing installed, and a command whose module is not there is not offered.
"""

import argparse
import ast
import contextlib
import importlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from deploy.local.problems import Problem, sentence_of

COMMANDS = (
    "up", "test", "demo", "bench", "drill", "migrate", "topology", "deadletters", "requirements", "openapi",
    "asyncapi",
)  # fmt: skip
HERE = Path(__file__).parent


def main(arguments: list[str]) -> int:
    """Runs one command; a Problem is told in its one sentence, with exit code 1."""
    commands = {name: HERE / f"{name}.py" for name in COMMANDS if (HERE / f"{name}.py").exists()}
    parser = argparse.ArgumentParser(
        prog="./counterpart",
        description="Counterpart, a two-sided trade portal, on this machine.",
        epilog="./counterpart COMMAND --help tells more about a command.",
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    named = arguments[0] if arguments and arguments[0] in commands else None
    for name, path in commands.items():
        summary = _summary(path)
        # pytest has its own options; they are passed on as they are.
        passes_on = name == "test" and named == name
        subparser = subparsers.add_parser(name, help=summary, description=summary, add_help=not passes_on)
        if name == named:
            module = importlib.import_module(f"deploy.local.{name}")
            module.add_arguments(subparser)
            subparser.set_defaults(run=module.run)
    if not arguments:
        parser.print_help()
        return 0
    if named == "test":
        chosen, chosen.rest = parser.parse_known_args(arguments)[0], arguments[1:]
    else:
        chosen = parser.parse_args(arguments)
    return _told(chosen)


def _told(chosen: argparse.Namespace) -> int:
    try:
        with _ending_in_order():
            code: int = chosen.run(chosen)
    except Problem as problem:
        sys.stderr.write(f"counterpart: {problem}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader, such as `head`, has had enough; Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if error.errno is None or error.strerror is None:
            raise
        sys.stderr.write(f"counterpart: {sentence_of(error)}\n")
        return 1
    return code


@contextlib.contextmanager
def _ending_in_order() -> Iterator[None]:
    """Who is told to end clears away first, as after Ctrl-C: a drill or a measure has servers of its own."""

    def end(number: int, _frame: FrameType | None) -> None:
        for once_is_enough in former:
            signal.signal(once_is_enough, signal.SIG_IGN)
        raise SystemExit(128 + number)

    former = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    for number, handler in former.items():
        if handler is not signal.SIG_IGN:  # `nohup` has said that a closed terminal is no reason to end
            signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _summary(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.split("\n\n", 1)[0].replace("\n", " ").rstrip(".")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
