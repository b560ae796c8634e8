"""Tables over HTTP: read in a worker process, told or sent by the service."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from services.gateway import speech
from services.gateway.bus import Answer
from services.gateway.documents.handlers import CSV, XLSX, file_of
from services.gateway.documents.wording import language_of
from services.gateway.intake import read_body
from services.gateway.problems import UnsupportedMediaType
from services.gateway.tables.reading import MOST_BYTES

if TYPE_CHECKING:
    from services.gateway.resources import Call

JSON = "application/json"
_BINARY: Mapping[str, Any] = {"type": "string", "format": "binary"}
#: What a table may be declared as. Which of them it is, is found out by looking at it.
ACCEPTED: Mapping[str, Mapping[str, Any]] = dict.fromkeys(("application/octet-stream", CSV, XLSX), _BINARY)
FILLED = frozenset({"rows", "faults"})


async def invoices(call: "Call") -> Response:
    """Ask or wish for what the rows of a table of invoices say."""
    answer, _ = await _asked(call, "table.invoices")
    return _answered(call, answer)


async def ledger(call: "Call") -> Response:
    """Compare a table of ledger entries."""
    answer, _ = await _asked(call, "table.ledger")
    return _answered(call, answer)


async def ledger_as_file(call: "Call") -> Response:
    """The same comparison, to keep: as XLSX."""
    answer, language = await _asked(call, "table.ledger")
    told = json.dumps(_told(answer.value, speech.in_language(language)), ensure_ascii=False).encode()
    head = {"kind": "comparison", "language": language}
    _, made = await call.context.workers.do("xlsx", head, told)
    return file_of(made, f"comparison-{answer.value['date_to']}.xlsx", "xlsx", language)


async def _asked(call: "Call", job: str) -> tuple[Answer, str]:
    """What the service says to the rows of the table, and the language to tell it in."""
    media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    # Some systems call a CSV file by the name of the program that opens it.
    if media_type not in ACCEPTED and media_type != "application/vnd.ms-excel":
        raise UnsupportedMediaType(
            "Send the bytes of the table as the body, with Content-Type: text/csv or application/octet-stream."
        )
    # Before a place is taken: whoever sends slowly must not keep others from it.
    body = await read_body(call.receive, call.headers.get("content-length"), MOST_BYTES)
    _, found = await call.context.workers.do(job, {}, body)
    read = json.loads(found)
    answer = await call.ask(rows=read["rows"], faults=read["faults"])
    return answer, language_of(call.headers.get("accept-language", ""))


def _answered(call: "Call", answer: Answer) -> Response:
    language = language_of(call.headers.get("accept-language", ""))
    told = json.dumps(_told(answer.value, speech.in_language(language)), ensure_ascii=False)
    return Response(told, call.route.status, {"Content-Language": language, "Vary": "Accept-Language"}, JSON)


def _told(value: Any, say: Callable[[str], str]) -> Any:
    """The answer with what is wrong in the table said like refusals: each a sentence, in one's own language."""
    if isinstance(value, list):
        return [_told(each, say) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _sentence(say(held)) if name == "detail" else _told(held, say) for name, held in value.items()
    }


def _sentence(detail: str) -> str:
    return detail[:1].upper() + detail[1:]
