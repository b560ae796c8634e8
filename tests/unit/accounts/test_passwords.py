"""Which passwords are accepted, and how they are kept (ASVS 5.0 V6.2, V11.4.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain.common_passwords import COMMON
from services.accounts.domain.password_rules import check, fault_of
from services.accounts.passwords import Passwords, at_once
from services.chassis.errors import Invalid

GOOD = "seventeen herons by the canal"
PASSWORDS = Passwords()


@pytest.mark.parametrize(
    "password",
    [GOOD, "Tr0ub4dor&3x", "мой дом у реки", "aB3$efg9", "x" * 40 + "yzw1" * 22, "  spaces  count "],
)
def test_long_and_unusual_passwords_are_accepted_whatever_they_are_made_of(password: str) -> None:
    check(password)


@pytest.mark.parametrize("password", ["", "short", "seven77"])
def test_seven_characters_are_too_few(password: str) -> None:
    assert "at least 8" in (fault_of(password) or "")


def test_more_than_128_characters_are_refused() -> None:
    assert fault_of("abcd efgh " * 13) is not None
    assert fault_of(("abcd efgh " * 13)[:128]) is None


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "PASSWORD123",
        "Passw0rd",
        "iloveyou!",
        "dragon2024!",
        "counterpart1",
        "letmein123",
        "Qwerty123",
    ],
)
def test_the_most_used_passwords_are_refused_also_with_digits_behind(password: str) -> None:
    assert fault_of(password) == "This is one of the passwords that are tried first. Choose another."


@pytest.mark.parametrize(
    "password", ["aaaaaaaaaa", "abababab", "12345678", "98765432", "abcdefghij", "qwertyuiop", "poiuytrewq"]
)
def test_repeated_and_neighbouring_keys_are_refused(password: str) -> None:
    assert fault_of(password) is not None


@pytest.mark.parametrize(
    "password", ["anna.kovalenko", "annakovalenko", "Anna Kovalenko", "anna.kovalenko@example.com"]
)
def test_ones_own_name_and_address_are_refused(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check(password, ["Anna Kovalenko", "anna.kovalenko@example.com"], "/new_password")

    assert refusal.value.faults[0].field == "/new_password"


@given(st.sampled_from(sorted(COMMON)))
def test_every_word_of_the_list_is_refused_in_any_case(word: str) -> None:
    assert fault_of(word.upper()) is not None


def test_a_hash_says_how_it_was_made_with_the_least_cost_that_is_advised() -> None:
    made = PASSWORDS.hash(GOOD)

    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_same_password_never_has_the_same_hash() -> None:
    passwords = PASSWORDS

    assert passwords.hash(GOOD) != passwords.hash(GOOD)


def test_only_the_right_password_matches() -> None:
    passwords = PASSWORDS
    stored = passwords.hash(GOOD)

    assert passwords.matches(stored, GOOD)
    assert not passwords.matches(stored, GOOD + ".")
    assert not passwords.matches(stored, "")


def test_the_same_letters_match_however_they_were_composed() -> None:
    passwords = PASSWORDS

    assert passwords.matches(passwords.hash("caf\u00e9 au lait"), "cafe\u0301 au lait")


def test_nobodys_password_never_matches_not_even_the_one_it_is_compared_with() -> None:
    assert not PASSWORDS.matches(None, "nobody has this password")


def test_a_damaged_hash_matches_nothing() -> None:
    assert not PASSWORDS.matches("$argon2id$damaged", GOOD)


def test_an_unknown_account_costs_exactly_as_much_work_as_a_known_one() -> None:
    work: list[tuple[str, str]] = []

    def noting(task: object, *arguments: object) -> object:
        work.append((task.__name__, str(arguments[0]).rsplit("$", 2)[0]))  # type: ignore[attr-defined]
        return at_once(task, *arguments)  # type: ignore[arg-type]

    passwords = Passwords(noting)
    stored = at_once(passwords.hash, GOOD)
    work.clear()

    passwords.matches(stored, "wrong guess")
    passwords.matches(None, "wrong guess")

    assert work == [("_verify", "$argon2id$v=19$m=19456,t=2,p=1")] * 2


def test_a_hash_with_weaker_parameters_is_outdated() -> None:
    weaker = "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21l$3f1mCSPn/c6j5zSMjWSKO7qQDqjZ5Dh6sVLuwKEoHJ0"
    passwords = PASSWORDS

    assert passwords.outdated(weaker)
    assert not passwords.outdated(passwords.hash(GOOD))
