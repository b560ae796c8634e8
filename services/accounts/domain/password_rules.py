"""Which passwords are accepted (ASVS 5.0 V6.2): long enough, not among the most used, not one's own name.

No rules of composition and no forced change: they make passwords worse (NIST SP 800-63B).
"""

from collections.abc import Iterable

from services.accounts.domain.common_passwords import COMMON
from services.chassis.errors import Fault, Invalid

LEAST = 8
MOST = 128
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "йцукенгшщзхъ",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
)


def fault_of(password: str, names: Iterable[str] = ()) -> str | None:
    """What is wrong with `password` for a person with these names; None if nothing is."""
    plain = password.casefold()
    if len(password) < LEAST:
        return f"The password needs at least {LEAST} characters; a short sentence is easy to remember."
    if len(password) > MOST:
        return f"The password may have at most {MOST} characters."
    if plain in COMMON or plain.rstrip("0123456789!.?") in COMMON:
        return "This is one of the passwords that are tried first. Choose another."
    if len(set(plain)) < 4 or any(plain in run * 2 or plain in run[::-1] * 2 for run in _RUNS):
        return "A password of repeated or neighbouring keys is tried first. Choose another."
    if plain in {part for name in names for part in _parts(name)}:
        return "One's own name or address is no password. Choose another."
    return None


def check(password: str, names: Iterable[str] = (), field: str = "/password") -> None:
    """Refuse a password that is easily guessed. `field` is where it stands in the request."""
    fault = fault_of(password, names)
    if fault:
        raise Invalid(fault, [Fault(field, fault)])


def _parts(name: str) -> set[str]:
    plain = name.casefold()
    local = plain.split("@")[0]
    return {plain, local, plain.replace(" ", ""), local.replace(".", "")}
