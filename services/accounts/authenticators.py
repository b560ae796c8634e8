"""Authenticator apps (TOTP, RFC 6238) and recovery codes: what of them is computed, and how they are kept.

The secret of an app must be readable to check its codes, so it lies encrypted (AES-256-GCM, bound to its
user) under a key derived from COUNTERPART_SECRET_KEY: a copy of the database alone gives no codes. Recovery
codes are only compared, and kept as HMACs under another such key.
"""

import base64
import hmac
import os
import secrets
from datetime import datetime
from uuid import UUID

import pyotp
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

#: Seconds for which a code stands; what every authenticator app assumes (RFC 6238).
STEP = 30
#: Steps a clock may be ahead or behind.
LEEWAY = 1
ISSUER = "Counterpart"
RECOVERY_CODES = 10
_NONCE = 12


class Authenticators:
    """Makes and reads secrets, and says which moment a code belongs to."""

    def __init__(self, secret_key: str) -> None:
        self._sealing = AESGCM(_derived(secret_key, "authenticator secrets"))
        self._hashing = _derived(secret_key, "recovery codes")

    def new_secret(self) -> str:
        """160 random bits in base32, as apps take it."""
        return pyotp.random_base32()

    def uri(self, secret: str, account: str) -> str:
        """What the QR code holds that an app scans."""
        return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=account, issuer_name=ISSUER)

    def sealed(self, user_id: UUID, secret: str) -> bytes:
        """The secret as it is stored."""
        nonce = os.urandom(_NONCE)
        return nonce + self._sealing.encrypt(nonce, secret.encode(), user_id.bytes)

    def opened(self, user_id: UUID, sealed: bytes) -> str:
        """The secret behind what is stored for this user."""
        return self._sealing.decrypt(sealed[:_NONCE], sealed[_NONCE:], user_id.bytes).decode()

    def step_of(self, secret: str, code: str, at: datetime) -> int | None:
        """The time step whose code this is, near `at`; None when it is of none."""
        totp = pyotp.TOTP(secret, interval=STEP)
        now = int(at.timestamp()) // STEP
        steps = range(now - LEEWAY, now + LEEWAY + 1)
        found = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)]
        return max(found, default=None)

    def new_recovery_codes(self) -> tuple[str, ...]:
        """Codes of 80 random bits each, in groups that can be typed."""
        return tuple(_grouped(secrets.token_bytes(10)) for _ in range(RECOVERY_CODES))

    def hashed(self, user_id: UUID, code: str) -> bytes:
        """A recovery code as it is stored; blanks, dashes and small letters do not matter."""
        plain = "".join(character for character in code.upper() if character.isalnum())
        return hmac.digest(self._hashing, user_id.bytes + plain.encode(), "sha256")


def digits(code: str) -> str | None:
    """The six digits of an app's code, however they are grouped; None if it is no such code."""
    plain = "".join(code.split())
    return plain if len(plain) == 6 and plain.isascii() and plain.isdecimal() else None


def _derived(secret_key: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"counterpart/{purpose}".encode()).derive(secret_key.encode())


def _grouped(random: bytes) -> str:
    text = base64.b32encode(random).decode()
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))
