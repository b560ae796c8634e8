"""Codes of authenticator apps (RFC 6238), sealed secrets and recovery codes."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag

from services.accounts.authenticators import Authenticators, digits

SOMEBODY = UUID(int=7)
ANOTHER = UUID(int=8)
authenticators = Authenticators("a secret key of at least thirty-two characters")

# RFC 6238, appendix B: the SHA-1 vectors, of which apps show the last six digits.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_CODES = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES)
def test_the_codes_of_the_rfc_are_known(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)

    assert authenticators.step_of(RFC_SECRET, code, at) == seconds // 30


@pytest.mark.parametrize(("late", "known"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_clock_may_be_off_by_half_a_minute_and_no_more(late: int, known: bool) -> None:
    at = datetime.fromtimestamp(1234567890, UTC) + timedelta(seconds=late)

    step = authenticators.step_of(RFC_SECRET, "005924", at)

    assert step == (1234567890 // 30 if known else None)


def test_a_sealed_secret_opens_for_its_user_and_under_its_key_alone() -> None:
    secret = authenticators.new_secret()
    sealed = authenticators.sealed(SOMEBODY, secret)

    assert authenticators.opened(SOMEBODY, sealed) == secret
    assert secret.encode() not in sealed
    assert authenticators.sealed(SOMEBODY, secret) != sealed
    with pytest.raises(InvalidTag):
        authenticators.opened(ANOTHER, sealed)
    with pytest.raises(InvalidTag):
        Authenticators("another secret key of thirty-two characters").opened(SOMEBODY, sealed)


def test_what_an_app_scans_names_the_account_and_the_portal() -> None:
    parts = urlsplit(authenticators.uri(RFC_SECRET, "olha@dnipro.example"))

    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/Counterpart:olha%40dnipro.example"
    assert parse_qs(parts.query) == {"secret": [RFC_SECRET], "issuer": ["Counterpart"]}


def test_recovery_codes_are_all_different_and_read_however_they_are_typed() -> None:
    codes = authenticators.new_recovery_codes()

    assert len(set(codes)) == 10
    typed = codes[0].lower().replace("-", " ")
    assert authenticators.hashed(SOMEBODY, typed) == authenticators.hashed(SOMEBODY, codes[0])
    assert authenticators.hashed(ANOTHER, codes[0]) != authenticators.hashed(SOMEBODY, codes[0])
    assert len({authenticators.hashed(SOMEBODY, code) for code in codes}) == 10


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("492039", "492039"), ("492 039", "492039"), ("49203", None), ("4920391", None), ("४९२०३९", None)],
)
def test_six_digits_are_a_code_of_an_app_and_nothing_else_is(typed: str, plain: str | None) -> None:
    assert digits(typed) == plain
