"""The mail catcher: mail goes in by SMTP and comes out in the browser, harmless."""

import http.client
import json
import smtplib
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy.local.mailcatcher import MAX_BYTES, MailCatcher, Store


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[MailCatcher]:
    catcher = MailCatcher(tmp_path / "mail")
    catcher.start()
    yield catcher
    catcher.stop()


def a_message(
    to: str = "anna@buyer.example", subject: str = "Order 7 was confirmed — Größe ß"
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "portal@localhost", to, subject
    message.set_content("All of it will come.\n")
    message.add_alternative("<p>All of it <script>alert(1)</script>will come.</p>", subtype="html")
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="order.pdf")
    return message


def send(catcher: MailCatcher, message: EmailMessage) -> None:
    address = urlsplit(catcher.smtp_url)
    with smtplib.SMTP(str(address.hostname), int(address.port or 0)) as server:
        server.send_message(message)


def get(catcher: MailCatcher, path: str) -> bytes:
    with urllib.request.urlopen(catcher.web_url + path, timeout=5) as answer:
        body: bytes = answer.read()
    return body


def test_a_message_sent_can_be_read_with_all_its_parts(catcher: MailCatcher) -> None:
    send(catcher, a_message())

    (found,) = json.loads(get(catcher, "/api/messages"))
    whole = json.loads(get(catcher, f"/api/messages/{found['id']}"))

    assert found["subject"] == "Order 7 was confirmed — Größe ß"
    assert found["to"] == ["anna@buyer.example"]
    assert whole["text"].strip() == "All of it will come."
    assert "<p>All of it" in whole["html"]
    assert whole["attachments"] == ["order.pdf"]
    assert b"Content-Type: multipart/mixed" in get(catcher, f"/messages/{found['id']}/raw")


def test_messages_can_be_asked_for_by_recipient_newest_first(catcher: MailCatcher) -> None:
    for subject, to in (("one", "a@x.example"), ("two", "b@x.example"), ("three", "A@x.example")):
        send(catcher, a_message(to, subject))

    found = json.loads(get(catcher, "/api/messages?to=a@x.example"))

    assert [message["subject"] for message in found] == ["three", "one"]


def test_a_message_cannot_run_anything_in_the_page_that_shows_it(catcher: MailCatcher) -> None:
    send(catcher, a_message(subject="<script>alert(2)</script>"))
    (found,) = json.loads(get(catcher, "/api/messages"))

    listed, shown = get(catcher, "/"), get(catcher, f"/messages/{found['id']}")
    with urllib.request.urlopen(f"{catcher.web_url}/messages/{found['id']}/html", timeout=5) as answer:
        policy = answer.headers["Content-Security-Policy"]

    assert b"<script>" not in listed + shown
    assert b"<iframe sandbox " in shown
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("sandbox")


def test_a_name_that_only_points_here_is_not_answered(catcher: MailCatcher) -> None:
    connection = http.client.HTTPConnection(urlsplit(catcher.web_url).netloc)
    connection.request("GET", "/api/messages", headers={"Host": "evil.example"})

    assert connection.getresponse().status == 403
    connection.close()


@pytest.mark.parametrize("id", ["..%2f..%2fetc%2fpasswd", "00000000000000000000-000000", "x"])
def test_an_unknown_message_is_not_found(catcher: MailCatcher, id: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404") as answer:
        get(catcher, f"/api/messages/{id}")
    answer.value.close()


def test_a_message_that_is_too_large_is_refused(catcher: MailCatcher) -> None:
    message = a_message()
    message.add_attachment(b"x" * MAX_BYTES, maintype="application", subtype="octet-stream", filename="big")

    with pytest.raises(smtplib.SMTPException, match="size"):
        send(catcher, message)


def test_only_the_newest_messages_are_kept(tmp_path: Path) -> None:
    store = Store(tmp_path, kept=3)

    ids = [store.add("a@x.example", ["b@x.example"], b"Subject: hello\n\n") for _ in range(5)]

    assert store.ids() == ids[2:]
