"""Files nobody refers to go: uploads that were never attached, and files taken off their draft.

The store knows when each file was last brought, the notifications service what documents refer to. A file
goes when it was brought more than a day ago and nothing refers to it. Who attaches it meanwhile brings it
first, which makes it young again; the store decides between the two under one lock, so the bytes behind a
reference are never deleted. Every gateway sweeps: what one has deleted, the others do not find.
"""

import asyncio
import logging
import random
import time
from dataclasses import dataclass

from services.chassis.errors import CounterpartError
from services.chassis.wire import dumps
from services.contracts.notifications.commands import FindUnusedFiles
from services.contracts.shapes import operation
from services.gateway import counts
from services.gateway.bus import Bus, Wish
from services.gateway.files.store import Store

log = logging.getLogger(__name__)

#: Seconds for which a file may wait for a document to refer to it. An attach takes seconds.
PATIENCE = 24 * 3600.0
#: Seconds between two sweeps.
EVERY = 3600.0


@dataclass
class Swept:
    """What one sweep has taken away."""

    files: int = 0
    size: int = 0


async def sweep(store: Store, bus: Bus, *, now: float | None = None) -> Swept:
    """Delete what nobody refers to; raises Unavailable when the notifications service cannot be asked."""
    since = (time.time() if now is None else now) - PATIENCE
    swept = Swept()
    async for digests in store.resting(since):
        for digest in await _unused(bus, digests):
            size = await store.forget(digest, since)
            if size:
                swept.files += 1
                swept.size += size
                counts.swept(size)
    return swept


async def _unused(bus: Bus, digests: list[str]) -> list[str]:
    question = FindUnusedFiles(sha256=tuple(digests))
    asked = operation(FindUnusedFiles)
    answer = await bus.call(Wish(asked.service, asked.name, dumps(question)))
    unused: list[str] = answer.value["sha256"]
    return unused


class Sweeping:
    """Sweeps every hour, for as long as the gateway runs."""

    def __init__(self, store: Store, bus: Bus, *, every: float = EVERY) -> None:
        self._store = store
        self._bus = bus
        self._every = every
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; the first sweep comes within the first interval, at another moment in every gateway."""
        self._task = asyncio.create_task(self._run(), name="sweeping files")

    async def stop(self) -> None:
        """End, also in the middle of a sweep: what is left goes next time."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def _run(self) -> None:
        await asyncio.sleep(random.uniform(0, self._every))
        while True:
            await self._once()
            await asyncio.sleep(self._every)

    async def _once(self) -> None:
        try:
            swept = await sweep(self._store, self._bus)
        except (CounterpartError, OSError) as error:
            # Nothing is lost by waiting: the files are there the next time.
            log.warning("unused files were not swept: %s", error)
            return
        if swept.files:
            log.info("%d files that nobody refers to are deleted, %d bytes", swept.files, swept.size)
