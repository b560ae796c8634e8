"""A person at a browser: what they do in almost every story."""

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Error, expect

from tests.e2e.portal import PASSWORD

DESK = (1440, 900)
PHONE = (390, 844)
Scheme = Literal["light", "dark"]

#: How every page is looked at: at a desk, on a phone by night, and by somebody who reads Ukrainian.
LOOKS = [
    pytest.param({}, id="desk"),
    pytest.param({"size": PHONE, "scheme": "dark"}, id="phone"),
    pytest.param({"language": "uk-UA"}, id="ukrainian"),
]

#: How long anything may take to show on a busy machine.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)
#: Nothing is on its way in or out: half faded in, any text lacks contrast. What turns for ever is not waited for.
AT_REST = """() => document.getAnimations().every(
    (moving) => moving.playState === "finished" || moving.effect.getComputedTiming().endTime === Infinity
)"""


class Desk:
    """One window with cookies of its own. `page` is Playwright's; here is only what repeats itself."""

    def __init__(
        self,
        browser: Browser,
        url: str,
        *,
        size: tuple[int, int] = DESK,
        scheme: Scheme = "light",
        language: str = "en-GB",
    ) -> None:
        self._context = browser.new_context(
            base_url=url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            locale=language,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        self._context.set_default_timeout(PATIENCE)
        self._url = url
        self.page = self._context.new_page()
        self._wrong: list[str] = []
        self.page.on("console", self._on_console)
        self.page.on("pageerror", self._on_error)

    def let_in(self, email: str) -> None:
        """Signed in, with no page open yet: the way through the page for it is a story of its own."""
        who = {"name": email, "password": PASSWORD}
        answer = self._context.request.post("/api/v1/sessions", data=who, headers={"Origin": self._url})
        assert answer.ok, f"{email}: {answer.text()}"

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """As a person does it; they land on their start page."""
        self.page.goto("/")
        self.page.locator("input[autocomplete=username]").fill(email)
        self.page.locator("input[autocomplete=current-password]").fill(password)
        self.page.locator("button[type=submit]").click()
        expect(self.page.locator("main#main")).to_be_visible(timeout=PATIENCE)

    def go(self, path: str) -> None:
        """Open a page by its address and wait until it is there."""
        self.page.goto(path)
        self.settled()

    def settled(self) -> None:
        """Wait until the page has a heading and nothing on it is still being fetched."""
        expect(self.page.get_by_role("heading", level=1).first).to_be_visible(timeout=PATIENCE)
        expect(self.page.locator("[role=status][aria-label], [data-stale]")).to_have_count(0)

    def is_accessible(self) -> None:
        """axe finds nothing on the page as it is, and nothing sticks out at the side.

        Where a dialog is open, it alone is looked at: what lies behind its veil is not for reading.
        """
        self.page.wait_for_function(AT_REST)
        dialog = "[aria-modal=true]"
        context = dialog if self.page.locator(dialog).count() else None
        found: dict[str, Any] = Axe().run(self.page, context).response
        faults = [
            f"{fault['id']}: {node['failureSummary']} · {node['html'][:200]}"
            for fault in found["violations"]
            for node in fault["nodes"]
        ]
        assert not faults, f"{self.page.url}\n" + "\n".join(faults)
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{self.page.url} is wider than its window"
        )

    def in_scheme(self, scheme: Scheme) -> None:
        """Look at the same page in the other scheme."""
        self.page.emulate_media(color_scheme=scheme)
        expect(self.page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)

    def nothing_went_wrong(self) -> None:
        """No page has thrown an error or broken its own content security policy."""
        assert not self._wrong, "\n".join(self._wrong)

    def close(self) -> None:
        """Close the window."""
        self._context.close()

    def _on_console(self, message: ConsoleMessage) -> None:
        # What the API refuses (401 before signing in) the browser logs by itself; tests look at pages for that.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self._wrong.append(message.text)

    def _on_error(self, error: Error) -> None:
        self._wrong.append(str(error))
