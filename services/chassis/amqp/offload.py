"""Work that computes without a pause, done where it does not stop the other calls of the process."""

from collections.abc import Callable
from typing import Any

from eventlet import tpool


def offload(work: Callable[..., Any], *arguments: Any) -> Any:
    """`work(*arguments)` in a real thread, while the greenlets go on. The work must release the GIL."""
    return tpool.execute(work, *arguments)
