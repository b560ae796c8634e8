"""Every operation of the description, with input of every kind: never an error of ours, never an answer the
description does not know (G12 of the reliability goals, small).

schemathesis makes the requests from docs/openapi.json: right ones, and wrong ones in every place. The callers are
people of the demo, each for the operations their role may ask; half of the ids in the paths are real.
"""

import contextlib
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from deploy.local import demo
from deploy.local.caller import Caller
from deploy.local.stack import Stack
from services.contracts.actors import Role
from services.gateway import openapi
from services.gateway.api import ROUTES
from services.gateway.routes import Route

EXAMPLES = 2
#: Operations that would end the callers' own access, or send them away: tested by themselves.
NOT_HERE = {"sign_out", "change_password", "end_other_sessions", "act_for", "revoke_api_key", "end_session"}


def no_error_of_ours(_: Any, response: Any, __: schemathesis.Case) -> None:
    """503 is no error where it says that what was named may still be on its way (`later`)."""
    if response.status_code >= 500:
        assert response.json()["type"] == "/problems/later", response.text


CHECKS = [
    no_error_of_ours,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]


@dataclass
class Person:
    """Somebody of the demo: their session, roles, and ids of what they can see."""

    caller: Caller
    roles: frozenset[Role]
    cookies: dict[str, str]
    ids: dict[str, list[str]] = field(default_factory=dict)


def person(url: str, name: str, password: str) -> Person:
    """Sign somebody in, and look around for ids."""
    caller = Caller.signed_in(url, name, password)
    (standing,) = caller.session["standings"]
    organisation = standing["organisation"]["id"]
    ids = {
        "organisation_id": [organisation],
        "user_id": [
            member["user_id"] for member in caller.get(f"/organisations/{organisation}/members")["items"]
        ],
    }
    for name_of_id, path in (
        ("order_id", "/orders"),
        ("invoice_id", "/invoices"),
        ("partnership_id", "/partnerships"),
        ("item_id", "/feed"),
    ):
        ids[name_of_id] = [item["id"] for item in caller.get(path)["items"]]
    ids["document_id"] = ids["order_id"] + ids["invoice_id"]
    roles = frozenset(Role(role) for role in standing["roles"])
    return Person(caller, roles, dict(caller._http.cookies), ids)


@pytest.fixture(scope="module")
def people(stack: Stack) -> Iterator[list[Person]]:
    """The demo's people, signed in."""
    listed = demo.load(stack.url, stack.environment())
    signed_in = [person(stack.url, each["email"], each["password"]) for each in listed]
    yield signed_in
    for each in signed_in:
        each.caller.close()


@pytest.fixture(scope="module")
def description(stack: Stack) -> schemathesis.BaseSchema:
    """The description of the running portal's API."""
    document = openapi.document(ROUTES, session_cookie="sid")
    return schemathesis.openapi.from_dict(document)


def who_may(route: Route, people: list[Person]) -> Person:
    """Somebody whose roles allow the operation; for what anybody may ask, anybody."""
    allowed = route.operation.allowed
    return next(each for each in people if allowed is None or each.roles & allowed)


# Dead letters are alike in every service; those of one are enough.
OPERATIONS = [
    pytest.param(route, id=f"{route.method} {route.path}")
    for route in ROUTES
    if route.operation.name not in NOT_HERE and route.service in ("", "orders")
]


@pytest.mark.timeout(600)  # the first of them starts the system and loads the demo
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the demo leaves sockets open
@pytest.mark.parametrize("route", OPERATIONS)
def test_an_operation_answers_as_described_whatever_it_is_sent(
    stack: Stack, description: schemathesis.BaseSchema, people: list[Person], route: Route
) -> None:
    who = who_may(route, people)
    fuzz(stack.url, description, who, route, EXAMPLES)


def fuzz(url: str, description: schemathesis.BaseSchema, who: Person, route: Route, examples: int) -> None:
    """Send `examples` right requests and as many wrong ones."""
    for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
        strategy = description[route.path][route.method].as_strategy(generation_mode=mode)
        with contextlib.suppress(Unsatisfiable):  # what takes no input cannot be sent wrong input
            _sending(url, who, route, strategy, examples, right=mode.is_positive)()


def _sending(
    url: str, who: Person, route: Route, strategy: Any, examples: int, *, right: bool
) -> Callable[[], None]:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def send(case: schemathesis.Case) -> None:
        dice = random.Random(repr(case.path_parameters) + repr(case.body))
        for name in route.parameters:
            known = who.ids.get(name)
            if known and right and dice.random() < 0.5:
                case.path_parameters[name] = dice.choice(known)
        case.cookies = dict(who.cookies)
        headers = {"X-CSRF-Token": who.caller.session["csrf_token"]}
        if route.needs_key and right:
            headers["Idempotency-Key"] = str(uuid.uuid4())
        case.call_and_validate(base_url=f"{url}{openapi.PREFIX}", headers=headers, checks=CHECKS, timeout=60)

    return send
