"""From a request to the service and back: identity, keys, preconditions, input, errors, headers."""

import base64
import hashlib
import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from services.gateway.server import Settings
from tests.service.gateway.conftest import (
    CSRF,
    LOW_RATES,
    ORGANISATION,
    OTHER_ORGANISATION,
    TOKEN,
    USER,
    FakeServices,
    RunningGateway,
    a_session,
    a_standing,
)

ORDER = "018f6b7e-3c1a-7c4e-9a51-2f5f0a7b9d13"
SUPPLIER = "018f6b7e-3c1a-7c4e-9a51-2f5f0a7b9d14"

AN_ORDER = {"supplier_id": SUPPLIER, "lines": [{"item_number": "AR-5381", "quantity": "2.5"}]}


@pytest.fixture(scope="module")
def amqp_url(unused_vhosts: Iterator[str]) -> str:
    """One vhost for all of these tests."""
    return next(unused_vhosts)


@pytest.fixture(scope="module")
def shared_services(amqp_url: str) -> Iterator[FakeServices]:
    fake = FakeServices(amqp_url)
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture(scope="module")
def shared_gateway(amqp_url: str, shared_services: FakeServices) -> Iterator[RunningGateway]:
    running = RunningGateway(Settings(amqp_url, "http://127.0.0.1:8080", port=0))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def services(shared_services: FakeServices) -> FakeServices:
    shared_services.begin_anew()
    return shared_services


@pytest.fixture
def gateway(shared_gateway: RunningGateway) -> RunningGateway:
    shared_gateway.begin_anew()
    return shared_gateway


@pytest.fixture(autouse=True)
def answers(services: FakeServices) -> None:
    """Orders answers an order with sequence 3 to everything."""
    order = {"id": ORDER, "number": "PO-1", "sequence": 3}
    for method in ("draft_order", "get_order", "submit_order", "change_draft_order", "delete_draft_order"):
        services.answers[method] = lambda _: {"ok": order}
    services.answers["list_orders"] = lambda _: {"ok": {"items": [order], "next": None}}


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem in an answer, after looking that it is a proper one."""
    told: dict[str, Any] = answer.json()
    assert (answer.status_code, told["type"]) == (status, f"/problems/{code}"), told
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["status"] == status
    assert told["detail"].endswith(".")
    assert told["request_id"] == answer.headers["x-request-id"]
    return told


# ----------------------------------------------------------------------------------------- the plain way


def test_a_command_is_carried_out_for_the_person_who_is_signed_in(
    client: httpx.Client, services: FakeServices, key: dict[str, str]
) -> None:
    answer = client.post("/api/v1/orders", json=AN_ORDER, headers=key)

    assert answer.status_code == 201
    assert answer.json() == {"id": ORDER, "number": "PO-1", "sequence": 3}
    assert answer.headers["etag"] == '"3"'
    assert answer.headers["location"] == f"/api/v1/orders/{ORDER}"
    (request,) = services.asked("draft_order")
    assert request["payload"] == AN_ORDER
    assert request["actor"] == {
        "user_id": USER,
        "user_name": "Anna Kovalenko",
        "organisation_id": ORGANISATION,
        "organisation_name": "Windmill Bikes",
        "kind": "customer",
        "roles": ["buyer-admin"],
        "by_key": False,
    }


def test_a_query_takes_its_filters_from_the_address(client: httpx.Client, services: FakeServices) -> None:
    asked = {"status": ["submitted", "confirmed"], "limit": "10", "search": "PO ä&b"}
    answer = client.get("/api/v1/orders", params=asked)

    assert answer.status_code == 200
    assert "etag" not in answer.headers
    assert services.asked("list_orders")[0]["payload"] == {
        "status": ["submitted", "confirmed"],
        "limit": 10,
        "search": "PO ä&b",
    }


def test_head_answers_like_get_without_the_body(client: httpx.Client) -> None:
    answer = client.head(f"/api/v1/orders/{ORDER}")

    assert (answer.status_code, answer.content, answer.headers["etag"]) == (200, b"", '"3"')


def test_an_action_needs_no_body(client: httpx.Client, services: FakeServices, key: dict[str, str]) -> None:
    answer = client.post(f"/api/v1/orders/{ORDER}/submit", headers=key)

    assert answer.status_code == 200
    assert services.asked("submit_order")[0]["payload"] == {"order_id": ORDER}


# -------------------------------------------------------------------------------------------------- keys


def test_a_change_without_an_idempotency_key_is_not_made(
    client: httpx.Client, services: FakeServices
) -> None:
    answer = client.post("/api/v1/orders", json=AN_ORDER)

    problem(answer, 400, "idempotency-key-missing")
    assert services.asked("draft_order") == []


def test_the_same_key_is_the_same_command_for_one_person_and_another_for_the_next(
    client: httpx.Client, services: FakeServices, key: dict[str, str], gateway: RunningGateway
) -> None:
    client.post("/api/v1/orders", json=AN_ORDER, headers=key)
    client.post("/api/v1/orders", json=AN_ORDER, headers={"Idempotency-Key": f'"{key["Idempotency-Key"]}"'})
    services.answers["authenticate"] = lambda _: {
        "ok": a_session(user={"id": str(uuid.uuid4()), "name": "Bo"})
    }
    with gateway.client() as other:
        other.cookies.set("sid", "another-token-0123456789")
        other.post("/api/v1/orders", json=AN_ORDER, headers=key)

    first, second, third = (request["command_id"] for request in services.asked("draft_order"))
    assert first == second != third
    assert len(first) == 64


def test_the_same_key_for_another_organisation_is_another_command(
    client: httpx.Client, services: FakeServices, key: dict[str, str]
) -> None:
    services.answers["authenticate"] = lambda _: {
        "ok": a_session(standings=[a_standing(), a_standing(OTHER_ORGANISATION, "Other")])
    }

    for organisation in (ORGANISATION, OTHER_ORGANISATION):
        headers = {**key, "Counterpart-Organisation": organisation}
        client.post("/api/v1/orders", json=AN_ORDER, headers=headers)

    first, second = services.asked("draft_order")
    assert first["command_id"] != second["command_id"]
    assert first["actor"]["organisation_id"] == ORGANISATION
    assert second["actor"]["organisation_id"] == OTHER_ORGANISATION


@pytest.mark.parametrize("value", ["short", "x" * 201, "with blank in it"])
def test_a_key_that_is_none_is_refused(client: httpx.Client, value: str) -> None:
    answer = client.post("/api/v1/orders", json=AN_ORDER, headers={"Idempotency-Key": value})

    problem(answer, 422, "invalid")


def test_fifty_clients_with_one_key_send_one_command_id(
    gateway: RunningGateway, services: FakeServices, key: dict[str, str]
) -> None:
    statuses: list[int] = []
    barrier = threading.Barrier(50)
    limits = httpx.Limits(max_connections=50)

    with gateway.client(limits=limits) as client:

        def send() -> None:
            barrier.wait(60)
            statuses.append(client.post("/api/v1/orders", json=AN_ORDER, headers=key).status_code)

        threads = [threading.Thread(target=send) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    assert statuses == [201] * 50
    assert len({request["command_id"] for request in services.asked("draft_order")}) == 1


# ----------------------------------------------------------------------------------------- preconditions


def test_an_overwrite_says_what_it_overwrites(
    client: httpx.Client, services: FakeServices, key: dict[str, str]
) -> None:
    body = {"lines": AN_ORDER["lines"]}

    problem(client.put(f"/api/v1/orders/{ORDER}", json=body, headers=key), 428, "precondition-missing")
    answer = client.put(f"/api/v1/orders/{ORDER}", json=body, headers={**key, "If-Match": '"3"'})

    assert answer.status_code == 200
    assert [request["expected"] for request in services.asked("change_draft_order")] == [3]


@pytest.mark.parametrize("tag", [b'W/"3"', b"3", b'"abc"', b'"1", "2"', b"", b"*\xa0", b'\xa0"3"'])
def test_a_tag_that_is_none_of_ours_matches_nothing(
    client: httpx.Client, key: dict[str, str], tag: bytes
) -> None:
    answer = client.put(
        f"/api/v1/orders/{ORDER}",
        json={"lines": AN_ORDER["lines"]},
        headers=[*key.items(), (b"If-Match", tag)],
    )

    problem(answer, 412, "stale")


def test_a_star_matches_whatever_there_is(
    client: httpx.Client, services: FakeServices, key: dict[str, str]
) -> None:
    client.put(f"/api/v1/orders/{ORDER}", json={"lines": AN_ORDER["lines"]}, headers={**key, "If-Match": "*"})

    assert [request["expected"] for request in services.asked("change_draft_order")] == [None]


# ------------------------------------------------------------------------------------------------- input


def test_all_faults_of_a_request_are_told_at_once_each_with_its_place(
    client: httpx.Client, services: FakeServices, key: dict[str, str]
) -> None:
    body = {
        "supplier_id": "nobody",
        "lines": [{"item_number": "", "quantity": "0"}, {"item_number": "A", "quantity": 2.5}],
        "status": "confirmed",
    }

    told = problem(client.post("/api/v1/orders", json=body, headers=key), 422, "invalid")

    assert {fault["pointer"] for fault in told["errors"]} == {
        "#/supplier_id",
        "#/lines/0/item_number",
        "#/lines/0/quantity",
        "#/lines/1/quantity",
        "#/status",
    }
    assert services.asked("draft_order") == []


def test_faults_in_the_address_are_told_by_the_parameters_name(client: httpx.Client) -> None:
    told = problem(client.get("/api/v1/orders?limit=0&status=lost&colour=red"), 422, "invalid")

    assert {fault["parameter"] for fault in told["errors"]} == {"limit", "status", "colour"}


def test_a_parameter_given_twice_is_refused(client: httpx.Client) -> None:
    told = problem(client.get("/api/v1/orders?currency=EUR&currency=UAH"), 422, "invalid")

    assert told["errors"] == [{"parameter": "currency", "detail": "is given more than once"}]


def test_a_command_takes_nothing_from_the_address(client: httpx.Client, key: dict[str, str]) -> None:
    problem(client.post("/api/v1/orders?submit=true", json=AN_ORDER, headers=key), 422, "invalid")


def test_what_the_path_says_cannot_be_said_again_in_the_body(
    client: httpx.Client, key: dict[str, str]
) -> None:
    answer = client.post(f"/api/v1/orders/{ORDER}/submit", json={"order_id": SUPPLIER}, headers=key)

    assert problem(answer, 422, "invalid")["errors"][0]["parameter"] == "order_id"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"text"',
        b'{"a": NaN}',
        b'{"a": 1, "a": 2}',
        b'{"a": 1e999}',
        b'{"a": "\\u0000"}',
        b'{"a": "\\ud800"}',
        b'{"a": "\xff"}',
        b'{"__type__": "decimal"}',
        b'{"a":' + b"[" * 40 + b"]" * 40 + b"}",
        b"[" * 100_000,
        b"",
        b"\xef\xbb\xbf{}",
    ],
    ids=lambda body: body[:20].decode("latin-1"),
)
def test_what_is_not_strict_json_is_refused(client: httpx.Client, key: dict[str, str], body: bytes) -> None:
    answer = client.post("/api/v1/orders", content=body, headers={**key, "Content-Type": "application/json"})

    assert answer.status_code == (422 if body == b"" else 400)
    assert answer.headers["content-type"] == "application/problem+json"


def test_json_must_be_called_json(client: httpx.Client, key: dict[str, str]) -> None:
    for media_type in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin-1",
        "",
    ):
        answer = client.post(
            "/api/v1/orders", content=json.dumps(AN_ORDER), headers={**key, "Content-Type": media_type}
        )

        problem(answer, 415, "unsupported-media-type")


def test_a_body_above_a_mebibyte_is_not_read(client: httpx.Client, key: dict[str, str]) -> None:
    content = b'{"note": "' + b"x" * 1_100_000 + b'"}'
    headers = {**key, "Content-Type": "application/json"}

    problem(client.post("/api/v1/orders", content=content, headers=headers), 413, "too-large")
    # Without a length, it is counted as it comes.
    in_pieces = (content[at : at + 65536] for at in range(0, len(content), 65536))
    problem(client.post("/api/v1/orders", content=in_pieces, headers=headers), 413, "too-large")


def test_an_id_that_cannot_be_one_names_nothing(client: httpx.Client) -> None:
    problem(client.get("/api/v1/orders/42"), 404, "not-found")


@pytest.mark.parametrize(
    "path",
    ["/api/v1/nothing", "/api/v1/orders/", "/api/v1//orders", "/api/v2/orders", "/healthz", "/metrics", "/x"],
)
def test_an_address_that_does_not_exist_is_a_problem_too(client: httpx.Client, path: str) -> None:
    problem(client.get(path), 404, "not-found")


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_a_method_that_is_not_taken_names_those_that_are(client: httpx.Client, method: str) -> None:
    if method == "BREW":
        # The HTTP parser knows no such method; that is not HTTP to it.
        problem_status = client.request(method, "/api/v1/orders").status_code
        assert problem_status == 400
        return
    answer = client.request(method, "/api/v1/orders")

    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("header", ["Idempotency-Key", "If-Match", "X-CSRF-Token", "Content-Type", "Origin"])
def test_a_header_that_decides_stands_there_once(client: httpx.Client, header: str) -> None:
    answer = client.get("/api/v1/orders", headers=[(header, "one-of-two"), (header, "two-of-two")])

    problem(answer, 400, "malformed")


# ---------------------------------------------------------------------------------------------- identity


def test_nobody_in_particular_is_asked_to_sign_in(gateway: RunningGateway) -> None:
    answer = httpx.get(f"{gateway.url}/api/v1/orders")

    problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_busy_session_is_looked_up_once(client: httpx.Client, services: FakeServices) -> None:
    for _ in range(5):
        client.get("/api/v1/orders")

    assert len(services.asked("authenticate")) == 1


A_KEY = {
    "key_id": str(uuid.uuid4()),
    "user": {"id": USER, "name": "Anna Kovalenko"},
    "organisation": {"id": ORGANISATION, "name": "Windmill Bikes"},
    "kind": "customer",
    "roles": ["initiator"],
}


def test_a_program_acts_by_its_key_and_needs_no_csrf_token(
    gateway: RunningGateway, services: FakeServices, key: dict[str, str]
) -> None:
    services.answers["authenticate_key"] = lambda request: {"ok": A_KEY}

    answer = httpx.post(
        f"{gateway.url}/api/v1/orders",
        json=AN_ORDER,
        headers={**key, "Authorization": "Bearer cp_0123456789abcdef"},
    )

    assert answer.status_code == 201
    assert services.asked("authenticate_key")[0]["payload"] == {"key": "cp_0123456789abcdef"}
    actor = services.asked("draft_order")[0]["actor"]
    assert (actor["roles"], actor["by_key"]) == (["initiator"], True)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api-keys"),
        ("POST", f"/api-keys/{ORGANISATION}/revoke"),
        ("POST", f"/organisations/{ORGANISATION}/members"),
        ("DELETE", f"/organisations/{ORGANISATION}/members/{USER}"),
        ("GET", f"/organisations/{ORGANISATION}/members/{USER}/activation-link"),
        ("POST", "/profile/change-password"),
        ("POST", "/profile/change-email"),
    ],
)
def test_a_program_cannot_make_itself_keys_or_members(
    gateway: RunningGateway, services: FakeServices, key: dict[str, str], method: str, path: str
) -> None:
    services.answers["authenticate_key"] = lambda request: {"ok": A_KEY}

    answer = httpx.request(
        method,
        f"{gateway.url}/api/v1{path}",
        headers={**key, "Authorization": "Bearer cp_0123456789abcdef"},
        **({"json": {}} if method == "POST" else {}),
    )

    problem(answer, 403, "forbidden")
    assert "API key" in answer.json()["detail"]


def test_the_description_offers_no_key_where_none_is_taken(client: httpx.Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    assert paths["/api-keys"]["post"]["security"] == [{"session": [], "csrf": []}]
    assert "an API key is refused" in paths["/api-keys"]["post"]["description"]
    assert {"key": []} in paths["/api-keys"]["get"]["security"]


@pytest.mark.parametrize(
    "value", ["Basic YTpi", "Bearer", "Bearer short", "cp_0123456789abcdef", "Bearer a b c d e f g h i"]
)
def test_other_ways_to_say_who_one_is_are_refused(gateway: RunningGateway, value: str) -> None:
    problem(
        httpx.get(f"{gateway.url}/api/v1/orders", headers={"Authorization": value}), 401, "unauthenticated"
    )


def test_identity_in_headers_is_not_believed(client: httpx.Client, services: FakeServices) -> None:
    client.get(
        "/api/v1/orders", headers={"X-User-ID": "1", "X-Forwarded-For": "8.8.8.8", "X-Forwarded-User": "root"}
    )

    assert services.asked("list_orders")[0]["actor"]["user_id"] == USER


def test_who_acts_for_several_organisations_must_say_for_which(
    client: httpx.Client, services: FakeServices
) -> None:
    services.answers["authenticate"] = lambda _: {
        "ok": a_session(standings=[a_standing(), a_standing(OTHER_ORGANISATION, "Other")])
    }

    told = problem(client.get("/api/v1/orders"), 403, "forbidden")
    stranger = client.get("/api/v1/orders", headers={"Counterpart-Organisation": str(uuid.uuid4())})
    nobody = client.get("/api/v1/orders", headers={"Counterpart-Organisation": ""})

    assert "Counterpart-Organisation" in told["detail"]
    problem(stranger, 403, "forbidden")
    problem(nobody, 403, "forbidden")


def test_a_password_set_by_somebody_else_opens_nothing_but_its_change(
    client: httpx.Client, services: FakeServices
) -> None:
    services.answers["authenticate"] = lambda _: {"ok": a_session(must_change_password=True, standings=[])}

    problem(client.get("/api/v1/orders"), 403, "forbidden")


def test_a_change_needs_the_sessions_csrf_token(
    client: httpx.Client, services: FakeServices, key: dict[str, str]
) -> None:
    for token in ("", "wrong", CSRF + "x"):
        answer = client.post("/api/v1/orders", json=AN_ORDER, headers={**key, "X-CSRF-Token": token})
        problem(answer, 403, "cross-site")

    assert services.asked("draft_order") == []


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=lambda headers: next(iter(headers.values())),
)
def test_a_change_from_another_site_is_refused(
    client: httpx.Client, services: FakeServices, key: dict[str, str], headers: dict[str, str]
) -> None:
    problem(client.post("/api/v1/orders", json=AN_ORDER, headers={**key, **headers}), 403, "cross-site")
    problem(
        client.post("/api/v1/sessions", json={"name": "a", "password": "b"}, headers=headers),
        403,
        "cross-site",
    )

    assert services.asked("draft_order") == []
    assert services.asked("sign_in") == []


def test_signing_in_puts_the_secrets_into_cookies_no_script_can_read(
    gateway: RunningGateway, services: FakeServices
) -> None:
    services.answers["sign_in"] = lambda _: {
        "ok": {"session_token": TOKEN, "device_token": "device-token-0123456789", "session": a_session()}
    }

    with httpx.Client(base_url=gateway.url) as browser:
        answer = browser.post(
            "/api/v1/sessions", json={"name": "anna@example.com", "password": "a long sentence"}
        )
        again = browser.post(
            "/api/v1/sessions", json={"name": "anna@example.com", "password": "a long sentence"}
        )

    assert answer.status_code == again.status_code == 201
    assert answer.json()["csrf_token"] == CSRF
    assert TOKEN not in answer.text
    cookies = answer.headers.get_list("set-cookie")
    assert all("HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie for cookie in cookies)
    first, second = services.asked("sign_in")
    assert first["payload"]["address"] == "127.0.0.1"
    assert "device_token" not in first["payload"]
    assert second["payload"]["device_token"] == "device-token-0123456789"


def test_behind_https_the_cookie_is_bound_to_the_host_and_hsts_is_sent(
    services: FakeServices, start_gateway: Callable[..., RunningGateway]
) -> None:
    services.answers["sign_in"] = lambda _: {
        "ok": {"session_token": TOKEN, "device_token": "device-token-0123456789", "session": a_session()}
    }
    gateway = start_gateway(public_url="https://portal.example.com")

    answer = httpx.post(
        f"{gateway.url}/api/v1/sessions", json={"name": "anna", "password": "a long sentence"}
    )

    cookies = answer.headers.get_list("set-cookie")
    assert cookies[0].startswith("__Host-sid=")
    assert all("Secure" in cookie and "Domain" not in cookie for cookie in cookies)
    assert "max-age=63072000" in answer.headers["strict-transport-security"]


def test_signing_out_ends_the_session_here_at_once(client: httpx.Client, services: FakeServices) -> None:
    services.answers["sign_out"] = lambda _: {"ok": {"at": "2026-11-22T09:30:00Z"}}
    client.get("/api/v1/orders")

    answer = client.delete("/api/v1/sessions/current")
    client.cookies.set("sid", TOKEN)
    client.get("/api/v1/orders")

    assert answer.status_code == 200
    assert 'sid=""' in answer.headers["set-cookie"] or "Max-Age=0" in answer.headers["set-cookie"]
    assert services.asked("sign_out")[0]["payload"] == {"session_token": TOKEN}
    assert len(services.asked("authenticate")) == 2


def test_a_token_of_a_mail_is_not_tied_to_a_session(
    gateway: RunningGateway, services: FakeServices, key: dict[str, str]
) -> None:
    services.answers["accept_invitation"] = lambda _: {"ok": {"at": "2026-11-22T09:30:00Z"}}

    answer = httpx.post(f"{gateway.url}/api/v1/invitations/accept", json={"token": "t0ken"}, headers=key)

    assert answer.status_code == 200
    (request,) = services.asked("accept_invitation")
    assert request["actor"] is None
    assert request["command_id"]


# ------------------------------------------------------------------------------------------------ limits


def test_who_tries_to_sign_in_too_often_is_told_when_to_come_back(
    services: FakeServices, start_gateway: Callable[..., RunningGateway]
) -> None:
    services.answers["sign_in"] = lambda _: {
        "refused": {
            "code": "unauthenticated",
            "status": 401,
            "detail": "Name or password is wrong.",
            "faults": [],
        }
    }
    gateway = start_gateway(rates=LOW_RATES)

    answers = [
        httpx.post(f"{gateway.url}/api/v1/sessions", json={"name": f"user{n}", "password": "guess"})
        for n in range(6)
    ]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 61
    problem(answers[-1], 429, "too-many")


def test_a_client_that_runs_wild_is_slowed_and_others_are_not(
    services: FakeServices, start_gateway: Callable[..., RunningGateway]
) -> None:
    services.answers["authenticate"] = lambda request: {
        "ok": a_session()
        if request["payload"]["session_token"] == TOKEN
        else a_session(user={"id": str(uuid.uuid4()), "name": "Bo"})
    }
    gateway = start_gateway(rates=LOW_RATES)

    with gateway.client() as wild, gateway.client() as calm:
        calm.cookies.set("sid", "another-token-0123456789")
        statuses = [wild.get("/api/v1/orders").status_code for _ in range(21)]
        assert statuses == [200] * 20 + [429]
        assert calm.get("/api/v1/orders").status_code == 200


# ------------------------------------------------------------------------------------------------ errors


def test_a_service_that_is_not_there_is_unavailable_with_a_time_to_come_back(
    client: httpx.Client, key: dict[str, str]
) -> None:
    answer = client.get("/api/v1/invoices")

    problem(answer, 503, "unavailable")
    assert int(answer.headers["retry-after"]) >= 1


def a_hit(number: str, found_by: str, day: str, kind: str = "order") -> dict[str, Any]:
    return {"kind": kind, "number": number, "found_by": found_by, "day": day}


def test_a_search_asks_the_services_at_once_and_tells_the_closest_first(
    gateway: RunningGateway, services: FakeServices, amqp_url: str, client: httpx.Client
) -> None:
    invoicing = FakeServices(amqp_url, ("invoicing",))
    invoicing.start()
    orders_waits = threading.Event()

    def orders_answer(_: Any) -> dict[str, Any]:
        # Orders answers only once invoicing was asked too.
        invoicing.wait_for("search_invoices")
        orders_waits.set()
        hits = [a_hit("PO-1", "number", "2026-11-01"), a_hit("PO-2", "item", "2026-11-03")]
        return {"ok": {"items": hits}}

    services.answers["search_orders"] = orders_answer
    late = a_hit("INV-1", "number", "2026-11-02", "invoice")
    invoicing.answers["search_invoices"] = lambda _: {"ok": {"items": [late]}}

    answer = client.get("/api/v1/search", params={"text": "po", "limit": "5"})
    invoicing.stop()

    assert answer.status_code == 200
    assert [hit["number"] for hit in answer.json()["items"]] == ["INV-1", "PO-1", "PO-2"]
    assert answer.json()["missing"] == []
    assert orders_waits.is_set()
    (asked,) = invoicing.asked("search_invoices")
    assert asked["payload"] == {"text": "po", "limit": 5}
    assert asked["actor"]["organisation_id"] == ORGANISATION


@pytest.mark.requirement("S-235")
def test_a_search_tells_what_was_found_although_a_service_is_away(
    gateway: RunningGateway, services: FakeServices, amqp_url: str, client: httpx.Client
) -> None:
    services.answers["search_orders"] = lambda _: {"ok": {"items": [a_hit("PO-1", "number", "2026-11-01")]}}

    answer = client.get("/api/v1/search?text=po")

    assert answer.status_code == 200
    assert [hit["number"] for hit in answer.json()["items"]] == ["PO-1"]
    assert answer.json()["missing"] == ["invoicing"]


def test_a_search_for_nothing_is_refused(client: httpx.Client) -> None:
    problem(client.get("/api/v1/search?text="), 422, "invalid")
    problem(client.get("/api/v1/search"), 422, "invalid")


def test_an_error_of_a_service_is_told_without_its_inner_life(
    client: httpx.Client, services: FakeServices
) -> None:
    services.answers["list_orders"] = lambda _: {
        "exc_type": "ProgrammingError",
        "value": "relation secret_table",
    }

    answer = client.get("/api/v1/orders")

    problem(answer, 500, "service-failed")
    assert "secret" not in answer.text
    assert "Error" not in answer.text


def test_an_error_of_the_gateway_itself_is_a_problem_like_any_other(
    client: httpx.Client, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("services.gateway.resources.Call.respond", fail)

    answer = client.get("/api/v1/orders")

    problem(answer, 500, "internal-error")
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/orders", 200),
        ("GET", "/api/v1/orders?limit=0", 422),
        ("POST", "/api/v1/orders", 400),
        ("DELETE", "/api/v1/orders", 405),
        ("GET", "/nothing", 404),
        ("GET", "/problems/stale", 200),
        ("GET", "/api/docs", 200),
        ("GET", "/api/v1/openapi.json", 200),
        ("GET", "/", 303),
    ],
)
def test_every_answer_carries_the_security_headers(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path, follow_redirects=False)

    assert answer.status_code == status
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "base-uri 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "server" not in answer.headers
    if path.startswith("/api/v1/orders"):
        assert answer.headers["cache-control"] == "no-store"


def test_every_kind_of_problem_leads_to_a_page_that_explains_it(client: httpx.Client) -> None:
    for code in ("invalid", "idempotency-key-missing", "not-confirmable"):
        page = client.get(f"/problems/{code}")

        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
    problem(client.get("/problems/<script>"), 404, "not-found")


def test_the_page_of_a_problem_may_have_its_own_style_and_nothing_else(client: httpx.Client) -> None:
    page = client.get("/problems/not-found")

    (style,) = re.findall("<style>(.*)</style>", page.text)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = page.headers["content-security-policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


# ----------------------------------------------------------------------------------------- being watched


def test_a_request_has_one_number_from_the_caller_to_the_service_and_in_the_log(
    client: httpx.Client, services: FakeServices, gateway: RunningGateway
) -> None:
    answer = client.get("/api/v1/orders", headers={"X-Request-ID": "partner-call-0042"})
    own = client.get("/api/v1/orders", headers={"X-Request-ID": "<evil> & more"})

    assert answer.headers["x-request-id"] == "partner-call-0042"
    assert len(own.headers["x-request-id"]) == 32
    assert [request["correlation_id"] for request in services.asked("list_orders")] == [
        "partner-call-0042",
        own.headers["x-request-id"],
    ]
    lines = [json.loads(line) for line in gateway.log.getvalue().splitlines()]
    assert [line["correlation_id"] for line in lines] == ["partner-call-0042", own.headers["x-request-id"]]
    assert {line["status"] for line in lines} == {200}
    assert TOKEN not in gateway.log.getvalue()


def test_a_line_of_the_log_cannot_be_forged(client: httpx.Client, gateway: RunningGateway) -> None:
    client.get("/api/v1/orders/%0a%7b%22event%22%3a%22forged%22%7d")

    (line,) = gateway.log.getvalue().splitlines()
    assert json.loads(line)["event"] == "request"


def test_metrics_name_the_route_and_not_the_document(client: httpx.Client) -> None:
    from prometheus_client import generate_latest

    client.get(f"/api/v1/orders/{ORDER}")

    text = generate_latest().decode()
    assert 'route="/orders/{order_id}"' in text
    assert ORDER not in text
    assert 'counterpart_rpc_calls_made_total{operation="get_order",outcome="ok",service="orders"}' in text
