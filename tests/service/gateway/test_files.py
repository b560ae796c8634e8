"""Files through a real gateway, on sockets and over the real broker; the services are played by the test."""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.chassis.wire import encode
from tests.builders.papers import AT, an_id, an_order
from tests.service.gateway.conftest import FakeServices, RunningGateway, a_session


@pytest.fixture
def browser(
    amqp_url: str, start_gateway: Callable[..., RunningGateway], tmp_path: Path
) -> Iterator[httpx.Client]:
    """Anna's browser; behind the gateway there are also notifications, with room for one file."""
    fake = FakeServices(amqp_url, ("accounts", "orders", "notifications"))
    kept: dict[str, Any] = {}

    def attach(request: dict[str, Any]) -> dict[str, Any]:
        sent = request["payload"]
        order = an_order()
        kept.update(
            {name: sent[name] for name in ("name", "media_type", "size", "sha256")},
            id=str(an_id(7)),
            sequence=1,
            document={"kind": sent["document_kind"], "id": sent["document_id"], "number": order.number},
            attached_by=encode(order.initiator),
            organisation=encode(order.customer),
            attached_at=encode(AT),
        )
        return {"ok": kept}

    fake.answers |= {
        "authenticate": lambda _: {"ok": a_session()},
        "get_order": lambda _: {"ok": encode(an_order())},
        "list_attachments": lambda _: {"ok": {"items": [], "next": None}},
        "attach_file": attach,
        "get_attachment": lambda _: {"ok": kept},
    }
    fake.start()
    with start_gateway(files_dir=str(tmp_path / "files")).client() as client:
        yield client
    fake.stop()


@pytest.mark.requirement("S-022", "S-023")
def test_a_pdf_of_an_order_can_be_attached_to_it_and_comes_back_the_same(browser: httpx.Client) -> None:
    order = f"/api/v1/orders/{an_id(1)}"

    made = browser.get(f"{order}/document.pdf")
    up = browser.post(
        f"{order}/attachments",
        params={"name": "замовлення.pdf"},
        content=made.content,
        headers={"Content-Type": "application/pdf", "Idempotency-Key": str(uuid.uuid4())},
    )
    down = browser.get(f"/api/v1/attachments/{up.json()['id']}/content")

    assert (made.status_code, up.status_code, down.status_code) == (200, 201, 200)
    assert up.json()["sha256"] == hashlib.sha256(made.content).hexdigest()
    assert down.content == made.content
