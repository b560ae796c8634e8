"""Tokens, keys, links: what is handed out cannot be guessed, and what is kept opens nothing."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts import secrets
from services.accounts.domain.links import LIFETIMES, Link, LinkExpired, LinkUsed
from services.chassis.links import Links
from services.contracts.accounts.views import LinkPurpose

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEY = "a secret key of at least thirty-two characters"


def a_link(purpose: LinkPurpose = LinkPurpose.INVITATION) -> Link:
    return Link.make(id=uuid4(), purpose=purpose, subject_id=uuid4(), at=NOON)


def test_a_token_has_256_bits_and_is_never_the_same() -> None:
    tokens = {secrets.new_token() for _ in range(1000)}

    assert len(tokens) == 1000
    assert all(len(token) == 43 for token in tokens)


def test_what_is_kept_of_a_token_does_not_contain_it() -> None:
    token = secrets.new_token()

    assert token.encode() not in secrets.stored(token)
    assert len(secrets.stored(token)) == 32


def test_the_csrf_token_belongs_to_one_session_and_does_not_reveal_it() -> None:
    one, other = secrets.new_token(), secrets.new_token()

    assert secrets.csrf_token(one) == secrets.csrf_token(one)
    assert secrets.csrf_token(one) != secrets.csrf_token(other)
    assert one not in secrets.csrf_token(one)


def test_an_api_key_tells_its_id_and_proves_itself() -> None:
    key_id, secret = uuid4(), secrets.new_token()

    assert secrets.read_api_key(secrets.api_key(key_id, secret)) == (key_id, secrets.stored(secret))


@given(st.text(max_size=120))
def test_no_text_a_stranger_types_breaks_the_reading_of_a_key(text: str) -> None:
    assert secrets.read_api_key(text) is None or text.startswith("cp_")


def test_a_device_is_known_to_its_user_only() -> None:
    devices = secrets.Devices(KEY)
    owner, device = uuid4(), uuid4()
    mark = devices.mark(owner, device)

    assert devices.known(owner, mark) == device
    assert devices.known(uuid4(), mark) is None
    assert devices.known(owner, None) is None
    assert secrets.Devices("another " + KEY).known(owner, mark) is None


@given(st.text(max_size=200))
def test_no_text_a_stranger_sends_is_a_known_device(text: str) -> None:
    assert secrets.Devices(KEY).known(UUID(int=1), text) is None


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_a_link_is_read_back_for_its_own_purpose_only(purpose: LinkPurpose) -> None:
    links, link_id = Links(KEY), uuid4()
    token = links.token(purpose.value, link_id)

    read = {other: links.read(other.value, token) for other in LinkPurpose}

    assert read.pop(purpose) == link_id
    assert set(read.values()) == {None}


@given(st.text(max_size=200))
def test_no_text_a_stranger_sends_is_a_link(text: str) -> None:
    assert Links(KEY).read("invitation", text) is None


def test_a_link_signed_with_another_key_is_worthless() -> None:
    assert Links(KEY).read("invitation", Links("another " + KEY).token("invitation", uuid4())) is None


def test_the_token_stands_behind_the_hash_where_no_server_sees_it() -> None:
    links, link_id = Links(KEY), uuid4()

    url = links.url("https://portal.example/", "invitation", link_id)

    assert url == f"https://portal.example/links/invitation#{links.token('invitation', link_id)}"


def test_a_link_works_once() -> None:
    link = a_link()

    link.use(NOON)

    with pytest.raises(LinkUsed, match="Ask the administrator"):
        link.use(NOON)


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_a_link_works_until_its_last_moment_and_not_a_moment_longer(purpose: LinkPurpose) -> None:
    end = NOON + LIFETIMES[purpose]

    a_link(purpose).check_open(end - timedelta(microseconds=1))
    with pytest.raises(LinkExpired):
        a_link(purpose).check_open(end)


def test_a_link_to_reset_a_password_works_for_ten_minutes() -> None:
    assert LIFETIMES[LinkPurpose.PASSWORD_RESET] <= timedelta(minutes=10)
