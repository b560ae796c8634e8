"""The one place where errors become HTTP: `application/problem+json` (RFC 9457).

A problem has a `type` (the path of a page that explains it), a title, the status, a sentence a person can
act on, the path it happened at, the number of the request, and, for faults of the input, every one of them
with a pointer. Never the name of a class, never a trace: those are in the log, under the request's number.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from starlette.responses import Response

from services.chassis import errors
from services.chassis.errors import CounterpartError, Fault
from services.gateway import speech

MEDIA_TYPE = "application/problem+json"
#: Seconds after which a refused caller may come back, where nothing better is known.
COME_BACK = 1


class Malformed(CounterpartError):
    """The request cannot be read: it is not JSON, or not the JSON this interface takes."""

    status = 400


class IdempotencyKeyMissing(CounterpartError):
    """A change came without the header `Idempotency-Key`.

    Send a fresh random value (a UUID, say) with each change, and the same value when the same change is
    sent again because its answer got lost. A change with a known key is not done twice.
    """

    status = 400


class CrossSite(CounterpartError):
    """A change came from a page of another site, or without the token that proves it is from this one.

    Send the value of `csrf_token`, as told at sign-in, in the header `X-CSRF-Token`.
    """

    status = 403


class MethodNotAllowed(CounterpartError):
    """This address exists, but does not take this method. The header `Allow` names those it takes."""

    status = 405

    def __init__(self, method: str, allowed: str) -> None:
        super().__init__(f"This address does not take {method[:20]}; it takes {allowed}.")
        self.headers = {"Allow": allowed}


class RequestTimeout(CounterpartError):
    """The request did not arrive in time. Send it again in one go."""

    status = 408


class TooLarge(CounterpartError):
    """The request is larger than this address accepts."""

    status = 413


class UnsupportedMediaType(CounterpartError):
    """The body is not of a type this address takes; mostly that is `application/json`."""

    status = 415


class RangeNotSatisfiable(CounterpartError):
    """The file is shorter than the range asked for. Its length is in the header `Content-Range`."""

    status = 416


class FileRefused(CounterpartError):
    """The file is not one that can be attached, or is not what its name says. Nothing was kept."""

    status = 422


class TooManyRows(CounterpartError):
    """The list is longer than one file may be. Narrow it, by days for example, and ask again."""

    status = 422


class HeadersTooLarge(CounterpartError):
    """The head of the request is larger than 32 KiB, or has more than a hundred lines."""

    status = 431


class InternalError(CounterpartError):
    """Something went wrong on this side. It is logged under the request's number."""

    status = 500


class ServiceFailed(CounterpartError):
    """The service behind this address met an error of its own. It is logged under the request's number."""

    status = 500


class Busy(errors.Unavailable):
    """Too many documents are being made, or files taken, at the moment. Try again in a few seconds."""

    retry_after = 2


class TooSlow(errors.Unavailable):
    """Making this took longer than it may, and was stopped. Ask for less at a time."""

    retry_after = 30


class StorageFull(CounterpartError):
    """There is no room for the file. Nothing of it was kept; tell the operator, and try again later."""

    status = 507


@dataclass(frozen=True)
class Kind:
    """A kind of problem, for its page and for OpenAPI."""

    code: str
    status: int
    meaning: str

    @property
    def title(self) -> str:
        """The code as words: `precondition-missing` → `Precondition missing`."""
        return title_of(self.code)


def title_of(code: str) -> str:
    """A short name of the problem; the same for every occurrence."""
    return code.replace("-", " ").capitalize()


def _kind(error: type[CounterpartError]) -> Kind:
    return Kind(error.code, error.status, " ".join((error.__doc__ or "").split()))


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in map(
        _kind,
        (
            errors.Invalid,
            errors.Unauthenticated,
            errors.Forbidden,
            errors.NotFound,
            errors.Refused,
            errors.KeyReused,
            errors.Stale,
            errors.PreconditionMissing,
            errors.TooMany,
            errors.Later,
            errors.Unavailable,
            Malformed,
            IdempotencyKeyMissing,
            CrossSite,
            MethodNotAllowed,
            RequestTimeout,
            TooLarge,
            UnsupportedMediaType,
            RangeNotSatisfiable,
            FileRefused,
            TooManyRows,
            HeadersTooLarge,
            InternalError,
            ServiceFailed,
            Busy,
            TooSlow,
            StorageFull,
        ),
    )
}


def body(
    error: CounterpartError,
    *,
    instance: str,
    request_id: str,
    parameters: frozenset[str] | None,
    language: str = "en",
) -> dict[str, Any]:
    """The problem as JSON, its sentences in `language`.

    `parameters` are the fields that came in the path or the query, not in the body; None: there is no body.
    """
    say = speech.in_language(language)
    problem: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": title_of(error.code),
        "status": error.status,
        "detail": say(error.detail),
        "instance": instance,
        "request_id": request_id,
    }
    if error.faults:
        problem["errors"] = [_told(fault, parameters, say) for fault in error.faults]
    return problem


def _told(fault: Fault, parameters: frozenset[str] | None, say: Callable[[str], str]) -> dict[str, str]:
    name = fault.field.lstrip("/").split("/", 1)[0]
    if parameters is None or name in parameters:
        return {"parameter": name, "detail": say(fault.detail)}
    return {"pointer": f"#{fault.field}", "detail": say(fault.detail)}


def response(
    error: CounterpartError,
    *,
    instance: str,
    request_id: str,
    parameters: frozenset[str] | None = frozenset(),
    language: str = "en",
) -> Response:
    """The answer that tells `error`, in `language`."""
    problem = body(error, instance=instance, request_id=request_id, parameters=parameters, language=language)
    text = json.dumps(problem, ensure_ascii=False)
    headers = dict(getattr(error, "headers", {}))
    headers.update({"Content-Language": language, "Vary": "Accept-Language"})
    if error.status in (429, 503):
        headers.setdefault("Retry-After", str(getattr(error, "retry_after", COME_BACK)))
    if error.status == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="counterpart"')
    return Response(text.encode("utf-8", "replace"), error.status, headers, MEDIA_TYPE)


def page(code: str) -> Response:
    """The short page behind a problem's `type`."""
    kind = KINDS.get(code) or Kind(code, errors.Refused.status, _A_RULE)
    text = _PAGE.format(
        style=_STYLE,
        title=escape(kind.title),
        code=escape(kind.code),
        status=kind.status,
        meaning=escape(kind.meaning),
    )
    return Response(text, 200, {"Content-Security-Policy": _POLICY}, "text/html; charset=utf-8")


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;color:#1f2933;background:#f5f7fa;margin:0}"
    "main{max-width:38rem;margin:2rem auto;padding:1.5rem;background:#fff;border-radius:4px}"
    "h1{font-size:1.5rem;margin:0 0 1rem}dt{color:#52606d;float:left;width:5rem}dd{margin:0 0 .25rem 5rem}"
)
# This style and nothing else: its digest stands in the page's policy (CSP, hash-source).
_POLICY = (
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-"
    f"{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)

_A_RULE = (
    "A rule of the business says no. The answer's “detail” says which rule, and what could be done. "
    "Nothing was changed."
)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><title>{title} · Counterpart</title><meta name="viewport" content="width=device-width">
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{meaning}</p>
<dl><dt>Status</dt><dd>{status}</dd><dt>Type</dt><dd>/problems/{code}</dd></dl>
<p><a href="/api/docs">The API and how it is used</a></p>
</main>
</body>
</html>
"""
