"""The rows of the route table under which documents and lists are files."""

from services.gateway.documents import handlers
from services.gateway.routes import Route


def of_document(path: str, question: type, kind: str, *, file: str = "document") -> tuple[Route, ...]:
    """One document under `path`, as PDF and as XLSX (S-022); `file` tells several of the same path apart."""
    return tuple(
        Route(
            "GET",
            f"{path}/{file}.{ending}",
            question,
            handler=handlers.document(kind, ending),
            produces=handlers.produced(ending),
            localised=True,
        )
        for ending in ("pdf", "xlsx")
    )


def of_list(path: str, question: type, kind: str) -> tuple[Route, ...]:
    """A whole list, with the list's own filters, as XLSX and as CSV."""
    return tuple(
        Route(
            "GET",
            f"{path}/export.{ending}",
            question,
            handler=handlers.export(kind, ending),
            filled=frozenset({"after", "limit"}),
            produces=handlers.produced(ending),
            localised=True,
        )
        for ending in ("xlsx", "csv")
    )
