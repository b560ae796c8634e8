"""Tables of ledger entries: headings in two languages, debit and credit or one amount, faults by row."""

import io

import openpyxl
import pytest

from services.gateway.problems import FileRefused
from services.gateway.tables.ledgers import parsed


def read(text: str) -> dict[str, list[dict[str, object]]]:
    return parsed(text.encode())


@pytest.mark.requirement("S-214")
def test_debit_and_credit_make_a_signed_amount() -> None:
    found = read(
        "Date,Document number,Debit,Credit,Text\n2026-11-02,INV-1,120.00,,Goods\n03.11.2026,P-1,,100.00,\n"
    )

    assert found == {
        "rows": [
            {"row": 2, "day": "2026-11-02", "amount": "120", "number": "INV-1", "text": "Goods"},
            {"row": 3, "day": "2026-11-03", "amount": "-100", "number": "P-1", "text": ""},
        ],
        "faults": [],
    }


def test_ukrainian_headings_decimal_commas_and_semicolons_are_read() -> None:
    found = parsed(
        "Дата;№ документа;Сума;Зміст операції\n02.11.2026;РН-1;-1 250,50;Оплата\n".encode("cp1251")
    )

    assert found["rows"] == [
        {"row": 2, "day": "2026-11-02", "amount": "-1250.5", "number": "РН-1", "text": "Оплата"}
    ]


def test_a_faulty_row_is_told_with_its_number_and_the_others_are_kept() -> None:
    found = read(
        "Date,Number,Amount\n2026-11-02,A,ten\n,B,5\n2026-11-04,C,\n2026-11-05,D,7\n2026-11-06,E,0\n"
    )

    assert [row["number"] for row in found["rows"]] == ["D"]
    assert [(fault["row"], fault["column"]) for fault in found["faults"]] == [
        (2, "amount"),
        (3, "day"),
        (4, "amount"),
    ]


def test_a_workbook_is_read_too() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Posting date", "Document no", "Amount"])
    sheet.append(["2026-11-02", 17, 99.9])
    file = io.BytesIO()
    book.save(file)

    [row] = parsed(file.getvalue())["rows"]

    assert (row["number"], row["amount"]) == ("17", "99.9")


@pytest.mark.parametrize("text", ["Number,Amount\nA,1\n", "Date,Number\n2026-11-01,A\n", "", "nothing\n"])
def test_what_is_no_ledger_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(FileRefused):
        read(text)
