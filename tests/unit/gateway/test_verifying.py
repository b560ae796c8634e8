"""The link on a document: signed, short, and true to what the document says; its code on the page of paper."""

import asyncio
import io
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pypdf
import pytest

from services.chassis.errors import NotFound
from services.chassis.wire import encode
from services.contracts.actors import OrganisationKind, Role
from services.contracts.invoicing.views import InvoiceStatus
from services.gateway import work
from services.gateway.api import ROUTES
from services.gateway.documents import content, pdf
from services.gateway.documents.routes import of_document
from services.gateway.edge import Edge
from services.gateway.files.attachments import Attachments
from services.gateway.files.store import FolderStore
from services.gateway.limiting import Limits, Rates
from services.gateway.resources import Context, Site
from services.gateway.routes import Table
from services.gateway.sessions import Sessions
from services.gateway.verifying.digests import digest
from services.gateway.verifying.links import LONGEST, QUESTIONS, NotOurs, Sheet, SheetLinks
from services.gateway.verifying.page import Verification
from services.gateway.workers import Workers
from tests.builders.papers import an_id, an_invoice, an_order
from tests.unit.gateway.test_files_over_http import FakeBus

LINKS = SheetLinks("k" * 32, "https://portal.example/")


def a_sheet(kind: str = "invoice", **fields: str) -> Sheet:
    id_field = next(field for name, _, field in QUESTIONS if name == kind)
    return Sheet(
        kind=kind,
        fields={id_field: str(an_id(7)), **fields},
        organisation_id=an_id(8),
        organisation_kind=OrganisationKind.CUSTOMER,
        roles=frozenset({Role.BUYER_ACCOUNTING, Role.INITIATOR}),
        digest=digest(content.of_invoice(an_invoice(), "en")),
    )


@pytest.mark.parametrize("kind", [kind for kind, _, _ in QUESTIONS])
def test_a_link_says_again_what_it_was_made_of(kind: str) -> None:
    sheet = a_sheet(kind, currency="EUR") if kind == "statement" else a_sheet(kind)

    token = LINKS.token(sheet)

    assert LINKS.read(token) == sheet
    assert LINKS.url(sheet) == f"https://portal.example/v/{token}"
    assert len(token) < 130 < LONGEST


def test_a_report_about_all_partners_has_no_id() -> None:
    sheet = replace(a_sheet("ageing"), fields={})

    assert LINKS.read(LINKS.token(sheet)) == sheet


def test_a_link_that_was_changed_anywhere_is_not_ours() -> None:
    token = LINKS.token(a_sheet())

    for place, letter in enumerate(token):
        other = "A" if letter != "A" else "B"
        changed = token[:place] + other + token[place + 1 :]
        # The last letter of base64 has bits that say nothing.
        if place not in (len(token) - 1, token.rindex(".") - 1):
            with pytest.raises(NotOurs):
                LINKS.read(changed)
    for strange in ("", ".", "x" * 10_000, token[:-1] + "é", SheetLinks("o" * 32, "").token(a_sheet())):
        with pytest.raises(NotOurs):
            LINKS.read(strange)


def test_nobody_gets_roles_of_another_side_by_a_link() -> None:
    sheet = replace(a_sheet(), roles=frozenset({Role.BUYER_ADMIN, Role.OPERATOR_MANAGEMENT}))

    assert LINKS.read(LINKS.token(sheet)).roles == {Role.BUYER_ADMIN}


def test_every_document_that_is_a_pdf_can_be_checked() -> None:
    kinds = {kind for kind, _, _ in QUESTIONS}
    printed = {route.shape for route in ROUTES if route.path.endswith(".pdf")}

    assert printed <= {question for _, question, _ in QUESTIONS}
    assert kinds <= set(work.DOCUMENTS)
    assert of_document("/x", QUESTIONS[0][1], "order")


@pytest.mark.parametrize(
    "change",
    [
        {"number": "INV-2"},
        {"status": InvoiceStatus.REJECTED},
        {"note": "Other words."},
        {"lines": ()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_differs_gives_another_digest(change: dict[str, Any]) -> None:
    invoice = an_invoice()

    assert digest(content.of_invoice(replace(invoice, **change), "en")) != digest(
        content.of_invoice(invoice, "en")
    )
    assert digest(content.of_invoice(replace(invoice, sequence=99), "en")) == digest(
        content.of_invoice(invoice, "en")
    )


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_code_and_the_address_stand_on_the_page(language: str) -> None:
    url = LINKS.url(a_sheet())

    made = pdf.rendered(content.of_order(an_order(), language), url)

    reader = pypdf.PdfReader(io.BytesIO(made))
    text = "".join(page.extract_text() for page in reader.pages).replace("\u200b", "").replace("\n", "")
    assert url in text
    assert set(links_of(made)) == {url}
    assert b"pdfaid" in made


def test_a_summary_tells_who_what_when_how_much_and_how_it_stands_and_nothing_else() -> None:
    invoice = an_invoice()

    told = content.summary(content.of_invoice(invoice, "en"))

    assert set(told) == {"title", "number", "date", "status", "facts"}
    assert [label for label, _ in told["facts"]] == ["Customer", "Supplier", "Total"]


# --------------------------------------------------------------------------------------------- over HTTP


class Portal:
    """A gateway without sockets that signs documents and tells whether they are true."""

    def __init__(self, folder: Path) -> None:
        self.bus = FakeBus()
        self.bus.answers["get_organisation"] = lambda _: {"name": "Windmill"}
        self.workers = Workers(workers=1)
        self.log = io.StringIO()
        bus: Any = self.bus
        context = Context(
            bus,
            Sessions(bus),
            Limits(Rates(sign_ins_per_address="8 per 1 minute")),
            Site("http://portal.test"),
            self.workers,
            Attachments(FolderStore(folder)),
            SheetLinks("k" * 32, "http://portal.test"),
        )
        assert context.sheet_links is not None
        pages = {"/v/*": Verification(context, context.sheet_links).page}
        self.app = Edge(context, Table(ROUTES), pages, access_log=self.log)

    def visitor(self, **cookies: str) -> httpx.AsyncClient:
        transport: Any = httpx.ASGITransport(self.app)  # type: ignore[arg-type]
        return httpx.AsyncClient(transport=transport, base_url="http://portal.test", cookies=cookies)

    async def link(self) -> str:
        """The address on the PDF of the invoice, as somebody reads it."""
        async with self.visitor(sid="session-token-0123456789") as browser:
            made = (await browser.get(f"/api/v1/invoices/{an_id(10)}/document.pdf")).content
        return links_of(made)[0].removeprefix("http://portal.test")


def links_of(made: bytes) -> list[str]:
    """The addresses a PDF leads to."""
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    return [note.get_object()["/A"]["/URI"] for page in pages for note in page.get("/Annots") or ()]


def tell(folder: Path, story: Callable[[Portal, httpx.AsyncClient], Awaitable[None]]) -> None:
    async def run() -> None:
        portal = Portal(folder)
        try:
            async with portal.visitor() as anybody:
                await story(portal, anybody)
        finally:
            await portal.workers.stop()

    asyncio.run(run())


def shown(page: httpx.Response) -> str:
    return re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.text, flags=re.DOTALL)


def test_anybody_who_holds_the_document_sees_that_it_is_true_and_hardly_more(tmp_path: Path) -> None:
    async def story(portal: Portal, anybody: httpx.AsyncClient) -> None:
        page = await anybody.get(await portal.link())

        assert page.status_code == 200
        text = shown(page)
        assert "Genuine, and still true" in text
        assert "INV-881" in text
        assert an_invoice().lines[0].description not in text
        assert an_invoice().initiator.name not in text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        ukrainian = await anybody.get(await portal.link(), params={"language": "uk"})
        assert "Справжній і чинний" in ukrainian.text
        assert '<html lang="uk">' in ukrainian.text

    tell(tmp_path, story)


def test_what_has_changed_since_is_told_with_what_holds_now(tmp_path: Path) -> None:
    async def story(portal: Portal, anybody: httpx.AsyncClient) -> None:
        link = await portal.link()
        portal.bus.answers["get_invoice"] = lambda _: encode(an_invoice(paid="120"))

        text = shown(await anybody.get(link))

        assert "Genuine, but no longer up to date" in text

    tell(tmp_path, story)


def test_a_forged_link_says_so_and_asks_nobody(tmp_path: Path) -> None:
    async def story(portal: Portal, anybody: httpx.AsyncClient) -> None:
        link = await portal.link()
        asked = len(portal.bus.asked)

        for forged in (link[:-2], link.replace("/v/", "/v/A"), "/v/x"):
            page = await anybody.get(forged)
            assert page.status_code == 404
            assert "Not from this portal" in shown(page)
        assert len(portal.bus.asked) == asked

    tell(tmp_path, story)


def test_a_document_that_is_gone_is_told_as_gone(tmp_path: Path) -> None:
    def gone(_: Any) -> Any:
        raise NotFound("There is no such thing.")

    async def story(portal: Portal, anybody: httpx.AsyncClient) -> None:
        link = await portal.link()
        portal.bus.answers["get_invoice"] = gone

        page = await anybody.get(link)

        assert (page.status_code, "No longer there" in shown(page)) == (404, True)

    tell(tmp_path, story)


def test_links_cannot_be_guessed_at_for_long_and_are_not_in_the_log(tmp_path: Path) -> None:
    async def story(portal: Portal, anybody: httpx.AsyncClient) -> None:
        link = await portal.link()
        answers = [(await anybody.get(link)).status_code for _ in range(10)]

        assert answers[:8] == [200] * 8
        assert answers[8:] == [429] * 2
        assert link.removeprefix("/v/") not in portal.log.getvalue()
        assert "/v/{document}" in portal.log.getvalue()

    tell(tmp_path, story)
