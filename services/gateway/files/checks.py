"""What a file really is, decided by its bytes, and whether that is something to be attached.

Three must agree: the ending of the name, which must be on a short list; the first bytes; and the structure,
from the beginning to the end. A file that is two things at once (a picture that is also an archive) is
neither. What is taken is still only ever given out as a download, never shown by this site.

Runs in a worker process: reading a zip costs time, and what is wrong with a file may cost memory.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces

import filetype
from defusedxml import ElementTree, sax
from defusedxml.common import DefusedXmlException

from services.gateway.files.names import extension
from services.gateway.problems import FileRefused

#: Limits of a zip: files in it, bytes of all of them unpacked, and bytes unpacked for one packed.
MOST_ENTRIES = 1_000
MOST_UNPACKED = 100 * 1024 * 1024
MOST_RATIO = 100
#: A single small file may pack better than that without being a bomb: an empty table, say.
RATIO_MATTERS_FROM = 1024 * 1024
#: Levels of elements in each other.
MOST_XML_DEPTH = 64
CHUNK = 256 * 1024


def _refused(sentence: str) -> FileRefused:
    return FileRefused(sentence)


# --------------------------------------------------------------------------------------- the formats


def _pdf(file: BinaryIO, size: int) -> None:
    tail = _tail(file, size, 1024)
    end = tail.rfind(b"%%EOF")
    if end < 0 or tail[end + 5 :].strip(b"\r\n\t \0"):
        raise _refused("The PDF is not complete: it does not end where a PDF ends.")


def _png(file: BinaryIO, size: int) -> None:
    at = 8
    first = True
    while True:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            raise _refused("The PNG picture is not complete.")
        length, kind = struct.unpack(">I4s", head)
        if first and kind != b"IHDR":
            raise _refused("The PNG picture is damaged.")
        first = False
        at += 12 + length
        if kind == b"IEND":
            break
    if at != size:
        raise _refused("The PNG picture does not end where it says: there is something else in the file.")


def _jpeg(file: BinaryIO, size: int) -> None:
    # Cameras write more behind the end of the picture; only that there is an end can be asked.
    if b"\xff\xd9" not in _tail(file, size, size):
        raise _refused("The JPEG picture is not complete.")


def _gif(file: BinaryIO, size: int) -> None:
    if not _tail(file, size, 16).rstrip(b"\0").endswith(b"\x3b"):
        raise _refused("The GIF picture is not complete, or there is something else in the file.")


def _webp(file: BinaryIO, size: int) -> None:
    file.seek(4)
    (length,) = struct.unpack("<I", file.read(4))
    if size - 8 not in (length, length + length % 2):
        raise _refused("The WebP picture does not end where it says: there is something else in the file.")


def _spreadsheet(file: BinaryIO, size: int) -> None:
    _office(file, size, "spreadsheetml.sheet.main+xml", "an Excel workbook (.xlsx)")


def _text_document(file: BinaryIO, size: int) -> None:
    _office(file, size, "wordprocessingml.document.main+xml", "a Word document (.docx)")


def _text(file: BinaryIO, size: int) -> None:
    beginning = _readable(file)
    if _MARKUP(beginning):
        raise _refused("The file is a web page or a program, not text. Such files are not taken.")


def _xml(file: BinaryIO, size: int) -> None:
    _readable(file)
    file.seek(0)
    parser = sax.make_parser()
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(_XmlRules())
    try:
        parser.parse(file)
    except DefusedXmlException:
        raise _refused(
            "The XML has a document type or entities, through which programs may be made to read files."
        ) from None
    except (SAXParseException, SAXException, UnicodeError, ValueError, LookupError):
        raise _refused("The file is not well-formed XML.") from None


class _XmlRules(ContentHandler):
    """What an XML file may not be: deeper than anything sensible, or a page that runs in a browser."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def startElementNS(self, name: tuple[str | None, str], qname: str | None, attrs: Any) -> None:  # noqa: N802
        """One more level."""
        self._depth += 1
        if self._depth > MOST_XML_DEPTH:
            raise _refused(f"The XML is nested deeper than {MOST_XML_DEPTH} levels.")
        namespace, local = name
        if namespace in _WEB_NAMESPACES or local.lower() in ("html", "svg", "script"):
            raise _refused("The file is a web page or a drawing, which can carry programs.")

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802
        """One level less."""
        self._depth -= 1

    def processingInstruction(self, target: str, data: str) -> None:  # noqa: N802
        """A style sheet would make a page out of it."""
        if target.lower().startswith("xml-stylesheet"):
            raise _refused("The XML names a style sheet, which can carry programs. Take that line out.")


_WEB_NAMESPACES = frozenset(
    {"http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg", "http://www.w3.org/1999/XSL/Transform"}
)

_MARKUP = re.compile(
    rb"\s*(<!doctype\s+html|<html|<head|<body|<svg|<script|<iframe|<\?php|<\?xml|#!|<%|<!--)", re.IGNORECASE
).match
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]").search


def _readable(file: BinaryIO) -> bytes:
    """Its beginning, without the byte-order mark, when all of it is text in a one-byte code or in UTF-8."""
    file.seek(0)
    beginning = b""
    while chunk := file.read(CHUNK):
        if _NOT_TEXT(chunk):
            raise _refused("The file is not text: it has bytes that text never has. Save it as UTF-8 text.")
        beginning = beginning or chunk[:1024].removeprefix(b"\xef\xbb\xbf")
    return beginning


# ------------------------------------------------------------------------------------------- OOXML

_PROGRAMS = frozenset(
    {
        "exe", "dll", "com", "scr", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta", "jar",
        "msi", "lnk", "sh", "py", "php", "svg", "html", "htm", "zip", "rar", "7z",
    }
)  # fmt: skip


def _office(file: BinaryIO, size: int, main: str, what: str) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _sane(entries, size)
            for entry in entries:
                _unpacks(archive, entry)
            _is_office(archive, main, what)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise _refused(f"The file is damaged, or is not {what}.") from None


def _sane(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise _refused(f"The file is packed from more than {MOST_ENTRIES:,} parts.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_UNPACKED:
        raise _refused("Unpacked, the file would be larger than 100 MB.")
    if unpacked > RATIO_MATTERS_FROM and unpacked > MOST_RATIO * size:
        raise _refused("The file is packed so tightly that it could only be a trap.")
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) != len(names):
        raise _refused("The file holds two parts of one name.")
    for entry in entries:
        _sane_entry(entry)


def _sane_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
        raise _refused("The file holds a part whose name leads out of it.")
    if entry.flag_bits & 0x1:
        raise _refused("The file is locked with a password. Attach it without one.")
    packed = max(entry.compress_size, 1)
    if entry.file_size > RATIO_MATTERS_FROM and entry.file_size > MOST_RATIO * packed:
        raise _refused("The file is packed so tightly that it could only be a trap.")
    if extension(name.rsplit("/", 1)[-1]) in _PROGRAMS:
        raise _refused("The file holds a program or another archive.")
    if name.lower().endswith("vbaproject.bin"):
        raise _refused("The file holds macros. Save it without them.")


def _unpacks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpack it piece by piece: the sizes in the directory are only what its author claims."""
    unpacked = 0
    with archive.open(entry) as part:
        while chunk := part.read(CHUNK):
            unpacked += len(chunk)
            if unpacked > entry.file_size:
                raise zipfile.BadZipFile


def _is_office(archive: zipfile.ZipFile, main: str, what: str) -> None:
    parts = {entry.filename for entry in archive.infolist()}
    if "[Content_Types].xml" not in parts or archive.getinfo("[Content_Types].xml").file_size > 1024 * 1024:
        raise _refused(f"The file is not {what}.")
    try:
        types = ElementTree.fromstring(archive.read("[Content_Types].xml"), forbid_dtd=True)
    except (DefusedXmlException, ElementTree.ParseError):
        raise _refused(f"The file is not {what}.") from None
    declared = {element.get("PartName", "").lstrip("/"): element.get("ContentType", "") for element in types}
    defaults = {element.get("Extension", ""): element.get("ContentType", "") for element in types}
    if any("macroEnabled" in kind for kind in (*declared.values(), *defaults.values())):
        raise _refused("The file holds macros. Save it without them.")
    wanted = f"application/vnd.openxmlformats-officedocument.{main}"
    if not any(kind == wanted and part in parts for part, kind in declared.items()):
        raise _refused(f"The file is not {what}.")


# -------------------------------------------------------------------------------------- what is taken


class _Format:
    """A format that is taken: its media type, what `filetype` calls it, and the check of its structure."""

    def __init__(
        self,
        title: str,
        media_type: str,
        begins: tuple[bytes, ...],
        check: Callable[[BinaryIO, int], None],
    ) -> None:
        self.title = title
        self.media_type = media_type
        self.begins = begins
        self.check = check


_OFFICE = "application/vnd.openxmlformats-officedocument."
_JPEG = _Format("a JPEG picture", "image/jpeg", (b"\xff\xd8\xff",), _jpeg)

FORMATS: dict[str, _Format] = {
    "pdf": _Format("a PDF", "application/pdf", (b"%PDF-",), _pdf),
    "xlsx": _Format("an Excel workbook", _OFFICE + "spreadsheetml.sheet", (b"PK\x03\x04",), _spreadsheet),
    "docx": _Format(
        "a Word document", _OFFICE + "wordprocessingml.document", (b"PK\x03\x04",), _text_document
    ),
    "png": _Format("a PNG picture", "image/png", (b"\x89PNG\r\n\x1a\n",), _png),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "webp": _Format("a WebP picture", "image/webp", (b"RIFF",), _webp),
    "gif": _Format("a GIF picture", "image/gif", (b"GIF87a", b"GIF89a"), _gif),
    "csv": _Format("a CSV table", "text/csv", (), _text),
    "txt": _Format("a text", "text/plain", (), _text),
    "xml": _Format("an XML file", "application/xml", (), _xml),
}
TAKEN = "PDF, XLSX, DOCX, PNG, JPEG, WebP, GIF, CSV, TXT and XML"


def check_spreadsheet(file: BinaryIO, size: int) -> None:
    """Raise FileRefused when the file is no workbook, or one that could do harm."""
    _spreadsheet(file, size)


def known_ending(name: str) -> None:
    """Raise FileRefused when the name says already that the file is not taken."""
    if extension(name) not in FORMATS:
        raise _refused(f"Files of this kind are not taken. Taken are {TAKEN}.")


def media_type_of(path: Path, name: str) -> str:
    """What the file is; raises FileRefused when it is not taken, or not what its name says."""
    known_ending(name)
    wanted = FORMATS[extension(name)]
    size = path.stat().st_size
    if size == 0:
        raise _refused("The file is empty.")
    with path.open("rb") as file:
        head = file.read(8192)
        if wanted.begins and not head.startswith(wanted.begins):
            raise _refused(f"The file is not {wanted.title}{_rather(head)}.")
        if wanted.media_type == "image/webp" and head[8:12] != b"WEBP":
            raise _refused("The file is not a WebP picture.")
        if not wanted.media_type.startswith(_OFFICE):
            _no_archive_inside(file, size)
        wanted.check(file, size)
    return wanted.media_type


def _rather(head: bytes) -> str:
    """What it is instead, when that is known."""
    guess = filetype.guess(head)
    return f", but {guess.mime}" if guess is not None else ""


_END_OF_ZIP = b"PK\x05\x06"


def _no_archive_inside(file: BinaryIO, size: int) -> None:
    """Refuse what a program for archives would open as well: a zip is read from its end."""
    tail = _tail(file, size, 66_000)
    at = tail.rfind(_END_OF_ZIP)
    while at >= 0:
        end = tail[at : at + 22]
        if len(end) == 22 and len(tail) - at - 22 == struct.unpack("<H", end[20:22])[0]:
            raise _refused("The file is two things at once: there is an archive in it.")
        at = tail.rfind(_END_OF_ZIP, 0, at)


def _tail(file: BinaryIO, size: int, length: int) -> bytes:
    file.seek(max(0, size - length))
    return file.read(length)
