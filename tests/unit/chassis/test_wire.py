"""Shapes to JSON and back, at both borders."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis import wire
from services.chassis.errors import Invalid
from services.contracts.kinds import Day, Id, Instant, Name, Quantity, Text, UnitPrice
from services.contracts.shapes import Length, shape


class Colour(StrEnum):
    """For the test."""

    RED = "red"
    BLUE = "blue"


@shape
class Part:
    """For the test."""

    name: Annotated[Name, "What it is called."]
    quantity: Quantity


@shape
class Whole:
    """For the test: one field of every kind."""

    id: Id
    made: Instant
    due: Day | None
    colour: Colour
    price: UnitPrice
    parts: Annotated[tuple[Part, ...], Length(1, 5)]
    tags: frozenset[str] = frozenset()
    note: Text = ""
    main: Part | None = None


parts = st.builds(
    Part,
    name=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=50),
    quantity=st.decimals(min_value="0.000001", max_value="1000000", places=6),
)
wholes = st.builds(
    Whole,
    id=st.uuids(),
    made=st.datetimes(timezones=st.just(UTC)),
    due=st.none() | st.dates(),
    colour=st.sampled_from(Colour),
    price=st.decimals(min_value=0, max_value=10**9, places=4),
    parts=st.lists(parts, min_size=1, max_size=5).map(tuple),
    tags=st.frozensets(st.text(st.characters(codec="utf-8"), max_size=5), max_size=3),
    note=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20),
    main=st.none() | parts,
)


@given(wholes)
def test_what_is_written_is_read_back_unchanged_at_both_borders(whole: Whole) -> None:
    text = wire.dumps(whole)

    assert json.loads(text) == wire.encode(whole)
    assert wire.decode(Whole, json.loads(text)) == whole
    assert wire.load(Whole, json.loads(text)) == whole


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_a_decimal_has_one_form_and_loses_no_digit(value: Decimal) -> None:
    text = wire.decimal_text(value)

    assert Decimal(text) == value
    assert "E" not in text
    assert "." not in text or not text.endswith("0")
    assert wire.decimal_text(Decimal(text)) == text


def a_whole() -> dict[str, Any]:
    return {
        "id": "018f6b7e-3c1a-7c4e-9a51-2f5f0a7b9d10",
        "made": "2026-11-22T09:30:00+02:00",
        "due": None,
        "colour": "red",
        "price": "9.90",
        "parts": [{"name": "Saddle", "quantity": "2"}],
    }


def test_every_fault_of_a_request_is_told_at_once_with_its_place() -> None:
    data = a_whole() | {
        "id": "no id",
        "made": "2026-11-22T09:30:00",
        "due": "22.11.2026",
        "colour": "green",
        "price": 9.9,
        "parts": [{"name": "", "quantity": "-1"}, {"quantity": "1e3"}],
        "note": 7,
        "admin": True,
    }

    with pytest.raises(Invalid) as told:
        wire.load(Whole, data)

    assert {fault.field for fault in told.value.faults} == {
        "/id", "/made", "/due", "/colour", "/price", "/parts/0/name", "/parts/0/quantity", "/parts/1/name",
        "/parts/1/quantity", "/note", "/admin",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "NaN"), ("price", "Infinity"), ("price", "1_000"), ("price", "٣"), ("price", " 1"), ("price", True),
        ("price", None), ("price", "-0.01"), ("price", "0.0000001"), ("price", "9" * 30),
        ("due", "2026-02-30"), ("due", 20260101), ("due", "2026-01-01T00:00:00"),
        ("made", 0), ("made", "yesterday"), ("id", 7), ("id", ""), ("colour", ["red"]), ("colour", None),
        ("parts", []), ("parts", "x"), ("parts", [1]), ("parts", {}), ("tags", "x"), ("note", "a\x00b"),
        ("main", []),
    ],
)  # fmt: skip
def test_what_is_not_exactly_of_its_kind_is_refused_at_both_borders(field: str, value: Any) -> None:
    data = a_whole() | {field: value}

    with pytest.raises(Invalid):
        wire.load(Whole, data)
    with pytest.raises(wire.Undecodable):
        wire.decode(Whole, data)


def test_a_stranger_may_not_add_a_field_but_a_newer_publisher_may() -> None:
    data = a_whole() | {"added_later": 1}

    with pytest.raises(Invalid):
        wire.load(Whole, data)
    assert wire.decode(Whole, data).price == Decimal("9.90")


def test_moments_travel_in_utc_and_none_without_a_zone() -> None:
    whole = wire.load(Whole, a_whole())

    assert wire.encode(whole)["made"] == "2026-11-22T07:30:00Z"
    with pytest.raises(wire.Undecodable):
        wire.encode(datetime(2026, 1, 1))  # noqa: DTZ001 - without a zone on purpose


def test_an_unknown_type_is_refused_rather_than_guessed() -> None:
    with pytest.raises(TypeError):
        wire.dumps(object())
    assert wire.dumps([date(2026, 1, 2), UUID(int=0), {"a": Decimal("1.10")}]) == (
        '["2026-01-02","00000000-0000-0000-0000-000000000000",{"a":"1.1"}]'
    )
