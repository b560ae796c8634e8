"""What may be attached is decided by name, first bytes and structure together; hostile files are refused."""

import struct
import zipfile
from pathlib import Path

import pytest

from services.chassis.errors import Invalid
from services.gateway.files import checks, names
from services.gateway.problems import FileRefused
from tests.builders.uploads import (
    GIF,
    JPEG,
    SHEET,
    WEBP,
    a_pdf,
    a_png,
    a_zip,
    an_office_file,
    an_xlsx,
    chunk,
)

PDF = a_pdf()
XLSX = an_xlsx()
DOCX = an_office_file()
MZ = b"MZ\x90\x00" + b"\0" * 60
ELF = b"\x7fELF\x02\x01\x01" + b"\0" * 60
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
MACROS = '<Default Extension="xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
DOCUMENT = ("word/document.xml", b"a")
WITHOUT_MAIN = an_office_file(SHEET, part="xl/workbook.xml", rename="xl/other.xml")
BOMB = an_office_file(more=[("word/media/x.xml", b"\0" * (30 * 1024 * 1024))])


def verdict(folder: Path, name: str, data: bytes) -> str:
    path = folder / "arrived"
    path.write_bytes(data)
    return checks.media_type_of(path, name)


GOOD = {
    "order.pdf": (PDF, "application/pdf"),
    "ORDER.PDF": (PDF, "application/pdf"),
    "order.xlsx": (XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "letter.docx": (DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "dot.png": (a_png(), "image/png"),
    "photo.jpg": (JPEG, "image/jpeg"),
    "photo.jpeg": (JPEG + b"a camera's remarks", "image/jpeg"),
    "anim.gif": (GIF, "image/gif"),
    "small.webp": (WEBP, "image/webp"),
    "rows.csv": ("номер;сума\r\n1;2,50\r\n".encode("cp1251"), "text/csv"),
    "note.txt": ("\ufeffПривіт, MZ <3\n".encode(), "text/plain"),
    "invoice.xml": (
        b'<?xml version="1.0"?><Invoice xmlns="urn:oasis"><ID>1</ID></Invoice>',
        "application/xml",
    ),
}


@pytest.mark.requirement("S-012")
@pytest.mark.parametrize("name", GOOD)
def test_an_honest_file_is_taken_for_what_it_is(name: str, tmp_path: Path) -> None:
    data, media_type = GOOD[name]

    assert verdict(tmp_path, name, data) == media_type


def _lying_zip() -> bytes:
    """A zip whose directory says that a part is smaller than it is."""
    data = bytearray(an_office_file(more=[("word/big.xml", b"A" * 5_000_000)]))
    real = struct.pack("<I", 5_000_000)
    at = data.rfind(real)
    data[at : at + 4] = struct.pack("<I", 10)
    return bytes(data)


def _locked_zip() -> bytes:
    data = bytearray(DOCX)
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def _two_of_a_name() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return an_office_file(more=[("word/document.xml", b"<other/>")])


HOSTILE: dict[str, tuple[str, bytes]] = {
    # the name says it
    "a web page": ("page.html", HTML),
    "a drawing that runs": ("logo.svg", SVG),
    "a program": ("setup.exe", MZ),
    "a script": ("run.sh", b"#!/bin/sh\nrm -rf /\n"),
    "a program behind a second ending": ("invoice.pdf.exe", MZ),
    "no ending": ("invoice", PDF),
    "only an ending": (".pdf", PDF),
    "an archive": ("files.zip", a_zip([("a.txt", b"a")])),
    "a workbook with macros by name": ("sheet.xlsm", XLSX),
    # the bytes say something else
    "a program as PDF": ("invoice.pdf", MZ),
    "a Linux program as picture": ("photo.png", ELF),
    "a web page as PDF": ("invoice.pdf", HTML),
    "a web page before a PDF": ("invoice.pdf", HTML + PDF),
    "a picture as another": ("photo.png", JPEG),
    "a PDF as workbook": ("sheet.xlsx", PDF),
    "a workbook as letter": ("letter.docx", XLSX),
    "a letter as workbook": ("sheet.xlsx", DOCX),
    "a bare archive as workbook": ("sheet.xlsx", a_zip([("a.txt", b"a")])),
    "a RIFF that is sound": ("sound.webp", b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 24),
    "nothing at all": ("empty.pdf", b""),
    # the structure is not whole, or two things at once
    "a cut PDF": ("cut.pdf", PDF[:-200]),
    "a PDF with a program behind": ("x.pdf", PDF + MZ),
    "a PDF with an archive behind": ("x.pdf", PDF + a_zip([("a.txt", b"a")])),
    "a PDF in an archive's comment": ("x.pdf", PDF[:-6] + b"PK\x05\x06" + b"\0" * 16 + b"\x06\0%%EOF\n"),
    "a cut PNG": ("x.png", a_png()[:-8]),
    "a PNG with something behind": ("x.png", a_png() + b"<?php system($_GET[0]);"),
    "a PNG without its head": ("x.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IEND")),
    "a PNG with an archive in it": ("x.png", a_png(chunk(b"teXt", b"x")) + a_zip([("a", b"a")])),
    "a GIF that is a script": ("x.gif", b"GIF89a=1;alert(1)//"),
    "a GIF with an archive behind": ("x.gif", GIF + a_zip([("a.class", b"\xca\xfe\xba\xbe")])),
    "a JPEG without an end": ("x.jpg", JPEG[:-2]),
    "a JPEG that is also an archive": ("x.jpg", JPEG + a_zip([("a.jar", b"a")])),
    "a WebP with something behind": ("x.webp", WEBP + MZ),
    # archives
    "a bomb": ("x.docx", BOMB),
    "a bomb of many parts": (
        "x.docx",
        an_office_file(more=[(f"word/{n}.xml", b"\0" * (1024 * 1024)) for n in range(110)]),
    ),
    "more parts than any document": (
        "x.docx",
        an_office_file(more=[(f"word/{number}.xml", b"") for number in range(1_001)]),
    ),
    "a directory that lies": ("x.docx", _lying_zip()),
    "a path out of the archive": ("x.docx", an_office_file(more=[("../../etc/cron.d/x", b"a")])),
    "an absolute path": ("x.docx", an_office_file(more=[("/etc/passwd", b"a")])),
    "a drive": ("x.docx", an_office_file(more=[("C:evil", b"a")])),
    "a program inside": ("x.docx", an_office_file(more=[("word/embeddings/a.exe", MZ)])),
    "an archive inside": ("x.docx", an_office_file(more=[("word/embeddings/a.zip", a_zip([("a", b"a")]))])),
    "macros": ("x.docx", an_office_file(more=[("word/vbaProject.bin", b"a")])),
    "macros by type": ("x.docx", an_office_file(types=MACROS)),
    "a password": ("x.docx", _locked_zip()),
    "two parts of one name": ("x.docx", _two_of_a_name()),
    "two parts of one name but for case": ("x.docx", an_office_file(more=[("WORD/document.xml", b"a")])),
    "a main part that is missing": ("x.xlsx", WITHOUT_MAIN),
    "a cut archive": ("x.docx", DOCX[:-30]),
    "damaged contents": ("x.docx", DOCX[:120] + b"\xff\xff\xff\xff" + DOCX[124:]),
    "entities in its list of types": (
        "x.docx",
        a_zip([("[Content_Types].xml", b'<!DOCTYPE t [<!ENTITY a "b">]><Types>&a;</Types>'), DOCUMENT]),
    ),
    # text
    "NUL in a text": ("x.txt", b"abc\0def"),
    "a program as text": ("x.txt", ELF),
    "UTF-16 as CSV": ("x.csv", "a;b".encode("utf-16")),
    "a web page as text": ("x.txt", HTML),
    "a drawing as CSV": ("x.csv", b"\xef\xbb\xbf  " + SVG),
    "PHP as text": ("x.txt", b"<?php system('id');"),
    "a shell script as text": ("x.txt", b"#!/bin/sh\n"),
    # XML
    "XML that reads files": ("x.xml", b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'),
    "XML that laughs": (
        "x.xml",
        b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;&b;&b;&b;</l>',
    ),
    "XML with a document type": ("x.xml", b'<!DOCTYPE r SYSTEM "http://evil.example/x.dtd"><r/>'),
    "XML that is not closed": ("x.xml", b"<a><b></a>"),
    "XML without end": ("x.xml", b"<a>" * 100_000),
    "XML deeper than sensible": ("x.xml", b"<a>" * 65 + b"</a>" * 65),
    "a drawing as XML": ("x.xml", SVG),
    "a web page as XML": ("x.xml", b'<html xmlns="http://www.w3.org/1999/xhtml"/>'),
    "a web page inside XML": ("x.xml", b'<a><s:script xmlns:s="http://www.w3.org/1999/xhtml">1</s:script></a>'),
    "a style sheet as XML": ("x.xml", b'<s xmlns="http://www.w3.org/1999/XSL/Transform"/>'),
    "XML with a style sheet": ("x.xml", b'<?xml-stylesheet href="javascript:alert(1)"?><a/>'),
    "XML in a code nobody knows": ("x.xml", b'<?xml version="1.0" encoding="klingon"?><a/>'),
    "text as XML": ("x.xml", b"hello"),
}  # fmt: skip


@pytest.mark.requirement("S-012")
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(what: str, tmp_path: Path) -> None:
    name, data = HOSTILE[what]

    with pytest.raises(FileRefused) as refused:
        verdict(tmp_path, name, data)

    assert refused.value.detail.endswith(".")
    assert len(refused.value.detail) > 15


def test_a_bomb_is_refused_without_being_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("nothing of it was to be unpacked")

    monkeypatch.setattr(zipfile.ZipFile, "open", never)

    with pytest.raises(FileRefused, match="trap"):
        verdict(tmp_path, "x.docx", BOMB)


# ---------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.pdf",
        "..\\boot.pdf",
        "/etc/passwd.pdf",
        "C:\\x.pdf",
        "a\0.pdf",
        "a\r\nSet-Cookie: x=1.pdf",
        "a\n.pdf",
        "exe.fdp\u202e.pdf",
        "a\u2066b.pdf",
        "a\u200eb.pdf",
        "a\u200bb.pdf",
        "a\ufeff.pdf",
        "a\x85.pdf",
        "x" * 197 + ".pdf",
        "",
        "   ",
        "..",
        ".",
        " a.pdf",
        "a.pdf ",
        "a.pdf.",
        "con.pdf",
        "LPT1",
        "a\ud800.pdf",
    ],
)
def test_a_name_that_could_do_harm_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        names.acceptable(name)

    assert [fault.field for fault in refused.value.faults] == ["/name"]


@pytest.mark.parametrize("name", ["a.pdf", "Рахунок № 5 (копія).pdf", "a;b\"c'd%41.pdf", "x" * 196 + ".pdf"])
def test_an_ordinary_name_is_kept(name: str) -> None:
    assert names.acceptable(name) == name


def test_a_name_is_kept_in_one_form_of_its_letters() -> None:
    assert names.acceptable("і\u0308.pdf") == "ї.pdf"


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
        ("Міст.pdf", "attachment; filename=\"____.pdf\"; filename*=UTF-8''%D0%9C%D1%96%D1%81%D1%82.pdf"),
        ('a";x="b.pdf', "attachment; filename=\"a__x=_b.pdf\"; filename*=UTF-8''a_%3Bx%3D_b.pdf"),
        ("P/O\r\nX: y.pdf", "attachment; filename=\"P_O__X_ y.pdf\"; filename*=UTF-8''P_O__X_%20y.pdf"),
        ("..", "attachment; filename=\"file\"; filename*=UTF-8''file"),
    ],
)  # fmt: skip
def test_a_name_is_told_to_browsers_so_that_nothing_else_can_be_read_into_it(name: str, header: str) -> None:
    assert names.content_disposition(name) == header
