"""How a shape that crosses a border is declared.

A shape is a frozen dataclass whose fields are annotated with their limits and their meaning:

    @shape
    class OrderLine:
        '''One line of a purchase order (EN 16931 BG-25).'''

        number: Annotated[LineNumber, "Position of the line in the order, from 1 (BT-126)."]

An *event* is a shape that states a fact, a *command* one that asks for a change, a *query* one that
asks for an answer. Their decorators add who publishes, who answers, and who may ask.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, TypeVar, dataclass_transform
from uuid import UUID

from services.contracts.actors import Role

T = TypeVar("T")
E = TypeVar("E", bound="Event")


@dataclass(frozen=True)
class Length:
    """Least and greatest number of characters of a text, or of members of a list."""

    least: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Range:
    """Bounds of a number, both inclusive unless `above` is used for the lower one."""

    least: Decimal | int | None = None
    most: Decimal | int | None = None
    above: Decimal | int | None = None


@dataclass(frozen=True)
class Places:
    """Greatest number of digits after the decimal point."""

    most: int


@dataclass(frozen=True)
class Pattern:
    """A regular expression the whole text must match, and the sentence that explains it."""

    expression: str
    explanation: str


@dataclass(frozen=True)
class Example:
    """A value to show in the documentation."""

    value: Any


def kebab(name: str) -> str:
    """`OrderSubmitted` → `order-submitted`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def snake(name: str) -> str:
    """`SubmitOrder` → `submit_order`."""
    return kebab(name).replace("-", "_")


@dataclass(frozen=True)
class EventType:
    """What is known of an event without an instance of it.

    `live_only` events have no durable subscriber: browsers and gateways hear them, services do not.
    """

    publisher: str
    name: str
    version: int
    live_only: bool
    shape: type

    @property
    def type(self) -> str:
        """The CloudEvents `type`, for example `counterpart.orders.order-submitted.v1`."""
        return f"counterpart.{self.publisher}.{self.name}.v{self.version}"


@dataclass(frozen=True)
class Operation:
    """What is known of a command or a query without an instance of it.

    `allowed` are the roles that may ask; None means anyone, signed in or not (accounts only).
    `people_only`: a program with an API key may not ask, whatever its roles: a stolen key must not make itself
    new keys, nor decide who belongs to an organisation.
    """

    service: str
    name: str
    kind: Literal["command", "query"]
    allowed: frozenset[Role] | None
    answers: Any
    shape: type
    people_only: bool = False


@dataclass_transform(frozen_default=True, kw_only_default=True)
def shape(cls: type[T]) -> type[T]:
    """Declare a shape: a frozen dataclass built by keyword."""
    return dataclass(frozen=True, kw_only=True, slots=True)(cls)


class Event:
    """A fact. Its fields carry the state it announces; see `event`."""

    __slots__ = ()

    def participants(self) -> tuple[UUID, ...]:
        """The organisations that may know of the fact."""
        raise TypeError(f"{type(self).__name__} does not say who may know of it")


class Command:
    """A wish to change something; see `command`."""

    __slots__ = ()


class Query:
    """A question; see `query`."""

    __slots__ = ()


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(publisher: str, *, version: int = 1, live_only: bool = False) -> Callable[[type[E]], type[E]]:
    """Declare a fact that `publisher` announces. The name is the class name in kebab case."""

    def declare(cls: type[E]) -> type[E]:
        declared = shape(cls)
        meta = EventType(publisher, kebab(cls.__name__), version, live_only, declared)
        declared.__event__ = meta  # type: ignore[attr-defined]
        return declared

    return declare


@dataclass_transform(frozen_default=True, kw_only_default=True)
def command(
    service: str, *, answers: Any, allowed: Iterable[Role] | None, people_only: bool = False
) -> Callable[[type[T]], type[T]]:
    """Declare a command of `service`. Its RPC method is the class name in snake case."""
    return _operation(service, "command", answers, allowed, people_only)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def query(
    service: str, *, answers: Any, allowed: Iterable[Role] | None, people_only: bool = False
) -> Callable[[type[T]], type[T]]:
    """Declare a query of `service`. Its RPC method is the class name in snake case."""
    return _operation(service, "query", answers, allowed, people_only)


def _operation(
    service: str,
    kind: Literal["command", "query"],
    answers: Any,
    allowed: Iterable[Role] | None,
    people_only: bool,
) -> Callable[[type[Any]], type[Any]]:
    def declare(cls: type[Any]) -> type[Any]:
        declared = shape(cls)
        roles = None if allowed is None else frozenset(allowed)
        declared.__operation__ = Operation(
            service, snake(cls.__name__), kind, roles, answers, declared, people_only
        )
        return declared

    return declare


def event_type(of: type[Event] | Event) -> EventType:
    """The declaration behind an event class or instance."""
    found: EventType = of.__event__  # type: ignore[union-attr]
    return found


def operation(of: type[Command] | type[Query]) -> Operation:
    """The declaration behind a command or query class."""
    found: Operation = of.__operation__  # type: ignore[union-attr]
    return found
