"""The errors a caller may see, one tree:

* CounterpartError
  · Invalid           422  the input has faults; all of them are told at once
    - NotKnownYet     422  a field names something no replica here knows; it may be on its way
  · Unauthenticated   401  who is asking is not known
  · Forbidden         403  who is asking may not do this
  · NotFound          404  there is no such thing for this caller
    - NotHereYet      404  a replica knows no such thing for this caller; it may be on its way
  · Refused           409  a rule of the business says no; subclasses name the rule
    - KeyReused       409  an idempotency key came back with another request
  · Stale             412  the document has changed since the caller read it
  · PreconditionMissing 428  a change that needs `If-Match` came without it
  · TooMany           429  a limit of attempts is used up
  · Later             503  what this needs has not arrived yet; the same call will work soon
  · Unavailable       503  a part of the system does not answer

Each class has a stable `code` (its name in kebab case), a sentence that a person can act on, and
the faults of single fields. The gateway maps `status` to HTTP in one place (RFC 9457).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field. `field` is a JSON pointer into the request (RFC 6901)."""

    field: str
    detail: str


class CounterpartError(Exception):
    """Anything that is told to the caller. Catch it at an edge, never inside."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "counterpart-error"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()

    def __init__(self, detail: str, faults: Iterable[Fault] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = tuple(faults)

    def problem(self) -> dict[str, Any]:
        """The error as it travels in an RPC reply."""
        return {
            "code": self.code,
            "status": self.status,
            "detail": self.detail,
            "faults": [{"field": fault.field, "detail": fault.detail} for fault in self.faults],
        }


class Invalid(CounterpartError):
    """The input has faults. Nothing was changed; mend the fields named and send it again."""

    status = 422


class NotKnownYet(Invalid):
    """A field names something that a replica does not know for this caller; it may be on its way.

    Like `NotHereYet`, for what is named inside a request and not by its address: asked again for a moment, then
    told as `invalid` at its field.
    """

    def problem(self) -> dict[str, Any]:
        """Told as `invalid`, marked for the gateway."""
        return {**super().problem(), "code": Invalid.code, "soon": True}


class Unauthenticated(CounterpartError):
    """Who is asking is not known: sign in, or send a valid API key."""

    status = 401


class Forbidden(CounterpartError):
    """Who is asking may not do this. The detail says who could."""

    status = 403


class NotFound(CounterpartError):
    """There is no such thing, or not for this caller; the two are never told apart."""

    status = 404


class NotHereYet(NotFound):
    """A replica knows no such thing for this caller; it may be on its way.

    The gateway asks again for a moment, so that what a caller has just made elsewhere is found; after that it
    is told as `not-found` like any other. Whether the thing exists for somebody else makes no difference.
    """

    def problem(self) -> dict[str, Any]:
        """Told as `not-found`, marked for the gateway."""
        return {**super().problem(), "code": NotFound.code, "soon": True}


class Refused(CounterpartError):
    """A rule of the business says no. Raise a subclass that names the rule."""

    status = 409


class KeyReused(Refused):
    """An idempotency key came back with another request, or while the first is still running."""


class Stale(CounterpartError):
    """The document has changed since the caller read it: read it again, then decide again."""

    status = 412


class PreconditionMissing(CounterpartError):
    """A change that would overwrite came without saying what it overwrites."""

    status = 428


class TooMany(CounterpartError):
    """A limit of attempts is used up; the detail says when to come back."""

    status = 429


class Later(CounterpartError):
    """What this needs has not arrived yet. A consumer is retried; a caller should ask again shortly."""

    status = 503


class Unavailable(CounterpartError):
    """A part of the system does not answer."""

    status = 503
