"""Reading what a stranger sent: how much, how long, how deep, and whether it is JSON at all."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from services.chassis import strictjson
from services.chassis.errors import Fault, Invalid
from services.chassis.wire import Kind
from services.gateway.problems import Malformed, RequestTimeout, TooLarge, UnsupportedMediaType

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

#: Bytes of a JSON body.
MOST_BYTES = 1_048_576
#: Levels of arrays and objects in each other.
MOST_DEEP = 32
#: Seconds for a whole body to arrive.
BODY_PATIENCE = 15.0
#: Parameters in one query.
MOST_PARAMETERS = 100


class Gone(Exception):
    """The client went away before its request was complete. There is nobody to answer."""


async def read_body(receive: Receive, length: str | None, most: int = MOST_BYTES) -> bytes:
    """The whole body; raises TooLarge, RequestTimeout or Gone."""
    too_large = f"The body is larger than {most // 1024**2} MiB."
    if length is not None and length.isdecimal() and int(length) > most:
        raise TooLarge(too_large)
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_PATIENCE):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                part = message.get("body", b"")
                size += len(part)
                if size > most:
                    raise TooLarge(too_large)
                parts.append(part)
                if not message.get("more_body", False):
                    return parts[0] if len(parts) == 1 else b"".join(parts)
    except TimeoutError:
        raise RequestTimeout("The body did not arrive in time.") from None


def json_object(body: bytes, content_type: str) -> dict[str, Any]:
    """The JSON object in a body; nothing at all counts as an empty one."""
    if not body:
        return {}
    media_type, _, parameters = content_type.partition(";")
    if media_type.strip().lower() != "application/json":
        raise UnsupportedMediaType("Send JSON, and say so: Content-Type: application/json.")
    if parameters and parameters.strip().lower().replace('"', "") not in ("charset=utf-8", ""):
        raise UnsupportedMediaType("JSON is sent in UTF-8.")
    try:
        value = strictjson.loads(body)
    except ValueError as error:
        raise Malformed(f"The body is not JSON: {error}.") from None
    # Counting brackets first is far quicker than walking; it is wrong only towards the careful side.
    if body.count(b"{") + body.count(b"[") > MOST_DEEP and _depth_exceeds(value, MOST_DEEP):
        raise Malformed(f"The body is nested deeper than {MOST_DEEP} levels.")
    if not isinstance(value, dict):
        raise Malformed("The body must be a JSON object.")
    return value


def _depth_exceeds(value: Any, most: int) -> bool:
    level = [value]
    for _ in range(most):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def query_values(query_string: bytes, kinds: tuple[Kind, ...], ignored: frozenset[str]) -> dict[str, Any]:
    """The parameters of a query as JSON values. Unknown names stay, for the schema to name them as faults."""
    if not query_string:
        return {}
    by_name = {kind.name: kind for kind in kinds}
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError:
        raise Malformed("The query is not readable: names and values in UTF-8, at most a hundred.") from None
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, text in pairs:
        if name in ignored:
            continue
        kind = by_name.get(name)
        if "\0" in text:
            faults.append(Fault(f"/{name}", "has a NUL character"))
        elif kind is not None and kind.member is not None:
            values.setdefault(name, []).append(_typed(kind.member, text))
        elif name in values:
            faults.append(Fault(f"/{name}", "is given more than once"))
        else:
            values[name] = _typed(kind, text) if kind is not None else text
    if faults:
        raise Invalid("The request has faults; each is named below.", faults)
    return values


def _typed(kind: Kind, text: str) -> Any:
    """`text` as the JSON type of the field. What does not fit stays text, and the schema says so."""
    if kind.base is bool:
        return {"true": True, "false": False}.get(text, text)
    if kind.base is int and text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 19:
        return int(text)
    return text
