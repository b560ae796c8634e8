"""Who runs the system of a var/ folder: one launcher at a time, known by a lock that dies with it."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local.places import make, write_private
from deploy.local.problems import Problem


@dataclass(frozen=True)
class Running:
    """The launcher that holds the folder; `url` is None until the system is ready."""

    pid: int
    url: str | None


class AlreadyRunning(Problem):
    """Somebody else holds the folder."""

    def __init__(self, who: Running | None) -> None:
        self.who = who
        where = f" at {who.url}" if who and who.url else ""
        super().__init__(f"Counterpart is already running{where}: stop it with ./counterpart up --stop.")


@contextlib.contextmanager
def claim(directory: Path) -> Iterator[None]:
    """Holds the folder for as long as the block runs.

    Raises AlreadyRunning when another process holds it.
    """
    make(directory, 0o711)
    with (directory / "up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(_read(directory)) from None
        announce(directory, None)
        try:
            yield
        finally:
            (directory / "up.json").unlink(missing_ok=True)


def announce(directory: Path, url: str | None) -> None:
    """Leaves word of who we are and where the system answers."""
    write_private(directory / "up.json", json.dumps(asdict(Running(os.getpid(), url))))


def holder(directory: Path) -> Running | None:
    """Who holds the folder now, or None."""
    path = directory / "up.lock"
    if not path.exists():
        return None
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(directory)
    return None


def _read(directory: Path) -> Running | None:
    with contextlib.suppress(OSError, ValueError, TypeError):
        return Running(**json.loads((directory / "up.json").read_text()))
    return None
