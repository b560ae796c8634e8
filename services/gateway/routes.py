"""The route table: which method on which path asks which command or query of which service.

A row is data, so that three readers agree: the server that answers it, OpenAPI that describes it, and the
test that finds the operation without a route.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from services.chassis.wire import Kind, kinds_of
from services.contracts.shapes import Operation, operation

if TYPE_CHECKING:
    from services.gateway.resources import Call

Handler = Callable[["Call"], Awaitable[Response]]


@dataclass(frozen=True)
class Route:
    """One method on one path.

    `shape` is the command or query that is asked. Its fields are filled from the path (`{order_id}`), from
    `fixed`, and the others from the query (GET, DELETE) or the JSON body (POST, PUT, PATCH).

    `handler` answers instead of the plain way, for example with a PDF; it asks the service by `call.ask()`.
    Fields in `filled` are filled by the handler: `call.ask(size=…)`. A handler that reads the body by itself
    says in `accepts` which media types it takes, each with its JSON schema; one that answers something else
    than the operation's JSON says in `produces` what, or in `answers` which other shape.
    `refusals` are the statuses it refuses with beside those that all routes have. A `localised` answer is
    written in the language of `Accept-Language`; of a `partial` one a part can be asked for (`Range`).
    What every service can be asked (`operations`) names in `service` the one meant.
    """

    method: str
    path: str
    shape: type
    status: int = 200
    fixed: Mapping[str, Any] = field(default_factory=dict)
    location: str = ""
    keyed: bool | None = None
    handler: Handler | None = None
    filled: frozenset[str] = frozenset()
    accepts: Mapping[str, Mapping[str, Any]] | None = None
    produces: Mapping[str, Mapping[str, Any]] | None = None
    answers: Any = None
    refusals: frozenset[int] = frozenset()
    localised: bool = False
    partial: bool = False
    service: str = ""

    @cached_property
    def operation(self) -> Operation:
        """The declaration of the command or query."""
        return operation(self.shape)

    @cached_property
    def answered_by(self) -> str:
        """The service that is asked."""
        return self.service or self.operation.service

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Names of the fields in the path, in order."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    @cached_property
    def needs_key(self) -> bool:
        """Whether the caller must send an `Idempotency-Key`."""
        return self.operation.kind == "command" if self.keyed is None else self.keyed

    @cached_property
    def needs_match(self) -> bool:
        """Whether the caller must say what it overwrites (`If-Match`)."""
        return self.method in ("PUT", "PATCH")

    @cached_property
    def answer_shape(self) -> Any:
        """The shape of the answer's JSON."""
        return self.answers or self.operation.answers

    @cached_property
    def has_tag(self) -> bool:
        """Whether the answer is a document with a `sequence`, which is its ETag."""
        return self.produces is None and any(kind.name == "sequence" for kind in kinds_of(self.answer_shape))

    @cached_property
    def in_query(self) -> bool:
        """Whether the other fields are in the query, not in the body."""
        return self.method in ("GET", "DELETE")

    @cached_property
    def rest(self) -> tuple[Kind, ...]:
        """The fields that come in the query or in the body."""
        elsewhere = {*self.parameters, *self.fixed, *self.filled}
        return tuple(kind for kind in kinds_of(self.shape) if kind.name not in elsewhere)

    @cached_property
    def named_outside_body(self) -> frozenset[str] | None:
        """The fields a fault of which is told as a parameter, not as a pointer into the body; None: all."""
        return None if self.in_query or self.accepts is not None else frozenset(self.parameters)

    @cached_property
    def name(self) -> str:
        """A name unique in the table: OpenAPI's operationId."""
        words = [self.operation.name.replace("_", "-")]
        if self.service:
            words += ["of", self.service]
        if self.fixed:
            words += ["of", *(str(value) for value in self.fixed.values())]
        if self.produces is not None:
            words.append(self.path.rsplit("/", 1)[-1].replace(".", "-"))
        return "-".join(words)

    def __post_init__(self) -> None:
        known = {kind.name for kind in kinds_of(self.shape)}
        strangers = {*self.parameters, *self.fixed, *self.filled} - known
        if strangers:
            raise TypeError(f"{self.method} {self.path}: {self.shape.__name__} has no {', '.join(strangers)}")


@dataclass(frozen=True)
class Internal:
    """An operation without a route, and why it has none."""

    shape: type
    reason: str


class Found:
    """A path that exists: its routes by method, and the values of its parameters."""

    __slots__ = ("routes", "values")

    def __init__(self, routes: Mapping[str, Route], values: tuple[str, ...]) -> None:
        self.routes = routes
        self.values = values


class _Node:
    __slots__ = ("parameter", "routes", "steps")

    def __init__(self) -> None:
        self.steps: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.routes: dict[str, Route] = {}


class Table:
    """All routes, found by walking the path once; a literal step is preferred to a parameter."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._root = _Node()
        for route in self.routes:
            self._add(route)
        names = [route.name for route in self.routes]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise TypeError(f"two routes have the name {', '.join(sorted(twice))}")

    def _add(self, route: Route) -> None:
        node = self._root
        for step in route.path.strip("/").split("/"):
            if step.startswith("{"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.steps.setdefault(step, _Node())
        if route.method in node.routes:
            raise TypeError(f"{route.method} {route.path} is in the table twice")
        node.routes[route.method] = route

    def find(self, path: str) -> Found | None:
        """The routes of `path` (without the prefix `/api/v1`), or None."""
        steps = path.split("/")
        if steps[0]:
            return None
        return _walk(self._root, steps, 1, ())


def _walk(node: _Node, steps: list[str], at: int, values: tuple[str, ...]) -> Found | None:
    if at == len(steps):
        return Found(node.routes, values) if node.routes else None
    step = steps[at]
    literal = node.steps.get(step)
    if literal is not None:
        found = _walk(literal, steps, at + 1, values)
        if found is not None:
            return found
    if node.parameter is not None and step:
        return _walk(node.parameter, steps, at + 1, (*values, step))
    return None
