"""One search over the documents of all services, asked at the same time.

A service that does not answer is named, and what the others have found is told all the same.
"""

import asyncio
from typing import Any

from starlette.responses import Response

from services.chassis.errors import Unavailable
from services.chassis.wire import dumps
from services.contracts.invoicing.commands import SearchInvoices
from services.contracts.search import FoundBy, Searched
from services.gateway.bus import Answer
from services.gateway.resources import Call

_CLOSENESS = [found_by.value for found_by in FoundBy]


async def search(call: Call) -> Response:
    """Ask every service with documents, and put together what comes."""
    answers = await asyncio.gather(
        call.ask(), call.ask_first(SearchInvoices, **call.fields), return_exceptions=True
    )
    items: list[dict[str, Any]] = []
    missing: list[Searched] = []
    away: list[Unavailable] = []
    for service, answer in zip((Searched.ORDERS, Searched.INVOICING), answers, strict=True):
        if isinstance(answer, Unavailable):
            missing.append(service)
            away.append(answer)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            items += answer.value["items"]
    if len(away) == len(answers):
        raise away[0]
    # Sorting is stable: within one closeness each service's own order stays, days decide between services.
    items.sort(key=lambda hit: hit["day"], reverse=True)
    items.sort(key=lambda hit: _CLOSENESS.index(hit["found_by"]))
    return call.respond(Answer(dumps({"items": items, "missing": missing}).encode()))
