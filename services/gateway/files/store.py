"""Where the bytes of attached files are: under their SHA-256, written once, never changed.

A file comes in through a temporary one and gets its name by a rename when all of it is on the disk: under
its digest there is either the whole file or nothing, whatever stops the process or the machine.
"""

import asyncio
import contextlib
import errno
import fcntl
import hashlib
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import uuid4

from services.gateway.problems import StorageFull, TooLarge

#: Bytes that are written, or read, at a time.
CHUNK = 256 * 1024
#: Seconds after which a temporary file belongs to nobody any more.
ABANDONED_AFTER = 24 * 3600
#: Digests that are asked about at a time.
AT_A_TIME = 500

# No room on the disk, the quota used up, or larger than the file system lets a file be.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True)
class Incoming:
    """A file that has arrived whole, on a local disk, under a name that means nothing."""

    path: Path
    sha256: str
    size: int


class Store(Protocol):
    """Keeps files under their digest. Another one may keep them elsewhere, in an object store for example."""

    def receiving(self, most: int) -> "Receiving":
        """A new file to write to, of at most so many bytes."""

    async def keep(self, incoming: Incoming) -> None:
        """Keep a file for good; raises StorageFull. The same content is kept once."""

    async def size(self, sha256: str) -> int | None:
        """Length in bytes of what is kept under this digest, or None."""

    def read(self, sha256: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `stop`."""

    def resting(self, since: float) -> AsyncIterator[list[str]]:
        """The digests of files that nobody has brought since then (POSIX time), some at a time."""

    async def forget(self, sha256: str, since: float) -> int:
        """Delete a file, unless somebody has brought it again since then; its bytes, 0 if it stays."""


class Receiving:
    """A file being received. As a context manager it takes away whatever was not kept."""

    def __init__(self, folder: Path, most: int) -> None:
        self._path = folder / f"{uuid4().hex}.part"
        self._most = most
        self._digest = hashlib.sha256()
        self._size = 0
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._file: BinaryIO | None = None

    async def __aenter__(self) -> "Receiving":
        self._file = await asyncio.to_thread(_created, self._path)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.shield(asyncio.to_thread(self._forget))

    async def write(self, part: bytes) -> None:
        """Take the next bytes; raises TooLarge or StorageFull."""
        self._size += len(part)
        if self._size > self._most:
            raise too_large(self._most)
        self._waiting.append(part)
        self._waiting_bytes += len(part)
        if self._waiting_bytes >= CHUNK:
            await self._flush()

    async def finish(self) -> Incoming:
        """All of it is here: put it on the disk; raises StorageFull."""
        await self._flush()
        await asyncio.to_thread(self._sync)
        return Incoming(self._path, self._digest.hexdigest(), self._size)

    async def _flush(self) -> None:
        parts, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if parts:
            await asyncio.to_thread(self._write, b"".join(parts))

    def _write(self, data: bytes) -> None:
        assert self._file is not None
        self._digest.update(data)
        with told_when_full():
            self._file.write(data)

    def _sync(self) -> None:
        assert self._file is not None
        with told_when_full():
            self._file.flush()
            os.fsync(self._file.fileno())

    def _forget(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                # Closing writes what is left, which fails again on a full disk; the file goes away anyway.
                self._file.close()
        self._path.unlink(missing_ok=True)


class FolderStore:
    """Keeps files in a folder of this machine, or one that several gateways share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._arriving = folder / "arriving"

    def prepare(self) -> None:
        """Make the folder, and take away what crashes have left in it; raises OSError."""
        self._arriving.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._forget_abandoned()

    def _forget_abandoned(self) -> None:
        deadline = time.time() - ABANDONED_AFTER
        for path in self._arriving.glob("*.part"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < deadline:
                    path.unlink()

    def receiving(self, most: int) -> Receiving:
        """A new file to write to, of at most so many bytes."""
        return Receiving(self._arriving, most)

    async def keep(self, incoming: Incoming) -> None:
        """Keep a file for good; raises StorageFull. The same content is kept once."""
        await asyncio.to_thread(self._keep, incoming)

    async def size(self, sha256: str) -> int | None:
        """Length in bytes of what is kept under this digest, or None."""
        return await asyncio.to_thread(self._size, sha256)

    async def read(self, sha256: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `stop`."""
        file = await asyncio.to_thread(self._place(sha256).open, "rb")
        try:
            await asyncio.to_thread(file.seek, start)
            while start < stop:
                part = await asyncio.to_thread(file.read, min(CHUNK, stop - start))
                if not part:
                    raise OSError(errno.EIO, "a stored file is shorter than it was")
                start += len(part)
                yield part
        finally:
            file.close()

    async def resting(self, since: float) -> AsyncIterator[list[str]]:
        """The digests of files that nobody has brought since then (POSIX time), some at a time."""
        await asyncio.to_thread(self._forget_abandoned)
        for number in range(256):
            found = await asyncio.to_thread(_untouched, self._folder / f"{number:02x}", since)
            for start in range(0, len(found), AT_A_TIME):
                yield found[start : start + AT_A_TIME]

    async def forget(self, sha256: str, since: float) -> int:
        """Delete a file, unless somebody has brought it again since then; its bytes, 0 if it stays."""
        return await asyncio.to_thread(self._forget, self._place(sha256), since)

    def _forget(self, place: Path, since: float) -> int:
        with _alone_in(place.parent), contextlib.suppress(FileNotFoundError):
            known = place.stat()
            if known.st_mtime < since:
                place.unlink()
                return known.st_size
        return 0

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def _size(self, sha256: str) -> int | None:
        try:
            return self._place(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def _keep(self, incoming: Incoming) -> None:
        place = self._place(incoming.sha256)
        with told_when_full():
            if not place.parent.exists():
                place.parent.mkdir(mode=0o700, exist_ok=True)
                _sync_folder(self._folder)
            with _alone_in(place.parent):
                if self._size(incoming.sha256) == incoming.size:
                    # As if it had just come: it is about to be referred to, and no sweep may think it forgotten.
                    os.utime(place)
                    return
                incoming.path.replace(place)
                _sync_folder(place.parent)


def too_large(most: int) -> TooLarge:
    """The refusal of a file of more than `most` bytes."""
    return TooLarge(f"The file is larger than {most // (1024 * 1024)} MB, the most that can be attached.")


@contextmanager
def told_when_full() -> Iterator[None]:
    """Tell a full disk, or a used-up quota, in words."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(
                "There is no room left for files. Nothing was kept; tell the operator."
            ) from error
        raise


def _created(path: Path) -> BinaryIO:
    with told_when_full():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Only one at a time, of all processes: who keeps a file, or who deletes one."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _untouched(folder: Path, since: float) -> list[str]:
    if not folder.exists():
        return []
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if _older(entry, since))


def _older(entry: "os.DirEntry[str]", since: float) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return entry.stat().st_mtime < since
    return False


def _sync_folder(folder: Path) -> None:
    """A new name in a folder is on the disk only when the folder is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
