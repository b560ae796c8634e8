"""The container of a service: nameko's, with a death that is always orderly and never by accident."""

import logging
import sys
import time
from collections.abc import Callable
from typing import Any, Final

import eventlet
from eventlet.greenpool import GreenPool
from greenlet import GreenletExit
from nameko.containers import ServiceContainer, WorkerContext

from services.chassis.amqp.intake import Intake
from services.chassis.amqp.rpc import Operation

log = logging.getLogger(__name__)

#: Seconds that work in hand may take to end after a stop was asked for. The supervisor kills at 30.
GRACE: Final = 20

#: The configuration's key for the number of calls that may run at the same time, and its default.
WORKERS: Final = ("max_workers", 20)


class Container(ServiceContainer):  # type: ignore[misc]  # nameko is untyped
    """Runs workers so that a failing one harms nobody, and stops without losing what is in hand.

    Calls may use `rpc_workers` workers at a time. Every other entrypoint runs one worker at a time and has a
    place of its own in the pool, so neither a flood of calls nor a backlog of events starves the rest.
    """

    def __init__(self, service_cls: type, config: dict[str, Any]) -> None:
        super().__init__(service_cls, config)
        self.rpc_workers: int = config.get(*WORKERS)
        others = [entrypoint for entrypoint in self.entrypoints if not isinstance(entrypoint, Operation)]
        self.max_workers = self.rpc_workers + len(others)
        self._worker_pool = GreenPool(self.max_workers)

    def wait_for_room(self) -> None:
        """Sleep until a worker can be spawned without waiting."""
        with self._worker_pool.sem:
            pass

    @property
    def intake(self) -> Intake | None:
        """The consuming connection, if the service consumes anything."""
        found: Intake | None = self.shared_extensions.get(Intake)
        return found

    def consumers_ready(self) -> str | None:
        """None when every consumer is registered with the broker, else what is missing."""
        if not self.started:
            return "the service is starting"
        faults = self.intake.faults() if self.intake is not None else []
        return "; ".join(faults) or None

    def stop(self) -> None:
        """Take nothing new, let work in hand end and be settled, then close; at most `GRACE` seconds.

        nameko waits on an event of the pool that never comes when more work is waiting for a worker, and
        closes the connection before the last acknowledgements are written.
        """
        if self._died.ready() or self._being_killed:
            super().stop()
            return
        began = time.monotonic()
        for entrypoint in self.entrypoints:
            self._safely(entrypoint.stop)
        while self._at_work() and time.monotonic() - began < GRACE:
            eventlet.sleep(0.02)
        if self._at_work():
            log.error("%s: %d workers were still at work and are ended", self.service_name, self._at_work())
            self._end(self._worker_threads.values())
        for extension in [*self.dependencies, *self.subextensions]:
            self._safely(extension.stop)
        self._end(self._managed_threads)
        self.started = False
        if not self._died.ready():
            self._died.send(None)
        log.info("%s: stopped after %.1f seconds", self.service_name, time.monotonic() - began)

    def _at_work(self) -> int:
        sources = self.intake.sources if self.intake is not None else ()
        return max(len(self._worker_threads), sum(source.busy for source in sources))

    def _end(self, greenlets: Any) -> None:
        for greenlet in list(greenlets):
            greenlet.kill()

    def _safely(self, stop: Any) -> None:
        try:
            stop()
        except Exception:
            # One that cannot stop must not keep the others from stopping.
            log.exception("%s: an extension failed to stop", self.service_name)

    def _run_worker(self, worker_ctx: WorkerContext, handle_result: Any) -> None:
        """Like nameko's, but nothing that fails here ends the container, and results are settled last.

        A message is acknowledged, and a call answered, after every dependency has seen the result and is torn
        down. nameko does it before, so that a dependency that commits there loses data in a crash.
        """
        result: Any = None
        exc_info: Any = None
        try:
            self._inject_dependencies(worker_ctx)
            self._worker_setup(worker_ctx)
            result = getattr(worker_ctx.service, worker_ctx.entrypoint.method_name)(
                *worker_ctx.args, **worker_ctx.kwargs
            )
        except Exception:
            log.exception("%s.%s failed", self.service_name, worker_ctx.entrypoint.method_name)
            exc_info = sys.exc_info()
        exc_info = self._tell(self._worker_result, worker_ctx, result, exc_info) or exc_info
        exc_info = self._tell(self._worker_teardown, worker_ctx) or exc_info
        if handle_result is not None:
            handle_result(worker_ctx, result, exc_info)
        # Otherwise traceback and frame would keep each other alive until the garbage collector comes.
        del exc_info

    def _tell(self, dependencies: Callable[..., None], *what: Any) -> Any:
        """The exception that a dependency raised, or None."""
        try:
            dependencies(*what)
        except Exception:
            log.exception("%s: a dependency failed after the work", self.service_name)
            return sys.exc_info()
        return None

    def _handle_worker_thread_exited(self, gt: Any, worker_ctx: WorkerContext) -> None:
        self._worker_threads.pop(worker_ctx, None)
        try:
            gt.wait()
        except GreenletExit:
            log.debug("%s: a worker was ended", self.service_name)
        except Exception:
            # Settling failed, so the message was not acknowledged and comes again; the process goes on.
            log.exception("%s: a worker could not settle its result", self.service_name)
