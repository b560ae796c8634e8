"""Letters as mail messages: text and HTML from the layouts in `templates`, headers that nobody can break.

The layouts are MJML with Jinja2 inside. They are turned into HTML once a process; what fills them is escaped
by Jinja2 in the HTML part, and stands as it is in the text part.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr
from functools import cache
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, StrictUndefined, Template
from mjml import mjml2html

from services.chassis.config import ConfigError
from services.chassis.links import Links
from services.contracts.accounts.views import Link
from services.notifications.domain.mails import Address, Language, Letter, message_id, one_line

LAYOUTS = Path(__file__).parent / "templates"

# The lines of a mail end in CR LF (RFC 5321 section 2.3.8).
_AS_SENT = compat32.clone(linesep="\r\n")

_TEXT = Environment(
    autoescape=False,  # noqa: S701 - plain text
    trim_blocks=True,
    undefined=StrictUndefined,
)
_HTML = Environment(autoescape=True, undefined=StrictUndefined)


class Unaddressable(ValueError):
    """The address is none that a mail can be sent to."""


@dataclass(frozen=True)
class Layout:
    """The two forms of a letter in one language."""

    text: Template
    html: Template


@cache
def layout(language: Language) -> Layout:
    """The layout of a language."""
    folder = LAYOUTS / language
    return Layout(
        text=_TEXT.from_string((folder / "letter.txt").read_text("utf-8")),
        html=_HTML.from_string(mjml2html((folder / "letter.mjml").read_text("utf-8"))),
    )


@dataclass(frozen=True)
class Sender:
    """Whom mails come from."""

    name: str
    email: str

    @classmethod
    def configured(cls, mail_from: str) -> "Sender":
        """As configured: `portal@example.com` or `Portal <portal@example.com>`; raises ConfigError."""
        name, email = parseaddr(mail_from)
        try:
            return cls(one_line(name), sendable(email))
        except Unaddressable:
            raise ConfigError(
                "COUNTERPART_MAIL_FROM must be an address such as Portal <portal@example.com>."
            ) from None

    @property
    def domain(self) -> str:
        """The domain of the address; the right half of every Message-ID."""
        return self.email.rpartition("@")[2]


# The dot-atoms of RFC 5321; quoted local parts exist on paper only and have opened many a hole.
_SENDABLE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def sendable(email: str) -> str:
    """The address as it goes over the wire, its domain in ASCII (RFC 5891); raises Unaddressable."""
    local, _, domain = email.rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        address = ""
    if not _SENDABLE.fullmatch(address):
        raise Unaddressable(f"{one_line(email)} is not an address that mail can be sent to")
    return address


@dataclass(frozen=True)
class Stationery:
    """What all mails have in common: who sends them and where their links lead."""

    mail_from: Sender
    public_url: str
    links: Links

    def url(self, letter: Letter, link: Link | None) -> str | None:
        """Where the letter's button leads. The secret of a one-time link is made here and kept nowhere."""
        if link is not None:
            return self.links.url(self.public_url, link.purpose.value, link.id)
        return f"{self.public_url}{letter.link}" if letter.link else None

    def message(
        self, letter: Letter, to: Address, *, event_id: UUID, link: Link | None, written_at: datetime
    ) -> MIMEMultipart:
        """The letter as a message; the same letter always has the same Message-ID. Raises Unaddressable."""
        words = {"letter": letter, "name": one_line(to.name), "url": self.url(letter, link)}
        layouts = layout(to.language)
        # The older of the standard library's two ways to build a message: half the time of the newer one.
        name_of_it = message_id(event_id, to.email, self.mail_from.domain)
        # The boundary follows from the Message-ID, so that a mail sent twice is the same to the last byte.
        message = MIMEMultipart("alternative", boundary=f"=_{name_of_it[1:37]}", policy=_AS_SENT)
        message["Message-ID"] = name_of_it
        message["Date"] = format_datetime(written_at)
        message["From"] = _mailbox(self.mail_from.name, self.mail_from.email)
        message["To"] = _mailbox(one_line(to.name, 100), sendable(to.email))
        message["Subject"] = _header(one_line(letter.subject), "Subject")
        # RFC 3834: no automatic answers, please.
        message["Auto-Submitted"] = "auto-generated"
        message.attach(MIMEText(layouts.text.render(words), "plain", "utf-8"))
        message.attach(MIMEText(layouts.html.render(words), "html", "utf-8"))
        return message


def _header(value: str, name: str) -> str:
    return Header(value, None if value.isascii() else "utf-8", header_name=name).encode()


def _mailbox(name: str, email: str) -> str:
    return formataddr((name, email), "utf-8")
