"""Statements taken in batches, each by itself: kept, published, followed, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from tests.support.licences import LICENCE, Declaring, declaring, licence

from lingqu.domain_service.statements.noun import Document
from lingqu.domain_service.statements.shelf import Shelf
from lingqu.errors import ConflictError, Reason
from lingqu.service.database import session_factory

pytestmark = pytest.mark.integration


class Recorder:
    """A follower that keeps what it was told, and can be told to fail."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.failure: Exception | None = None

    def follow(self, _session: Session, events: Sequence[Document]) -> None:
        self.told += [(each["licence_no"], each["change"]) for each in events]
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def desk(tmp_path: Path, database_url: str, recorder: Recorder) -> Iterator[Declaring]:
    with declaring(tmp_path, database_url, recorder) as found:
        yield found


def theirs(number: str, at_ms: int, **more: Any) -> Document:
    """Return an event of another region."""
    envelope = {
        "event_id": f"0197b1de-7c00-7000-8000-{at_ms:012}",
        "occurred_at": at_ms,
        "origin": "44",
        "change": "first",
        "supersedes": None,
        "mode": "live",
        "environment": "prod",
    }
    return licence(number, **envelope | more)


def numbered(count: int, **more: Any) -> list[Document]:
    return [licence(f"A-{number:04}", **more) for number in range(count)]


def test_a_second_import_of_the_same_rows_publishes_nothing(desk: Declaring) -> None:
    rows = numbered(700)
    assert set(desk.outcomes(*rows)) == {"first"}
    again = desk.take(*rows)
    assert set(again.outcomes) == {"repeat"}
    assert list(again.event_ids) == [each["event_id"] for each in desk.published()]
    assert len(desk.published()) == len(desk.standing()) == 700


def test_a_changed_row_revises_what_stands(desk: Declaring, recorder: Recorder) -> None:
    desk.take(*numbered(3))
    changed = [licence("A-0001", fee_fen=1), licence("A-0001", fee_fen=2), licence("A-0003")]
    assert desk.outcomes(*changed) == ["revision", "revision", "first"]
    *_, second, third, _ = desk.published()
    assert third["supersedes"] == second["event_id"]
    assert [each["fee_fen"] for each in desk.standing()] == [1250, 2, 1250, 1250]
    assert recorder.told[3:] == [("A-0001", "revision")] * 2 + [("A-0003", "first")]


def test_another_regions_key_is_refused_by_row_with_its_reason(desk: Declaring) -> None:
    desk.arrive(theirs("B-1", 1000))
    taken = desk.take(licence("A-1"), licence("B-1", fee_fen=9), licence("A-2"))
    assert list(taken.outcomes) == ["first", "refused", "first"]
    assert "was declared by region 44" in taken.refused[1].detail
    assert taken.event_ids[1] is None
    assert len(desk.published()) == 2


def test_what_another_region_says_may_be_said_again(desk: Declaring) -> None:
    desk.arrive(theirs("B-1", 1000))
    assert desk.outcomes(licence("B-1")) == ["repeat"]


def test_what_admission_refuses_decides_about_no_other_row(desk: Declaring) -> None:
    wrong = licence("A-1", fee_fen=-1)
    taken = desk.take(licence("A-0"), wrong, licence("A-1"), licence("A-2", status="lost"))
    assert list(taken.outcomes) == ["first", "refused", "first", "refused"]
    assert (taken.refused[1].rule, taken.refused[3].field) == ("fee_is_no_refund", "status")
    assert [each["change"] for each in desk.published()] == ["first", "first"]


def test_what_was_refused_beforehand_keeps_its_place(desk: Declaring) -> None:
    late = Reason("rejected", "it is too late")
    taken = desk.take(late, licence("A-1"), licence("A-2", fee_fen=-1), late)
    assert list(taken.outcomes) == ["refused", "first", "refused", "refused"]
    assert [taken.refused[place].detail for place in (0, 3)] == [late.detail] * 2
    with session_factory(desk.engine, read_only=True)() as session:
        found = desk.declarations.shelf.documents(session, [("A-1",), ("A-2",)])
    assert list(found) == [("A-1",)]


def test_a_failure_leaves_nothing_half_taken(desk: Declaring, recorder: Recorder) -> None:
    recorder.failure = RuntimeError("a defect")
    with pytest.raises(RuntimeError):
        desk.take(*numbered(5))
    assert (desk.standing(), desk.published()) == ([], [])


def test_a_row_may_take_back_what_stands(desk: Declaring) -> None:
    desk.take(*numbered(2))
    gone = licence("A-0001", change="withdrawal")
    assert desk.outcomes(gone, gone) == ["withdrawal", "repeat"]
    assert [each["licence_no"] for each in desk.standing()] == ["A-0000"]
    taken = desk.take(licence("A-9", change="withdrawal"))
    assert "nothing to withdraw" in taken.refused[0].detail
    assert desk.outcomes(licence("A-0001")) == ["revision"]


def test_a_withdrawal_by_hand_says_why(desk: Declaring) -> None:
    desk.take(licence("A-1"))
    desk.declarations.withdraw(("A-1",), "依申请注销")
    last = desk.published()[-1]
    assert (last["change"], last["note"], last["scope"]) == ("withdrawal", "依申请注销", [])


def test_the_lane_of_an_import_is_that_of_its_events(desk: Declaring) -> None:
    desk.take(licence("A-1"), mode="backfill")
    assert desk.published()[0]["mode"] == "backfill"


def test_a_declaration_of_another_regions_key_is_a_conflict(desk: Declaring) -> None:
    desk.arrive(theirs("B-1", 1000))
    with pytest.raises(ConflictError, match="only that region"):
        desk.declarations.declare([licence("A-1"), licence("B-1", fee_fen=9)])
    assert desk.published() == []


def test_no_region_changes_what_another_has_stated(desk: Declaring, recorder: Recorder) -> None:
    desk.take(licence("A-1"))
    desk.arrive(theirs("B-1", 1000))
    later = 9_000_000_000_000
    desk.arrive(
        theirs("A-1", later, change="revision", fee_fen=9),
        theirs("B-1", later + 1, origin="45", change="withdrawal"),
        theirs("B-1", 2000, origin="4401", change="revision"),
    )

    assert [each["origin"] for each in desk.standing()] == ["43", "4401"]
    assert recorder.told == [("A-1", "first"), ("B-1", "first"), ("B-1", "revision")]


def test_followers_hear_of_what_comes_to_stand_and_not_of_what_is_late(
    desk: Declaring, recorder: Recorder
) -> None:
    desk.arrive(theirs("B-1", 2000), theirs("B-1", 1000), theirs("B-1", 3000, change="revision"))
    assert recorder.told == [("B-1", "first"), ("B-1", "revision")]


def test_the_same_rows_make_the_same_events_in_an_empty_database(tmp_path: Path) -> None:
    ids = []
    for name in ("one", "two"):
        url = f"sqlite:///{tmp_path / name}.sqlite"
        with declaring(tmp_path, url) as desk:
            desk.take(licence("A-1"), licence("A-1", fee_fen=2), licence("A-1"))
            ids.append([each["event_id"] for each in desk.published()])
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 3


def test_nouns_of_a_domain_that_follow_each_other_wait_and_never_deadlock(
    tmp_path: Path, postgres_url: str
) -> None:
    here, there = Shelf(LICENCE), Shelf(replace(LICENCE, topic="trial.permit.v1"))
    both_hold_one = threading.Barrier(2)

    def lock(desk: Declaring, first: Shelf, second: Shelf) -> None:
        with session_factory(desk.engine).begin() as session:
            first.lock(session)
            with suppress(threading.BrokenBarrierError):  # the other one waits for the first lock
                both_hold_one.wait(0.3)
            second.lock(session)

    with declaring(tmp_path, postgres_url) as desk, ThreadPoolExecutor() as threads:
        done = [threads.submit(lock, desk, *pair) for pair in ((here, there), (there, here))]
        assert [each.result(timeout=20) for each in done] == [None, None]
