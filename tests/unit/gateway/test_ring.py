"""The minutes of notices a gateway holds."""

from services.gateway.live import Notice, Ring


def a_notice(offset: int, id: str = "", time: str = "2026-11-22T09:30:00Z") -> Notice:
    return Notice(offset, id or f"id-{offset}", time, frozenset(), b"")


def a_ring(*offsets: int, most: int = 100) -> Ring:
    ring = Ring(most)
    for offset in offsets:
        ring.add(a_notice(offset))
    return ring


def test_an_empty_ring_knows_nothing_and_promises_nothing() -> None:
    ring = Ring()

    assert (ring.floor, ring.newest) == (None, None)
    assert not ring.knows(a_notice(0))
    assert ring.after(0) == []


def test_it_holds_everything_after_its_floor() -> None:
    ring = a_ring(5, 6, 7)

    assert (ring.floor, ring.newest) == (4, 7)
    assert [notice.offset for notice in ring.after(5)] == [6, 7]
    assert [notice.offset for notice in ring.after(4)] == [5, 6, 7]


def test_when_it_is_full_the_floor_rises_with_what_goes() -> None:
    ring = a_ring(*range(20), most=8)

    held = [notice.offset for notice in ring.after(-1)]
    assert 8 <= len(held) <= 10
    assert ring.floor == held[0] - 1
    assert held == list(range(held[0], 20))


def test_what_comes_again_is_recognised() -> None:
    ring = a_ring(5, 6, 7)

    assert ring.knows(a_notice(6))
    assert ring.knows(a_notice(3))
    assert not ring.knows(a_notice(8))


def test_another_stream_is_recognised_by_another_notice_at_the_same_place() -> None:
    ring = a_ring(5, 6, 7)

    assert not ring.knows(a_notice(6, id="other"))
    assert not ring.knows(a_notice(0, time="2026-11-22T10:00:00Z"))
