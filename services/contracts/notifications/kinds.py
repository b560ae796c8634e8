"""The limited values of notifications: what a comment or a file can hang on, and how a file may be named."""

from enum import StrEnum
from typing import Annotated

from services.contracts.shapes import Example, Length, Pattern, Range

FILES_PER_DOCUMENT = 50
"""How many files one document may carry."""

FILE_BYTES = 25 * 1024 * 1024
"""How many bytes one attached file may have."""


class DocumentKind(StrEnum):
    """What people are told of; orders and invoices can be commented on and carry files (S-011, S-012)."""

    ORDER = "order"
    INVOICE = "invoice"
    PAYMENT = "payment"
    CREDIT_NOTE = "credit-note"
    CONSOLIDATED_INVOICE = "consolidated-invoice"
    RECONCILIATION = "reconciliation"
    TAX_INVOICE = "tax-invoice"


class CommentKind(StrEnum):
    """What a remark on a document is."""

    COMMENT = "comment"
    PHONE_AGREEMENT = "phone-agreement"


FileName = Annotated[
    str,
    Length(1, 200),
    Pattern(r"[^/\\\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+",
            "a file name without a path, control characters or characters that turn the reading direction"),
    Example("drawing-5381.pdf"),
]  # fmt: skip
FileSize = Annotated[int, Range(least=1, most=FILE_BYTES), Example(48_213)]
MediaType = Annotated[
    str,
    Length(3, 127),
    Pattern(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*", "a media type (RFC 6838), lower case"),
    Example("application/pdf"),
]
Sha256 = Annotated[
    str,
    Length(64, 64),
    Pattern(r"[0-9a-f]{64}", "a SHA-256 digest in hexadecimal, lower case"),
    Example("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
]
