"""Tables of invoices over HTTP: read in a worker process, told or sent by the service."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from services.gateway.documents.handlers import CSV, XLSX
from services.gateway.intake import read_body
from services.gateway.problems import UnsupportedMediaType
from services.gateway.tables.reading import MOST_BYTES

if TYPE_CHECKING:
    from services.gateway.resources import Call

_BINARY: Mapping[str, Any] = {"type": "string", "format": "binary"}
#: What a table may be declared as. Which of them it is, is found out by looking at it.
ACCEPTED: Mapping[str, Mapping[str, Any]] = dict.fromkeys(("application/octet-stream", CSV, XLSX), _BINARY)
FILLED = frozenset({"rows", "faults"})


async def invoices(call: "Call") -> Response:
    """Ask or wish for what the rows of the table say."""
    media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    # Some systems call a CSV file by the name of the program that opens it.
    if media_type not in ACCEPTED and media_type != "application/vnd.ms-excel":
        raise UnsupportedMediaType(
            "Send the bytes of the table as the body, with Content-Type: text/csv or application/octet-stream."
        )
    workers = call.context.workers
    # The place is taken first, so that no more tables are in memory than can be worked on.
    async with workers.place():
        body = await read_body(call.receive, call.headers.get("content-length"), MOST_BYTES)
        _, found = await workers.do_placed("table.invoices", {}, body)
    read = json.loads(found)
    return call.respond(await call.ask(rows=read["rows"], faults=read["faults"]))
