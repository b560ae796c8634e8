"""A mail on its way: what it says, who gets it, when it is tried again, when it is given up.

Up to the row in `mails` everything is exactly once: one row per event and address. Handing the mail to a
mail server is at least once by the nature of SMTP: a process may die after the server took the mail and
before that is noted. The mail is then sent again under the same Message-ID, by which servers and readers
recognise it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

_MESSAGE_IDS = UUID("5f1d3a0e-6f0c-5c39-9d52-2a4f5b8e7c61")
_BREAKS = re.compile(r"[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+")

SUBJECT_LENGTH = 300

# A busy server is tried again soon, and for two days if it stays so. RFC 5321 section 4.5.4.1 asks for
# half an hour between attempts in the long run, and for four to five days; business mail is stale by then.
PAUSES = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    *(timedelta(minutes=30),) * 4,
    *(timedelta(hours=2),) * 22,
)


class MailState(StrEnum):
    """Where a mail is."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Language(StrEnum):
    """The languages mails and feed sentences are written in."""

    ENGLISH = "en"


def one_line(text: str, most: int = SUBJECT_LENGTH) -> str:
    """`text` without line breaks and other control characters, at most `most` characters long.

    Names come from strangers; in a header a line break would begin a header of theirs.
    """
    line = _BREAKS.sub(" ", text).strip()
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def message_id(event_id: UUID, recipient: str, domain: str) -> str:
    """The Message-ID of the mail about an event to an address: always the same one."""
    return f"<{uuid5(_MESSAGE_IDS, f'{event_id}|{recipient.casefold()}')}@{domain}>"


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When a mail is tried again that was refused for the time being `attempts` times; None: give it up."""
    return now + PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, apart from its layout. Everything is plain text; the layout escapes it.

    `link` is a path of the portal, or None; `facts` are pairs of label and value.
    """

    subject: str
    sentence: str
    paragraphs: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    link: str | None = None
    button: str = ""
    footnote: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a mail goes: the address, the name before it, and the organisation it is meant for, if any."""

    email: str
    name: str
    organisation_id: UUID | None
    language: Language = Language.ENGLISH
