"""`@command` and `@query`: what surrounds a method of a service that answers a call.

The method reads like a sentence (load, tell, answer). Around it, in this order: the request is decoded, the
actor's roles are checked, the transaction is opened for the actor, a command that was carried out before is
answered with its first answer, and what the database could not do this time is tried again.

A command's effect and the memory of its id commit together, so a call that is repeated because its answer
got lost has no second effect.
"""

import functools
import json
import random
from collections.abc import Callable
from time import perf_counter
from typing import Any, TypeVar
from uuid import uuid4

from services.chassis import logs, metrics, wire
from services.chassis.database import (
    AlreadyDone,
    Call,
    Database,
    Repeated,
    Transaction,
    Transient,
)
from services.chassis.errors import CounterpartError, Forbidden, KeyReused, Later, Unauthenticated
from services.chassis.waiting import pause
from services.contracts.actors import Actor, Role
from services.contracts.shapes import Command, Operation, Query, operation

log = logs.logger(__name__)

W = TypeVar("W")
Handler = Callable[[Any, Transaction, Any], Any]

ATTEMPTS = 4
PEOPLE_ONLY = "An API key cannot do this. Sign in, and do it yourself."


def command(wish: type[Command], *, answers_a_secret: bool = False) -> Callable[[Handler], Any]:
    """Make a method the handler of a command.

    `answers_a_secret`: the answer is shown once and never stored; a repetition is refused instead of answered.
    """
    return _entrypoint(operation(wish), keep_answer=not answers_a_secret)


def query(question: type[Query]) -> Callable[[Handler], Any]:
    """Make a method the handler of a query."""
    return _entrypoint(operation(question), keep_answer=False)


def _entrypoint(declared: Operation, keep_answer: bool) -> Callable[[Handler], Any]:
    from services.chassis.amqp import Operation as RPCOperation

    def decorate(handler: Handler) -> Any:
        if handler.__name__ != declared.name:
            raise TypeError(f"the handler of {declared.shape.__name__} must be called {declared.name}")

        @functools.wraps(handler)
        def answer(service: Any, request: dict[str, Any]) -> str:
            return handle(declared, handler, keep_answer, service, request)

        answer.operation = declared  # type: ignore[attr-defined]
        return RPCOperation.decorator(answer)

    return decorate


def handle(
    declared: Operation, handler: Handler, keep_answer: bool, service: Any, request: dict[str, Any]
) -> str:
    """Answer one call: the JSON text `{"ok": …}` or `{"refused": …}`."""
    began = perf_counter()
    correlation_id = str(request.get("correlation_id") or uuid4())
    outcome = "defect"
    with logs.context(correlation_id=correlation_id, operation=f"{declared.service}.{declared.name}"):
        try:
            text = _carry_out(declared, handler, keep_answer, service, request, correlation_id)
            outcome = "ok"
            return f'{{"ok":{text}}}'
        except CounterpartError as refusal:
            outcome = refusal.code
            log.info("refused", code=refusal.code, detail=refusal.detail)
            return json.dumps({"refused": refusal.problem()}, ensure_ascii=False)
        finally:
            metrics.operations.labels(declared.service, declared.name, outcome).observe(
                perf_counter() - began
            )


def _carry_out(
    declared: Operation,
    handler: Handler,
    keep_answer: bool,
    service: Any,
    request: dict[str, Any],
    correlation_id: str,
) -> str:
    actor = _actor_of(request)
    _check_roles(declared, actor)
    wish: Any = wire.decode(declared.shape, request["payload"])
    database: Database = service.database
    command_id = request.get("command_id") if declared.kind == "command" else None
    call = Call(
        actor=actor,
        correlation_id=correlation_id,
        command_id=command_id,
        request_hash=database.request_hash(declared.name, request["payload"]) if command_id else b"",
        expected=request.get("expected"),
    )
    for attempt in range(ATTEMPTS):
        try:
            return _once(database, call, handler, keep_answer, service, wish)
        except (Transient, AlreadyDone) as reason:
            log.warning("tried again", attempt=attempt, reason=str(reason))
            if attempt + 1 < ATTEMPTS:
                pause(random.uniform(0.01, 0.05) * 2**attempt)
    raise Later("The database did not answer. Nothing was changed; try again in a few seconds.")


def _once(
    database: Database, call: Call, handler: Handler, keep_answer: bool, service: Any, wish: Any
) -> str:
    try:
        with database.transaction(call) as tx:
            try:
                answer = handler(service, tx, wish)
            except CounterpartError as refusal:
                if not tx.keeps_when_refused:
                    raise
                kept = refusal
            else:
                tx.stage()
                text = tx.text_of(answer)
                tx.carried_out(text if keep_answer else None)
                return text
        raise kept
    except Repeated as repeated:
        if repeated.answer is None:
            raise KeyReused(
                "This was done already; its answer held a secret and was shown only once."
            ) from None
        return repeated.answer


def _actor_of(request: dict[str, Any]) -> Actor | None:
    data = request.get("actor")
    return None if data is None else wire.decode(Actor, data)


def _check_roles(declared: Operation, actor: Actor | None) -> None:
    if declared.allowed is None:
        return
    if actor is None:
        raise Unauthenticated("Sign in first.")
    if declared.people_only and actor.by_key:
        raise Forbidden(PEOPLE_ONLY)
    if not actor.has_any(declared.allowed):
        who = _listed(declared.allowed)
        raise Forbidden(f"This is for: {who}. You act as {_listed(actor.roles) or 'nobody with a role'}.")


def _listed(roles: frozenset[Role]) -> str:
    return ", ".join(sorted(role.value.replace("-", " ") for role in roles))
