"""What a mail looks like from outside: headers, links, both forms, and the times it is tried."""

import email
import email.policy
import re
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.config import Config, ConfigError
from services.chassis.links import Links
from services.contracts.accounts.views import LinkPurpose
from services.notifications.domain.account_mails import restored, stored
from services.notifications.domain.mails import (
    PAUSES,
    Address,
    Language,
    Letter,
    message_id,
    next_attempt,
    one_line,
)
from services.notifications.letters import Sender, Stationery, Unaddressable, layout, sendable
from services.notifications.post import Server
from tests.unit.notifications.builders import NOON, a_link

EVENT = UUID("018f6b7e-3c1a-7c4e-9a51-2f5f0a7b9d10")
STATIONERY = Stationery(
    Sender("Counterpart", "portal@counterpart.example"), "https://portal.example", Links("k" * 32)
)
LETTER = Letter(
    subject="Nordwind has sent order PO-1",
    sentence="Nordwind has sent order PO-1.",
    paragraphs=("Please deliver\nto gate 4.",),
    facts=(("Order", "PO-1"), ("Total", "118.80 EUR")),
    link="/orders/1",
    button="Open the order",
    footnote="You get this mail because …",
)
any_text = st.text(max_size=60)
few = settings(max_examples=30, deadline=None)


def message(letter: Letter = LETTER, name: str = "Anna", to: str = "anna@nordwind.example") -> EmailMessage:
    """The letter as a reader's program sees it."""
    sent = STATIONERY.message(
        letter, Address(to, name, None), event_id=EVENT, link=None, written_at=NOON
    ).as_bytes()
    read = email.message_from_bytes(sent, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def body(of: EmailMessage, form: str) -> str:
    part = of.get_body((form,))
    assert part is not None
    content: str = part.get_content()
    return content


@few
@given(subject=any_text, name=any_text)
def test_no_name_and_no_subject_can_add_a_header(subject: str, name: str) -> None:
    letter = Letter(subject=f"{subject}\r\nBcc: all@example.com", sentence="said")

    sent = message(letter, name=f"{name}\r\nX-Evil: yes")

    assert set(sent.keys()) == {
        "Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert [mailbox.addr_spec for mailbox in sent["To"].addresses] == ["anna@nordwind.example"]


@few
@given(text=any_text)
def test_markup_in_any_text_stays_text(text: str) -> None:
    evil = f"<script>{text}</script>"
    letter = Letter(
        subject=evil,
        sentence=evil,
        paragraphs=(evil,),
        facts=((evil, evil),),
        link="/x",
        button=evil,
        footnote=evil,
    )

    html = body(message(letter, name=evil), "html")

    assert "<script" not in html.replace("<!--[if", "")
    assert "&lt;script&gt;" in html


@given(text=any_text)
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)

    assert len(line.splitlines()) <= 1
    assert not re.search(r"[\x00-\x1f\x7f]", line)
    assert len(line) <= 300


def test_both_forms_say_the_same() -> None:
    sent = message()

    for form in ("plain", "html"):
        said = body(sent, form)
        for words in (
            "Hello Anna,",
            LETTER.sentence,
            "gate 4.",
            "Total",
            "118.80 EUR",
            "https://portal.example/orders/1",
        ):
            assert words in said
    assert "<" not in body(sent, "plain")


def test_a_letter_without_facts_paragraphs_and_link_is_complete_too() -> None:
    sent = message(Letter(subject="s", sentence="Your password was changed."))

    assert "Your password was changed." in body(sent, "plain")
    assert "If the button does not work" not in body(sent, "html")
    assert "None" not in body(sent, "plain")


def test_the_html_form_loads_nothing_from_anywhere() -> None:
    html = body(message(), "html")

    for loader in ("<img", "<link", "@import", "src=", "fonts.googleapis"):
        assert loader not in html
    assert "</html>" in html


def test_every_language_has_its_layout() -> None:
    for language in Language:
        assert layout(language).html.render(letter=LETTER, name="Anna", url="x")


def test_the_message_id_depends_on_event_and_recipient_alone() -> None:
    first = message_id(EVENT, "anna@nordwind.example", "portal.example")

    assert first == message_id(EVENT, "Anna@Nordwind.example", "portal.example")
    assert first != message_id(EVENT, "berta@nordwind.example", "portal.example")
    assert first != message_id(uuid4(), "anna@nordwind.example", "portal.example")
    assert re.fullmatch(r"<[0-9a-f-]{36}@portal\.example>", first)


def test_the_address_of_a_one_time_link_holds_its_token_behind_the_hash() -> None:
    link = a_link(LinkPurpose.INVITATION)
    letter, kept = restored(stored(LETTER, link))

    url = STATIONERY.url(letter, kept)

    assert url is not None
    before, token = url.split("#")
    assert before == "https://portal.example/links/invitation"
    assert Links("k" * 32).read("invitation", token) == link.id


def test_a_letter_comes_out_of_its_row_as_it_went_in() -> None:
    link = a_link(LinkPurpose.PASSWORD_RESET)

    assert restored(stored(LETTER, link)) == (LETTER, link)
    assert restored(stored(LETTER, None)) == (LETTER, None)


def test_the_pauses_grow_and_end_after_about_two_days() -> None:
    moments = [next_attempt(attempts, NOON) for attempts in range(1, len(PAUSES) + 1)]

    pauses = [moment - NOON for moment in moments if moment]
    assert pauses == sorted(pauses)
    assert timedelta(days=1) < sum(pauses, timedelta()) < timedelta(days=3)
    assert next_attempt(len(PAUSES) + 1, NOON) is None


@pytest.mark.parametrize(
    "address",
    ["", "anna", "@example.com", "a,b@example.com", "a b@example.com", "<a@b.example>", "a@b\r\nRCPT TO:<x>",
     '"a"@example.com', "a@exa_mple.com", "ä@example.com", "a@", "a@b..example"],
)  # fmt: skip
def test_what_is_no_plain_address_is_never_sent_to(address: str) -> None:
    with pytest.raises(Unaddressable):
        sendable(address)


def test_a_domain_in_another_script_goes_out_in_ascii() -> None:
    assert sendable("info@bücher.example") == "info@xn--bcher-kva.example"
    assert sendable("a.b+c@example.com") == "a.b+c@example.com"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://127.0.0.1:2525", Server("smtp", "127.0.0.1", 2525, None, "")),
        ("smtp+starttls://mail.example", Server("smtp+starttls", "mail.example", 587, None, "")),
        (
            "smtps://po%40rtal:s%3Acret@mail.example",
            Server("smtps", "mail.example", 465, "po@rtal", "s:cret"),
        ),
        ("smtp://portal:x@localhost:25", Server("smtp", "localhost", 25, "portal", "x")),
    ],
)
def test_the_mail_server_is_told_by_a_url(url: str, expected: Server) -> None:
    assert Server.configured(Config({"COUNTERPART_SMTP_URL": url})) == expected


@pytest.mark.parametrize(
    "url", ["smtp://portal:x@mail.example", "http://mail.example", "smtp://", "smtp://mail.example:99999"]
)
def test_a_url_that_is_wrong_or_would_tell_a_password_in_the_clear_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="COUNTERPART_SMTP_URL"):
        Server.configured(Config({"COUNTERPART_SMTP_URL": url}))


def test_a_wrong_sender_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="COUNTERPART_MAIL_FROM"):
        Sender.configured("the portal")
