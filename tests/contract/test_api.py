"""The route table against the published language, and the description against the route table."""

import importlib
import pkgutil
import re
from typing import Any

import pytest
from openapi_spec_validator import validate

import services.contracts
from deploy.local import openapi as golden
from services.contracts.shapes import Operation
from services.gateway import openapi
from services.gateway.api import INTERNAL, ROUTES
from services.gateway.routes import Table


def operations() -> dict[str, Operation]:
    """Every command and query that is declared in the published language."""
    found: dict[str, Operation] = {}
    for module in pkgutil.walk_packages(services.contracts.__path__, "services.contracts."):
        for value in vars(importlib.import_module(module.name)).values():
            declared = getattr(value, "__operation__", None)
            if isinstance(declared, Operation):
                found[f"{declared.service}.{declared.name}"] = declared
    return found


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi.document(ROUTES)


def described(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {(method.upper(), path) for path, item in document["paths"].items() for method in item}


def test_every_operation_of_the_services_can_be_reached_or_says_why_not() -> None:
    reached = {f"{route.operation.service}.{route.operation.name}" for route in ROUTES}
    kept_inside = {
        f"{operation.service}.{operation.name}"
        for operation in (internal.shape.__operation__ for internal in INTERNAL)
    }

    assert set(operations()) == reached | kept_inside
    assert not reached & kept_inside
    assert all(internal.reason for internal in INTERNAL)


def test_the_description_speaks_to_callers_and_not_of_our_requirements() -> None:
    text = golden.written()

    assert re.search(r"\b[SD]-\d{2,3}\b", text) is None
    assert "`" not in "".join(re.findall(r'"summary": (".*")', text))


def test_the_description_is_valid_openapi(document: dict[str, Any]) -> None:
    validate(document)

    assert document["openapi"].startswith("3.1")


def test_what_is_served_is_described_and_what_is_described_is_served(document: dict[str, Any]) -> None:
    table = Table(ROUTES)
    beside_the_table = {("GET", "/live"), ("GET", "/openapi.json")}

    for method, path in described(document) - beside_the_table:
        found = table.find(path.replace("{", "").replace("}", ""))
        assert found is not None
        assert method in found.routes
    assert described(document) - beside_the_table == {(route.method, route.path) for route in ROUTES}


def test_the_description_in_docs_is_up_to_date() -> None:
    assert golden.PLACE.read_text(encoding="utf-8") == golden.written(), "run ./counterpart openapi"


def test_every_operation_has_a_name_of_its_own_a_sentence_and_a_security_scheme(
    document: dict[str, Any],
) -> None:
    names = []
    for item in document["paths"].values():
        for operation in item.values():
            names.append(operation["operationId"])
            assert operation["summary"]
            assert "security" in operation

    assert len(names) == len(set(names))


def test_every_field_of_a_request_has_a_meaning(document: dict[str, Any]) -> None:
    silent = [
        f"{method.upper()} {path}: {parameter['name']}"
        for path, item in document["paths"].items()
        for method, operation in item.items()
        for parameter in operation.get("parameters", ())
        if "$ref" not in parameter and not parameter["description"]
    ]
    silent += [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, described_as in schema.get("properties", {}).items()
        if name != "Problem" and "description" not in described_as
    ]

    assert silent == []


def test_what_a_caller_may_send_holds_nothing_undeclared(document: dict[str, Any]) -> None:
    bodies = [
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
        for item in document["paths"].values()
        for operation in item.values()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]

    assert bodies
    assert all(document["components"]["schemas"][name]["additionalProperties"] is False for name in bodies)


def test_a_price_is_a_decimal_as_text_with_its_limits(document: dict[str, Any]) -> None:
    quantity = document["components"]["schemas"]["DraftLine"]["properties"]["quantity"]

    assert quantity["type"] == "string"
    assert quantity["format"] == "decimal"
    assert "more than 0" in quantity["description"]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_addresses_are_nouns_in_the_plural_or_actions_under_one(route: Any) -> None:
    steps = route.path.strip("/").split("/")

    assert all(step.startswith("{") or (step.islower() and "_" not in step) for step in steps)
    if route.operation.kind == "query":
        assert route.method == "GET" or route.path in (
            "/invitations/read",
            "/invoices/preflight",
            "/invoice-batches/preflight",
            "/invoice-files/preflight",
            "/tolerances/replay",
            "/balances/{partner_id}/comparison",
            "/balances/{partner_id}/comparison.xlsx",
        )
    else:
        assert route.method in ("POST", "PUT", "DELETE")
