from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from lingqu.errors import ContractError
from lingqu.outbox import EncodedEvent, append
from lingqu.outbox.append import MAX_EVENT_BYTES
from lingqu.outbox.model import OUTBOX_BUNDLE, create_outbox
from lingqu.outbox.rows import Rows, digest
from lingqu.outbox.wake import waking
from lingqu.service.database import make_engine, session_factory


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = make_engine("sqlite://")
    with made.begin() as connection:
        create_outbox(connection)
    yield made
    made.dispose()


def event(name: str, payload: bytes = b"p") -> EncodedEvent:
    return EncodedEvent(name, "key", payload)


def rows(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(OUTBOX_BUNDLE)) or 0


def payloads(engine: Engine) -> list[bytes]:
    return [payload for bundle in Rows(engine).batch() for _, payload in bundle.records()]


def test_events_stand_in_the_order_they_were_appended(engine: Engine) -> None:
    with session_factory(engine).begin() as session:
        append(session, "demo.reading.v1", event("a", b"1"))
        append(session, "demo.reading.v1", (event(name, name.encode()) for name in "bc"))

    first, second = Rows(engine).batch()
    assert list(first.records()) == [(b"key", b"1")]
    assert list(second.records()) == [(b"key", b"b"), (b"key", b"c")]
    assert (first.topic, first.digest, second.topic) == ("demo.reading.v1", "a", "demo.reading.v1")


def test_many_events_are_few_rows_bounded_in_events_and_bytes(engine: Engine) -> None:
    many = [event(str(number), b"%d" % number) for number in range(1_200)]
    large = [event(str(number), bytes(100_000)) for number in range(5)]
    with session_factory(engine).begin() as session:
        append(session, "demo.reading.v1", many)
        append(session, "demo.reading.v1", large)

    bundles = Rows(engine).batch()
    assert [each.events for each in bundles] == [500, 500, 200, 2, 2, 1]
    assert payloads(engine) == [each.payload for each in many + large]
    assert Rows(engine).pending().events == 1_205


def test_keys_beyond_ascii_and_empty_parts_come_back(engine: Engine) -> None:
    given = [EncodedEvent("a", "43-里耶镇", b""), EncodedEvent("b", "", b"p")]
    with session_factory(engine).begin() as session:
        append(session, "demo.reading.v1", given)

    (bundle,) = Rows(engine).batch()
    assert list(bundle.records()) == [("43-里耶镇".encode(), b""), (b"", b"p")]


def test_a_batch_is_bounded_by_its_events(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lingqu.outbox.rows.MAX_EVENTS", 3)
    with session_factory(engine).begin() as session:
        for first in range(0, 8, 2):
            append(session, "demo.reading.v1", [event(str(first)), event(str(first + 1))])

    assert [bundle.events for bundle in Rows(engine).batch()] == [2, 2]


def test_no_events_are_no_rows(engine: Engine) -> None:
    with session_factory(engine).begin() as session:
        append(session, "demo.reading.v1", [])
        assert rows(session) == 0


def test_one_event_too_large_for_kafka_refuses_all_before_anything_is_written(
    engine: Engine,
) -> None:
    large = event("large", bytes(MAX_EVENT_BYTES))
    with session_factory(engine).begin() as session:
        with pytest.raises(ContractError, match="event large for demo"):
            append(session, "demo.reading.v1", [event("small"), large])
        assert rows(session) == 0


def test_ids_of_deleted_rows_are_never_used_again(engine: Engine) -> None:
    seen: list[int] = []
    for name in "abc":
        with session_factory(engine).begin() as session:
            append(session, "demo.reading.v1", event(name))
        ids = [row.id for row in Rows(engine).batch()]
        seen += ids
        Rows(engine).forget(ids)

    assert seen == [1, 2, 3]


def test_a_batch_is_bounded_by_its_bytes(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lingqu.outbox.rows.MAX_BYTES", 1000)
    with session_factory(engine).begin() as session:
        for number in range(9):
            append(session, "demo.reading.v1", event(str(number), bytes(400)))

    assert [bundle.digest for bundle in Rows(engine).batch()] == ["0", "1", "2"]


def test_a_generation_is_made_once(engine: Engine) -> None:
    assert Rows(engine).generation() == Rows(engine).generation()


def test_a_digest_tells_other_events_under_the_same_ids() -> None:
    assert digest([(1, "a"), (2, "b")]) == digest([(1, "a"), (2, "b")])
    assert len({digest([(1, "a")]), digest([(1, "b")]), digest([(2, "a")]), digest([])}) == 4


def test_only_a_committed_append_wakes_the_relay(engine: Engine) -> None:
    wake = threading.Event()
    with waking(engine, wake):
        with session_factory(engine).begin() as session:
            rows(session)
        assert not wake.is_set()
        with session_factory(engine)() as session:
            append(session, "demo.reading.v1", event("a"))
            session.rollback()
        assert not wake.is_set()
        with session_factory(engine).begin() as session:
            append(session, "demo.reading.v1", event("b"))
            assert not wake.is_set()
        assert wake.is_set()


def test_a_commit_in_another_database_wakes_nobody(engine: Engine) -> None:
    wake, other = threading.Event(), make_engine("sqlite://")
    with other.begin() as connection:
        create_outbox(connection)
    with waking(other, wake), session_factory(engine).begin() as session:
        append(session, "demo.reading.v1", event("a"))
    other.dispose()
    assert not wake.is_set()
