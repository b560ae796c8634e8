"""The description of the API, and the page to read and try it.

The page is Swagger UI as its package ships it. It is started by a script of ours, not by one inside the
page, so that the policy of the page can forbid those.
"""

import gzip
import json
from functools import cache
from importlib.resources.abc import Traversable

from starlette.responses import RedirectResponse, Response
from swagger_ui_bundle import swagger_ui_path  # type: ignore[import-untyped]

from services.chassis.errors import NotFound
from services.gateway import openapi
from services.gateway.edge import Page, Visit
from services.gateway.routes import Table

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

_FILES = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
}

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Counterpart API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<link rel="icon" href="/api/docs/favicon-32x32.png">
</head>
<body>
<div id="page"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
"""

# What a caller must add to a change is added here, so that trying it out is one click: the session's CSRF
# token, and a fresh key where none was typed in.
_START = """"use strict";
let csrfToken = "";
async function readSession() {
  const answer = await fetch("/api/v1/sessions/current");
  csrfToken = answer.ok ? (await answer.json()).csrf_token : "";
}
async function description() {
  const said = await (await fetch("/api/v1/openapi.json")).json();
  // The page would not send a request that lacks it, and so never come to making one.
  const key = said.components.parameters.IdempotencyKey;
  key.required = false;
  key.description += " Left empty here, a fresh one is made at each click.";
  return said;
}
readSession();
description().then((spec) => { window.ui = SwaggerUIBundle({
  spec,
  dom_id: "#page",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  tryItOutEnabled: true,
  requestInterceptor: (request) => {
    if (request.method && !["GET", "HEAD"].includes(request.method)) {
      if (csrfToken) request.headers["X-CSRF-Token"] = csrfToken;
      request.headers["Idempotency-Key"] = request.headers["Idempotency-Key"] || crypto.randomUUID();
    }
    return request;
  },
  responseInterceptor: (response) => {
    if (response.url.includes("/api/v1/sessions")) readSession();
    return response;
  },
}); });
"""


def document_page(table: Table, session_cookie: str) -> Page:
    """The page that answers `/api/v1/openapi.json`. The description is written once."""
    text = json.dumps(openapi.document(table.routes, session_cookie), ensure_ascii=False).encode()

    async def answer(_: Visit) -> Response:
        return Response(text, media_type="application/json")

    return Page(f"{openapi.PREFIX}/openapi.json", answer)


async def _docs(_: Visit) -> Response:
    headers = {
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    return Response(_PAGE, headers=headers, media_type="text/html; charset=utf-8")


async def _file(visit: Visit) -> Response:
    if visit.rest == "start.js":
        return Response(_START, media_type="text/javascript; charset=utf-8")
    if visit.rest not in _FILES:
        raise NotFound("There is nothing at this address.")
    packed = "gzip" in visit.headers.get("accept-encoding", "")
    headers = {"Cache-Control": "public, max-age=86400", "Vary": "Accept-Encoding"}
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(_content(visit.rest, packed), headers=headers, media_type=_FILES[visit.rest])


@cache
def _content(name: str, packed: bool) -> bytes:
    file: Traversable = swagger_ui_path / name
    content = file.read_bytes()
    return gzip.compress(content, mtime=0) if packed else content


async def _without_slash(_: Visit) -> Response:
    return RedirectResponse("/api/docs", 308)


PAGES = {
    "/api/docs": Page("/api/docs", _docs),
    "/api/docs/": Page("/api/docs", _without_slash),
    "/api/docs/*": Page("/api/docs/{file}", _file),
}
