"""What the gateway has at hand for attached files."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.gateway.files.store import Store
from services.gateway.problems import Busy

#: Files that one process takes at the same time.
MOST_UPLOADS = 32


@dataclass
class Attachments:
    """The store, and how many files are on their way into it."""

    store: Store
    most: int = MOST_UPLOADS
    arriving: int = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place among those who may send a file; raises Busy."""
        if self.arriving >= self.most:
            raise Busy("Many files are arriving at the moment. Try again in a few seconds.")
        self.arriving += 1
        try:
            yield
        finally:
            self.arriving -= 1
