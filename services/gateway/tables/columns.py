"""Headings and values of a table, in the languages and the ways of writing that people use.

A column is found by its heading, in whatever place it stands. A number may have a decimal comma: `12,5` can mean
nothing else. What could be read in two ways (`1,234`) is read as the rest of the file writes numbers; where the
file does not say, it is refused rather than guessed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from services.gateway.problems import FileRefused
from services.gateway.tables.reading import EMPTY, ROWS_OF_HEADINGS, Cell, Row

C = TypeVar("C")


class Unreadable(ValueError):
    """A cell does not hold what it should; the sentence says what to do."""


def folded(heading: str) -> str:
    """A heading without what does not tell it from others: `Invoice No.` and `invoice no` are one."""
    return " ".join(re.findall(r"[^\W_]+|%|№", heading.casefold()))


@dataclass(frozen=True)
class Columns(Generic[C]):
    """The headings that are known, and which of the columns a table must have."""

    known: Mapping[str, C]
    needed: tuple[C, ...]
    titles: Mapping[C, str]

    def count(self, texts: Sequence[str]) -> int:
        """How many of these are headings."""
        return len({self.known[folded(text)] for text in texts if folded(text) in self.known})

    def found(self, rows: Sequence[Row]) -> tuple[dict[C, int], tuple[Row, ...]]:
        """In which place each column stands, and the rows below the headings; raises FileRefused."""
        beginning = rows[:ROWS_OF_HEADINGS]
        at, row = max(
            enumerate(beginning),
            key=lambda each: (self.count([cell.text for cell in each[1].cells]), -each[0]),
        )
        places: dict[C, int] = {}
        for place, cell in enumerate(row.cells):
            column = self.known.get(folded(cell.text))
            if column is None:
                continue
            if column in places:
                raise FileRefused(f"The table has two columns {self.titles[column]}. Take one out.")
            places[column] = place
        missing = [self.titles[column] for column in self.needed if column not in places]
        if missing:
            raise FileRefused(
                f"The table has no column {', '.join(missing)}. Give the columns the headings of the template."
            )
        return places, tuple(rows[at + 1 :])


def cell_of(row: Row, place: int | None) -> Cell:
    """The cell of a row in this place."""
    return row.cells[place] if place is not None and place < len(row.cells) else EMPTY


# ---------------------------------------------------------------------------------------------- texts


def text_of(cell: Cell, most: int) -> str | None:
    """What stands there as text of at most so many characters; None for nothing."""
    if cell.formula:
        raise Unreadable(FORMULA)
    text = " ".join(cell.text.split())
    if len(text) > most:
        raise Unreadable(f"Write at most {most} characters.")
    return text or None


FORMULA = "There is a formula. Put what it comes to in its place: copy the cell and paste it as a value."


# -------------------------------------------------------------------------------------------- numbers

_BLANKS = re.compile(r"[\s\u00a0\u202f'’]")
_COMMA_IS_DECIMAL = re.compile(r"[+-]?\d+,(?:\d{1,2}|\d{4,})|[+-]?\d{1,3}(?:\.\d{3})+,\d+")
_POINT_IS_DECIMAL = re.compile(r"[+-]?\d+\.(?:\d{1,2}|\d{4,})|[+-]?\d{1,3}(?:,\d{3})+\.\d+")
_GROUPED = {",": re.compile(r"[+-]?\d{1,3}(?:,\d{3})+"), ".": re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+")}


def mark_of(cells: Iterable[Cell]) -> str | None:
    """What the table writes between whole and part: a comma, a point; None when nothing tells, or both do."""
    seen = set()
    for cell in cells:
        if isinstance(cell.value, str):
            text = _BLANKS.sub("", cell.value)
            if _COMMA_IS_DECIMAL.fullmatch(text):
                seen.add(",")
            elif _POINT_IS_DECIMAL.fullmatch(text):
                seen.add(".")
    return seen.pop() if len(seen) == 1 else None


def number_of(cell: Cell, mark: str | None) -> Decimal | None:
    """The number that stands there; None for nothing. `mark` as `mark_of` found it."""
    if cell.formula:
        raise Unreadable(FORMULA)
    if isinstance(cell.value, Decimal):
        return cell.value
    if isinstance(cell.value, date):
        raise Unreadable("There is a date. Write a number, and give the cell the format of a number.")
    text = _BLANKS.sub("", cell.value)
    if not text:
        return None
    plain = _with_point(text, mark)
    if not re.fullmatch(r"[+-]?\d{1,30}(?:\.\d{1,30})?", plain, re.ASCII):
        raise Unreadable(f"“{cell.text[:40]}” is not a number. Write digits only, such as 12.5.")
    return Decimal(plain)


def _with_point(text: str, mark: str | None) -> str:
    """A number as programs write it: a point, and nothing between thousands."""
    if _COMMA_IS_DECIMAL.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    if _POINT_IS_DECIMAL.fullmatch(text):
        return text.replace(",", "")
    if text.count(",") == 1 and _GROUPED[","].fullmatch(text):
        # 1,234: the comma of a thousand, or a decimal one with three digits after it.
        if mark is None:
            plain, part = text.replace(",", ""), text.replace(",", ".")
            raise Unreadable(f"{text} can be read as {plain} and as {part}. Write the one that is meant.")
        return text.replace(",", "." if mark == "," else "")
    if _GROUPED[","].fullmatch(text):
        return text.replace(",", "")
    return text.replace(".", "") if mark == "," and _GROUPED["."].fullmatch(text) else text


def number_within(
    cell: Cell,
    mark: str | None,
    *,
    above: int | None = None,
    least: int | None = None,
    most: Decimal,
    places: int,
) -> Decimal | None:
    """A number within its limits."""
    number = number_of(cell, mark)
    if number is None:
        return None
    if above is not None and number <= above:
        raise Unreadable(f"Write a number greater than {above}.")
    if least is not None and number < least:
        raise Unreadable(f"Write a number that is not less than {least}.")
    if number > most:
        raise Unreadable(f"Write a number of at most {most:,f}.")
    number = number.normalize()
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        raise Unreadable(f"Write at most {places} digits after the decimal point.")
    return number


def whole_of(cell: Cell, most: int) -> int | None:
    """A whole number from 1."""
    number = number_of(cell, None)
    if number is None:
        return None
    if number != number.to_integral_value() or not 1 <= number <= most:
        raise Unreadable(f"Write a whole number from 1 to {most:,}.")
    return int(number)


# ----------------------------------------------------------------------------------------------- days

_DAYS = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})", re.ASCII),
    re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?: ?р\.?)?", re.ASCII),
)


def day_of(cell: Cell) -> date | None:
    """The day that stands there; None for nothing."""
    if cell.formula:
        raise Unreadable(FORMULA)
    if isinstance(cell.value, date):
        return cell.value
    text = cell.text.strip().removesuffix(" 00:00:00").removesuffix("T00:00:00")
    if not text:
        return None
    for pattern in _DAYS:
        match = pattern.fullmatch(text)
        if match is not None:
            try:
                return date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                break
    raise Unreadable(f"“{text[:40]}” is not a date. Write it as 2026-11-30 or 30.11.2026.")
