"""A browser at the running portal, and people who sit at it."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from deploy.local import chromium
from deploy.local.places import var
from deploy.local.stack import Stack
from tests.browser.desk import Desk
from tests.browser.trading import cast
from tests.e2e.portal import Portal

Sit = Callable[..., Desk]

__all__ = ["cast"]


@pytest.fixture(scope="session")
def portal(portal_folder: Path, stack: Stack) -> Iterator[Portal]:
    """The running portal with its pages, and its operator signed in."""
    assert stack.portal == portal_folder
    opened = Portal(stack)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a file; each person gets a window of their own in it.

    Not for the whole session: while the player lives, its event loop counts as running in this thread, and
    no other test of the process could run one of its own.
    """
    found = chromium.find_or_install(var() / "software")
    with sync_playwright() as player:
        started = player.chromium.launch(
            executable_path=found.program,
            # Root may not use the sandbox, and the pages are our own; /dev/shm is small in containers.
            args=["--no-sandbox", "--disable-dev-shm-usage"],
            env={**os.environ, **found.environment},
        )
        yield started
        started.close()


@pytest.fixture
def sit(browser: Browser, portal: Portal, request: pytest.FixtureRequest) -> Iterator[Sit]:
    """`sit("anna@…")` gives a signed-in person at a browser of their own, with cookies that nobody shares.

    Their last view is kept under var/ as a picture when the test fails, and nothing may have gone wrong in
    any page that the test did not ask for.
    """
    desks: list[Desk] = []

    def at_a_desk(email: str | None = None, **look: object) -> Desk:
        desk = Desk(browser, portal.url, **look)  # type: ignore[arg-type]
        desks.append(desk)
        if email is not None:
            desk.let_in(email)
        return desk

    yield at_a_desk
    try:
        failed = request.node.stash.get(FAILED, False)
        for number, desk in enumerate(desks):
            if failed:
                pictures = var() / "pictures"
                pictures.mkdir(parents=True, exist_ok=True)
                name = re.sub(r"[^\w.-]+", "-", request.node.name)[:80]
                desk.page.screenshot(path=pictures / f"{name}-{number}.png")
            else:
                desk.nothing_went_wrong()
    finally:
        for desk in desks:
            desk.close()


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[None]:  # the hook's own generator protocol
    """Lets fixtures know whether the test failed."""
    report = yield
    if call.when == "call":
        item.stash[FAILED] = report.failed  # type: ignore[attr-defined]
    return report
