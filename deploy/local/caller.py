"""A caller of the public API, as any program could be one: the demo, the measures and the stories use it.

    anna = Caller.signed_in(url, "anna@example.com", "…")
    order = anna.post("/orders", {...})

It adds what the API asks of every caller: the CSRF token of the session, an Idempotency-Key with each change,
and `If-Match` where something is replaced. An answer that is no success is raised as `CallRefused`.
"""

import copy
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

import httpx

PREFIX = "/api/v1"
PATIENCE = 30.0
# "Not at this moment" (503) and "too many at once" (429) are asked again; the key makes that harmless.
TRIES = 8


class CallRefused(Exception):
    """The API said no; `status`, `code` and `problem` are what it answered (RFC 9457)."""

    def __init__(self, method: str, path: str, answer: httpx.Response) -> None:
        try:
            self.problem: dict[str, Any] = answer.json()
        except ValueError:
            self.problem = {"title": answer.text[:200]}
        self.status = answer.status_code
        self.code = str(self.problem.get("type", "")).rsplit("/", 1)[-1]
        faults = "; ".join(f"{fault}" for fault in self.problem.get("errors", ()))
        detail = self.problem.get("detail") or self.problem.get("title")
        super().__init__(f"{method} {path}: {self.status} {detail} {faults}".rstrip())


class Caller:
    """One person or program that talks to the gateway."""

    def __init__(self, url: str, *, api_key: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self.url = url
        self.session: dict[str, Any] = {}
        self._headers: dict[str, str] = {}
        self._http = httpx.Client(
            base_url=url + PREFIX,
            headers={"Origin": url, **headers},
            timeout=PATIENCE,
            transport=httpx.HTTPTransport(retries=2),
            trust_env=False,
        )

    @classmethod
    def signed_in(cls, url: str, name: str, password: str) -> "Caller":
        """Somebody who has signed in with e-mail or username and password."""
        caller = cls(url)
        caller.session = caller.post("/sessions", {"name": name, "password": password})
        caller._http.headers["X-CSRF-Token"] = caller.session["csrf_token"]
        return caller

    def acting_for(self, organisation_id: str) -> "Caller":
        """The same person and connection, speaking for another of their organisations."""
        other = copy.copy(self)
        other._headers = {"Counterpart-Organisation": organisation_id}
        return other

    def get(self, path: str, **query: Any) -> Any:
        """What is there."""
        asked = {name: value for name, value in query.items() if value is not None}
        return self._ask("GET", path, params=asked)

    def post(self, path: str, content: Mapping[str, Any] | None = None, *, key: str | None = None) -> Any:
        """Do something; a repetition with the same `key` does it once."""
        return self._ask("POST", path, json=dict(content or {}), headers=_key(key))

    def put(self, path: str, content: Mapping[str, Any], *, sequence: int, key: str | None = None) -> Any:
        """Replace something of which `sequence` was read."""
        return self._ask("PUT", path, json=dict(content), headers={**_key(key), "If-Match": f'"{sequence}"'})

    def delete(self, path: str, *, key: str | None = None) -> Any:
        """Delete something."""
        return self._ask("DELETE", path, headers=_key(key))

    def all(self, path: str, **query: Any) -> Iterator[Any]:
        """Every item of a list, page by page."""
        after = None
        while True:
            page = self.get(path, after=after, limit=200, **query)
            yield from page["items"]
            after = page["next"]
            if after is None:
                return

    def _ask(self, method: str, path: str, **request: Any) -> Any:
        request["headers"] = {**self._headers, **request.get("headers", {})}
        for _ in range(TRIES - 1):
            answer = self._http.request(method, path, **request)
            if answer.status_code not in (429, 503):
                break
            self._pause(answer)
        else:
            answer = self._http.request(method, path, **request)
        if not answer.is_success:
            raise CallRefused(method, path, answer)
        return answer.json() if answer.content else None

    @staticmethod
    def _pause(answer: httpx.Response) -> None:
        time.sleep(min(float(answer.headers.get("Retry-After", 1)), 10))

    def once(self, method: str, path: str) -> httpx.Response:
        """The plain answer to one request, whatever it is."""
        changes = {} if method == "GET" else _key(None)
        return self._http.request(method, path, headers={**self._headers, **changes})

    def stream(self, path: str, **query: Any) -> AbstractContextManager[httpx.Response]:
        """An answer that does not end, to be read line by line."""
        asked = {name: value for name, value in query.items() if value is not None}
        return self._http.stream("GET", path, params=asked, timeout=httpx.Timeout(PATIENCE, read=None))

    def upload(self, path: str, name: str, content: bytes, media_type: str) -> Any:
        """Send a file as it is."""
        headers = {**_key(None), "Content-Type": media_type}
        return self._ask("POST", path, params={"name": name}, content=content, headers=headers)

    def download(self, path: str) -> bytes:
        """Get a file as it is."""
        answer = self._http.get(path)
        if not answer.is_success:
            raise CallRefused("GET", path, answer)
        return answer.content

    def close(self) -> None:
        """End the connections."""
        self._http.close()


def _key(key: str | None) -> dict[str, str]:
    return {"Idempotency-Key": key or str(uuid.uuid4())}
