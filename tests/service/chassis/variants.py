"""Asks the same of our entrypoints and of stock nameko's."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from services.chassis.topology import Subscribed, Topology
from tests.service.chassis.processes import SOON, Host

#: Starts the small service of `host.py` with its options.
Start: TypeAlias = Callable[..., Host]

#: What the small service needs at the broker.
TOPOLOGY = Topology(
    services=("taker",),
    subscriptions=(Subscribed("taker", "maker", "happened"), Subscribed("taker", "maker", "also-happened")),
)

#: Seconds to wait for what ought to happen. Stock nameko is known to fail, so nobody waits long for it.
PATIENCE = {"ours": SOON, "stock": 3.0}


def fails(reason: str) -> pytest.MarkDecorator:
    """Stock nameko fails here, by an assertion and not on the way to it."""
    return pytest.mark.xfail(strict=True, raises=AssertionError, reason=reason)


def on_both(hole: int, why: str) -> pytest.MarkDecorator:
    """Ask of ours and of stock nameko; `hole` is its number in the list of nameko's holes."""
    stock = pytest.param("stock", marks=fails(f"nameko, hole {hole}: {why}"))
    return pytest.mark.parametrize("variant", ["ours", stock])
