"""A list as somebody works in it all day: fifty rows that answer at once, and pages that keep their place."""

from statistics import median

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.trading import BUYER, Cast

ROWS = 50
#: From what a person does until its effect is on the screen, in milliseconds.
AT_ONCE = 200
WATCH = """() => {
    window.interactions = [];
    new PerformanceObserver((seen) => window.interactions.push(...seen.getEntries()
        .filter((entry) => entry.interactionId > 0).map((entry) => entry.duration)))
        .observe({ type: "event", durationThreshold: 16, buffered: true });
}"""


@pytest.fixture(scope="module")
def long_list(cast: Cast) -> None:
    """More orders than a page has rows."""
    for _ in range(ROWS + 5):
        cast.order()


def test_a_list_of_fifty_rows_answers_at_once_and_is_paged(sit: Sit, long_list: None) -> None:
    desk = sit(BUYER)
    page = desk.page
    desk.go("/orders?sort=number")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(ROWS)
    first = rows.first.inner_text()

    page.evaluate(WATCH)
    for _ in range(6):
        page.keyboard.press("j")
    page.get_by_role("button", name="Filters").click()
    page.keyboard.press("Escape")
    page.get_by_label("Search", exact=True).click()
    page.keyboard.type("V-0", delay=40)
    page.get_by_role("button", name="Total").click()
    expect(page.locator("th[aria-sort]")).to_have_count(1)
    # Entries are told a moment after the paint they wait for.
    page.wait_for_function("window.interactions.length > 0")
    took: list[float] = page.evaluate("window.interactions")
    assert median(took) < AT_ONCE, took

    desk.go("/orders?sort=number")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Page 2")).to_be_visible()
    expect(rows.first).not_to_have_text(first)
    page.go_back()
    expect(rows.first).to_contain_text(first.split("\t")[0])
    expect(rows).to_have_count(ROWS)
