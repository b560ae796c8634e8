"""A few worker processes for work that would hold the event loop up: setting PDF, writing XLSX, reading zips.

Each does one job at a time. A job that takes too long dies with its process, and nothing else does. Those who
would have to wait behind too many others are told at once to come back.
"""

import asyncio
import contextlib
import json
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import services
from services.chassis.errors import CounterpartError, Fault
from services.gateway.frames import FRAME, Head, framed
from services.gateway.problems import Busy, InternalError, TooSlow

log = logging.getLogger(__name__)

#: Processes that work at the same time.
WORKERS = 2
#: Jobs that may wait for one of them.
MOST_WAITING = 16
#: Seconds that one job may take.
PATIENCE = 20.0
#: Jobs after which a process is replaced: what a library keeps for later goes with it.
JOBS_PER_PROCESS = 500

ROOT = Path(services.__file__).parent.parent


class Refusal(CounterpartError):
    """What a worker refused, as it told it."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(told["detail"], (Fault(fault["field"], fault["detail"]) for fault in told["faults"]))
        self.status = int(told["status"])  # type: ignore[misc]
        self.code = str(told["code"])  # type: ignore[misc]


class _Ended(Exception):
    """The process ended before it answered."""


class _Worker:
    """One process and how many jobs it has done."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.jobs = 0

    async def do(self, head: Head, body: bytes) -> tuple[Any, bytes]:
        self.jobs += 1
        pipe, answers = self.process.stdin, self.process.stdout
        assert pipe is not None
        assert answers is not None
        try:
            pipe.write(framed(head, body))
            await pipe.drain()
            head_length, body_length = FRAME.unpack(await answers.readexactly(FRAME.size))
            return json.loads(await answers.readexactly(head_length)), await answers.readexactly(body_length)
        except (OSError, asyncio.IncompleteReadError) as error:
            raise _Ended from error

    @property
    def usable(self) -> bool:
        return self.process.returncode is None and self.jobs < JOBS_PER_PROCESS

    async def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


class Workers:
    """Does jobs of `services.gateway.work.JOBS`. Processes start when they are first needed."""

    def __init__(
        self,
        *,
        workers: int = WORKERS,
        most_waiting: int = MOST_WAITING,
        patience: float = PATIENCE,
        start: Callable[[], Coroutine[Any, Any, Process]] | None = None,
    ) -> None:
        self._most = workers + most_waiting
        self._patience = patience
        self._start = start or _start
        self._free: list[_Worker] = []
        self._slots = asyncio.Semaphore(workers)
        self._admitted = 0
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def admitted(self) -> int:
        """Jobs under way and waiting, and those that are still collecting what they need."""
        return self._admitted

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place among those who may ask; take one before collecting much. Raises Busy."""
        if self._admitted >= self._most:
            raise Busy("Many documents are being made at the moment. Try again in a few seconds.")
        self._admitted += 1
        try:
            yield
        finally:
            self._admitted -= 1

    async def do(self, job: str, head: Head, body: bytes = b"") -> tuple[Any, bytes]:
        """The result of a job; raises Busy, TooSlow, InternalError, or what the job refused."""
        async with self.place():
            return await self.do_placed(job, head, body)

    async def do_placed(self, job: str, head: Head, body: bytes = b"") -> tuple[Any, bytes]:
        """The same, for who has a place already."""
        async with self._slots:
            try:
                async with asyncio.timeout(self._patience):
                    answer, made = await self._done({**head, "job": job}, body)
            except TimeoutError:
                log.warning("a job was ended because it took longer than %g s: %s", self._patience, job)
                raise TooSlow("This took too long and was stopped. Ask for less at a time.") from None
        if "refused" in answer:
            raise Refusal(answer["refused"])
        if "failed" in answer:
            log.error("the job %s failed: %s", job, answer["failed"])
            raise InternalError(
                "This could not be made because of an error on this side. It has been logged."
            )
        return answer["ok"], made

    async def stop(self) -> None:
        """End the processes."""
        while self._free:
            await self._free.pop().end()
        if self._ending:
            await asyncio.wait(self._ending)

    async def _done(self, head: Head, body: bytes) -> tuple[Any, bytes]:
        for last in (False, True):
            worker = self._free.pop() if self._free else _Worker(await self._start())
            try:
                result = await worker.do(head, body)
            except _Ended:
                # A process that had died while nobody needed it is not the job's fault; a second one is.
                self._end(worker)
                if last:
                    return {"failed": "the worker process ended"}, b""
            except BaseException:
                # Too slow, or nobody waits any more: what the process is about to answer belongs to nobody.
                self._end(worker)
                raise
            else:
                if worker.usable:
                    self._free.append(worker)
                else:
                    self._end(worker)
                return result
        raise AssertionError("the loop always returns or raises")

    def _end(self, worker: _Worker) -> None:
        task = asyncio.ensure_future(worker.end())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


async def _start() -> Process:
    """A worker process. It inherits neither our settings nor our secrets."""
    inherited = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.gateway.work",
        stdin=PIPE,
        stdout=PIPE,
        cwd=ROOT,
        env={**inherited, "PYTHONPATH": str(ROOT)},
        # Control-C in a terminal is told to the gateway, which ends its workers in its own time.
        start_new_session=True,
    )
