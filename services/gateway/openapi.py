"""The description of the API (OpenAPI 3.1), written down from the route table and the shapes it names.

Nothing is said twice: paths, parameters, limits, meanings and examples come from where the server itself
takes them. What a shape requires differs by direction: a caller may leave out what has a default and may
send nothing undeclared; an answer always holds every field, and may hold more one day.
"""

import dataclasses
import re
from collections.abc import Iterable
from importlib import import_module
from inspect import cleandoc
from typing import Any

from services.chassis import errors
from services.chassis.jsonschema import ANY_TEXT, Schema, Shapes, one_line
from services.chassis.wire import Kind, kinds_of
from services.gateway import problems
from services.gateway.problems import title_of
from services.gateway.routes import Route

VERSION = "1"
PREFIX = "/api/v1"

DESCRIPTION = cleandoc("""
    Suppliers and their customers meet here over the same documents.

    **Signing in.** A browser signs in with `POST /sessions`, gets a cookie, and sends the session's
    `csrf_token` in `X-CSRF-Token` with every change. A program sends an API key as
    `Authorization: Bearer cp_…`; it makes no keys and decides nothing about people and their addresses: that
    needs a session. Who acts for several organisations names one in `Counterpart-Organisation`.

    **Changes happen once.** Every change carries an `Idempotency-Key`, a fresh UUID. Send the same key again
    when an answer got lost: the change is not made twice, and the first answer comes back.

    **Nobody's change is overwritten.** Documents carry an `ETag`; `PUT` wants it back in `If-Match`.

    **Lists** are read page by page: send `next` of one page as `after` of the next request.

    **Numbers** with digits after the point are text (`"9.90"`), so that no digit is lost on the way. Days are
    `2026-11-30`, moments `2026-11-22T09:30:00Z`.

    **Errors** are problem details (RFC 9457); `type` leads to a page that explains it, `errors` names every
    field at fault. Sentences are in the language of `Accept-Language`, English or Ukrainian.
""")


def document(routes: Iterable[Route], session_cookie: str = "__Host-sid") -> dict[str, Any]:
    """The whole description."""
    rows = tuple(routes)
    shapes = _Shapes(rows)
    paths: dict[str, dict[str, Any]] = {}
    for route in rows:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, shapes)
    paths["/live"] = {"get": _LIVE}
    paths["/openapi.json"] = {"get": _SELF}
    whole: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Counterpart",
            "version": VERSION,
            "summary": "A two-sided trade portal.",
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": PREFIX}],
        "tags": [*(_tag(service) for service in _services(rows)), _LIVE_TAG],
        "paths": paths,
        "components": {
            "schemas": {**shapes.schemas(), "Problem": _PROBLEM},
            "responses": _problem_responses(),
            "parameters": _HEADERS,
            "headers": _ANSWER_HEADERS,
            "securitySchemes": _security_schemes(session_cookie),
        },
    }
    _tell_plainly(whole)
    _show_what_is_meant(whole)
    return whole


# The numbers of our list of requirements, which say nothing to a caller: "(S-020)", ", S-202)".
_SOURCES = re.compile(r" ?\([SD]-\d+(?:(?:, | … )[SD]-\d+)*\)|, [SD]-\d+(?=\))")


def _tell_plainly(node: Any) -> None:
    """Take out of summaries and descriptions what is meant for who works on the code."""
    if isinstance(node, list):
        for each in node:
            _tell_plainly(each)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name in ("summary", "description") and isinstance(value, str):
                plain = _SOURCES.sub("", value)
                # A summary is shown as it is, without markdown.
                node[name] = plain.replace("`", "") if name == "summary" else plain
            else:
                _tell_plainly(value)


def _show_what_is_meant(node: Any) -> None:
    """Give free texts an example, the field's name in words: a reader's program makes up noise where none is."""
    if isinstance(node, list):
        for each in node:
            _show_what_is_meant(each)
    elif isinstance(node, dict):
        for name, field in node.get("properties", {}).items():
            if field.get("pattern") == ANY_TEXT:
                field.setdefault("examples", [name.replace("_", " ").capitalize()])
        for each in node.values():
            _show_what_is_meant(each)


def _services(rows: Iterable[Route]) -> list[str]:
    return list(dict.fromkeys(_tag_of(route) for route in rows))


def _tag_of(route: Route) -> str:
    return "operations" if route.service else route.operation.service


def _tag(service: str) -> dict[str, str]:
    package = import_module(f"services.contracts.{service}")
    return {"name": service, "description": one_line(package.__doc__)}


# ------------------------------------------------------------------------------------------ operations


def _operation(route: Route, shapes: "_Shapes") -> dict[str, Any]:
    asked = route.operation
    summary, _, more = cleandoc(asked.shape.__doc__ or "").partition("\n")
    sentences = [one_line(part) for part in more.split("\n\n") if part.strip()]
    if asked.allowed is not None:
        roles = ", ".join(sorted(role.value for role in asked.allowed))
        sentences.append(f"For: {roles}.")
    if asked.people_only:
        sentences.append("For people only: an API key is refused.")
    described: dict[str, Any] = {
        "operationId": _camel(route.name),
        "tags": [_tag_of(route)],
        "summary": summary.rstrip("."),
        "description": "\n\n".join(sentences),
        "security": _security(route),
        "parameters": _parameters(route, shapes),
        "responses": _responses(route, shapes),
    }
    body = _request_body(route, shapes)
    if body is not None:
        described["requestBody"] = body
    return described


def _parameters(route: Route, shapes: "_Shapes") -> list[dict[str, Any]]:
    by_name = {kind.name: kind for kind in kinds_of(route.shape)}
    found = [
        {"name": name, "in": "path", "required": True, **_described(by_name[name], shapes)}
        for name in route.parameters
    ]
    if route.in_query or route.accepts is not None:
        found += [
            {"name": kind.name, "in": "query", "required": kind.required, **_described(kind, shapes)}
            for kind in route.rest
        ]
    headers = []
    if route.operation.allowed is not None:
        headers.append("Organisation")
    if route.needs_key:
        headers.append("IdempotencyKey")
    if route.needs_match:
        headers.append("IfMatch")
    elif route.operation.kind == "command" and route.operation.allowed is not None:
        headers.append("IfMatchOptional")
    if route.localised:
        headers.append("AcceptLanguage")
    if route.partial:
        headers += ["Range", "IfNoneMatch"]
    return found + [{"$ref": f"#/components/parameters/{name}"} for name in headers]


def _described(kind: Kind, shapes: "_Shapes") -> dict[str, Any]:
    # Null cannot be written in an address: to leave a parameter out is the same.
    schema = shapes.of_kind(dataclasses.replace(kind, optional=False), incoming=True)
    meaning = schema.pop("description", "")
    return {"description": meaning, "schema": schema}


def _request_body(route: Route, shapes: "_Shapes") -> dict[str, Any] | None:
    if route.accepts is not None:
        content = {media: {"schema": dict(schema)} for media, schema in route.accepts.items()}
        return {"required": True, "content": content}
    if route.in_query or not route.rest:
        return None
    return {
        "required": any(kind.required for kind in route.rest),
        "content": {"application/json": {"schema": shapes.body_of(route)}},
    }


def _responses(route: Route, shapes: "_Shapes") -> dict[str, Any]:
    answers = route.answer_shape
    headers = {"X-Request-ID": {"$ref": "#/components/headers/RequestID"}}
    if route.has_tag:
        headers["ETag"] = {"$ref": "#/components/headers/ETag"}
    if route.location:
        headers["Location"] = {"$ref": "#/components/headers/Location"}
    if route.produces is not None:
        headers["Content-Disposition"] = {"$ref": "#/components/headers/ContentDisposition"}
    content = (
        {"application/json": {"schema": shapes.reference(answers, incoming=False)}}
        if route.produces is None
        else {media: {"schema": dict(schema)} for media, schema in route.produces.items()}
    )
    done = {"description": one_line(answers.__doc__), "headers": headers, "content": content}
    refused = {
        str(status): {"$ref": f"#/components/responses/{_STATUSES[status]}"} for status in _statuses(route)
    }
    return {str(route.status): done, **_partial(route, done), **refused}


def _partial(route: Route, whole: dict[str, Any]) -> dict[str, Any]:
    """What a route answers to who has a part already, or wants only one."""
    if not route.partial:
        return {}
    whole["headers"]["ETag"] = {"$ref": "#/components/headers/ETag"}
    return {
        "206": {**whole, "description": "The part that was asked for."},
        "304": {"description": "It is still what the caller has."},
    }


def _statuses(route: Route) -> list[int]:
    statuses = {400, 401, 403, 404, 409, 422, 429, 431, 500, 503}
    if route.operation.kind == "command":
        statuses |= {412}
    if not route.in_query:
        statuses |= {408, 413, 415}
    if route.needs_match:
        statuses |= {412, 428}
    return sorted(statuses | route.refusals)


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.operation.allowed is None and "session_token" not in route.filled:
        return []
    session: dict[str, list[str]] = {"session": []}
    if route.method not in ("GET", "HEAD"):
        session["csrf"] = []
    people_only = route.operation.people_only or "session_token" in route.filled
    return [session] if people_only else [session, {"key": []}]


def _security_schemes(session_cookie: str) -> dict[str, Any]:
    return {
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": session_cookie,
            "description": "The session of a person, started by `POST /sessions`.",
        },
        "csrf": {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRF-Token",
            "description": "`csrf_token` of the session. Proves that a change comes from one of our pages.",
        },
        "key": {"type": "http", "scheme": "bearer", "description": "An API key of a program, `cp_…`."},
    }


# --------------------------------------------------------------------------------------------- schemas


class _Shapes(Shapes):
    """The schemas of all shapes that the routes mention, each under a name of its own."""

    def __init__(self, rows: Iterable[Route]) -> None:
        rows = tuple(rows)
        super().__init__(
            incoming=(kind for route in rows for kind in kinds_of(route.shape)),
            outgoing=(route.answer_shape for route in rows if route.produces is None),
            place="#/components/schemas",
        )
        self._bodies: dict[str, Schema] = {}

    def schemas(self) -> dict[str, Schema]:
        """All of them, the bodies of requests included, by name."""
        return dict(sorted({**super().schemas(), **self._bodies}.items()))

    def body_of(self, route: Route) -> Schema:
        """The schema of a request's body: the command without what comes from elsewhere."""
        name = route.shape.__name__
        schema = self.object_of(route.rest, incoming=True)
        known = self._bodies.setdefault(name, schema)
        if known != schema or name in self.names:
            raise TypeError(f"two different schemas have the name {name}")
        return {"$ref": f"{self.place}/{name}"}


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(word.capitalize() for word in rest)


# --------------------------------------------------------------------------------- what all have in common

_STATUSES = {
    400: "BadRequest",
    401: "Unauthenticated",
    403: "Forbidden",
    404: "NotFound",
    408: "RequestTimeout",
    409: "Conflict",
    412: "Stale",
    413: "TooLarge",
    415: "UnsupportedMediaType",
    416: "RangeNotSatisfiable",
    422: "Invalid",
    428: "PreconditionMissing",
    429: "TooMany",
    431: "HeadersTooLarge",
    500: "InternalError",
    503: "Unavailable",
    507: "StorageFull",
}


def _problem_responses() -> dict[str, Any]:
    return {name: _problem_response(status) for status, name in _STATUSES.items()}


def _problem_response(status: int) -> dict[str, Any]:
    kinds = [kind for kind in problems.KINDS.values() if kind.status == status]
    told = " ".join(f"`{kind.code}`: {kind.meaning}" for kind in kinds)
    headers: dict[str, Any] = {
        "X-Request-ID": {"$ref": "#/components/headers/RequestID"},
        "Content-Language": {"$ref": "#/components/headers/ContentLanguage"},
    }
    if status in (errors.TooMany.status, errors.Unavailable.status):
        headers["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
    return {
        "description": told or title_of(_STATUSES[status]),
        "headers": headers,
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


_PROBLEM: Schema = {
    "type": "object",
    "description": "What is wrong, and what can be done about it (RFC 9457).",
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "Path of a page that explains this kind of problem.",
            "examples": ["/problems/stale"],
        },
        "title": {"type": "string", "description": "Its name.", "examples": ["Stale"]},
        "status": {"type": "integer", "description": "The status of the answer.", "examples": [412]},
        "detail": {"type": "string", "description": "A sentence a person can act on."},
        "instance": {"type": "string", "format": "uri-reference", "description": "The path that was asked."},
        "request_id": {"type": "string", "description": "The number under which the logs know the request."},
        "errors": {
            "type": "array",
            "description": "Every field at fault.",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "JSON pointer into the body (RFC 6901).",
                        "examples": ["#/lines/0/quantity"],
                    },
                    "parameter": {
                        "type": "string",
                        "description": "Name of a parameter of the path or the query.",
                    },
                    "detail": {"type": "string", "description": "What is wrong with it."},
                },
                "required": ["detail"],
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
}

_IF_MATCH: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string", "pattern": '^(?:\\*|"[0-9]{1,18}")$', "examples": ['"3"']},
}

_HEADERS: dict[str, Any] = {
    "Organisation": {
        "name": "Counterpart-Organisation",
        "in": "header",
        "required": False,
        "description": "The organisation to act for, where the caller acts for several.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "A fresh UUID for each change; the same one when the change is sent again.",
        "schema": {
            "type": "string",
            "pattern": "^[\\x21\\x23-\\x7e]{8,200}$",
            "examples": ["8e03978e-40d5-43dd-bc93-6894a57f9324"],
        },
    },
    "IfMatch": {
        **_IF_MATCH,
        "required": True,
        "description": "The `ETag` of the document as it was read; `*` to overwrite whatever there is.",
    },
    "IfMatchOptional": {
        **_IF_MATCH,
        "required": False,
        "description": "The `ETag` of the document as it was read: do nothing if it has changed since.",
    },
}

_HEADERS |= {
    "AcceptLanguage": {
        "name": "Accept-Language",
        "in": "header",
        "required": False,
        "description": "The language to write in: `en` or `uk`; English when it is neither.",
        "schema": {"type": "string", "examples": ["uk"]},
    },
    "Range": {
        "name": "Range",
        "in": "header",
        "required": False,
        "description": "The bytes wanted, when not all are: one range. Several are answered with the whole.",
        "schema": {"type": "string", "examples": ["bytes=0-1023"]},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "description": "The `ETag` of what the caller has.",
        "schema": {"type": "string"},
    },
}

_ANSWER_HEADERS: dict[str, Any] = {
    "ContentDisposition": {
        "description": "The name to save the file under (RFC 6266).",
        "schema": {"type": "string"},
    },
    "ContentLanguage": {"description": "The language of its sentences.", "schema": {"type": "string"}},
    "RequestID": {
        "description": "The number of the request in the logs; your own `X-Request-ID` if you sent one.",
        "schema": {"type": "string"},
    },
    "ETag": {"description": "The state of the document, for `If-Match`.", "schema": {"type": "string"}},
    "Location": {
        "description": "Where the new document is.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "RetryAfter": {"description": "Seconds after which to come back.", "schema": {"type": "integer"}},
}

_LIVE_TAG = {"name": "live", "description": "What happens, as it happens."}


def _refused(*statuses: int) -> dict[str, Any]:
    return {str(status): {"$ref": f"#/components/responses/{_STATUSES[status]}"} for status in statuses}


_LIVE: dict[str, Any] = {
    "operationId": "followLive",
    "tags": ["live"],
    "summary": "Follow what happens",
    "description": cleandoc("""
        Server-sent events: one for each fact that concerns the organisation one acts for. `data` is JSON
        with `id`, `type`, `name` (`order-submitted`), `kind` and `subject` (the document), `sequence` and
        `time`, and never more: ask for the document itself.

        A browser's `EventSource` reconnects by itself and sends the last id it saw, and gets what it
        missed. The event `reset` says that this is not possible: load again what is shown. The first event
        is `hello`; `ended` says that the session is over.
    """),
    "security": [{"session": []}, {"key": []}],
    "parameters": [
        {"$ref": "#/components/parameters/Organisation"},
        {
            "name": "organisation",
            "in": "query",
            "required": False,
            "description": "The same for a browser's EventSource, which cannot send headers.",
            "schema": {"type": "string", "format": "uuid"},
        },
        {
            "name": "Last-Event-ID",
            "in": "header",
            "required": False,
            "description": "The last event that was seen.",
            "schema": {"type": "string", "pattern": "^(?:-1|[0-9]{1,18})$"},
        },
        {
            "name": "after",
            "in": "query",
            "required": False,
            "description": "The same, for who cannot send the header.",
            "schema": {"type": "string", "pattern": "^(?:-1|[0-9]{1,18})$"},
        },
    ],
    "responses": {
        "200": {
            "description": "Events, without end.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **_refused(400, 401, 403, 429, 431, 500, 503),
    },
}

_SELF: dict[str, Any] = {
    "operationId": "getDescription",
    "tags": ["live"],
    "summary": "This description",
    "security": [],
    "responses": {
        "200": {
            "description": "The description of the API in OpenAPI 3.1.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        **_refused(400, 431, 500),
    },
}
