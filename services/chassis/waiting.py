"""Waiting between attempts. Under eventlet the patched sleep gives way to other work."""

import time


def pause(seconds: float) -> None:
    """Do nothing for `seconds`, so that whatever is in the way can pass."""
    time.sleep(seconds)
