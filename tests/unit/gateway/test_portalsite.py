"""The portal's files as the gateway serves them: what is sent, in which form, and what browsers are told."""

import asyncio
import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from services.gateway.edge import Edge
from services.gateway.errorpages import PAGES
from services.gateway.portalsite import PortalSite
from services.gateway.resources import Context, Site
from services.gateway.routes import Table

SCRIPT = b"console.log('counterpart');" * 60
Get = Callable[..., httpx.Response]


class _OnlyASite:
    """All that serving files asks of the context."""

    site = Site("https://portal.example")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small built portal."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Counterpart</title>")
    (tmp_path / "mark.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "assets" / "index-abc123.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "index-abc123.js.gz").write_bytes(gzip.compress(SCRIPT, mtime=0))
    (tmp_path / "assets" / "index-abc123.js.br").write_bytes(b"packed with brotli")
    return tmp_path


@pytest.fixture
def get(folder: Path) -> Get:
    """Asks the whole edge for a path; the answer's bytes are as they were sent."""
    pages = {path: page for path, page in PAGES.items() if path != "/"}
    app = Edge(
        cast(Context, _OnlyASite()), Table(()), pages, access_log=io.StringIO(),
        elsewhere=PortalSite(folder).page,
    )  # fmt: skip

    def ask(path: str, method: str = "GET", **headers: str) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=cast(Any, app))
            async with httpx.AsyncClient(transport=transport, base_url="https://portal.example") as client:
                told = {name.replace("_", "-"): value for name, value in headers.items()}
                request = client.build_request(method, path, headers={"accept-encoding": "identity", **told})
                answer = await client.send(request, stream=True)
                answer.extensions["sent"] = b"".join([part async for part in answer.aiter_raw()])
                return answer

        return asyncio.run(asked())

    return ask


@pytest.mark.parametrize(
    "path", ["/", "/orders", "/orders/018f6b7e-3c1a-7c4e-9a51-2f5f0a7b9d10", "/links/invitation"]
)
def test_every_address_of_a_page_answers_with_the_portal(get: Get, path: str) -> None:
    answer = get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert b"Counterpart" in answer.extensions["sent"]
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/v1/nothing",
        "/assets/gone-1.js",
        "/healthz",
        "/metrics",
        "/favicon.ico",
        "/.env",
        "/a/b.php",
    ],
)
def test_what_is_no_page_is_not_answered_with_one(get: Get, path: str) -> None:
    answer = get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_what_a_problem_means_is_still_a_page_of_its_own(get: Get) -> None:
    assert get("/problems/not-found").status_code == 200


def test_no_script_runs_that_is_not_a_file_of_ours(get: Get) -> None:
    headers = get("/orders").headers

    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "max-age" in headers["strict-transport-security"]


def test_an_asset_named_for_its_content_is_kept_for_ever(get: Get) -> None:
    headers = get("/assets/index-abc123.js").headers

    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    ("accepted", "encoding", "sent"),
    [
        ("gzip, deflate, br", "br", b"packed with brotli"),
        ("gzip", "gzip", gzip.compress(SCRIPT, mtime=0)),
        ("br;q=0, gzip", "gzip", gzip.compress(SCRIPT, mtime=0)),
        ("identity", None, SCRIPT),
    ],
    ids=["brotli before gzip", "gzip alone", "brotli refused", "neither"],
)
def test_the_smallest_form_the_browser_takes_is_sent(
    get: Get, accepted: str, encoding: str | None, sent: bytes
) -> None:
    answer = get("/assets/index-abc123.js", accept_encoding=accepted)

    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    unpacked = gzip.decompress(answer.extensions["sent"]) if encoding == "gzip" else answer.extensions["sent"]
    assert unpacked == (SCRIPT if encoding == "gzip" else sent)


def test_a_page_that_is_still_the_same_is_not_sent_again(get: Get) -> None:
    first = get("/orders")

    again = get("/invoices", if_none_match=first.headers["etag"])

    assert again.status_code == 304
    assert again.extensions["sent"] == b""


def test_nothing_is_changed_at_a_page(get: Get) -> None:
    answer = get("/orders", method="POST")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


def test_a_folder_that_holds_no_portal_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not a built portal"):
        PortalSite(tmp_path)
