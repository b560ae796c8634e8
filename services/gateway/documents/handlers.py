"""Documents and lists as files over HTTP."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from starlette.responses import Response

from services.contracts.actors import OrganisationKind, Role
from services.gateway.bus import Answer
from services.gateway.documents.wording import language_of
from services.gateway.files.names import content_disposition
from services.gateway.problems import TooManyRows
from services.gateway.verifying.links import Sheet

if TYPE_CHECKING:
    from services.gateway.resources import Call

#: Rows of one exported list.
MOST_ROWS = 10_000
PAGE = 200

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
MEDIA_TYPES: Mapping[str, str] = {"pdf": PDF, "xlsx": XLSX, "csv": CSV}

Handler = Callable[["Call"], Awaitable[Response]]


def produced(ending: str) -> Mapping[str, Mapping[str, Any]]:
    """What a route of this ending produces, for the route table."""
    return {MEDIA_TYPES[ending]: {"type": "string", "format": "binary"}}


def document(kind: str, ending: str) -> Handler:
    """A handler that answers with one order or invoice as a file (S-022)."""

    async def answer(call: "Call") -> Response:
        language = language_of(call.headers.get("accept-language", ""))
        found = await call.ask()
        head = {"kind": kind, "language": language}
        if ending == "pdf":
            head["link"] = await _link(call, kind, found)
        told, made = await call.context.workers.do(ending, head, found.text)
        return file_of(made, f"{told['number'] or kind}.{ending}", ending, language)

    return answer


#: What a report was asked for, where it could be left out: the link must say it.
_CHOSEN = {"statement": ("currency", "date_from", "date_to")}


async def _link(call: "Call", kind: str, found: Answer) -> str:
    """The address under which it can be checked; empty where this gateway has no key to sign it with."""
    links, standing = call.context.sheet_links, call.standing
    if links is None or standing is None:
        return ""
    said, _ = await call.context.workers.do("summary", {"kind": kind, "language": "en"}, found.text)
    actor = json.loads(standing.actor)
    fields = {name: value for name, value in call.fields.items() if isinstance(value, str)}
    sheet = Sheet(
        kind=kind,
        fields={**fields, **{name: found.value[name] for name in _CHOSEN.get(kind, ())}},
        organisation_id=UUID(actor["organisation_id"]),
        organisation_kind=OrganisationKind(actor["kind"]),
        roles=frozenset(map(Role, actor["roles"])),
        digest=bytes.fromhex(said["digest"]),
    )
    return links.url(sheet)


def export(kind: str, ending: str) -> Handler:
    """A handler that answers with a whole list as a file: all pages of it, or a refusal, never a part."""

    async def answer(call: "Call") -> Response:
        language = language_of(call.headers.get("accept-language", ""))
        workers = call.context.workers
        # The place is taken first, so that no more lists are in memory than can be worked on.
        async with workers.place():
            pages = await _pages(call)
            _, made = await workers.do_placed(f"list.{ending}", {"kind": kind, "language": language}, pages)
        return file_of(made, f"{kind}.{ending}", ending, language)

    return answer


async def _pages(call: "Call") -> bytes:
    """The pages of a list as a JSON array, each as the service told it."""
    pages: list[bytes] = []
    rows = 0
    after: str | None = None
    while True:
        page = await call.ask(after=after, limit=PAGE)
        pages.append(page.text)
        rows += len(page.value["items"])
        after = page.value["next"]
        if rows > MOST_ROWS or (rows == MOST_ROWS and after is not None):
            raise TooManyRows(f"The list has more than {MOST_ROWS:,} rows. Narrow it, for example by days.")
        if after is None:
            return b"[" + b",".join(pages) + b"]"


def file_of(made: bytes, name: str, ending: str, language: str) -> Response:
    """A file that was made here, as a download."""
    headers = {
        "Content-Disposition": content_disposition(name),
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "Content-Language": language,
        "Vary": "Accept-Language",
        "Content-Type": MEDIA_TYPES[ending] + ("; charset=utf-8" if ending == "csv" else ""),
    }
    return Response(made, 200, headers)
