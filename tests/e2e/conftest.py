"""The whole system as strangers meet it: over HTTP and by mail, with every process running."""

from collections.abc import Iterator

import pytest

from deploy.local.stack import Stack
from tests.e2e.portal import Portal


@pytest.fixture(scope="session")
def portal(stack: Stack) -> Iterator[Portal]:
    """The running portal, with its operator signed in."""
    opened = Portal(stack)
    yield opened
    opened.close()
