"""A document as PDF, set by typst.

The template is ours and fixed; what people wrote reaches it as JSON in `sys.inputs` and is only ever shown as
text. Nothing a name says can become markup, run, or read a file.
"""

import importlib.util
import io
import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import segno
import typst

from services.gateway.documents import wording
from services.gateway.documents.content import Document, Fact, Sort, Value

TEMPLATES = Path(__file__).parent / "templates"
#: Archival PDF with the tags that screen readers follow.
STANDARD: Literal["a-2a"] = "a-2a"

#: Letters of an item number beyond which its column no longer grows, but breaks it.
WIDEST_ITEM = 16
#: Letters of the widest quantity, price and amount together beyond which the table is set smaller.
WIDEST_NUMBERS = 36

_RIGHT = frozenset({Sort.COUNT, Sort.QUANTITY, Sort.PRICE, Sort.PERCENT, Sort.AMOUNT})


@cache
def _compiler() -> typst.Compiler:
    """One compiler per process: it keeps the fonts and the parsed template."""
    return typst.Compiler(
        str(TEMPLATES / "document.typ"),
        root=str(TEMPLATES),
        font_paths=[str(_fonts())],
        ignore_system_fonts=True,
    )


def _fonts() -> Path:
    """The folder of Source Sans Pro (SIL Open Font License), which has Latin, Greek and Cyrillic letters."""
    found = importlib.util.find_spec("font_source_sans_pro")
    if found is None or found.origin is None:
        raise RuntimeError("the package font-source-sans-pro is not installed")
    return Path(found.origin).parent / "files"


def rendered(document: Document, link: str = "") -> bytes:
    """The document as PDF/A-2a; as plain PDF when a name has letters that no font here has.

    Under `link` anybody who holds it can see whether it is genuine.
    """
    typeset = {**_typeset(document), "check": _check(document, link)}
    inputs = {"document": json.dumps(typeset, ensure_ascii=False)}
    try:
        return _compiled(inputs, STANDARD)
    except typst.TypstError:
        # PDF/A forbids a letter without a glyph. The text itself is in the plain PDF all the same.
        return _compiled(inputs, None)


def _compiled(inputs: dict[str, str], standard: Literal["a-2a"] | None) -> bytes:
    result = _compiler().compile(format="pdf", sys_inputs=inputs, pdf_standards=standard)
    assert isinstance(result, bytes)
    return result


def _check(document: Document, link: str) -> dict[str, str] | None:
    """The link as it stands on the document: to scan, to click and to read."""
    if not link:
        return None
    drawn = io.BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False)
    words = wording.WORDS[document.language]
    return {
        "link": link,
        "code": drawn.getvalue().decode(),
        "label": words["check"],
        "text": words["check_text"],
    }


def pictures(document: Document, ppi: float = 96, link: str = "") -> list[bytes]:
    """The pages as PNG, for people who want to see how a document looks."""
    typeset = {**_typeset(document), "check": _check(document, link)}
    inputs = {"document": json.dumps(typeset, ensure_ascii=False)}
    pages: Any = _compiler().compile(format="png", ppi=ppi, sys_inputs=inputs)
    return [pages] if isinstance(pages, bytes) else list(pages)


def _typeset(document: Document) -> dict[str, Any]:
    """All texts of the document as they are to be read, by place."""
    words = wording.WORDS[document.language]
    lines = [
        [
            _text(document, value, column.sort)
            for value, column in zip(line.cells, document.columns, strict=True)
        ]
        for line in document.lines
    ]
    return {
        "language": document.language,
        "title": document.title,
        "number": document.number,
        "status": document.status,
        "draft": document.draft,
        # The document's own day, so that the same document is the same file at any time.
        "date": {"year": document.day.year, "month": document.day.month, "day": document.day.day},
        "currency": document.currency,
        "page": words["page"],
        "parties": [_fact(document, fact) for fact in document.parties],
        "facts": [_fact(document, fact) for fact in document.facts],
        "columns": [
            {"label": column.label, "sort": column.sort.value, "right": column.sort in _RIGHT}
            for column in document.columns
        ],
        "lines": [
            {"cells": cells, "remarks": [_fact(document, fact) for fact in line.remarks]}
            for cells, line in zip(lines, document.lines, strict=True)
        ],
        "long_items": _widest(document, lines, Sort.TEXT) > WIDEST_ITEM,
        "dense": sum(_widest(document, lines, sort) for sort in _WIDE_NUMBERS) > WIDEST_NUMBERS,
        "totals": [_fact(document, fact) for fact in document.totals],
        "total_label": words["gross"],
        "texts": [_fact(document, fact) for fact in document.texts],
    }


_WIDE_NUMBERS = (Sort.QUANTITY, Sort.PRICE, Sort.AMOUNT)


def _widest(document: Document, lines: list[list[str]], sort: Sort) -> int:
    """Letters of the longest text in the columns of one sort."""
    places = [at for at, column in enumerate(document.columns) if column.sort is sort]
    return max((len(cells[at]) for cells in lines for at in places), default=0)


def _fact(document: Document, fact: Fact) -> dict[str, str]:
    return {"label": fact.label, "value": _text(document, fact.value, fact.sort)}


def _text(document: Document, value: Value, sort: Sort) -> str:
    language = document.language
    if isinstance(value, Decimal):
        return wording.number(language, value, document.places if sort in (Sort.AMOUNT, Sort.PRICE) else 0)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return wording.unit_word(language, value) if sort is Sort.UNIT else value
    return wording.day(language, value)
