"""The mails that accounts asks for: invitations, passwords, changes of address (S-008, S-009).

A mail with a one-time link names the link; its secret is made when the mail is written, and kept nowhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.contracts.accounts import events as accounts
from services.contracts.accounts.views import Link, LinkPurpose
from services.notifications.domain.mails import Address, Letter, one_line
from services.notifications.domain.wording import WORDINGS, Wording


@dataclass(frozen=True, slots=True)
class Mailing:
    """A letter to one address; `link` is the one-time link its button leads to."""

    address: Address
    letter: Letter
    link: Link | None = None


def of_invitation(event: accounts.UserInvited) -> list[Mailing]:
    """The link by which an invited person joins an organisation."""
    invitation = event.invitation
    words = {"inviter": invitation.invited_by.name, "organisation": invitation.organisation.name}
    to = Address(invitation.email, invitation.name, invitation.organisation.id)
    return [_with_link("user-invited", words, to, event.link)]


def of_activation(event: accounts.ActivationRequested) -> list[Mailing]:
    """The link that opens an account with a username (D-7)."""
    to = Address(event.email, event.user.name, event.organisation.id)
    words = {"organisation": event.organisation.name}
    return [_with_link("activation-requested", words, to, event.link, (("username", event.username),))]


def of_password_reset(event: accounts.PasswordResetRequested) -> list[Mailing]:
    """The link by which a new password is set."""
    to = Address(event.email, event.user.name, None)
    return [_with_link("password-reset-requested", {}, to, event.link)]


def of_password_change(event: accounts.PasswordChanged) -> list[Mailing]:
    """The notice that a password was changed, in case its owner did not do it."""
    if event.email is None:
        return []
    return [_notice("password-changed", {}, Address(event.email, event.user.name, None))]


def of_second_factor_change(event: accounts.SecondFactorChanged) -> list[Mailing]:
    """The notice that two-factor sign-in was switched on or off, in case its owner did not do it."""
    if event.email is None:
        return []
    key = "second-factor-on" if event.enabled else "second-factor-off"
    return [_notice(key, {}, Address(event.email, event.user.name, None))]


def of_email_change_request(event: accounts.EmailChangeRequested) -> list[Mailing]:
    """The link to the new address, and a word of warning to the old ones (S-008)."""
    organisation_id = event.organisation.id if event.organisation else None
    words = {"name": event.name}
    facts = (("new-address", event.new_email), ("asked-by", event.asked_by.name))
    to_new = _with_link(
        "email-change-requested", words, Address(event.new_email, event.name, organisation_id), event.link
    )
    to_old = [
        _notice("email-change-requested-warning", words, Address(old, event.name, organisation_id), facts)
        for old in _each_once(event.old_emails, but=event.new_email)
    ]
    return [to_new, *to_old]


def of_email_change(event: accounts.EmailChanged) -> list[Mailing]:
    """The notice to the addresses of before and of now (S-008)."""
    organisation_id = event.organisation.id if event.organisation else None
    facts = tuple(
        (label, value) for label, value in (("added", event.added), ("removed", event.removed)) if value
    )
    everywhere = [email for email in (event.added, event.removed, *event.others) if email]
    return [
        _notice("email-changed", {"name": event.name}, Address(email, event.name, organisation_id), facts)
        for email in _each_once(everywhere)
    ]


def _each_once(emails: Iterable[str], but: str = "") -> list[str]:
    found = {email.casefold(): email for email in emails}
    found.pop(but.casefold(), None)
    return list(found.values())


def _notice(key: str, words: dict[str, str], to: Address, facts: tuple[tuple[str, str], ...] = ()) -> Mailing:
    wording = WORDINGS[to.language]
    said = wording.sentences[key].format_map(words)
    return Mailing(
        to,
        Letter(
            subject=one_line(said),
            sentence=one_line(f"{said}."),
            facts=_labelled(wording, facts),
            footnote=wording.footnotes[key].format_map(words),
        ),
    )


def _with_link(
    key: str, words: dict[str, str], to: Address, link: Link, facts: tuple[tuple[str, str], ...] = ()
) -> Mailing:
    wording = WORDINGS[to.language]
    said = wording.sentences[key].format_map(words)
    until = ("valid-until", f"{link.expires_at:%Y-%m-%d %H:%M} UTC")
    return Mailing(
        to,
        Letter(
            subject=one_line(said),
            sentence=one_line(f"{said}."),
            facts=_labelled(wording, (*facts, until)),
            button=wording.buttons[link.purpose],
            footnote=wording.footnotes[key].format_map(words),
        ),
        link,
    )


def _labelled(wording: Wording, facts: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((wording.labels[label], value) for label, value in facts)


# ------------------------------------------------------------------------- the form it is kept in


def stored(letter: Letter, link: Link | None) -> dict[str, Any]:
    """What the row of a mail keeps of its content: plain texts, and the name of the link."""
    content: dict[str, Any] = {
        "subject": letter.subject,
        "sentence": letter.sentence,
        "paragraphs": list(letter.paragraphs),
        "facts": [list(fact) for fact in letter.facts],
        "path": letter.link,
        "button": letter.button,
        "footnote": letter.footnote,
    }
    if link is not None:
        content["link"] = {
            "id": link.id.hex,
            "purpose": link.purpose.value,
            "until": link.expires_at.isoformat(),
        }
    return content


def restored(content: dict[str, Any]) -> tuple[Letter, Link | None]:
    """The letter and the link that `stored` has put away."""
    letter = Letter(
        subject=content["subject"],
        sentence=content["sentence"],
        paragraphs=tuple(content["paragraphs"]),
        facts=tuple((label, value) for label, value in content["facts"]),
        link=content["path"],
        button=content["button"],
        footnote=content["footnote"],
    )
    named = content.get("link")
    if named is None:
        return letter, None
    return letter, Link(
        id=UUID(hex=named["id"]),
        purpose=LinkPurpose(named["purpose"]),
        expires_at=datetime.fromisoformat(named["until"]),
    )
