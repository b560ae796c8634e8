"""Who is asking: a browser with a session cookie, or a program with an API key.

Both are opaque values that only accounts can read. Its answer is remembered for a few seconds, so that a
busy caller costs accounts one question and not hundreds; it is forgotten at once when accounts announces
that the session has ended or that what the person may do has changed.
"""

import asyncio
import hashlib
import json
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from services.chassis.errors import Forbidden, Invalid, Unauthenticated
from services.chassis.wire import dumps
from services.contracts.accounts.commands import Authenticate, AuthenticateKey
from services.contracts.shapes import operation
from services.gateway.bus import Bus, Wish

#: Seconds for which accounts' answer is believed.
BELIEVED_FOR = 5.0
#: Sessions and keys remembered at once in one process.
MOST_REMEMBERED = 10_000

# Whatever else is sent cannot be one of ours, and is not worth a question.
_TOKEN = re.compile(r"[\x21-\x7e]{16,500}", re.ASCII).fullmatch


@dataclass(frozen=True, slots=True)
class Standing:
    """One organisation the caller acts for. `actor` is the JSON of the actor, made once."""

    organisation_id: str
    name: str
    actor: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking. `id` is that of the session or of the API key, never the secret itself."""

    sort: Literal["session", "key"]
    id: str
    user_id: str
    standings: Mapping[str, Standing]
    acting_for: str | None
    csrf_token: str
    secret: str
    must_change_password: bool = False

    def standing(self, wanted: str | None) -> Standing:
        """The organisation asked for, or the only one there is; raises Forbidden when it is open which."""
        if self.must_change_password:
            raise Forbidden("The password was set by somebody else: choose one of your own first.")
        chosen = self.acting_for if wanted is None else wanted
        if chosen is None and len(self.standings) == 1:
            return next(iter(self.standings.values()))
        if chosen is None and not self.standings:
            raise Forbidden("This account acts for no organisation at the moment.")
        if chosen is None:
            raise Forbidden(
                "You act for several organisations: name one in the header Counterpart-Organisation."
            )
        standing = self.standings.get(chosen.lower())
        if standing is None:
            raise Forbidden("You do not act for this organisation.")
        return standing


class Sessions:
    """Asks accounts, and remembers its answers for seconds."""

    def __init__(self, bus: Bus, *, now: Callable[[], float] = time.monotonic) -> None:
        self._bus = bus
        self._now = now
        self._known: OrderedDict[str, tuple[float, Caller]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[Caller]] = {}

    async def of_session(self, token: str) -> Caller:
        """Whose session cookie this is; raises Unauthenticated."""
        return await self._of("session", token)

    async def of_key(self, key: str) -> Caller:
        """Whose API key this is; raises Unauthenticated."""
        return await self._of("key", key)

    def forget(self, *ids: str) -> list[str]:
        """Drop what is remembered of these sessions, keys, users or organisations; returns sessions' ids."""
        gone = [
            (secret, caller)
            for secret, (_, caller) in self._known.items()
            if caller.id in ids or caller.user_id in ids or not caller.standings.keys().isdisjoint(ids)
        ]
        for secret, _ in gone:
            del self._known[secret]
        return [caller.id for _, caller in gone]

    def forget_all(self) -> None:
        """Drop everything: some announcements may have been missed."""
        self._known.clear()

    async def _of(self, sort: Literal["session", "key"], secret: str) -> Caller:
        # Hashed, so that no dump of this process's memory is a list of sessions.
        place = hashlib.sha256(f"{sort} {secret}".encode()).hexdigest()
        known = self._known.get(place)
        if known is not None and known[0] > self._now():
            return known[1]
        if not _TOKEN(secret):
            raise Unauthenticated("Sign in first.")
        task = self._asking.get(place)
        if task is None:
            task = asyncio.create_task(self._ask(sort, secret, place))
            self._asking[place] = task
            task.add_done_callback(lambda _: self._asking.pop(place, None))
        # One caller's disconnect must not fail the others who wait for the same answer.
        return await asyncio.shield(task)

    async def _ask(self, sort: Literal["session", "key"], secret: str, place: str) -> Caller:
        if sort == "session":
            answer = await self._bus.call(_wish(Authenticate(session_token=secret)))
            caller = _of_session(answer.value, secret)
        else:
            answer = await self._bus.call(_wish(AuthenticateKey(key=secret)))
            caller = _of_key(answer.value, secret)
        self._known[place] = (self._now() + BELIEVED_FOR, caller)
        self._known.move_to_end(place)
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return caller


def _wish(question: Any) -> Wish:
    asked = operation(question)
    return Wish(asked.service, asked.name, dumps(question))


def _of_session(session: dict[str, Any], token: str) -> Caller:
    return Caller(
        sort="session",
        id=session["id"],
        user_id=session["user"]["id"],
        standings={
            standing["organisation"]["id"]: _standing(session["user"], standing)
            for standing in session["standings"]
        },
        acting_for=session["acting_for"],
        csrf_token=session["csrf_token"],
        secret=token,
        must_change_password=session["must_change_password"],
    )


def _of_key(grant: dict[str, Any], key: str) -> Caller:
    organisation_id = grant["organisation"]["id"]
    return Caller(
        sort="key",
        id=grant["key_id"],
        user_id=grant["user"]["id"],
        standings={organisation_id: _standing(grant["user"], grant, by_key=True)},
        acting_for=organisation_id,
        csrf_token="",
        secret=key,
    )


def _standing(user: dict[str, Any], standing: dict[str, Any], *, by_key: bool = False) -> Standing:
    organisation = standing["organisation"]
    actor = {
        "user_id": user["id"],
        "user_name": user["name"],
        "organisation_id": organisation["id"],
        "organisation_name": organisation["name"],
        "kind": standing["kind"],
        "roles": sorted(standing["roles"]),
        "by_key": by_key,
    }
    return Standing(organisation["id"], organisation["name"], json.dumps(actor, ensure_ascii=False))


def command_id(key: str, scope: str) -> str:
    """The id a command travels under: the caller's idempotency key, made the caller's own.

    The same key of another person, or for another organisation, is another command.
    """
    return hashlib.sha256(f"{scope}\n{key}".encode()).hexdigest()


_KEY = re.compile(r'"?([\x21\x23-\x7e]{8,200})"?', re.ASCII).fullmatch


def idempotency_key(header: str) -> str:
    """The value of `Idempotency-Key`; quotes around it, as the IETF draft writes it, do not count."""
    match = _KEY(header)
    if match is None:
        raise Invalid(
            "The header Idempotency-Key must be 8 to 200 visible ASCII characters; a UUID is a good one."
        )
    return match[1]
