"""The one exception the launcher shows to a person, and how it tells what the system refuses it."""

import errno


class Problem(Exception):
    """Something a person can put right; the message is one sentence that says what to do."""


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def sentence_of(error: OSError) -> str:
    """What the operating system refused, where, and what to do about it."""
    place = f" ({error.filename})" if error.filename else ""
    remedy = "make room there" if error.errno in _FULL else "put that right"
    return f"{error.strerror}{place}: {remedy} and start again."
