"""Processes under test: started, listened to, signalled, and never left behind."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

HERE = Path(__file__).parent
ROOT = HERE.parents[2]

#: Seconds for anything that ought to happen at once, on a machine that may be very busy: nobody waits longer
#: than it takes.
SOON = 30.0


def eventually(condition: Callable[[], Any], patience: float = SOON) -> Any:
    """The condition's first true value, or its last after `patience` seconds without one: to be asserted."""
    deadline = time.monotonic() + patience
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return value


def wait_until(condition: Callable[[], Any], patience: float = SOON, what: str = "it") -> Any:
    """The same for what a test only presupposes: a `TimeoutError` is no failed assertion.

    A test that is expected to fail on stock nameko must fail by its assertion and not on the way there.
    """
    value = eventually(condition, patience)
    if not value:
        raise TimeoutError(f"{what} did not happen within {patience} seconds")
    return value


class Host:
    """A running `host.py`; what it prints is `lines`, what it logs is in `log`."""

    def __init__(self, log: Path, ops_port: int, *options: str, **environ: str) -> None:
        self._log = log
        self.ops_port = ops_port
        self._lines: list[str] = []
        with log.open("wb") as errors:
            self._process = self._begin(errors, options, environ)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _begin(
        self, errors: BinaryIO, options: Sequence[str], environ: Mapping[str, str]
    ) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, str(HERE / "host.py"), *options],
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "COUNTERPART_TAKER_OPS_PORT": str(self.ops_port),
                **environ,
            },
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as printed:
            for line in printed:
                self._lines.append(line.strip())

    @property
    def lines(self) -> list[str]:
        return list(self._lines)

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def said(self, beginning: str) -> list[str]:
        """The lines that begin so."""
        return [line for line in self.lines if line.startswith(beginning)]

    def says(self, beginning: str, times: int = 1, patience: float = SOON) -> bool:
        """Whether there are soon so many lines that begin so: to be asserted."""

        def enough_or_dead() -> bool:
            return len(self.said(beginning)) >= times or not self.alive

        eventually(enough_or_dead, patience)
        return len(self.said(beginning)) >= times

    def wait_for(self, beginning: str, times: int = 1, patience: float = SOON) -> list[str]:
        """The lines that begin so, as soon as there are so many; what a test presupposes."""
        if not self.says(beginning, times, patience):
            raise TimeoutError(
                f"{times} × {beginning!r} was not said; {'it lives' if self.alive else 'it is dead'}, "
                f"said {self.lines[-20:]} and logged\n{self.log[-3000:]}"
            )
        return self.said(beginning)

    def terminate(self, patience: float = SOON) -> int:
        """SIGTERM; the exit code. Raises `subprocess.TimeoutExpired` when it does not end in time."""
        self._process.send_signal(signal.SIGTERM)
        return self.exit_code(patience)

    def exit_code(self, patience: float = SOON) -> int:
        code = self._process.wait(patience)
        self._listener.join(5)
        return code

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self.alive:
            self._process.kill()
        self._process.wait(10)
        self._listener.join(5)

    def peak_memory(self) -> int:
        """The most memory it ever held, in bytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))

    def readiness(self) -> tuple[int, dict[str, Any]]:
        """Status and body of `/readyz`."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ops_port}/readyz", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def wait_until_ready(self, patience: float = 60) -> None:
        """Until `/readyz` says so."""

        def ready() -> bool:
            assert self.alive, self.log[-3000:]
            try:
                return self.readiness()[0] == 200
            except OSError:
                return False

        wait_until(ready, patience, "readiness")
