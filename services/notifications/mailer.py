"""The mailer: hands the waiting mails to a mail server. A plain program, without nameko.

    python -m services.notifications.mailer

Any number of mailers, each with a few senders, work side by side: a sender takes a mail by locking its row,
hands it over, and notes the outcome in the same transaction. A mailer that dies lets go of its rows at once.

What is guaranteed: there is exactly one row per event and address, and no row is lost. Handing over is *at
least once*, by the nature of SMTP: between the server's "250 OK" and our commit a crash is possible, and the
mail then goes out again, one for each sender, under the same Message-ID, by which it can be recognised.

| the server | what becomes of the mail |
| --- | --- |
| takes it | sent |
| says 4xx, or breaks off | tried again later, for two days; then failed |
| says 5xx | failed, and announced as `delivery-failed` (S-231) |
| does not answer, or takes nothing from us | waits; this is not the mail's fault and is not counted |
"""

import random
import select
import signal
import sys
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

import psycopg2
from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy import Row, func, text, update
from sqlalchemy import select as choose

from services.chassis import health, logs, readiness
from services.chassis.config import Config, ConfigError
from services.chassis.database import Database, Transaction, Transient
from services.chassis.errors import Later
from services.chassis.links import Links
from services.contracts.notifications.events import DeliveryFailed
from services.notifications.domain.account_mails import restored
from services.notifications.domain.mails import Address, Language, MailState, next_attempt, one_line
from services.notifications.letters import Sender as MailFrom
from services.notifications.letters import Stationery, Unaddressable, sendable
from services.notifications.post import Post, PutOff, Server, ServerAway, TurnedDown
from services.notifications.queries import failed_delivery
from services.notifications.tables import mails

log = logs.logger(__name__)

POLL = 5.0
LONGEST_PAUSE = 30.0
REASON_LENGTH = 500

handed_over = Counter(
    "counterpart_mails_total",
    "Attempts to hand over a mail, by outcome: sent, put-off, failed.",
    ("outcome",),
)
hand_over_seconds = Histogram(
    "counterpart_mail_seconds", "Time it took to hand over a mail, or to be refused."
)
waiting = Gauge("counterpart_mails_waiting", "Mails not yet handed over.")
waiting_age = Gauge("counterpart_mails_waiting_age_seconds", "Age of the oldest mail not yet handed over.")
server_answers = Gauge("counterpart_mail_server_up", "1 while the mail server takes our mail.")


class Bell:
    """Wakes the senders: rung when mails were put in line, and at the end."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rung = 0
        self.closing = False

    @property
    def rung(self) -> int:
        """How often it was rung."""
        with self._condition:
            return self._rung

    def ring(self) -> None:
        """Wake everybody."""
        with self._condition:
            self._rung += 1
            self._condition.notify_all()

    def close(self) -> None:
        """Wake everybody for the last time."""
        with self._condition:
            self.closing = True
            self._condition.notify_all()

    def wait(self, since: int, seconds: float) -> None:
        """Until it has been rung after `since`, or the end, or for `seconds`."""
        with self._condition:
            self._condition.wait_for(lambda: self.closing or self._rung != since, seconds)

    def rest(self, seconds: float) -> None:
        """For `seconds`, or until the end."""
        with self._condition:
            self._condition.wait_for(lambda: self.closing, seconds)


class Sender:
    """Takes one mail after another. `work` goes on until the bell is closed."""

    def __init__(self, database: Database, post: Post, stationery: Stationery, bell: Bell) -> None:
        self._database = database
        self._post = post
        self._stationery = stationery
        self._bell = bell
        self.trouble: str | None = None

    def work(self) -> None:
        """Send what is waiting, and wait for more."""
        failures = 0
        while not self._bell.closing:
            rung = self._bell.rung
            try:
                worked = self.send_one()
            except (ServerAway, Transient, Later) as failure:
                failures += 1
                self._in_trouble(failure)
                self._bell.rest(min(LONGEST_PAUSE, 0.5 * 2**failures) * random.uniform(0.5, 1))
                continue
            failures = 0
            self.trouble = None
            if not worked:
                self._post.close_if_idle()
                self._bell.wait(rung, POLL)
        self._post.close()

    def send_one(self) -> bool:
        """Take a mail that is due and see to it; False when there is none."""
        with self._database.transaction() as tx:
            tx.execute(_TAKE_TIME)
            mail = tx.execute(_due(tx)).one_or_none()
            if mail is None:
                return False
            with logs.context(mail=str(mail.id), event=str(mail.event_id)):
                self._see_to(tx, mail)
        return True

    def _see_to(self, tx: Transaction, mail: Row[Any]) -> None:
        began = monotonic()
        try:
            self._hand_over(mail)
        except ServerAway:
            server_answers.set(0)
            raise
        except (TurnedDown, Unaddressable) as refusal:
            _failed(tx, mail, str(refusal))
        except PutOff as delay:
            _put_off(tx, mail, str(delay))
        except Exception as defect:
            # An edge: one mail that cannot be written holds up no other, and is there when that is mended.
            log.exception("mail could not be written")
            _put_off(tx, mail, f"{type(defect).__name__}: {defect}")
        else:
            server_answers.set(1)
            _sent(tx, mail)
        hand_over_seconds.observe(monotonic() - began)

    def _hand_over(self, mail: Row[Any]) -> None:
        letter, link = restored(mail.content)
        to = Address(mail.recipient, mail.recipient_name, mail.organisation_id, Language(mail.language))
        message = self._stationery.message(
            letter, to, event_id=mail.event_id, link=link, written_at=mail.created_at
        )
        self._post.hand_over(message.as_bytes(), self._stationery.mail_from.email, sendable(mail.recipient))

    def _in_trouble(self, failure: Exception) -> None:
        if self.trouble is None:
            log.warning("no mail can be sent at present", reason=str(failure))
        self.trouble = str(failure)


# A server may take its time; the row is ours until it has answered. That a mail was sent need not be on disk
# before we go on: lost in a crash of the database, it means a second sending, as a lost commit always would.
_TAKE_TIME = text(
    "select set_config('idle_in_transaction_session_timeout', '10min', true),"
    " set_config('synchronous_commit', 'off', true)"
)
_COMMIT_FOR_GOOD = text("set local synchronous_commit = on")


def _due(tx: Transaction) -> Any:
    return (
        choose(mails)
        .where(mails.c.state == MailState.WAITING, mails.c.due_at <= tx.at)
        .order_by(mails.c.due_at, mails.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _sent(tx: Transaction, mail: Row[Any]) -> None:
    _settle(tx, mail, state=MailState.SENT, settled_at=tx.at, reason=None)
    handed_over.labels("sent").inc()


def _put_off(tx: Transaction, mail: Row[Any], reason: str) -> None:
    due_at = next_attempt(mail.attempts + 1, tx.at)
    if due_at is None:
        _failed(tx, mail, reason)
        return
    _settle(tx, mail, due_at=due_at, reason=one_line(reason, REASON_LENGTH))
    log.warning("mail put off", attempts=mail.attempts + 1, until=due_at.isoformat(), reason=reason)
    handed_over.labels("put-off").inc()


def _failed(tx: Transaction, mail: Row[Any], reason: str) -> None:
    tx.execute(_COMMIT_FOR_GOOD)
    said = one_line(reason, REASON_LENGTH) or "no reason given"
    failed = _settle(tx, mail, state=MailState.FAILED, settled_at=tx.at, reason=said)
    tx.announce(
        DeliveryFailed(delivery=failed_delivery(failed)), aggregate="mail", aggregate_id=mail.id, sequence=1
    )
    log.warning("mail failed", attempts=failed.attempts, reason=said)
    handed_over.labels("failed").inc()


def _settle(tx: Transaction, mail: Row[Any], **values: Any) -> Row[Any]:
    changed = update(mails).where(mails.c.id == mail.id).values(attempts=mails.c.attempts + 1, **values)
    return tx.execute(changed.returning(*mails.c)).one()


class Listener:
    """Hears from the database that mails were put in line, and rings the bell; measures the line."""

    def __init__(self, database: Database, url: str, bell: Bell) -> None:
        self._database = database
        self._dsn = url.replace("postgresql+psycopg2://", "postgresql://")
        self._bell = bell

    def work(self) -> None:
        """Listen until the bell is closed. A lost connection is opened again; the senders poll meanwhile."""
        while not self._bell.closing:
            try:
                self._listen()
            except (psycopg2.Error, Transient, Later) as failure:
                log.warning("listening again", reason=str(failure))
                self._bell.rest(1)

    def _listen(self) -> None:
        connection = psycopg2.connect(self._dsn, connect_timeout=5)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("listen mails")
            # What was put in line before we listened.
            self._bell.ring()
            measured = float("-inf")
            while not self._bell.closing:
                if monotonic() - measured > POLL:
                    self._measure()
                    measured = monotonic()
                heard, _, _ = select.select([connection], [], [], 1.0)
                if heard:
                    connection.poll()
                    if connection.notifies:
                        connection.notifies.clear()
                        self._bell.ring()
        finally:
            connection.close()

    def _measure(self) -> None:
        waits = mails.c.state == MailState.WAITING
        line = choose(mails.c.created_at).where(waits).order_by(mails.c.due_at).limit(10_000).subquery()
        with self._database.transaction() as tx:
            row = tx.execute(
                choose(func.count().label("number"), func.min(line.c.created_at).label("oldest"))
            ).one()
            waiting.set(row.number)
            waiting_age.set((tx.at - row.oldest).total_seconds() if row.oldest else 0)


class Mailer:
    """The senders and the listener of one process."""

    def __init__(self, config: Config) -> None:
        server = Server.configured(config)
        stationery = Stationery(
            MailFrom.configured(config.text("MAIL_FROM", "Counterpart <counterpart@localhost>")),
            config.public_url,
            Links(config.secret_key),
        )
        url = config.database_url("notifications")
        number = config.number("MAILER_SENDERS", 2)
        self._bell = Bell()
        self._database = Database(url, pool_size=number + 2)
        self._senders = [Sender(self._database, Post(server), stationery, self._bell) for _ in range(number)]
        listener = Listener(self._database, url, self._bell)
        self._threads = [
            *(threading.Thread(target=sender.work, name="sender") for sender in self._senders),
            threading.Thread(target=listener.work, name="listener"),
        ]

    def start(self) -> None:
        """Begin to send."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the mails in hand and end."""
        self._bell.close()
        for thread in self._threads:
            thread.join()
        self._database.dispose()

    @property
    def alive(self) -> bool:
        """False when a thread has died of a defect."""
        return all(thread.is_alive() for thread in self._threads)

    @property
    def checks(self) -> dict[str, Callable[[], str | None]]:
        """What readiness means."""
        return {
            "database": readiness.checks(self._database, "notifications")["database"],
            "mail server": self._mail_server,
            "senders": self._working,
        }

    def _mail_server(self) -> str | None:
        troubles = [sender.trouble for sender in self._senders if sender.trouble]
        return f"the mail server takes nothing: {troubles[0]}" if troubles else None

    def _working(self) -> str | None:
        return None if self.alive else "a thread has died"


def main() -> int:
    """Send mails until SIGTERM or SIGINT."""
    config = Config.from_env()
    try:
        logs.configure("mailer", config.log_level)
        mailer = Mailer(config)
        ops = health.serve(config.ops_host, config.ops_port("mailer"), mailer.checks)
    except ConfigError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    mailer.start()
    log.info("mailer sends")
    while mailer.alive and not stop.wait(1):
        pass
    died = not mailer.alive
    mailer.stop()
    ops.close()
    # Whoever supervises starts the process afresh.
    return 1 if died else 0


if __name__ == "__main__":
    sys.exit(main())
