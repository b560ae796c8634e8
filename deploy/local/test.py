"""Run every check and every test, against a private broker and database.

Arguments are pytest's: ./counterpart test -k invoice tests/unit runs some. Without any, everything runs,
ruff, mypy and the import rules as tests of tests/contract. Two to four processes share them; with
--numprocesses 0 there is one, which a debugger needs. Nothing is left behind but caches under var/.
"""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from deploy.local import install, ledger
from deploy.local.places import CHECKOUT, make, var
from deploy.local.problems import Problem

PATIENCE = 90
#: Each has a broker and a database of its own; more would only be in each other's way.
PROCESSES = 4
_KEPT = ("COUNTERPART_VAR", "COUNTERPART_PORT_RANGE", "COUNTERPART_LOG_LEVEL", "COUNTERPART_CHROMIUM")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own: what follows is pytest's."""
    parser.epilog = "What follows is given to pytest."


def run(arguments: argparse.Namespace) -> int:
    """pytest's exit code."""
    try:
        install.add(CHECKOUT / "requirements-test.lock")
    except install.CannotInstallError as problem:
        raise Problem(str(problem)) from problem
    caches = make(var() / "cache", 0o711)
    # A short path: a socket or a name made of it may have no more than some hundred characters.
    directory = Path(tempfile.mkdtemp(prefix="counterpart-"))
    # A file of tests stays in one process: its tests share servers that they stop and start.
    # They stay in their order, in which the long ones come first.
    sharing = [
        "-n",
        "logical",
        "--maxprocesses",
        str(PROCESSES),
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",
    ]
    cache = ["-o", f"cache_dir={caches / 'pytest'}"]
    command = [sys.executable, "-m", "pytest", *cache, *sharing, *arguments.rest]
    try:
        return _followed(command, _environment(directory, caches))
    finally:
        _end_all_of(directory)
        shutil.rmtree(directory, ignore_errors=True)


def _environment(directory: Path, caches: Path) -> dict[str, str]:
    """No setting of the person reaches the tests; what they write goes to a folder that is removed."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or not name.startswith(("COUNTERPART_", "PYTEST_"))
    }
    return {
        **kept,
        "TMPDIR": str(directory),
        "COUNTERPART_REQUIREMENTS_FILE": str(ledger.results_file()),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(caches / "hypothesis"),
        "RUFF_CACHE_DIR": str(caches / "ruff"),
        "MYPY_CACHE_DIR": str(caches / "mypy"),
        "PYTHONPATH": str(CHECKOUT),
    }


def _followed(command: list[str], environment: dict[str, str]) -> int:
    """Runs pytest; whatever asks us to end asks it to end, so that it clears away."""
    with _ignored_here(), subprocess.Popen(command, cwd=CHECKOUT, env=environment) as tests:

        def ask_to_end(_number: int, _frame: object) -> None:
            tests.send_signal(signal.SIGINT)

        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, ask_to_end)
        return tests.wait()


@contextlib.contextmanager
def _ignored_here() -> Iterator[None]:
    """Ctrl-C reaches pytest by itself, which then ends in its own orderly way; we wait for that."""
    former = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    # A handler that does nothing rather than SIG_IGN, which pytest would inherit.
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _end_all_of(directory: Path) -> None:
    """Ends what a test run that was itself killed left behind, known by the folder in its surroundings."""
    own = [process for process in psutil.process_iter() if _belongs(process, str(directory))]
    for process in own:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(own, timeout=PATIENCE)


def _belongs(process: psutil.Process, directory: str) -> bool:
    with contextlib.suppress(psutil.Error):
        if process.pid == os.getpid():
            return False
        return process.environ().get("TMPDIR") == directory or any(
            directory in word for word in process.cmdline()
        )
    return False
