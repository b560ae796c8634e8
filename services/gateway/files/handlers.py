"""Files up and down over HTTP: streamed, checked before they are kept, back unchanged (S-023)."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

from starlette.responses import Response, StreamingResponse

from services.chassis.errors import Fault, Forbidden, Invalid
from services.contracts.notifications.commands import ListAttachments
from services.contracts.notifications.kinds import FILE_BYTES
from services.gateway.files import names
from services.gateway.files.checks import FORMATS, known_ending
from services.gateway.files.store import Receiving, too_large
from services.gateway.intake import Gone, Receive
from services.gateway.problems import (
    FileRefused,
    InternalError,
    RangeNotSatisfiable,
    RequestTimeout,
    UnsupportedMediaType,
)

if TYPE_CHECKING:
    from services.gateway.resources import Call

log = logging.getLogger(__name__)

#: Seconds for the next part of a file to arrive, and for the whole of it.
PART_PATIENCE = 15.0
WHOLE_PATIENCE = 600.0

BINARY: Mapping[str, Any] = {"type": "string", "format": "binary"}
MEDIA_TYPES = tuple(dict.fromkeys(each.media_type for each in FORMATS.values()))
#: What an upload may be declared as. What it is, is found out by looking at it.
ACCEPTED: Mapping[str, Mapping[str, Any]] = dict.fromkeys(("application/octet-stream", *MEDIA_TYPES), BINARY)
PRODUCED: Mapping[str, Mapping[str, Any]] = dict.fromkeys(MEDIA_TYPES, BINARY)

#: Opened on its own in a browser in spite of everything, a file may still do nothing.
POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


async def attach(call: "Call") -> Response:
    """Take a file, look at what it is, keep it, have it attached: in this order, so that none is missing."""
    name = _name(call)
    _declared(call.headers)
    _allowed(call)
    await call.ask_first(
        ListAttachments,
        document_kind=call.fields["document_kind"],
        document_id=call.fields["document_id"],
        limit=1,
    )
    files = call.context.files
    async with files.place(), files.store.receiving(FILE_BYTES) as receiving:
        await _received(receiving, call.receive)
        incoming = await receiving.finish()
        if incoming.size == 0:
            raise FileRefused("The file is empty.")
        found, _ = await call.context.workers.do("check", {"path": str(incoming.path), "name": name})
        await files.store.keep(incoming)
        answer = await call.ask(
            name=name, media_type=found["media_type"], size=incoming.size, sha256=incoming.sha256
        )
    return call.respond(answer)


async def download(call: "Call") -> Response:
    """The bytes of an attached file, for who may see the document it hangs on."""
    attachment = (await call.ask()).value
    sha256, size = attachment["sha256"], attachment["size"]
    if await call.context.files.store.size(sha256) != size:
        log.error("the stored file %s of attachment %s is missing or damaged", sha256, attachment["id"])
        raise InternalError("The file cannot be read because of an error on this side. It has been logged.")
    etag = f'"{sha256}"'
    if _known(call.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers={"ETag": etag})
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": names.content_disposition(attachment["name"]),
        "Content-Security-Policy": POLICY,
    }
    start, stop, status = 0, size, 200
    wanted = _range(call.headers, etag, size)
    if wanted is not None:
        start, stop = wanted
        status = 206
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    headers["Content-Length"] = str(stop - start)
    # Starlette would add a charset to text, which is the one thing nobody has looked for in the bytes.
    headers["Content-Type"] = attachment["media_type"]
    if call.scope["method"] == "HEAD":
        return Response(status_code=status, headers=headers)
    return StreamingResponse(call.context.files.store.read(sha256, start, stop), status, headers)


# ------------------------------------------------------------------------------------------------ up


def _name(call: "Call") -> str:
    name = call.fields.get("name")
    if name is None:
        raise Invalid(
            "The request has faults; each is named below.",
            [Fault("/name", "is missing: name the file, as in ?name=drawing.pdf")],
        )
    acceptable = names.acceptable(name)
    known_ending(acceptable)
    return acceptable


def _declared(headers: Mapping[str, str]) -> None:
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in ACCEPTED:
        raise UnsupportedMediaType(
            "Send the bytes of the file as the body, with Content-Type: application/octet-stream."
        )
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > FILE_BYTES:
        raise too_large(FILE_BYTES)


def _allowed(call: "Call") -> None:
    """Refuse before megabytes are taken in whom the service would refuse after it."""
    allowed = call.route.operation.allowed
    assert allowed is not None
    assert call.standing is not None
    if allowed.isdisjoint(json.loads(call.standing.actor)["roles"]):
        raise Forbidden("Only the two sides of a document attach files to it.")


async def _received(receiving: Receiving, receive: Receive) -> None:
    try:
        async with asyncio.timeout(WHOLE_PATIENCE):
            async for part in _parts(receive):
                await receiving.write(part)
    except TimeoutError:
        raise RequestTimeout("The file did not arrive in time.") from None


async def _parts(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        async with asyncio.timeout(PART_PATIENCE):
            message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        yield message.get("body", b"")
        more = message.get("more_body", False)


# ---------------------------------------------------------------------------------------------- down


def _known(if_none_match: str, etag: str) -> bool:
    return if_none_match.strip() == "*" or etag in (
        each.strip().removeprefix("W/") for each in if_none_match.split(",")
    )


_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII).fullmatch


def _range(headers: Mapping[str, str], etag: str, size: int) -> tuple[int, int] | None:
    """The one range asked for, as start and stop; None for the whole. Raises RangeNotSatisfiable."""
    match = _RANGE(headers.get("range", "").strip())
    if match is None or match.group() == "bytes=-" or headers.get("if-range", etag).strip() != etag:
        return None
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(0, size - int(last))
    stop = min(size, int(last) + 1) if first and last else size
    if start >= stop:
        error = RangeNotSatisfiable(f"The file has {size} bytes.")
        error.headers = {"Content-Range": f"bytes */{size}"}  # type: ignore[attr-defined]
        raise error
    return start, stop
