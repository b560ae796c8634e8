"""Two-factor sign-in: switched on and off by its owner, and asked for at the door (ASVS 5.0 V6.5).

A code of an app is taken once: its time step is remembered, and neither it nor an earlier one counts again.
A recovery code is taken once. A reset password changes nothing of this.
"""

from dataclasses import dataclass
from uuid import UUID

from services.accounts import queries
from services.accounts.authenticators import Authenticators, digits
from services.accounts.domain import attempts
from services.accounts.domain.users import User
from services.chassis.database import Transaction
from services.chassis.errors import Fault, Invalid, Refused, Unauthenticated
from services.contracts.accounts import views

WRONG_CODE = (
    "This code is not right, was used before, or is too old. Wait for the next one, or use a recovery code."
)


class SecondFactorNeeded(Unauthenticated):
    """The password was right; a code of the authenticator app, or a recovery code, must come with it."""


class SecondFactorWrong(Unauthenticated):
    """The password was right and the code was not."""


class SecondFactorOn(Refused):
    """Two-factor sign-in is on already."""


class SecondFactorOff(Refused):
    """Two-factor sign-in is not on."""


@dataclass(frozen=True)
class SecondFactor:
    """What happens around the second factor of one person's account."""

    authenticators: Authenticators

    def view(self, tx: Transaction, user_id: UUID) -> views.SecondFactor:
        """Whether it is on, and how many recovery codes are left."""
        kept = queries.second_factor(tx, user_id)
        since = None if kept is None else kept.confirmed_at
        left = 0 if since is None else queries.recovery_codes_left(tx, user_id)
        return views.SecondFactor(enabled=since is not None, since=since, recovery_codes_left=left)

    def begin(self, tx: Transaction, user: User) -> views.SecondFactorSecret:
        """A fresh secret for an app. It counts once a code of it has been shown."""
        kept = queries.second_factor(tx, user.id)
        if kept is not None and kept.confirmed_at is not None:
            raise SecondFactorOn("Two-factor sign-in is on. Switch it off first to use another app.")
        secret = self.authenticators.new_secret()
        queries.begin_second_factor(tx, user.id, self.authenticators.sealed(user.id, secret))
        return views.SecondFactorSecret(secret=secret, uri=self.authenticators.uri(secret, user.sign_in_name))

    def confirm(self, tx: Transaction, user: User, code: str) -> views.RecoveryCodes:
        """Switch it on: the app shows the right codes. The recovery codes are told here and never again."""
        kept = queries.second_factor(tx, user.id)
        if kept is None:
            raise SecondFactorOff("Begin with a new secret for your authenticator app.")
        if kept.confirmed_at is not None:
            raise SecondFactorOn("Two-factor sign-in is on already.")
        before = queries.locked_attempts(tx, _counted(user.id))
        before.check(tx.at)
        step = self._step(tx, user.id, kept.sealed, code)
        if step is None:
            self._failed(tx, [(_counted(user.id), attempts.PER_ACCOUNT)])
            sentence = "This is not the code your app should show. Check its clock, and type the newest one."
            raise Invalid(sentence, [Fault("/code", sentence)])
        queries.forget_attempts(tx, _counted(user.id))
        queries.confirm_second_factor(tx, user.id, step)
        user.second_factor_changed(enabled=True)
        return self._new_codes(tx, user.id)

    def renew_codes(self, tx: Transaction, user: User, code: str) -> views.RecoveryCodes:
        """Other recovery codes; those of before no longer work."""
        self._prove_inside(tx, user.id, code)
        return self._new_codes(tx, user.id)

    def disable(self, tx: Transaction, user: User, code: str) -> None:
        """Switch it off."""
        self._prove_inside(tx, user.id, code)
        queries.remove_second_factor(tx, user.id)
        user.second_factor_changed(enabled=False)

    def prove(self, tx: Transaction, user_id: UUID, code: str | None, device_id: UUID | None = None) -> None:
        """Let pass who needs no code or has the right one. Wrong ones are counted, and make the next wait."""
        kept = queries.second_factor(tx, user_id)
        if kept is None or kept.confirmed_at is None:
            return
        if code is None:
            raise SecondFactorNeeded("Type the code that your authenticator app shows, or a recovery code.")
        # On a device of the owner by itself: whoever else has the password cannot keep the owner out.
        key = f"code-device:{device_id}" if device_id else _counted(user_id)
        patience = attempts.PER_DEVICE if device_id else attempts.PER_ACCOUNT
        queries.locked_attempts(tx, key).check(tx.at)
        if not self._taken(tx, user_id, kept.sealed, code):
            self._failed(tx, [(key, patience)])
            raise SecondFactorWrong(WRONG_CODE)
        queries.forget_attempts(tx, key)

    def _prove_inside(self, tx: Transaction, user_id: UUID, code: str) -> None:
        kept = queries.second_factor(tx, user_id)
        if kept is None or kept.confirmed_at is None:
            raise SecondFactorOff("Two-factor sign-in is not on.")
        try:
            self.prove(tx, user_id, code)
        except SecondFactorWrong:
            # The session is good; only the field is wrong.
            raise Invalid(WRONG_CODE, [Fault("/code", WRONG_CODE)]) from None

    def _failed(self, tx: Transaction, counts: list[tuple[str, attempts.Patience]]) -> None:
        for key, patience in counts:
            before = queries.locked_attempts(tx, key)
            queries.write_attempts(tx, key, before.failed(patience, tx.at))
        tx.keep_when_refused()

    def _taken(self, tx: Transaction, user_id: UUID, sealed: bytes, code: str) -> bool:
        """Whether the code is right and had not been used; it is used now."""
        if digits(code) is None:
            return queries.use_recovery_code(tx, user_id, self.authenticators.hashed(user_id, code))
        step = self._step(tx, user_id, sealed, code)
        return step is not None and queries.use_step(tx, user_id, step)

    def _step(self, tx: Transaction, user_id: UUID, sealed: bytes, code: str) -> int | None:
        plain = digits(code)
        if plain is None:
            return None
        secret = self.authenticators.opened(user_id, sealed)
        return self.authenticators.step_of(secret, plain, tx.at)

    def _new_codes(self, tx: Transaction, user_id: UUID) -> views.RecoveryCodes:
        codes = self.authenticators.new_recovery_codes()
        queries.replace_recovery_codes(
            tx, user_id, [self.authenticators.hashed(user_id, code) for code in codes]
        )
        return views.RecoveryCodes(codes=codes)


def _counted(user_id: UUID) -> str:
    return f"code:{user_id}"
