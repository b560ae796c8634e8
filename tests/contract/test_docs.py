"""The documents beside the code: numbered once, and with no link to nowhere."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from deploy.local.places import CHECKOUT

DECISIONS = sorted((CHECKOUT / "docs" / "decisions").glob("*.md"))
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def test_every_decision_has_a_number_of_its_own_and_says_it() -> None:
    said = [int(path.read_text(encoding="utf-8").removeprefix("# ").split(".", 1)[0]) for path in DECISIONS]

    assert said == list(range(1, len(DECISIONS) + 1))
    assert [int(path.name[:4]) for path in DECISIONS] == said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(CHECKOUT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = [unquote(link) for link in _LINK.findall(page.read_text(encoding="utf-8"))]

    assert [link for link in links if not (page.parent / link).exists()] == []
