"""Who may come in: signing in, sessions, passwords and one-time links.

Everything here runs for somebody who has not signed in yet or acts on their own account only, in the system's
scope; so each statement names exactly the row it is about, by a secret or by a user already proven.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.accounts import queries, secrets
from services.accounts.domain import attempts, password_rules
from services.accounts.domain.invitations import Invitation
from services.accounts.domain.links import Link, not_valid
from services.accounts.domain.organisations import Organisation
from services.accounts.domain.sessions import check_possible
from services.accounts.domain.users import AddressTaken, User
from services.accounts.passwords import Passwords
from services.accounts.second_factor import SecondFactor
from services.accounts.secrets import Devices
from services.chassis.database import NOBODY, Transaction
from services.chassis.errors import Fault, Forbidden, Invalid, NotFound, Unauthenticated
from services.chassis.links import Links
from services.contracts.accounts import commands, events, views
from services.contracts.accounts.views import LinkPurpose

WRONG = "The name or the password is wrong. «Forgot your password?» sends a link to set a new one."
SESSION_OVER = "The session is over. Sign in again."
Count = tuple[str, attempts.Patience]


@dataclass(frozen=True)
class Doorkeeper:
    """What stands between the street and the house."""

    passwords: Passwords
    links: Links
    devices: Devices
    second_factor: SecondFactor
    new_token: Callable[[], str] = secrets.new_token

    # -------------------------------------------------------------------------------------- signing in

    def sign_in(self, tx: Transaction, wish: commands.SignIn) -> views.SignedIn:
        """A new session, if name and password are right and it is not too early to try again."""
        user_id = queries.user_who_signs_in_as(tx, wish.name)
        device_id = self.devices.known(user_id, wish.device_token) if user_id else None
        counts = _counts(wish, user_id, device_id)
        self._prove(tx, user_id, wish.password, counts, WRONG)
        assert user_id is not None  # nobody's password never matches
        self.second_factor.prove(tx, user_id, wish.code, device_id)
        return self._begin_session(tx, wish, user_id, device_id or tx.new_id())

    def _prove(
        self, tx: Transaction, user_id: UUID | None, password: str, counts: list[Count], wrong: str
    ) -> None:
        """Compare the password, with as much work for nobody as for somebody; count it if it is wrong."""
        (first, _), *others = counts
        known = {first: queries.locked_attempts(tx, first)}
        known |= {key: queries.known_attempts(tx, key) for key, _ in others}
        for before in known.values():
            before.check(tx.at)
        stored = queries.password_hash(tx, user_id or NOBODY)
        if not self.passwords.matches(stored, password):
            for key, patience in counts:
                before = known[first] if key == first else queries.locked_attempts(tx, key)
                queries.write_attempts(tx, key, before.failed(patience, tx.at))
            tx.keep_when_refused()
            raise Unauthenticated(wrong)
        queries.forget_attempts(tx, first)
        if user_id and stored and self.passwords.outdated(stored):
            queries.hash_again(tx, user_id, self.passwords.hash(password))

    def _begin_session(
        self, tx: Transaction, wish: commands.SignIn, user_id: UUID, device_id: UUID
    ) -> views.SignedIn:
        token = self.new_token()
        session_id = tx.new_id()
        row: dict[str, Any] = {
            "id": session_id,
            "sequence": 1,
            "user_id": user_id,
            "token_hash": secrets.stored(token),
            "address": wish.address,
            "user_agent": wish.user_agent,
            "signed_in_at": tx.at,
            "last_seen_at": tx.at,
        }
        queries.add_session(tx, row)
        session = self.session(tx, token)
        if not session.standings and not session.must_change_password:
            raise Forbidden(
                "You do not act for any organisation at present. An administrator of yours can change that."
            )
        if session.acting_for is not None:
            queries.remember_organisation(tx, session_id, session.acting_for)
        started = events.SessionStarted(session_id=session_id, user_id=user_id, at=tx.at)
        tx.announce(started, aggregate="session", aggregate_id=session_id, sequence=1)
        mark = self.devices.mark(user_id, device_id)
        return views.SignedIn(session_token=token, device_token=mark, session=session)

    def session(self, tx: Transaction, token: str) -> views.Session:
        """The session of a token; Unauthenticated when it is over."""
        found = queries.session_of(tx, secrets.stored(token), secrets.csrf_token(token))
        if found is None:
            raise Unauthenticated(SESSION_OVER)
        return found

    def act_for(self, tx: Transaction, wish: commands.ActFor) -> views.Session:
        """Let the session act for another of its user's organisations."""
        session = self.session(tx, wish.session_token)
        check_possible(session.standings, wish.organisation_id)
        sequence = queries.choose_organisation(tx, session.id, wish.organisation_id)
        changed = events.SessionChanged(
            session_id=session.id, user_id=session.user.id, acting_for=wish.organisation_id
        )
        tx.announce(changed, aggregate="session", aggregate_id=session.id, sequence=sequence)
        return self.session(tx, wish.session_token)

    def end_session(self, tx: Transaction, user_id: UUID, session_id: UUID) -> None:
        """End one of a user's sessions."""
        if not self._ended(tx, user_id, queries.end_sessions(tx, user_id, only=session_id)):
            raise NotFound(f"You have no session {session_id}; perhaps it is over already.")

    def end_sessions(self, tx: Transaction, user_id: UUID, *, but: UUID | None = None) -> None:
        """End a user's sessions, all or all but one."""
        self._ended(tx, user_id, queries.end_sessions(tx, user_id, but=but))

    def end_sessions_acting_for(self, tx: Transaction, user_id: UUID, organisation_id: UUID) -> None:
        """End the sessions in which a user acts for an organisation."""
        self._ended(tx, user_id, queries.end_sessions_acting_for(tx, user_id, organisation_id))

    def _ended(self, tx: Transaction, user_id: UUID, ended: list[tuple[UUID, int]]) -> bool:
        for session_id, sequence in ended:
            fact = events.SessionEnded(session_id=session_id, user_id=user_id, at=tx.at)
            tx.announce(fact, aggregate="session", aggregate_id=session_id, sequence=sequence)
        return bool(ended)

    # --------------------------------------------------------------------------------------- passwords

    def change_password(self, tx: Transaction, wish: commands.ChangePassword) -> None:
        """Another password; all other sessions end, and open links to reset it no longer work (S-156)."""
        session = self.session(tx, wish.session_token)
        user = tx.get(User, session.user.id)
        self._confirm_by_password(tx, user, wish.current_password, "/current_password")
        if wish.new_password == wish.current_password:
            sentence = "The new password is the old one."
            raise Invalid(sentence, [Fault("/new_password", sentence)])
        self._set_password(tx, user, wish.new_password, "/new_password")
        user.password_changed(by_link=False)
        self.end_sessions(tx, user.id, but=session.id)

    def owner(self, tx: Transaction, session_token: str, password: str | None = None) -> User:
        """The user whose session it is, for a change of how they sign in; by their password where it is asked."""
        user = tx.get(User, self.session(tx, session_token).user.id)
        if password is not None:
            self._confirm_by_password(tx, user, password, "/password")
        return user

    def change_email(self, tx: Transaction, wish: commands.ChangeMyEmail) -> None:
        """Have the new address confirmed by a link mailed to it."""
        session = self.session(tx, wish.session_token)
        user = tx.get(User, session.user.id)
        self._confirm_by_password(tx, user, wish.password, "/password")
        link = Link.make(
            id=tx.new_id(),
            purpose=LinkPurpose.EMAIL_CONFIRMATION,
            subject_id=user.id,
            email=wish.email,
            at=tx.at,
        )
        user.ask_for_email(wish.email, link)
        queries.close_links(tx, user.id, LinkPurpose.EMAIL_CONFIRMATION)
        queries.add_link(tx, link)

    def _confirm_by_password(self, tx: Transaction, user: User, password: str, field: str) -> None:
        # Counted apart from sign-ins, so that a stranger at the door does not disturb who is inside.
        try:
            self._prove(tx, user.id, password, [(f"confirm:{user.id}", attempts.PER_ACCOUNT)], WRONG)
        except Unauthenticated:
            # The session is good; only the field is wrong.
            sentence = "This is not your password."
            raise Invalid(sentence, [Fault(field, sentence)]) from None

    def _set_password(self, tx: Transaction, user: User, password: str, field: str) -> None:
        password_rules.check(password, _names(user), field)
        queries.set_password(tx, user.id, self.passwords.hash(password))
        queries.close_links(tx, user.id, LinkPurpose.PASSWORD_RESET)

    def request_reset(self, tx: Transaction, wish: commands.RequestPasswordReset) -> None:
        """Have a link mailed, if there is such an account; do as much if there is not."""
        self._count_request(tx, f"reset-address:{wish.address}", attempts.RESETS_PER_ADDRESS).check(tx.at)
        user_id = queries.user_who_signs_in_as(tx, wish.name)
        before = self._count_request(tx, f"reset:{_account(user_id, wish.name)}", attempts.RESETS_PER_ACCOUNT)
        link = Link.make(
            id=tx.new_id(),
            purpose=LinkPurpose.PASSWORD_RESET,
            subject_id=user_id or tx.new_id(),
            at=tx.at,
        )
        if before.seconds_to_wait(tx.at):
            return  # Enough mails have been sent; the answer must not tell.
        queries.add_link(tx, link)
        if user_id is not None:
            tx.get(User, user_id).ask_for_reset(link)

    def _count_request(self, tx: Transaction, key: str, patience: attempts.Patience) -> attempts.Attempts:
        before = queries.locked_attempts(tx, key)
        if not before.seconds_to_wait(tx.at):
            queries.write_attempts(tx, key, before.failed(patience, tx.at))
        return before

    def reset_password(self, tx: Transaction, wish: commands.ResetPassword) -> None:
        """A new password by link. Whoever was in is out, and past failures are forgotten."""
        link = self._use(tx, LinkPurpose.PASSWORD_RESET, wish.token)
        user = tx.get(User, link.subject_id)
        self._set_password(tx, user, wish.password, "/password")
        user.password_changed(by_link=True)
        queries.forget_attempts(tx, f"account:{user.id}")
        self.end_sessions(tx, user.id)

    # ------------------------------------------------------------------------------------------- links

    def _read(self, tx: Transaction, purpose: LinkPurpose, token: str) -> Link:
        link_id = self.links.read(purpose.value, token)
        link = queries.link_for_use(tx, link_id, purpose) if link_id else None
        if link is None:
            raise not_valid(purpose)
        link.check_open(tx.at)
        return link

    def _use(self, tx: Transaction, purpose: LinkPurpose, token: str) -> Link:
        link = self._read(tx, purpose, token)
        link.use(tx.at)
        queries.link_used(tx, link)
        return link

    def read_invitation(self, tx: Transaction, token: str) -> views.InvitationForm:
        """What the page behind an invitation or activation link shows."""
        if self.links.read(LinkPurpose.ACTIVATION.value, token) is not None:
            user = tx.peek(User, self._read(tx, LinkPurpose.ACTIVATION, token).subject_id)
            return views.InvitationForm(
                purpose=LinkPurpose.ACTIVATION,
                organisation=None,
                name=user.name,
                sign_in_name=user.sign_in_name,
                needs_password=True,
            )
        invitation = tx.peek(Invitation, self._read(tx, LinkPurpose.INVITATION, token).subject_id)
        return views.InvitationForm(
            purpose=LinkPurpose.INVITATION,
            organisation=invitation.organisation,
            name=invitation.name,
            sign_in_name=invitation.email,
            needs_password=queries.user_with_email(tx, invitation.email) is None,
        )

    def accept_invitation(self, tx: Transaction, wish: commands.AcceptInvitation) -> None:
        """Let the invited person act for the organisation, as the user they are or as a new one."""
        link = self._use(tx, LinkPurpose.INVITATION, wish.token)
        invitation = tx.get(Invitation, link.subject_id)
        user_id = queries.user_with_email(tx, invitation.email)
        user = tx.get(User, user_id) if user_id else None
        password = wish.password
        if user is None:
            if password is None:
                sentence = "Choose a password."
                raise Invalid(sentence, [Fault("/password", sentence)])
            user = User.with_email(
                id=tx.new_id(), name=wish.name or invitation.name, email=invitation.email, at=tx.at
            )
            password_rules.check(password, _names(user))
            tx.add(user)
        user.join(invitation.organisation, invitation.kind, invitation.roles, at=tx.at)
        invitation.accept()
        tx.flush()
        if user_id is None and password is not None:
            queries.add_password(tx, user.id, self.passwords.hash(password), must_change=False)

    def activate(self, tx: Transaction, wish: commands.ActivateAccount) -> None:
        """Let the owner of an account set its password (D-7)."""
        link = self._use(tx, LinkPurpose.ACTIVATION, wish.token)
        user = tx.get(User, link.subject_id)
        mailed_to = link.email if link.email and queries.user_with_email(tx, link.email) is None else None
        user.activate(mailed_to=mailed_to)
        self._set_password(tx, user, wish.password, "/password")

    def confirm_email(self, tx: Transaction, token: str) -> None:
        """Take a confirmed address into use: a person's own, or one for notifications."""
        link = self._use(tx, LinkPurpose.EMAIL_CONFIRMATION, token)
        assert link.email is not None  # every such link is for an address
        if link.organisation_id is not None:
            tx.get(Organisation, link.organisation_id).confirm_email(link.email, replaces=link.replaces)
            return
        if queries.user_with_email(tx, link.email) not in (None, link.subject_id):
            raise AddressTaken(
                f"Another account signs in with {link.email}. Use that account, or another address."
            )
        tx.get(User, link.subject_id).change_email(link.email)

    # ---------------------------------------------------------------------------------------- API keys

    def grant(self, tx: Transaction, key: str) -> views.KeyGrant:
        """For whom an API key acts."""
        read = secrets.read_api_key(key)
        found = queries.grant_of(tx, *read) if read else None
        if found is None:
            raise Unauthenticated("This API key is not valid. Its owner can create another one.")
        return found


def _account(user_id: UUID | None, name: str) -> str:
    """Under what failures of an account are counted. Names nobody has are counted too, to look the same."""
    return str(user_id) if user_id else hashlib.sha256(name.lower().encode()).hexdigest()


def _counts(wish: commands.SignIn, user_id: UUID | None, device_id: UUID | None) -> list[Count]:
    if device_id is not None:
        return [(f"device:{device_id}", attempts.PER_DEVICE)]
    return [
        (f"account:{_account(user_id, wish.name)}", attempts.PER_ACCOUNT),
        (f"address:{wish.address}", attempts.PER_ADDRESS),
    ]


def _names(user: User) -> list[str]:
    return [name for name in (user.name, user.email, user.username) if name]
