"""Documents and attached files through the whole gateway; behind it, services that the test plays."""

import asyncio
import errno
import hashlib
import io
import json
import os
import resource
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pypdf
import pytest

from services.chassis.errors import Forbidden, NotFound
from services.chassis.wire import dumps, encode
from services.contracts.notifications.kinds import FILE_BYTES
from services.gateway import workers as pool
from services.gateway.api import ROUTES
from services.gateway.bus import Answer, Wish
from services.gateway.documents import handlers
from services.gateway.edge import Edge
from services.gateway.files.attachments import Attachments
from services.gateway.files.store import FolderStore
from services.gateway.limiting import Limits, Rates
from services.gateway.problems import Busy, InternalError, TooSlow
from services.gateway.resources import Context, Site
from services.gateway.routes import Table
from services.gateway.sessions import Sessions
from services.gateway.workers import Workers
from tests.builders.papers import AT, an_id, an_invoice, an_order
from tests.builders.uploads import a_pdf, a_png, an_xlsx

PDF = a_pdf()
ORDER = f"/api/v1/orders/{an_id(1)}"
CONTENT = f"/api/v1/attachments/{an_id(7)}/content"
BINARY = {"Content-Type": "application/octet-stream"}


class FakeBus:
    """Answers with what the test says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[dict[str, Any]], Any]] = {
            "authenticate": lambda _: {
                "id": str(an_id(20)),
                "user": {"id": str(an_id(21)), "name": "Anna Kovalenko"},
                "standings": [
                    {
                        "organisation": {"id": str(an_id(2)), "name": "Windmill"},
                        "kind": "customer",
                        "roles": ["buyer-admin"],
                    }
                ],
                "acting_for": None,
                "must_change_password": False,
                "csrf_token": "csrf-token",
            },
            "get_order": lambda _: encode(an_order()),
            "get_invoice": lambda _: encode(an_invoice(paid="100")),
            "list_attachments": lambda _: {"items": [], "next": None},
            "attach_file": self._attached,
            "get_attachment": lambda _: self.attachment,
        }
        self.attachment: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def call(self, wish: Wish) -> Answer:
        payload = json.loads(wish.payload)
        self.asked.append((wish.method, payload))
        return Answer(dumps(self.answers[wish.method](payload)).encode())

    def names(self) -> list[str]:
        return [name for name, _ in self.asked]

    def _attached(self, payload: dict[str, Any]) -> dict[str, Any]:
        order = an_order()
        self.attachment = {
            "id": an_id(7),
            "sequence": 1,
            "document": {
                "kind": payload["document_kind"],
                "id": payload["document_id"],
                "number": order.number,
            },
            **{name: payload[name] for name in ("name", "media_type", "size", "sha256")},
            "attached_by": encode(order.initiator),
            "organisation": encode(order.customer),
            "attached_at": AT,
        }
        return self.attachment


class Portal:
    """A gateway without sockets: the ASGI application, a folder for files, and real worker processes."""

    def __init__(self, folder: Path) -> None:
        self.bus = FakeBus()
        self.folder = folder
        self.workers = Workers(workers=1)
        self.files = Attachments(FolderStore(folder))
        bus: Any = self.bus
        context = Context(
            bus, Sessions(bus), Limits(Rates()), Site("http://portal.test"), self.workers, self.files
        )
        self.app = Edge(context, Table(ROUTES), {}, access_log=io.StringIO())

    def browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),  # type: ignore[arg-type]
            base_url="http://portal.test",
            cookies={"sid": "session-token-0123456789"},
            headers={"X-CSRF-Token": "csrf-token"},
        )

    def kept(self) -> list[str]:
        return sorted(path.name for path in self.folder.rglob("*") if path.is_file())


Story = Callable[[Portal, httpx.AsyncClient], Awaitable[None]]


@pytest.fixture
def tell(tmp_path: Path) -> Callable[[Story], None]:
    """`tell(story)` runs a story against a fresh portal."""

    def told(story: Story) -> None:
        async def run() -> None:
            portal = Portal(tmp_path / "files")
            try:
                async with portal.browser() as browser:
                    await story(portal, browser)
            finally:
                await portal.workers.stop()

        asyncio.run(run())

    return told


async def upload(
    browser: httpx.AsyncClient, data: Any, name: str = "drawing.pdf", to: str = ORDER, **headers: str
) -> httpx.Response:
    return await browser.post(
        f"{to}/attachments",
        params={"name": name},
        content=data,
        headers={**BINARY, "Idempotency-Key": str(uuid.uuid4()), **headers},
    )


# ------------------------------------------------------------------------------------------ documents


@pytest.mark.requirement("S-022")
def test_an_order_and_an_invoice_download_as_pdf_and_as_xlsx(tell: Callable[[Story], None]) -> None:
    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        invoice = f"/api/v1/invoices/{an_id(10)}"
        for path, number in ((ORDER, "PO-2026-00042"), (invoice, "INV-881")):
            as_pdf = await browser.get(f"{path}/document.pdf", headers={"Accept-Language": "uk"})
            as_xlsx = await browser.get(f"{path}/document.xlsx")

            assert as_pdf.status_code == as_xlsx.status_code == 200
            assert as_pdf.headers["content-type"] == "application/pdf"
            assert as_pdf.headers["content-disposition"].startswith(f'attachment; filename="{number}.pdf"')
            assert as_pdf.headers["x-content-type-options"] == "nosniff"
            assert as_pdf.headers["content-language"] == "uk"
            assert as_xlsx.headers["content-language"] == "en"
            text = pypdf.PdfReader(io.BytesIO(as_pdf.content)).pages[0].extract_text()
            assert number in text
            assert "Постачальник" in text
            sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx.content)).worksheets[0]
            assert number in {cell.value for row in sheet.iter_rows() for cell in row}

    tell(story)


def test_who_may_not_see_an_order_gets_no_document_of_it(tell: Callable[[Story], None]) -> None:
    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        def nothing(_: Any) -> None:
            raise NotFound("There is no such order.")

        portal.bus.answers["get_order"] = nothing

        answer = await browser.get(f"{ORDER}/document.pdf")

        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"

    tell(story)


def _pages(count: int) -> Callable[[dict[str, Any]], Any]:
    """A list of `count` orders, given out as a service gives it."""
    order = encode(an_order())

    def answer(payload: dict[str, Any]) -> dict[str, Any]:
        start = int(payload["after"] or 0)
        stop = min(start + payload["limit"], count)
        items = [{**order, "number": f"PO-{number}", "line_count": 2} for number in range(start, stop)]
        return {"items": items, "next": str(stop) if stop < count else None}

    return answer


@pytest.mark.requirement("S-232")
def test_the_export_of_a_list_has_all_its_pages_and_asks_with_its_filters(
    tell: Callable[[Story], None],
) -> None:
    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        portal.bus.answers["list_orders"] = _pages(450)

        as_csv = await browser.get("/api/v1/orders/export.csv", params={"status": "submitted"})
        as_xlsx = await browser.get("/api/v1/orders/export.xlsx")

        assert as_csv.headers["content-type"] == "text/csv; charset=utf-8"
        lines = as_csv.content.decode("utf-8-sig").splitlines()
        assert [line.split(",")[0] for line in lines[1:]] == [f"PO-{number}" for number in range(450)]
        asked = [payload for name, payload in portal.bus.asked if name == "list_orders"]
        assert [payload["after"] for payload in asked[:3]] == [None, "200", "400"]
        assert all(payload["status"] == ["submitted"] for payload in asked[:3])
        book = openpyxl.load_workbook(io.BytesIO(as_xlsx.content))
        assert book.worksheets[0].max_row == 451
        assert [cell.value for cell in book.worksheets[1][2]][:2] == ["EUR", 450]

    tell(story)


def test_a_list_too_long_for_a_file_is_refused_rather_than_cut(
    tell: Callable[[Story], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        portal.bus.answers["list_orders"] = _pages(401)

        answer = await browser.get("/api/v1/orders/export.csv")

        assert answer.status_code == 422
        assert answer.json()["type"] == "/problems/too-many-rows"
        portal.bus.answers["list_orders"] = _pages(400)
        assert (await browser.get("/api/v1/orders/export.csv")).status_code == 200

    monkeypatch.setattr(handlers, "MOST_ROWS", 400)
    tell(story)


def test_an_unknown_filter_of_an_export_is_named(tell: Callable[[Story], None]) -> None:
    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        for query in ("colour=red", "limit=5", "after=x", "status=lost"):
            answer = await browser.get(f"/api/v1/orders/export.csv?{query}")

            assert answer.status_code == 422
            assert query.split("=")[0] in str(answer.json()["errors"])

    tell(story)


# ---------------------------------------------------------------------------------------- attachments


@pytest.mark.requirement("S-012", "S-023")
@pytest.mark.parametrize("to", [ORDER, f"/api/v1/invoices/{an_id(10)}"])
def test_an_attached_file_comes_back_unchanged(tell: Callable[[Story], None], to: str) -> None:
    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        up = await upload(browser, PDF, "Креслення №5.pdf", to)
        down = await browser.get(CONTENT)

        assert up.status_code == 201
        assert up.headers["location"] == f"/api/v1/attachments/{an_id(7)}"
        assert (up.json()["media_type"], up.json()["size"]) == ("application/pdf", len(PDF))
        assert down.status_code == 200
        assert hashlib.sha256(down.content).hexdigest() == up.json()["sha256"]
        assert down.content == PDF
        assert down.headers["etag"] == f'"{up.json()["sha256"]}"'
        assert down.headers["content-type"] == "application/pdf"
        assert down.headers["content-length"] == str(len(PDF))
        assert down.headers["content-disposition"].startswith("attachment; ")
        assert "%D0%9A%D1%80%D0%B5%D1%81%D0%BB%D0%B5%D0%BD%D0%BD%D1%8F" in down.headers["content-disposition"]
        assert down.headers["x-content-type-options"] == "nosniff"
        assert down.headers["content-security-policy"].startswith("sandbox;")

    tell(story)


@pytest.mark.requirement("S-023")
def test_a_file_of_many_parts_is_kept_as_it_was(tell: Callable[[Story], None]) -> None:
    data = b"id;text\n" + b"".join(b"%d;%s\n" % (number, b"x" * 90) for number in range(20_000))

    async def parts() -> AsyncIterator[bytes]:
        for at in range(0, len(data), 7_001):
            yield data[at : at + 7_001]

    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        up = await upload(browser, parts(), "rows.csv")

        assert up.status_code == 201
        assert (await browser.get(CONTENT)).content == data

    tell(story)


def test_the_same_content_is_kept_once(tell: Callable[[Story], None]) -> None:
    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        answers = await asyncio.gather(*(upload(browser, PDF, f"{number}.pdf") for number in range(5)))

        assert [answer.status_code for answer in answers] == [201] * 5
        assert portal.kept() == [hashlib.sha256(PDF).hexdigest()]

    tell(story)


def test_a_part_of_a_file_and_a_known_file_can_be_asked_for(tell: Callable[[Story], None]) -> None:
    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        etag = f'"{(await upload(browser, PDF)).json()["sha256"]}"'
        size = len(PDF)

        async def ask(**headers: str) -> httpx.Response:
            return await browser.get(
                CONTENT, headers={name.replace("_", "-"): value for name, value in headers.items()}
            )

        for wanted, start, stop in (
            ("0-9", 0, 10),
            ("10-", 10, size),
            ("-5", size - 5, size),
            ("5-999999999", 5, size),
        ):
            part = await ask(Range=f"bytes={wanted}")
            assert (part.status_code, part.content) == (206, PDF[start:stop])
            assert part.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
        for whole in ("bytes=9-3", "bytes=0-1,5-6", "lines=1-2", "bytes=-"):
            assert (await ask(Range=whole)).status_code == 200
        beyond = await ask(Range=f"bytes={size}-")
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
        assert (await ask(Range="bytes=-0")).status_code == 416
        assert (await ask(Range="bytes=0-1", If_Range='"other"')).status_code == 200
        assert (await ask(If_None_Match=f'"x", {etag}')).status_code == 304
        head = await browser.head(CONTENT)
        assert (head.content, head.headers["content-length"]) == (b"", str(size))

    tell(story)


@pytest.mark.requirement("S-012")
@pytest.mark.parametrize(
    ("name", "data", "status", "said"),
    [
        ("setup.exe", b"MZ", 422, "not taken"),
        ("page.html", b"<html>", 422, "not taken"),
        ("logo.svg", b"<svg/>", 422, "not taken"),
        ("photo.png", PDF, 422, "not a PNG picture, but application/pdf"),
        ("empty.pdf", b"", 422, "empty"),
        ("../x.pdf", PDF, 422, "not acceptable"),
        ("a\r\nb.pdf", PDF, 422, "not acceptable"),
        ("x" * 200 + ".pdf", PDF, 422, "not acceptable"),
    ],
)
def test_a_refused_upload_leaves_nothing_behind(
    tell: Callable[[Story], None], name: str, data: bytes, status: int, said: str
) -> None:
    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        answer = await upload(browser, data, name)

        assert answer.status_code == status
        assert said in answer.json()["detail"]
        assert portal.kept() == []
        assert "attach_file" not in portal.bus.names()

    tell(story)


def test_a_file_over_the_limit_is_refused_whether_it_says_so_or_not(tell: Callable[[Story], None]) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(FILE_BYTES // 1_000_000 + 2):
            yield b"x" * 1_000_000

    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        told = await upload(browser, b"x", **{"Content-Length": str(FILE_BYTES + 1)})
        untold = await upload(browser, endless(), "rows.csv")

        assert (told.status_code, untold.status_code) == (413, 413)
        assert "25 MB" in untold.json()["detail"]
        assert portal.kept() == []

    tell(story)


def test_an_upload_must_say_its_name_and_be_the_bare_bytes(tell: Callable[[Story], None]) -> None:
    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        nameless = await browser.post(
            f"{ORDER}/attachments", content=PDF, headers={**BINARY, "Idempotency-Key": "12345678"}
        )
        as_form = await upload(browser, PDF, **{"Content-Type": "multipart/form-data; boundary=x"})

        assert nameless.status_code == 422
        assert nameless.json()["errors"][0]["parameter"] == "name"
        assert as_form.status_code == 415

    tell(story)


def test_nobody_sends_a_file_to_a_document_that_is_not_theirs(tell: Callable[[Story], None]) -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("nothing of the file was to be read")
        yield b""

    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        def nothing(_: Any) -> None:
            raise NotFound("There is no such document.")

        portal.bus.answers["list_attachments"] = nothing

        assert (await upload(browser, never())).status_code == 404
        assert portal.kept() == []

    tell(story)


def test_a_full_disk_is_told_and_leaves_no_half_file_and_no_row(
    tell: Callable[[Story], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        monkeypatch.setattr(os, "fsync", full)
        refused = await upload(browser, PDF)
        monkeypatch.setattr(os, "fsync", real)

        assert refused.status_code == 507
        assert refused.json()["type"] == "/problems/storage-full"
        assert portal.kept() == []
        assert "attach_file" not in portal.bus.names()
        assert (await upload(browser, PDF)).status_code == 201

    tell(story)


def test_a_disk_that_fills_up_half_way_leaves_no_half_file(tell: Callable[[Story], None]) -> None:
    """A limit on the size of files stands for the disk: the kernel stops the write in the middle."""

    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
        try:
            refused = await upload(browser, b"a;b\n" * 200_000, "rows.csv")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

        assert refused.status_code == 507
        assert portal.kept() == []

    tell(story)


def test_a_refusal_by_the_service_is_told(tell: Callable[[Story], None]) -> None:
    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        def no(_: Any) -> None:
            raise Forbidden("This document carries 50 files already.")

        portal.bus.answers["attach_file"] = no

        answer = await upload(browser, a_png(), "dot.png")

        assert (answer.status_code, answer.json()["detail"]) == (
            403,
            "This document carries 50 files already.",
        )

    tell(story)


def test_a_file_that_has_gone_missing_is_an_error_and_no_empty_download(
    tell: Callable[[Story], None],
) -> None:
    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        await upload(browser, an_xlsx(), "sheet.xlsx")
        for path in portal.folder.rglob("*"):
            if path.is_file():
                path.unlink()

        assert (await browser.get(CONTENT)).status_code == 500

    tell(story)


def test_a_client_that_leaves_half_way_leaves_nothing(tell: Callable[[Story], None]) -> None:
    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        request = browser.build_request(
            "POST", f"{ORDER}/attachments?name=a.pdf", headers={**BINARY, "Idempotency-Key": "12345678"}
        )
        scope = {
            "type": "http",
            "method": "POST",
            "path": f"{ORDER}/attachments",
            "query_string": b"name=a.pdf",
            "headers": [
                *((name.lower(), value) for name, value in request.headers.raw),
                (b"cookie", b"sid=session-token-0123456789"),
            ],
            "client": ("127.0.0.1", 1),
        }
        messages = iter(
            [{"type": "http.request", "body": b"%PDF-", "more_body": True}, {"type": "http.disconnect"}]
        )
        sent: list[Any] = []

        async def receive() -> Any:
            return next(messages)

        async def send(message: Any) -> None:
            sent.append(message)

        await portal.app(scope, receive, send)

        assert sent == []
        assert portal.kept() == []
        assert portal.files.arriving == 0

    tell(story)


# -------------------------------------------------------------------------------------------- workers


def test_a_job_that_takes_too_long_ends_with_its_process_and_the_next_one_works() -> None:
    async def story() -> None:
        workers = Workers(workers=1, patience=0.0001)
        with pytest.raises(TooSlow):
            await workers.do("pdf", {"kind": "order", "language": "en"}, dumps(an_order()).encode())
        workers._patience = 20
        _, made = await workers.do("pdf", {"kind": "order", "language": "en"}, dumps(an_order()).encode())
        await workers.stop()

        assert made.startswith(b"%PDF-")

    asyncio.run(story())


def test_more_jobs_than_may_wait_are_sent_away_at_once() -> None:
    async def story() -> None:
        workers = Workers(workers=1, most_waiting=1)
        order = dumps(an_order()).encode()

        results = await asyncio.gather(
            *(workers.do("xlsx", {"kind": "order", "language": "en"}, order) for _ in range(5)),
            return_exceptions=True,
        )
        await workers.stop()

        assert sum(isinstance(result, Busy) for result in results) == 3
        assert workers.admitted == 0

    asyncio.run(story())


def test_a_busy_portal_says_when_to_come_back(tell: Callable[[Story], None]) -> None:
    async def story(portal: Portal, browser: httpx.AsyncClient) -> None:
        portal.workers._most = 0

        answer = await browser.get(f"{ORDER}/document.pdf")

        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")

    tell(story)


def test_a_worker_that_was_killed_while_idle_is_not_noticed() -> None:
    async def story() -> None:
        workers = Workers(workers=1)
        order = dumps(an_order()).encode()
        await workers.do("xlsx", {"kind": "order", "language": "en"}, order)
        (idle,) = workers._free
        idle.process.kill()
        await idle.process.wait()

        _, made = await workers.do("xlsx", {"kind": "order", "language": "en"}, order)
        await workers.stop()

        assert made.startswith(b"PK")

    asyncio.run(story())


def test_a_worker_knows_no_secret_of_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPART_SECRET_KEY", "canary")

    async def story() -> None:
        process = await pool._start()
        environment = await asyncio.to_thread(Path(f"/proc/{process.pid}/environ").read_bytes)
        process.kill()
        await process.wait()

        assert b"canary" not in environment
        assert b"COUNTERPART" not in environment

    asyncio.run(story())


def test_a_fault_of_our_own_in_a_job_is_an_error_without_its_text() -> None:
    async def story() -> None:
        workers = Workers(workers=1)
        with pytest.raises(InternalError) as failed:
            await workers.do("pdf", {"kind": "order", "language": "en"}, b'{"secret": 1}')
        await workers.stop()

        assert "secret" not in failed.value.detail

    asyncio.run(story())
