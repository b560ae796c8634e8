"""Passwords at rest: argon2id.

Hashing takes some 30 to 80 ms of pure computation, which would stop every other call of an eventlet
process; `offload` runs it elsewhere. The service passes the chassis's; a test passes `at_once`.
"""

import unicodedata
from collections.abc import Callable
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

Offload = Callable[..., Any]

# The least that OWASP advises for argon2id: 19 MiB, two passes, one lane.
ADVISED = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def at_once(work: Callable[..., Any], *arguments: Any) -> Any:
    """Do the work where it is asked for."""
    return work(*arguments)


class Passwords:
    """Makes and compares password hashes, always with the same amount of work."""

    def __init__(self, offload: Offload = at_once, hasher: PasswordHasher = ADVISED) -> None:
        self._hasher = hasher
        self._offload = offload
        # What an unknown account's password is compared with, so that the answer takes as long.
        self._of_nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """The hash to store; it names its algorithm, parameters and salt."""
        return str(self._offload(self._hasher.hash, _normal(password)))

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether `password` is the one behind `stored`. Without a hash: as much work, and no."""
        same = bool(self._offload(self._verify, stored or self._of_nobody, _normal(password)))
        return same and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether `stored` was made with other parameters than today's, so it should be made again."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _normal(password: str) -> str:
    # The same key strokes give different code points on different systems (NIST SP 800-63B, 3.1.1.2).
    return unicodedata.normalize("NFKC", password)
