"""A worker process: does for the gateway what would hold its event loop up, one job at a time.

`python -m services.gateway.work` reads jobs from its standard input and writes the results to its standard
output: each is a head as JSON and a body of bytes, both with their length before them. It has no
configuration, no secrets and no connection to anything, and a limit on its memory; it ends with its input.
"""

import json
import os
import resource
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from services.chassis.errors import CounterpartError
from services.chassis.wire import decode
from services.contracts.invoicing.comparing import LedgerComparison
from services.contracts.invoicing.consolidation import ConsolidatedInvoice
from services.contracts.invoicing.credit_notes import CreditNote
from services.contracts.invoicing.payments import PaymentDocument
from services.contracts.invoicing.reconciliations import ReconciliationStatement
from services.contracts.invoicing.reports import AccountStatement, Ageing, Balances, BalancesByOrder
from services.contracts.invoicing.views import Invoice
from services.contracts.orders.views import Order
from services.gateway.documents import accounts, content, money, pdf, sheets
from services.gateway.files import checks
from services.gateway.frames import FRAME, Head, framed
from services.gateway.tables import invoices, ledgers
from services.gateway.verifying import digests

#: Address space of a worker. The largest order takes a fifth of it.
MOST_MEMORY = 2 * 1024**3


#: What each kind of document is read as, and what writes it.
DOCUMENTS: Mapping[str, tuple[type, Callable[[Any, str], content.Document]]] = {
    "order": (Order, content.of_order),
    "invoice": (Invoice, content.of_invoice),
    "payment": (PaymentDocument, money.of_payment),
    "credit-note": (CreditNote, money.of_credit_note),
    "consolidated-invoice": (ConsolidatedInvoice, content.of_consolidated),
    "tax-invoice": (ConsolidatedInvoice, content.of_tax_invoice),
    "balances": (Balances, accounts.of_balances),
    "balances-by-order": (BalancesByOrder, accounts.of_orders),
    "reconciliation": (ReconciliationStatement, accounts.of_reconciliation),
    "comparison": (LedgerComparison, accounts.of_comparison),
    "statement": (AccountStatement, accounts.of_statement),
    "ageing": (Ageing, accounts.of_ageing),
}


def _document(head: Head, body: bytes) -> content.Document:
    shape, write = DOCUMENTS[head["kind"]]
    return write(decode(shape, json.loads(body)), head["language"])


def _pdf(head: Head, body: bytes) -> tuple[Head, bytes]:
    document = _document(head, body)
    return {"number": document.number}, pdf.rendered(document, head.get("link", ""))


def _summary(head: Head, body: bytes) -> tuple[Head, bytes]:
    """What tells a document from others, in the reader's language, and the digest of all it says."""
    said = _document({**head, "language": "en"}, body)
    document = said if head["language"] == "en" else _document(head, body)
    return {"digest": digests.digest(said).hex(), **content.summary(document)}, b""


def _xlsx(head: Head, body: bytes) -> tuple[Head, bytes]:
    document = _document(head, body)
    return {"number": document.number}, sheets.of_document(document)


def _rows(pages: bytes) -> Iterator[Mapping[str, Any]]:
    return (row for page in json.loads(pages) for row in page["items"])


def _list_xlsx(head: Head, body: bytes) -> tuple[Head, bytes]:
    return {}, sheets.list_as_xlsx(head["kind"], _rows(body), head["language"])


def _list_csv(head: Head, body: bytes) -> tuple[Head, bytes]:
    return {}, sheets.list_as_csv(head["kind"], _rows(body), head["language"])


def _check(head: Head, body: bytes) -> tuple[Head, bytes]:
    return {"media_type": checks.media_type_of(Path(head["path"]), head["name"])}, b""


JOBS: Mapping[str, Callable[[Head, bytes], tuple[Head, bytes]]] = {
    "pdf": _pdf,
    "summary": _summary,
    "xlsx": _xlsx,
    "list.xlsx": _list_xlsx,
    "list.csv": _list_csv,
    "check": _check,
    "table.invoices": invoices.job,
    "table.ledger": ledgers.job,
}


def done(head: Head, body: bytes) -> tuple[Head, bytes]:
    """The result of one job; a refusal, and a fault of our own, are results too."""
    try:
        result, made = JOBS[head["job"]](head, body)
    except CounterpartError as refusal:
        return {"refused": refusal.problem()}, b""
    except Exception as error:  # noqa: BLE001 - told to the gateway, which logs it; the next job is another one
        return {"failed": f"{type(error).__name__}: {error}"[:2000]}, b""
    return {"ok": result}, made


def main() -> None:
    """Work until there is nobody left to work for."""
    # What a library prints must not get between the results.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while (job := _read(sys.stdin.buffer)) is not None:
        out.write(framed(*done(*job)))
        out.flush()


def _read(pipe: BinaryIO) -> tuple[Head, bytes] | None:
    lengths = pipe.read(FRAME.size)
    if len(lengths) < FRAME.size:
        return None
    head_length, body_length = FRAME.unpack(lengths)
    head = json.loads(pipe.read(head_length))
    return head, pipe.read(body_length)


if __name__ == "__main__":
    main()
