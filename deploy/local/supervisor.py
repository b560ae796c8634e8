"""Keeps processes running: each is started, watched, and started again when it dies.

A process that dies soon after its start waits longer before each new one; one that lived a while is started
at once. Everything they print goes to a log of their own.
"""

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from deploy.local.places import make, private_log, write_private
from deploy.local.problems import Problem

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
LIVED_A_WHILE = 20.0
GRACE = 30.0


@dataclass(frozen=True)
class Spec:
    """One process to keep running. `ready_url` answers 200 once it can do its work."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    ready_url: str


class Supervisor:
    """A set of processes with their logs and pids under `directory`.

    Every method may be called from any thread. What was hit by `kill` is started again; what was ended by
    `stop` stays ended until `start`.
    """

    def __init__(self, directory: Path, cwd: Path, *, longest_pause: float = LONGEST_PAUSE) -> None:
        """`longest_pause` (seconds) is what a process that keeps dying waits at most."""
        self.logs = make(directory / "log")
        self._longest_pause = longest_pause
        self._run = make(directory / "run")
        self._cwd = cwd
        self._watched: dict[str, _Watched] = {}
        self._given_up = threading.Event()

    # -- life -----------------------------------------------------------------------------------------

    def start(self, specs: Iterable[Spec]) -> None:
        """Starts processes and returns at once; see `wait_ready`. One that runs already is left alone."""
        for spec in specs:
            watched = self._watched.get(spec.name)
            if watched is None or not watched.is_alive():
                log, pid_file = self.logs / f"{spec.name}.log", self._pid_file(spec.name)
                watched = _Watched(spec, log, pid_file, self._cwd, self._longest_pause)
                self._watched[spec.name] = watched
                watched.start()

    def stop(self, *names: str) -> None:
        """Ends the named processes (or all) with SIGTERM, and with SIGKILL what is left after 30 s."""
        ending = [self._watched[name] for name in names or list(self._watched)]
        for watched in ending:
            watched.ask_to_end()
        deadline = time.monotonic() + GRACE
        for watched in ending:
            watched.await_end(deadline)

    def give_up(self) -> None:
        """Makes a `wait_ready` that is going on in another thread fail soon, and every later one."""
        self._given_up.set()

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> int:
        """Sends a signal to a process as bad luck would; it is started again. Returns the pid that was hit.

        Raises Problem when the process is between two lives.
        """
        pid = self.pid(name)
        if pid is None:
            raise Problem(f"{name} is not running.")
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
        return pid

    def end_leftovers(self) -> list[str]:
        """Ends what an earlier supervisor that was killed left running; returns the names."""
        found = {path.stem: _leftover(path) for path in self._run.glob("*.json")}
        alive = {name: process for name, process in found.items() if process is not None}
        for process in alive.values():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
        _, stubborn = psutil.wait_procs(alive.values(), timeout=GRACE)
        for process in stubborn:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        for path in self._run.glob("*.json"):
            path.unlink(missing_ok=True)
        return sorted(alive)

    # -- questions ------------------------------------------------------------------------------------

    @property
    def names(self) -> tuple[str, ...]:
        """Every process that was ever started, in that order."""
        return tuple(self._watched)

    def pid(self, name: str) -> int | None:
        """The process's id now, or None between two lives."""
        return self._watched[name].pid

    def restarts(self, name: str) -> int:
        """How often it was started again after it died."""
        return self._watched[name].restarts

    def ready(self, name: str) -> bool:
        """Whether it answers that it can do its work."""
        return _answers_ok(self._watched[name].spec.ready_url)

    def wait_ready(self, *names: str, timeout: float = 60) -> None:
        """Returns once the named processes (or all) are ready.

        Raises Problem that names those that are not within `timeout` seconds, and says why.
        """
        deadline = time.monotonic() + timeout
        waiting = list(names or self._watched)
        while waiting := [name for name in waiting if not self.ready(name)]:
            if self._given_up.is_set():
                raise Problem("Waiting for the processes was given up.")
            if time.monotonic() > deadline:
                reasons = "; ".join(f"{name}: {self._why_not_ready(name)}" for name in waiting)
                raise Problem(f"Not ready after {timeout:.0f} s: {reasons} (logs are in {self.logs}).")
            time.sleep(0.1)

    def _why_not_ready(self, name: str) -> str:
        watched = self._watched[name]
        if watched.pid is None or watched.restarts:
            return f"died {watched.restarts} times, last words: {watched.last_words()}"
        return _unready_reason(watched.spec.ready_url)

    def _pid_file(self, name: str) -> Path:
        return self._run / f"{name}.json"


class _Watched(threading.Thread):
    """One process and the thread that starts it again."""

    def __init__(self, spec: Spec, log: Path, pid_file: Path, cwd: Path, longest_pause: float) -> None:
        super().__init__(name=f"watch {spec.name}", daemon=True)
        self.spec = spec
        self._longest_pause = longest_pause
        self.restarts = 0
        self._log = log
        self._pid_file = pid_file
        self._cwd = cwd
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        with self._lock:
            alive = self._process is not None and self._process.poll() is None
            return self._process.pid if alive and self._process else None

    def last_words(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines() if self._log.exists() else []
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "none")

    def ask_to_end(self) -> None:
        """Asks the process to end, and the thread not to start it again."""
        with self._lock:
            self._ending.set()
            if self._process is not None and self._process.poll() is None:
                self._process.terminate()

    def await_end(self, deadline: float) -> None:
        """Returns once the process has gone; at the deadline it is killed."""
        self.join(max(0.0, deadline - time.monotonic()))
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                _kill_group(self._process)
        self.join()

    def run(self) -> None:
        pause = FIRST_PAUSE
        while True:
            with self._lock:
                if self._ending.is_set():
                    break
                process = self._process = self._launch()
            born = time.monotonic()
            process.wait()
            _kill_group(process)
            if self._ending.is_set():
                break
            lived_a_while = time.monotonic() - born > LIVED_A_WHILE
            pause = FIRST_PAUSE if lived_a_while else min(pause * 2, self._longest_pause)
            self._note(f"ended with {process.returncode}, started again in {pause:.1f} s")
            if self._ending.wait(pause):
                break
            self.restarts += 1
        self._pid_file.unlink(missing_ok=True)

    def _launch(self) -> subprocess.Popen[bytes]:
        with private_log(self._log) as log:
            process = subprocess.Popen(
                self.spec.command,
                env=dict(self.spec.environment), cwd=self._cwd, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True,
            )  # fmt: skip
        started = psutil.Process(process.pid).create_time()
        write_private(self._pid_file, json.dumps({"pid": process.pid, "started": started}))
        return process

    def _note(self, sentence: str) -> None:
        with private_log(self._log) as log:
            log.write(f"supervisor: {self.spec.name} {sentence}\n".encode())


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kills a process, or what it had started itself and left behind."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _leftover(pid_file: Path) -> psutil.Process | None:
    """The process the file names, unless that pid belongs to another by now."""
    with contextlib.suppress(psutil.Error, ValueError, KeyError):
        known = json.loads(pid_file.read_text())
        process = psutil.Process(known["pid"])
        if abs(process.create_time() - known["started"]) < 1:
            return process
    return None


def _answers_ok(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False


def _unready_reason(url: str) -> str:
    """What the readiness page says."""
    try:
        with urllib.request.urlopen(url, timeout=2):
            return "became ready just now"
    except urllib.error.HTTPError as answer:
        return answer.read(1000).decode(errors="replace").strip()
    except OSError:
        return "does not answer"
