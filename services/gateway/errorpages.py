"""Pages a person may open: what a problem means, and where to begin."""

import re

from starlette.responses import RedirectResponse, Response

from services.chassis.errors import NotFound
from services.gateway import problems
from services.gateway.edge import Page, Visit

_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII).fullmatch


async def _problem(visit: Visit) -> Response:
    if len(visit.rest) > 60 or not _CODE(visit.rest):
        raise NotFound("There is nothing at this address.")
    return problems.page(visit.rest)


async def _home(_: Visit) -> Response:
    return RedirectResponse("/api/docs", 303)


PAGES = {"/problems/*": Page("/problems/{code}", _problem), "/": Page("/", _home)}
