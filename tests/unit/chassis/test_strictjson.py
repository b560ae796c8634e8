"""What Python reads and JSON does not allow."""

import pytest

from services.chassis.strictjson import loads


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b"", "Expecting value"),
        (b"{", "Expecting property name"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": -Infinity}', "-Infinity is not JSON"),
        (b'{"a": 1e999}', "a number is too large"),
        (b'{"a": 1, "b": 2, "a": 3}', "the name 'a' appears twice"),
        (b'[{"b": {"a": 1, "a": 1}}]', "the name 'a' appears twice"),
        (b'{"__type__": "decimal", "__value__": "1"}', "'__type__' is not allowed"),
        (b'"\xff"', "not UTF-8 at byte 1"),
        (b'"\\ud800"', "a lone surrogate is not text"),
        (b'{"\\udc00": 1}', "a lone surrogate is not text"),
        (b'["\\u0000"]', "may not contain the character NUL"),
        (b"[" * 100_000, "nested too deeply"),
        (b"1" * 5000, "Exceeds the limit"),
        ("﻿1".encode(), "Expecting value"),
    ],
)
def test_what_is_not_strict_json_is_refused(text: bytes, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        loads(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a": [1, 2.5, "x", null, true]}', {"a": [1, 2.5, "x", None, True]}),
        (b'"\\ud83d\\ude00"', "😀"),
        ('"ž"', "ž"),
        (b' "\\\\u0000" ', "\\u0000"),
    ],
)
def test_strict_json_is_read(text: bytes | str, value: object) -> None:
    assert loads(text) == value
