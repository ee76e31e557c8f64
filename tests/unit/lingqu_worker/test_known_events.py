"""What came before is told from what is new, and from what contradicts it."""

from __future__ import annotations

import uuid

from lingqu.admission import EncodedRow
from lingqu.wire.framing import frame
from lingqu_worker.known_events import KnownEvents


def row(index: int, number: int, content: str = "a") -> EncodedRow:
    """Return an admitted row as its payload begins: the id's length, the id, the rest."""
    event_id = str(uuid.UUID(int=number))
    payload = frame(7, b"\x48" + event_id.encode() + content.encode())
    return EncodedRow(index, event_id, "key", payload, b"")


def test_the_same_event_twice_among_new_rows_is_published_once() -> None:
    rows = [row(0, 1), row(1, 2), row(2, 1)]
    found = KnownEvents().sort(rows)
    assert (list(found.fresh), found.repeats, dict(found.contradictions)) == (rows[:2], 1, {})


def test_what_was_published_before_is_a_repeat_and_another_content_a_contradiction() -> None:
    known = KnownEvents()
    known.add([row(0, 1), row(1, 2)])
    found = known.sort([row(0, 1), row(1, 2, "changed"), row(2, 3), row(3, 3, "changed")])
    assert [each.index for each in found.fresh] == [2]
    assert found.repeats == 1
    assert sorted(found.contradictions) == [1, 3]


def test_only_the_last_ones_are_remembered() -> None:
    known = KnownEvents(limit=2)
    known.add([row(0, 1), row(1, 2), row(2, 3)])
    assert [each.index for each in known.sort([row(0, 1), row(1, 2), row(2, 3)]).fresh] == [0]
