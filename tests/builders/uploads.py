"""Files as people attach them, and as people who mean harm do."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable

from services.gateway.documents import content, pdf, sheets
from tests.builders.papers import an_order

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x11" * 40 + b"\xff\xd9"
WEBP = b"RIFF" + struct.pack("<I", 26) + b"WEBPVP8L" + struct.pack("<I", 13) + b"\x2f" + b"\0" * 13


def a_pdf() -> bytes:
    return pdf.rendered(content.of_order(an_order(), "en"))


def an_xlsx() -> bytes:
    return sheets.of_document(content.of_order(an_order(), "en"))


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def a_png(*more: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0")) + b"".join(more) + chunk(b"IEND")
    )


def a_zip(parts: Iterable[tuple[str, bytes]], *, packed: bool = True) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return buffer.getvalue()


def an_office_file(
    main: str = WORD,
    *,
    part: str = "word/document.xml",
    more: Iterable[tuple[str, bytes]] = (),
    types: str = "",
    rename: str = "",
) -> bytes:
    declared = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/{part}" ContentType="{main}"/>{types}</Types>'
    )
    return a_zip([("[Content_Types].xml", declared.encode()), (rename or part, b"<w:document/>"), *more])
