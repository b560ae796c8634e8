"""The mailer against a real SMTP server: what arrives, what is tried again, what is given up."""

import os
import signal
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from sqlalchemy import update

from services.chassis.links import Links
from services.contracts.accounts.events import PasswordResetRequested
from services.contracts.accounts.views import LinkPurpose
from services.contracts.actors import Role
from services.contracts.notifications.commands import ListFailedDeliveries, ListFeed
from services.contracts.notifications.events import DeliveryFailed
from services.contracts.orders.events import OrderSubmitted
from services.notifications import tables
from services.notifications.domain.mails import PAUSES
from services.notifications.letters import Sender as MailFrom
from services.notifications.letters import Stationery
from services.notifications.mailer import Bell, Sender
from services.notifications.post import Post, Server, ServerAway
from tests.service.notifications.conftest import Trade
from tests.service.notifications.post_office import SECRET, Catcher, free_port, until
from tests.unit.notifications.builders import a_link, a_party, acting

STATIONERY = Stationery(
    MailFrom.configured("Counterpart <portal@counterpart.example>"), "http://portal.example", Links(SECRET)
)


def server_at(port: int, scheme: str = "smtp", user: str | None = None, password: str = "") -> Server:
    return Server(scheme, "127.0.0.1", port, user, password)


@pytest.fixture
def a_sender(trade: Trade, smtp_port: int) -> Iterator[Sender]:
    """A sender that is not working yet."""
    post = Post(server_at(smtp_port))
    yield Sender(trade.service.database, post, STATIONERY, Bell())
    post.close()


def an_order_is_mailed(trade: Trade, **changes: Any) -> Any:
    """Puts two mails in line: to sara@ and sven@baltic.example."""
    order = trade.order(**changes)
    trade.service.must_deliver(OrderSubmitted(order=order), actor=trade.initiator)
    return order


def send_all(sender: Sender) -> None:
    while sender.send_one():
        pass


def states(trade: Trade) -> list[tuple[str, str, int]]:
    return sorted((row.recipient, row.state, row.attempts) for row in trade.rows(tables.mails))


def make_due(trade: Trade) -> None:
    with trade.service.database.transaction() as tx:
        tx.execute(update(tables.mails).values(due_at=tx.at))


@pytest.mark.requirement("S-020")
def test_each_address_gets_its_mail_in_two_forms_with_a_link(
    trade: Trade, a_sender: Sender, catcher: Catcher
) -> None:
    order = an_order_is_mailed(trade)

    send_all(a_sender)

    assert sorted(to for (to,), _ in catcher.mails) == ["sara@baltic.example", "sven@baltic.example"]
    for (to,), message in catcher.mails:
        assert message["To"].addresses[0].addr_spec == to
        assert message["From"] == "Counterpart <portal@counterpart.example>"
        assert message["Subject"] == "Nordwind Trading has sent order PO-2026-00042"
        assert message["Auto-Submitted"] == "auto-generated"
        parts = {part.get_content_type(): part.get_content() for part in message.iter_parts()}
        for part in parts.values():
            assert f"http://portal.example/orders/{order.id}" in part
            assert "118.80 EUR" in part
        assert set(parts) == {"text/plain", "text/html"}
    assert [state for _, state, _ in states(trade)] == ["sent", "sent"]


def test_a_mail_that_was_sent_is_not_sent_again(trade: Trade, a_sender: Sender, catcher: Catcher) -> None:
    an_order_is_mailed(trade)
    send_all(a_sender)

    make_due(trade)
    send_all(a_sender)

    assert len(catcher.mails) == 2


def test_two_senders_at_once_never_send_the_same_mail(trade: Trade, smtp_port: int, catcher: Catcher) -> None:
    for number in range(20):
        an_order_is_mailed(trade, number=f"PO-{number}")
    posts = [Post(server_at(smtp_port)) for _ in range(4)]
    threads = [
        threading.Thread(target=send_all, args=(Sender(trade.service.database, post, STATIONERY, Bell()),))
        for post in posts
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for post in posts:
        post.close()

    ids = [message["Message-ID"] for _, message in catcher.mails]
    assert len(ids) == len(set(ids)) == 40


def test_a_mail_sent_twice_is_the_same_to_the_last_byte(
    trade: Trade, a_sender: Sender, catcher: Catcher
) -> None:
    an_order_is_mailed(trade)
    send_all(a_sender)
    with trade.service.database.transaction() as tx:
        # As if the process had died after the server took the mails and before that was noted.
        tx.execute(update(tables.mails).values(state="waiting", settled_at=None, due_at=tx.at))

    send_all(a_sender)

    def without_trace(message: EmailMessage) -> str:
        del message["Received"], message["X-Peer"]
        return message.as_string()

    copies: dict[str, set[str]] = {}
    for (to,), message in catcher.mails:
        copies.setdefault(to, set()).add(without_trace(message))
    assert len(catcher.mails) == 4
    assert {to: len(found) for to, found in copies.items()} == {
        "sara@baltic.example": 1,
        "sven@baltic.example": 1,
    }


@pytest.mark.requirement("S-231")
def test_an_address_that_is_refused_for_good_is_told_to_its_organisation_and_to_the_operator(
    trade: Trade, a_sender: Sender, catcher: Catcher
) -> None:
    an_order_is_mailed(trade)
    catcher.answers["sven@baltic.example"] = ["550 5.1.1 no such mailbox"]

    send_all(a_sender)

    assert states(trade) == [("sara@baltic.example", "sent", 1), ("sven@baltic.example", "failed", 1)]
    support = acting(trade.fritz, a_party("Operator"), Role.OPERATOR_SUPPORT)
    for reader in (trade.seller, support):
        (failed,) = trade.service.call(ListFailedDeliveries(), reader).items
        assert (failed.recipient, failed.attempts) == ("sven@baltic.example", 1)
        assert "no such mailbox" in failed.reason
        assert failed.document.number == "PO-2026-00042"
    for stranger in (trade.initiator, trade.foreign_seller):
        assert trade.service.call(ListFailedDeliveries(), stranger).items == ()


@pytest.mark.requirement("S-231")
def test_a_failed_mail_is_announced_and_stands_in_the_feed(
    trade: Trade, a_sender: Sender, catcher: Catcher
) -> None:
    an_order_is_mailed(trade)
    catcher.answers["sven@baltic.example"] = ["553 go away"]
    send_all(a_sender)

    assert trade.facts() == ["delivery-failed"]
    (failed,) = trade.service.call(ListFailedDeliveries(), trade.seller).items
    trade.service.must_deliver(DeliveryFailed(delivery=failed))

    titles = [item.title for item in trade.service.call(ListFeed(), trade.seller).items]
    assert "An e-mail to sven@baltic.example could not be delivered" in titles
    # A mail about a mail that came back would come back too.
    assert len(trade.rows(tables.mails)) == 2


def test_a_mail_that_is_refused_for_now_is_tried_again_and_then_given_up(
    trade: Trade, a_sender: Sender, catcher: Catcher
) -> None:
    an_order_is_mailed(trade)
    catcher.answers["sven@baltic.example"] = ["451 4.7.1 greylisted"] * (len(PAUSES) + 1)

    send_all(a_sender)
    assert ("sven@baltic.example", "waiting", 1) in states(trade)
    assert trade.facts() == []
    for _ in PAUSES:
        make_due(trade)
        send_all(a_sender)

    assert ("sven@baltic.example", "failed", len(PAUSES) + 1) in states(trade)
    assert trade.facts() == ["delivery-failed"]


def test_greylisting_delays_a_mail_and_loses_none(trade: Trade, a_sender: Sender, catcher: Catcher) -> None:
    an_order_is_mailed(trade)
    catcher.answers["sven@baltic.example"] = ["451 4.7.1 come back later"]

    send_all(a_sender)
    assert len(catcher.mails) == 1
    make_due(trade)
    send_all(a_sender)

    assert ("sven@baltic.example", "sent", 2) in states(trade)


def test_a_server_that_is_away_costs_no_mail_an_attempt(trade: Trade) -> None:
    an_order_is_mailed(trade)
    nowhere = Sender(trade.service.database, Post(server_at(free_port())), STATIONERY, Bell())

    with pytest.raises(ServerAway):
        nowhere.send_one()

    assert {(state, attempts) for _, state, attempts in states(trade)} == {("waiting", 0)}


def test_an_address_nothing_can_be_sent_to_fails_without_asking_the_server(
    trade: Trade, a_sender: Sender, catcher: Catcher
) -> None:
    an_order_is_mailed(trade)
    with trade.service.database.transaction() as tx:
        tx.execute(update(tables.mails).values(recipient="a,b<c>@baltic.example"))

    send_all(a_sender)

    assert {state for _, state, _ in states(trade)} == {"failed"}
    assert catcher.mails == []


def test_a_mail_that_cannot_be_written_holds_up_no_other(
    trade: Trade, a_sender: Sender, catcher: Catcher
) -> None:
    an_order_is_mailed(trade)
    with trade.service.database.transaction() as tx:
        broken = update(tables.mails).where(tables.mails.c.recipient == "sven@baltic.example")
        tx.execute(broken.values(content={"nonsense": True}))

    send_all(a_sender)

    assert [to for (to,), _ in catcher.mails] == ["sara@baltic.example"]
    assert ("sven@baltic.example", "waiting", 1) in states(trade)


def test_names_with_line_breaks_and_markup_stay_names(
    trade: Trade, a_sender: Sender, catcher: Catcher
) -> None:
    evil = a_party("Evil\r\nBcc: everybody@example.com\r\n\r\n<script>alert(1)</script>")
    trade.customer = evil
    trade.becomes_known()
    an_order_is_mailed(trade, note="</div><img src=x onerror=alert(1)>", number="PO\r\nX-Evil: 1")

    send_all(a_sender)

    assert len(catcher.mails) == 2
    for recipients, message in catcher.mails:
        assert len(recipients) == 1
        assert message["Bcc"] is None
        assert message["X-Evil"] is None
        body = message.get_body(("html",))
        assert body is not None
        html = body.get_content()
        assert "<script>" not in html
        assert "<img" not in html
        assert "&lt;script&gt;" in html


def test_the_secret_of_a_link_is_in_the_mail_and_nowhere_in_the_database(
    trade: Trade, a_sender: Sender, catcher: Catcher
) -> None:
    link = a_link(LinkPurpose.PASSWORD_RESET)
    trade.service.must_deliver(
        PasswordResetRequested(user=trade.anna, email="anna@nordwind.example", link=link)
    )
    token = Links(SECRET).token("password-reset", link.id)

    send_all(a_sender)

    ((_, message),) = catcher.mails
    text = message.get_body(("plain",))
    assert text is not None
    assert f"http://portal.example/links/password-reset#{token}" in text.get_content()
    (row,) = trade.rows(tables.mails)
    assert token not in str(row)


# ------------------------------------------------------------------------- signing in, encryption


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_the_mailer_signs_in_where_that_is_asked(trade: Trade, catcher: Catcher) -> None:
    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"portal", b"s@cret")
        # Not handled: the server is to answer with its own refusal.
        return AuthResult(success=right, handled=right)

    controller = Controller(
        catcher,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=authenticate,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    an_order_is_mailed(trade)
    posts = [
        Post(server_at(controller.port, user="portal", password=password)) for password in ("s@cret", "guess")
    ]
    right, wrong = (Sender(trade.service.database, post, STATIONERY, Bell()) for post in posts)
    try:
        with pytest.raises(ServerAway):
            wrong.send_one()
        send_all(right)
        for post in posts:
            post.close()
    finally:
        controller.stop()

    assert len(catcher.mails) == 2
    assert {(state, attempts) for _, state, attempts in states(trade)} == {("sent", 1)}


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(
    trade: Trade, catcher: Catcher, tmp_path: Path
) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=127.0.0.1",
    ]
    extension = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make, *extension], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    controller = Controller(catcher, hostname="127.0.0.1", port=free_port(), tls_context=context)
    controller.start()
    an_order_is_mailed(trade)
    post = Post(server_at(controller.port, "smtp+starttls"))
    sender = Sender(trade.service.database, post, STATIONERY, Bell())
    try:
        with pytest.raises(ServerAway, match=r"(?i)certificate"):
            sender.send_one()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SSL_CERT_FILE", str(certificate))
            send_all(sender)
        post.close()
    finally:
        controller.stop()

    assert len(catcher.mails) == 2


# ----------------------------------------------------------------------------------- the process


@dataclass
class Process:
    """A running mailer."""

    popen: subprocess.Popen[bytes]
    ops: str

    def page(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.ops + path, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()
        except OSError:
            return 0, ""


@pytest.fixture
def start_mailer(trade: Trade) -> Iterator[Callable[[int], Process]]:
    running: list[subprocess.Popen[bytes]] = []

    def start(port: int) -> Process:
        ops = free_port()
        url = trade.service.database.engine.url.render_as_string(hide_password=False)
        popen = subprocess.Popen(
            [sys.executable, "-m", "services.notifications.mailer"],
            env={
                **os.environ,
                "COUNTERPART_NOTIFICATIONS_DATABASE_URL": url,
                "COUNTERPART_SMTP_URL": f"smtp://127.0.0.1:{port}",
                "COUNTERPART_SECRET_KEY": SECRET,
                "COUNTERPART_MAILER_OPS_PORT": str(ops),
                "PYTHONPATH": str(Path.cwd()),
            },
        )
        running.append(popen)
        process = Process(popen, f"http://127.0.0.1:{ops}")
        until(lambda: process.page("/healthz")[0] == 200)
        return process

    yield start
    for popen in running:
        popen.kill()
        popen.wait()


def test_the_process_sends_at_once_tells_how_it_is_and_ends_when_told(
    trade: Trade, start_mailer: Callable[[int], Process], smtp_port: int, catcher: Catcher
) -> None:
    process = start_mailer(smtp_port)
    until(lambda: process.page("/readyz")[0] == 200)

    an_order_is_mailed(trade)
    catcher.wait_for(2)
    until(lambda: 'counterpart_mails_total{outcome="sent"} 2.0' in process.page("/metrics")[1])

    process.popen.send_signal(signal.SIGTERM)
    assert process.popen.wait(15) == 0


def test_the_process_waits_for_a_server_that_comes_later(
    trade: Trade, start_mailer: Callable[[int], Process], catcher: Catcher
) -> None:
    port = free_port()
    an_order_is_mailed(trade)
    process = start_mailer(port)
    until(lambda: process.page("/readyz")[0] == 503)
    assert "takes nothing" in process.page("/readyz")[1]

    controller = Controller(catcher, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        catcher.wait_for(2)
        until(lambda: process.page("/readyz")[0] == 200)
    finally:
        controller.stop()

    assert {(state, attempts) for _, state, attempts in states(trade)} == {("sent", 1)}


def test_what_a_killed_mailer_had_in_hand_is_sent_by_the_next_one(
    trade: Trade, start_mailer: Callable[[int], Process], smtp_port: int, catcher: Catcher
) -> None:
    for number in range(10):
        an_order_is_mailed(trade, number=f"PO-{number}")
    first = start_mailer(smtp_port)
    catcher.wait_for(1)
    first.popen.kill()
    first.popen.wait()

    start_mailer(smtp_port)
    until(lambda: {state for _, state, _ in states(trade)} == {"sent"})

    assert len({message["Message-ID"] for _, message in catcher.mails}) == 20


def test_a_missing_variable_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "services.notifications.mailer"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 1
    assert "COUNTERPART_SECRET_KEY" in done.stderr
