"""The operator's rooms: organisations and their people, and what the services could not handle."""

from typing import Any

import pika
import pytest
from playwright.sync_api import expect

from deploy.local.stack import Stack
from tests.browser.conftest import Sit
from tests.browser.desk import LOOKS
from tests.e2e.portal import OPERATOR, Portal, eventually

QUEUE = "notifications.order-submitted"


PARTS = (
    "/organisations",
    "/organisations/register",
    "/operations",
    "/operations/orders",
    "/operations/undelivered",
)


@pytest.mark.parametrize("look", LOOKS)
def test_the_operator_s_pages_are_accessible(sit: Sit, look: dict[str, Any]) -> None:
    desk = sit(OPERATOR, **look)
    for part in PARTS:
        desk.go(part)
        desk.is_accessible()


@pytest.mark.requirement("S-152")
def test_the_operator_registers_a_customer_and_helps_its_people(sit: Sit, portal: Portal) -> None:
    desk = sit(OPERATOR)
    page = desk.page
    desk.go("/organisations")
    page.get_by_role("link", name="Register").click()

    page.get_by_role("textbox", name="Name", exact=True).first.fill("Tandems")
    page.get_by_label("Country", exact=True).first.fill("Poland")
    page.get_by_role("option", name="Poland").click()
    administrator = page.get_by_role("group", name="First administrator")
    administrator.get_by_label("Name").fill("Ewa Nowak")
    administrator.get_by_label("E-mail").fill("ewa@tandems.example")
    page.get_by_role("button", name="Register").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Tandems")
    expect(page.get_by_role("row").filter(has_text="Ewa Nowak")).to_contain_text("Administrator")
    assert portal.token_mailed_to("ewa@tandems.example")
    desk.is_accessible()

    page.get_by_role("button", name="Withdraw the invitation of Ewa Nowak").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("heading", name="Open invitations")).to_have_count(0)

    desk.go("/organisations?kind=customer&search=tandem")
    expect(page.get_by_role("link", name="Tandems")).to_be_visible()


def test_every_service_says_that_it_answers(sit: Sit) -> None:
    desk = sit(OPERATOR)

    desk.go("/operations")

    for service in ("Accounts", "Orders", "Invoicing", "Notifications"):
        expect(desk.page.get_by_role("row").filter(has_text=service)).to_contain_text("Answers")


def test_a_dead_letter_is_read_and_discarded_or_replayed(sit: Sit, stack: Stack, portal: Portal) -> None:
    """What nobody can read dies at once; replayed it dies again, discarded it can still be read."""
    spoiled(stack, b"this is no event")
    waiting = eventually(lambda: portal.operator.get("/operations/notifications/dead-letters")["items"])
    desk = sit(OPERATOR)
    page = desk.page

    desk.go("/operations")
    row = page.get_by_role("row").filter(has_text="Notifications")
    expect(row.get_by_role("cell").last).to_have_text("1")
    row.get_by_role("link").click()
    page.get_by_role("link", name=QUEUE).click()
    expect(page.get_by_role("region", name="The message")).to_contain_text("this is no event")
    desk.is_accessible()
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_role("dialog")).to_contain_text("it comes back here")
    page.get_by_role("dialog").get_by_role("button", name="Replay").click()
    expect(page.get_by_text("The message is on its way back")).to_be_visible()

    again = eventually(
        lambda: [
            letter
            for letter in portal.operator.get("/operations/notifications/dead-letters")["items"]
            if letter["died_at"] != waiting[0]["died_at"]
        ]
    )
    desk.go(f"/operations/notifications/{again[0]['id']}")
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(page.get_by_text("The message is discarded.")).to_be_visible()
    expect(page.get_by_role("button", name="Discard")).to_have_count(0)

    desk.go("/operations/notifications")
    expect(page.get_by_text("Nothing waits here")).to_be_visible()
    page.get_by_label("State").select_option("Discarded")
    expect(page.get_by_role("link", name=QUEUE)).to_be_visible()
    expect(page).to_have_url("/operations/notifications?state=discarded")


def spoiled(stack: Stack, body: bytes) -> None:
    """Put a message that is no event into a queue of notifications."""
    connection = pika.BlockingConnection(pika.URLParameters(stack.environment()["COUNTERPART_AMQP_URL"]))
    properties = pika.BasicProperties(content_type="application/cloudevents+json", delivery_mode=2)
    connection.channel().basic_publish("", QUEUE, body, properties)
    connection.close()


def test_the_books_are_checked_by_hand_and_the_check_is_remembered(sit: Sit) -> None:
    desk = sit(OPERATOR)
    desk.go("/operations/books")
    expect(desk.page.get_by_text("The books were not checked yet.")).to_be_visible()
    desk.page.get_by_role("button", name="Check now").click()
    expect(desk.page.get_by_text("Agree", exact=True)).to_be_visible()
    desk.is_accessible()

    desk.go("/operations/books")
    expect(desk.page.get_by_text("Agree", exact=True)).to_be_visible()
