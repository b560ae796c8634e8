"""Identifiers that cannot be guessed and still sort by the time they were made (UUID version 7, RFC 9562)."""

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """A fresh version-7 UUID: 48 bits of milliseconds, then 74 random bits. Never a secret."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | (random >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | random & (1 << 62) - 1
    return UUID(int=value)
