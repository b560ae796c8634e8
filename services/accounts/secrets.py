"""The secrets accounts hands out: session tokens, API keys, CSRF tokens, marks of known devices.

Tokens and keys have 256 random bits, so a plain SHA-256 is enough to store them: nobody can try them all.
"""

import base64
import hashlib
import re
import secrets
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer

_KEY = re.compile(r"cp_([0-9a-f]{32})_([A-Za-z0-9_-]{43})", re.ASCII)


def new_token() -> str:
    """A fresh secret of 256 bits, safe in a URL and a cookie."""
    return secrets.token_urlsafe(32)


def stored(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def csrf_token(session_token: str) -> str:
    """The CSRF token of a session. Whoever knows it cannot find the session's token from it."""
    digest = hashlib.sha256(b"csrf\0" + session_token.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def api_key(key_id: UUID, secret: str) -> str:
    """An API key as its owner gets it: it says what it is, which one it is, and proves it."""
    return f"cp_{key_id.hex}_{secret}"


def read_api_key(key: str) -> tuple[UUID, bytes] | None:
    """Id and hashed secret of a key; None if it does not look like one."""
    found = _KEY.fullmatch(key)
    return (UUID(hex=found[1]), stored(found[2])) if found else None


class Devices:
    """Signed marks of devices on which a user has signed in before. They open nothing; see `attempts`."""

    def __init__(self, secret_key: str) -> None:
        self._signer = URLSafeSerializer(secret_key, salt="counterpart/device")

    def mark(self, user_id: UUID, device_id: UUID) -> str:
        """The token for a device."""
        return str(self._signer.dumps([user_id.hex, device_id.hex]))

    def known(self, user_id: UUID, token: str | None) -> UUID | None:
        """The device, if `token` marks one of this user."""
        if token is None:
            return None
        try:
            owner, device = self._signer.loads(token)
            return UUID(hex=device) if UUID(hex=owner) == user_id else None
        except (BadData, ValueError, TypeError, AttributeError):
            return None
