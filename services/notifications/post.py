"""The mail server, as far as the mailer needs it: one session, and what its answers mean.

`COUNTERPART_SMTP_URL` says where it is: `smtp://host:port` in the clear, `smtp+starttls://…` with TLS from
the first command on, `smtps://…` with TLS from the first byte on; `user:password@` before the host signs in.
"""

import smtplib
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from time import monotonic
from urllib.parse import unquote, urlsplit

from services.chassis.config import Config, ConfigError

PATIENCE = 30.0
"""Seconds to wait for an answer of the server."""

MAILS_PER_SESSION = 100
IDLE = 5.0

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_TOO_LARGE = 552


class ServerAway(Exception):
    """No mail can be handed over at present: the server does not answer, or takes nothing from us."""


class PutOff(Exception):
    """The server did not take this mail this time."""


class TurnedDown(Exception):
    """The server will never take this mail."""


@dataclass(frozen=True)
class Server:
    """Where the mail server is, and how to get in."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: str

    @classmethod
    def configured(cls, config: Config) -> "Server":
        """The server named in the environment; raises ConfigError."""
        url = config.url("SMTP_URL", tuple(_PORTS), "smtp://127.0.0.1:2525")
        parts = urlsplit(url)
        assert parts.hostname is not None
        try:
            port = parts.port or _PORTS[parts.scheme]
        except ValueError:
            raise ConfigError("COUNTERPART_SMTP_URL has no valid port.") from None
        user = unquote(parts.username) if parts.username else None
        if user is not None and parts.scheme == "smtp" and not _is_here(parts.hostname):
            raise ConfigError(
                "COUNTERPART_SMTP_URL would send a password in the clear; use smtps:// or smtp+starttls://."
            )
        return cls(parts.scheme, parts.hostname, port, user, unquote(parts.password or ""))


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Post:
    """Hands mails to the server, over one session that is opened when needed. Not for several threads."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._session: smtplib.SMTP | None = None
        self._handed_over = 0
        self._used_at = 0.0

    def hand_over(self, message: bytes, mail_from: str, recipient: str) -> None:
        """Send one mail; raises ServerAway, PutOff or TurnedDown. Returning means that the server has it."""
        session = self._open_session()
        try:
            session.sendmail(mail_from, [recipient], message)
        except smtplib.SMTPSenderRefused as refusal:
            self.close()
            if refusal.smtp_code == _TOO_LARGE:
                raise TurnedDown(_said(refusal.smtp_code, refusal.smtp_error)) from refusal
            # Nothing is wrong with this mail: whatever comes from us is refused.
            raise ServerAway(_said(refusal.smtp_code, refusal.smtp_error)) from refusal
        except smtplib.SMTPRecipientsRefused as refusal:
            ((code, text),) = refusal.recipients.values()
            raise _meaning(code, text) from refusal
        except smtplib.SMTPNotSupportedError as refusal:
            raise TurnedDown(f"the mail server does not support it: {refusal}") from refusal
        except smtplib.SMTPResponseException as refusal:
            self.close()
            raise _meaning(refusal.smtp_code, refusal.smtp_error) from refusal
        except (smtplib.SMTPException, OSError) as failure:
            # The server may have the mail or not; the Message-ID tells it when it comes again.
            self.close()
            raise PutOff(f"the connection broke off: {failure}") from failure
        self._handed_over += 1
        self._used_at = monotonic()
        if self._handed_over >= MAILS_PER_SESSION:
            self.close()

    def close_if_idle(self) -> None:
        """Servers hang up on those who stay and say nothing."""
        if self._session is not None and monotonic() - self._used_at > IDLE:
            self.close()

    def close(self) -> None:
        """Say goodbye."""
        session, self._session = self._session, None
        if session is None:
            return
        try:
            session.quit()
        except (smtplib.SMTPException, OSError):
            session.close()

    def _open_session(self) -> smtplib.SMTP:
        self.close_if_idle()
        if self._session is None:
            try:
                self._session = self._connected()
            except (smtplib.SMTPException, OSError) as failure:
                raise ServerAway(f"{self._server.host}:{self._server.port}: {failure}") from failure
            self._handed_over = 0
        return self._session

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.scheme == "smtps":
            session: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=PATIENCE, context=ssl.create_default_context()
            )
        else:
            session = smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
        try:
            if server.scheme == "smtp+starttls":
                session.starttls(context=ssl.create_default_context())
            session.ehlo_or_helo_if_needed()
            if server.user is not None:
                session.login(server.user, server.password)
        except BaseException:
            session.close()
            raise
        return session


def _meaning(code: int, text: bytes | str) -> PutOff | TurnedDown:
    """RFC 5321 section 4.2.1: 4xx may work later, 5xx never will."""
    return TurnedDown(_said(code, text)) if code >= 500 else PutOff(_said(code, text))


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {words}"
