"""`./counterpart demo adventureworks PATH`: what the engine decides is what can be counted in the files by hand."""

import csv
import os
from decimal import Decimal
from pathlib import Path

import pytest

from deploy.local import adventureworks
from deploy.local.places import CHECKOUT
from deploy.local.problems import Problem
from services.contracts.invoicing.tolerances import MatchingWay

MATERIAL = (
    Path(os.environ.get("COUNTERPART_MATERIAL", CHECKOUT.parent / "shared" / "material")) / "adventureworks"
)
LATE = "2026-11-20 00:00:00.000"


def a_header(order: int, shipped: str) -> list[str]:
    return [str(order), "1", "4", "258", "7", "3", shipped, shipped, "0", "0", "0", "0", shipped]


def a_line(order: int, ordered: str, price: str, received: str, rejected: str) -> list[str]:
    return [str(order), "1", LATE, ordered, "45", price, "0", received, rejected, "0", LATE]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One order that came whole, one that came short, one of which something was rejected."""
    written = {
        "Vendor.csv": [["7", "MILL0001", "Mill & Sons", "1", "1", "1", "", LATE]],
        "PurchaseOrderHeader.csv": [
            a_header(1, "2026-11-15 00:00:00.000"), a_header(2, "2026-11-16 00:00:00.000"),
            a_header(3, "2026-02-16 00:00:00.000"),
        ],
        "PurchaseOrderDetail.csv": [
            a_line(1, "10", "1.2345", "10.00", ".00"), a_line(1, "2", "5.0000", "2.00", ".00"),
            a_line(2, "10", "1.0000", "8.00", ".00"), a_line(2, "4", "1.0000", "4.00", ".00"),
            a_line(3, "10", "2.0000", "10.00", "3.00"),
        ],
    }  # fmt: skip
    for name, rows in written.items():
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter="\t").writerows(rows)
    return tmp_path


def test_lines_and_whole_orders_are_counted_by_each_way(folder: Path) -> None:
    outcome = adventureworks.decided(adventureworks.read(folder))

    counted = {way: (count.lines, count.orders) for way, count in outcome.passed.items()}
    assert counted == {MatchingWay.TWO: (5, 3), MatchingWay.THREE: (4, 2), MatchingWay.FOUR: (3, 1)}
    assert (outcome.short, outcome.rejected) == (Decimal(2), Decimal(6))
    assert outcome.invoiced == outcome.consolidated == Decimal("56.345")
    # The 15th itself, the 30th, and the last day of February.
    assert outcome.documents == 3
    assert len(adventureworks.told(outcome)) == 13


def test_a_folder_without_the_files_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"PurchaseOrderHeader\.csv"):
        adventureworks.read(tmp_path)


@pytest.mark.long
@pytest.mark.skipif(not MATERIAL.is_dir(), reason=f"the AdventureWorks purchasing data is not at {MATERIAL}")
def test_four_years_of_purchasing_are_decided_as_the_files_say() -> None:
    with (MATERIAL / "PurchaseOrderDetail.csv").open(encoding="utf-8", newline="") as text:
        rows = [
            (row[0], *map(Decimal, (row[3], row[5], row[7], row[8])))
            for row in csv.reader(text, delimiter="\t")
        ]

    outcome = adventureworks.decided(adventureworks.read(MATERIAL))

    short = {(at, row[0]) for at, row in enumerate(rows) if row[3] < row[1]}
    unaccepted = {(at, row[0]) for at, row in enumerate(rows) if row[3] - row[4] < row[1]}
    orders = len({row[0] for row in rows})
    for way, failed in ((MatchingWay.TWO, set()), (MatchingWay.THREE, short), (MatchingWay.FOUR, unaccepted)):
        count = outcome.passed[way]
        assert (count.lines, count.orders) == (
            len(rows) - len(failed),
            orders - len({id for _, id in failed}),
        )
    assert outcome.short == sum(max(row[1] - row[3], Decimal(0)) * row[2] for row in rows)
    assert outcome.rejected == sum(row[4] * row[2] for row in rows)
    assert outcome.invoiced == outcome.consolidated == sum(row[1] * row[2] for row in rows)
