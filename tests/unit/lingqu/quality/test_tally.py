"""What is counted of events that came through a real gate."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from tests.support.builders import contract_folder, event, field, reading_fields, schema
from tests.support.clock import FakeClock
from tests.support.readings import Ids

from lingqu.admission import Admission, RegionScope
from lingqu.admission.gates import Gates
from lingqu.admission.metrics import REFUSED as ADMISSION_REFUSED
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract
from lingqu.errors import Reason
from lingqu.metrics import Metrics
from lingqu.quality import Tally
from lingqu.quality.metrics import EVENTS, FIELDS, REFUSED, TIMED
from lingqu.quality.score import Score, Series
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import frame
from lingqu.wire.registry import RegistryClient

TOPIC = "demo.reading.v1"
NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
DAY = "2026-11-22"
ID = "01890000-0000-7000-8000-000000000000"
ALL = ("value", "operator", "note", "parts")
EMPTY: dict[str, Any] = {"value": None, "operator": None, "note": "", "parts": []}


def now(**changes: Any) -> dict[str, Any]:
    return event(**{"occurred_at": NOW_MS, "note": "n", **changes})


class Known(Ids):
    """A registry that knows the contract's schema."""

    def __init__(self, schema: str) -> None:
        self._schema = schema

    def schema(self, _id: int) -> str:
        return self._schema


class Hall:
    """A tally beside the gate whose events it counts; events are to come within the hour."""

    def __init__(self, folder: Path) -> None:
        self.catalogue = load_catalogue(contract_folder(folder, sla={"latency_s": 3600}))
        self.clock = FakeClock(NOW)
        self.metrics = Metrics()
        self.tally = Tally(self.catalogue, self.metrics, self.clock)
        self.schema = self.catalogue.contract("demo.reading").latest().schema
        self.gate = self.gate_of(self.schema)

    def gate_of(self, schema: str) -> Admission:
        return Gates(
            self.catalogue,
            cast("RegistryClient", Known(schema)),
            scope=RegionScope.of_hub("43", ("X-LAB",)),
            environment="prod",
            id_key=b"k" * 32,
        ).of(TOPIC)

    def note(self, *rows: object, producer: str = "lims") -> None:
        self.tally.note(TOPIC, producer, self.gate.admit_rows(rows))

    def scores(self) -> dict[tuple[str, str], Score]:
        """Return today's changed scores by origin and producer."""
        changed = self.tally.changed()
        assert {(each.day, each.contract) for each in changed} <= {(DAY, "demo.reading")}
        return {(each.origin, each.producer): score for each, score in changed.items()}


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(tmp_path)


def score(
    accepted: int = 0,
    timed: int = 0,
    on_time: int = 0,
    changes: dict[str, int] | None = None,
    filled: tuple[str, ...] = (),
    asked: int = 0,
    **refused: int,
) -> Score:
    found = Score(accepted, 0, timed, on_time, Counter(refused), Counter(changes))
    found.asked.update(dict.fromkeys(ALL, asked) if asked else {})
    found.filled.update(dict.fromkeys(ALL, 0) if asked else {})
    found.filled.update(filled)
    return found


FIRST, LATE = {"first": 1}, NOW_MS - 3_600_001


@pytest.mark.parametrize(
    ("row", "origin", "expected"),
    [
        (now(), "43", score(1, 1, 1, FIRST, ALL, 1)),
        (now(origin="X-LAB"), "X-LAB", score(1, 1, 1, FIRST, ALL, 1)),
        (now(**EMPTY), "43", score(1, 1, 1, FIRST, (), 1)),
        (now(value=None, parts=[]), "43", score(1, 1, 1, FIRST, ("operator", "note"), 1)),
        (now(operator=""), "43", score(1, 1, 1, FIRST, ("value", "note", "parts"), 1)),
        (now(occurred_at=LATE + 1), "43", score(1, 1, 1, FIRST, ALL, 1)),
        (now(occurred_at=LATE), "43", score(1, 1, 0, FIRST, ALL, 1)),
        (now(occurred_at=LATE, mode="backfill"), "43", score(1, 0, 0, FIRST, ALL, 1)),
        (now(change="revision", supersedes=ID), "43", score(1, 1, 1, {"revision": 1}, ALL, 1)),
        (now(change="withdrawal", supersedes=ID), "43", score(1, 1, 1, {"withdrawal": 1})),
        (now(value=-1.0), "43", score(value_not_negative=1)),
        (now(value=-1.0, origin="4301"), "4301", score(value_not_negative=1)),
        (now(value="x", origin="4301"), "4301", score(undecodable=1)),
        (now(origin="44"), "43", score(wrong_region=1)),
        (now(origin=7), "43", score(undecodable=1)),
        (now(environment="test"), "43", score(wrong_environment=1)),
        (now(note="n" * 900_000, origin="4301"), "4301", score(too_large=1)),
        (now(event_id="x"), "43", score(envelope=1)),
        (3, "43", score(undecodable=1)),
    ],
)
def test_an_event_counts_for_its_origin(
    hall: Hall, row: object, origin: str, expected: Score
) -> None:
    hall.note(row)
    assert hall.scores() == {(origin, "lims"): expected}


def test_batches_of_many_origins_add_up_by_origin_and_producer(hall: Hall) -> None:
    rows = [now(origin=origin, value=value) for origin in ("43", "4301") for value in (1, None)]
    for producer in ("lims", "lims", "mobile"):
        hall.note(*rows, now(value=-1.0), producer=producer)
    found = hall.scores()
    assert set(found) == {(o, p) for o in ("43", "4301") for p in ("lims", "mobile")}
    assert found["4301", "lims"].filled == Counter(value=2, operator=4, note=4, parts=4)
    assert (found["43", "lims"].accepted, found["43", "lims"].refused.total()) == (4, 2)
    assert found["43", "lims"].validity_percent == 66.67
    assert found["43", "mobile"].completeness_percent == 87.5


def test_payloads_count_as_rows_do(hall: Hall) -> None:
    rows = [now(), now(origin="4301", value=-1.0), now(origin="4301", **EMPTY), now(origin="44")]
    bodies = [frame(7, body) for body in AvroCodec(hall.schema).encode_rows(rows)]
    admitted = hall.gate.admit_payloads([*bodies, b"junk", None])
    hall.tally.note(TOPIC, "feed", admitted)
    assert hall.scores() == {
        ("43", "feed"): score(
            1, 1, 1, FIRST, ALL, 1, wrong_region=1, bad_framing=1, null_payload=1
        ),
        ("4301", "feed"): score(1, 1, 1, FIRST, (), 1, value_not_negative=1),
    }


def test_events_of_two_versions_count_while_a_new_one_comes(hall: Hall) -> None:
    contract = hall.catalogue.contract("demo.reading")
    hall.note(now())
    wider = schema(
        "demo.reading", [*reading_fields(), field("added", ["null", "long"], default=None)]
    )
    newer = replace(contract.latest(), minor=1, schema=wider)
    added = replace(newer.fields[-1], path="added", nullable=True, type_name="long")
    newer = replace(newer, fields=(*newer.fields, added))
    contracts = cast("dict[str, Contract]", hall.catalogue.contracts)
    contracts[contract.name] = replace(contract, versions=(*contract.versions, newer))

    hall.note(now())  # by the gate that knew nothing of it
    hall.gate = hall.gate_of(wider)
    hall.note(now(added=3))

    [found] = hall.scores().values()
    assert found.accepted == 3
    assert (found.asked["value"], found.asked["added"], found.filled["added"]) == (3, 1, 1)


def test_only_what_is_fresh_is_accepted_and_what_contradicts_is_refused(hall: Hall) -> None:
    rows = [now(value=number, origin=f"430{number}") for number in (1, 2, 3)]
    admitted = hall.gate.admit_rows(rows)
    one, two, three = admitted.accepted
    settled = admitted.without({three.index: Reason("rejected", "it contradicts")})
    hall.tally.note(TOPIC, "lims", settled.only([one]), settled.only([two]))
    found = hall.scores()
    assert {origin: s.accepted for (origin, _), s in found.items()} == {
        "4301": 1,
        "4302": 0,
        "4303": 0,
    }
    assert (found["4302", "lims"].repeats, found["4303", "lims"].refused["rejected"]) == (1, 1)


def test_days_are_chinas_and_totals_run_until_the_day_is_over(hall: Hall) -> None:
    hall.note(now())
    hall.clock.advance(9 * 3_600 + 3_599)
    hall.note(now())
    hall.clock.advance(1)
    hall.note(now())
    days = {each.day: found.accepted for each, found in hall.tally.changed().items()}
    assert days == {DAY: 2, "2026-11-23": 1}
    hall.tally.told(hall.tally.changed())
    assert hall.tally.changed() == {}
    hall.note(now())
    assert [found.accepted for found in hall.tally.changed().values()] == [2]


def test_what_could_not_be_told_is_asked_for_again(hall: Hall) -> None:
    hall.note(now())
    hall.tally.changed()
    hall.note(3)
    (again,) = hall.tally.changed().values()
    assert (again.accepted, again.refused.total()) == (1, 1)


def test_a_caller_with_ever_new_names_cannot_make_the_series_grow(hall: Hall) -> None:
    for number in range(1_003):
        hall.tally.note_apart(TOPIC, f"s{number}", "43", repeats=1)
    scores = hall.tally.changed()
    hall.tally.told(scores)
    assert len(scores) == 1_001
    assert scores[Series(DAY, "demo.reading", "*", "*")].repeats == 3
    hall.clock.advance(timedelta(days=1).total_seconds())
    hall.tally.note_apart(TOPIC, "s1", "43", refused={"undecodable": 2})
    hall.tally.note_apart(TOPIC, "new", "43", repeats=1)
    assert {each.producer for each in hall.tally.changed()} == {"s1", "*"}


def test_metrics_show_the_same_counts(hall: Hall) -> None:
    hall.note(now(), now(occurred_at=LATE, operator=None), now(value=-1.0))
    hall.scores()
    place = {"contract": "demo.reading", "origin": "43", "producer": "lims"}
    shown = hall.metrics.value
    assert shown(EVENTS, **place, outcome="accepted") == 2
    assert shown(EVENTS, **place, outcome="refused") == 1
    assert shown(REFUSED, **place, reason="value_not_negative") == 1
    assert shown(ADMISSION_REFUSED, topic=TOPIC, reason="value_not_negative") == 1
    assert [shown(TIMED, **place, on_time=word) for word in ("yes", "no")] == [1, 1]
    assert [shown(FIELDS, **place, filled=word) for word in ("yes", "no")] == [7, 1]
