"""Housekeeping at intervals.

nameko's timer computes its pauses from the wall clock: set that back by an hour and nothing happens for an
hour. Here the pauses are pauses.
"""

import logging
from collections.abc import Callable
from typing import Any, cast

import eventlet
from eventlet.event import Event
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint

log = logging.getLogger(__name__)


class Every(Entrypoint):  # type: ignore[misc]  # nameko is untyped
    """Runs its method `seconds` after the start, and again `seconds` after each end.

    Every process of a service runs it: what must be done once needs a lock in the database.
    """

    def __init__(self, seconds: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seconds = seconds
        self._stopping = Event()

    def start(self) -> None:
        self.container.spawn_managed_thread(
            self._run, identifier=f"every {self.seconds} s {self.method_name}"
        )

    def stop(self) -> None:
        if not self._stopping.ready():
            self._stopping.send()

    def _run(self) -> None:
        while True:
            # The hub's clock, and with it this time-out, is `time.monotonic`.
            with eventlet.Timeout(self.seconds, False):
                self._stopping.wait()
            if self._stopping.ready():
                return
            try:
                self._tick()
            except ContainerBeingKilled:
                return

    def _tick(self) -> None:
        finished = Event()

        def on_result(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            finished.send()
            return result, exc_info

        self.container.spawn_worker(self, (), {}, handle_result=on_result)
        finished.wait()


every = cast(Callable[[float], Callable[[Any], Any]], Every.decorator)
