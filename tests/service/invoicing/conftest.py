"""The invoicing service on its real database, with one order of 5,000.00 between a bakery and a mill."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.service.invoicing.world import World


@pytest.fixture
def world(fresh_database: Any) -> Iterator[World]:
    """The service, two sides that trade at 5 % tolerance, and a confirmed order."""
    made = World(fresh_database("invoicing"))
    yield made
    made.close()
