"""Files nobody refers to are swept; a file that somebody is about to refer to never is."""

import asyncio
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.chassis.errors import Unavailable
from services.chassis.wire import dumps
from services.gateway import counts
from services.gateway.bus import Answer, Wish
from services.gateway.files.store import FolderStore
from services.gateway.files.sweeping import PATIENCE, Sweeping, Swept, sweep

DAY = 24 * 3600


class Notifications:
    """Knows what is referred to; `meanwhile` happens while it thinks."""

    def __init__(self, *used: str, meanwhile: Callable[[], Any] = lambda: None) -> None:
        self.used = used
        self.meanwhile = meanwhile
        self.asked: list[str] = []

    async def call(self, wish: Wish) -> Answer:
        assert (wish.service, wish.method) == ("notifications", "find_unused_files")
        digests = json.loads(wish.payload)["sha256"]
        self.asked += digests
        await asyncio.to_thread(self.meanwhile)
        unused = [digest for digest in digests if digest not in self.used]
        return Answer(dumps({"sha256": unused}).encode())


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    made = FolderStore(tmp_path / "files")
    made.prepare()
    return made


def bring(store: FolderStore, content: bytes) -> str:
    async def brought() -> str:
        async with store.receiving(1000) as receiving:
            await receiving.write(content)
            incoming = await receiving.finish()
            await store.keep(incoming)
        return incoming.sha256

    return asyncio.run(brought())


def an_old_file(store: FolderStore, tmp_path: Path, content: bytes, *, days: float = 2) -> str:
    digest = bring(store, content)
    (place,) = (tmp_path / "files").rglob(digest)
    then = time.time() - days * DAY
    os.utime(place, (then, then))
    return digest


def swept(store: FolderStore, bus: Any) -> Swept:
    return asyncio.run(sweep(store, bus))


def lies_there(store: FolderStore, digest: str) -> bool:
    return asyncio.run(store.size(digest)) is not None


def test_only_what_nobody_refers_to_and_is_older_than_a_day_goes(store: FolderStore, tmp_path: Path) -> None:
    forgotten = an_old_file(store, tmp_path, b"forgotten")
    attached = an_old_file(store, tmp_path, b"attached")
    fresh = bring(store, b"fresh")
    notifications = Notifications(attached)
    before = counts.swept_files._value.get(), counts.swept_bytes._value.get()

    assert swept(store, notifications) == Swept(files=1, size=len(b"forgotten"))

    assert [lies_there(store, each) for each in (forgotten, attached, fresh)] == [False, True, True]
    assert fresh not in notifications.asked
    assert (counts.swept_files._value.get(), counts.swept_bytes._value.get()) == (
        before[0] + 1,
        before[1] + 9,
    )


def test_a_file_brought_again_after_the_question_stays(store: FolderStore, tmp_path: Path) -> None:
    digest = an_old_file(store, tmp_path, b"the same drawing")
    notifications = Notifications(meanwhile=lambda: bring(store, b"the same drawing"))

    assert swept(store, notifications) == Swept()

    assert lies_there(store, digest)


def test_whoever_keeps_a_file_while_it_is_swept_finds_it_there_afterwards(
    store: FolderStore, tmp_path: Path
) -> None:
    content = b"in demand"
    digest = hashlib.sha256(content).hexdigest()
    for _ in range(30):
        an_old_file(store, tmp_path, content)
        together = threading.Barrier(2)

        def keep(together: threading.Barrier = together) -> None:
            together.wait(10)
            bring(store, content)

        keeper = threading.Thread(target=keep)
        keeper.start()
        together.wait(10)
        swept(store, Notifications())
        keeper.join()

        assert lies_there(store, digest)


def test_a_silent_notifications_service_costs_no_file_and_ends_nothing(
    store: FolderStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    digest = an_old_file(store, tmp_path, b"unasked")
    asked = asyncio.Event()

    class Silent:
        async def call(self, _wish: Wish) -> Answer:
            asked.set()
            raise Unavailable("The notifications service is not running at the moment.")

    async def story() -> None:
        bus: Any = Silent()
        sweeping = Sweeping(store, bus, every=0.01)
        sweeping.start()
        for _ in range(2):
            async with asyncio.timeout(10):
                await asked.wait()
            asked.clear()
        await sweeping.stop()

    asyncio.run(story())

    assert lies_there(store, digest)
    assert "unused files were not swept" in caplog.text


def test_what_a_crash_left_half_arrived_goes_too(store: FolderStore, tmp_path: Path) -> None:
    half = tmp_path / "files" / "arriving" / "0123.part"
    half.write_bytes(b"half of it")
    os.utime(half, (time.time() - PATIENCE - 1,) * 2)

    swept(store, Notifications())

    assert not half.exists()
