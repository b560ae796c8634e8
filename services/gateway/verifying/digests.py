"""What a document says, as a few bytes: the same in every language, another one as soon as anything differs."""

import hashlib
import json
from decimal import Decimal
from typing import Any

from services.chassis.wire import decimal_text
from services.gateway.documents.content import Document, Fact

DIGEST_BYTES = 10

#: Reports of how things stand at the moment they are asked for. Their day is left out: what counts is what they say.
OF_THE_MOMENT = frozenset({"balances", "balances-by-order", "ageing"})


def digest(document: Document) -> bytes:
    """The digest of a document; `document` is in English, whatever the one in hand is in."""
    moment = document.kind in OF_THE_MOMENT
    said = {
        "kind": document.kind,
        "status": document.status,
        "currency": document.currency,
        "parties": _facts(document.parties),
        "lines": [[_plain(cell) for cell in line.cells] + _facts(line.remarks) for line in document.lines],
        "totals": _facts(document.totals),
        "texts": _facts(document.texts),
        **({} if moment else {"number": document.number, "facts": _facts(document.facts)}),
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:DIGEST_BYTES]


def _facts(facts: tuple[Fact, ...]) -> list[Any]:
    return [[fact.label, _plain(fact.value)] for fact in facts]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return decimal_text(value)
    return value if isinstance(value, str | int) else value.isoformat()
