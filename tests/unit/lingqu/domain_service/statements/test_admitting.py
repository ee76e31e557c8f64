from __future__ import annotations

from typing import Any

import pytest
from tests.support.licences import TOPIC, licence, trial_catalogue, trial_events, version

from lingqu.domain_service.statements.admitting import Admitting
from lingqu.domain_service.statements.noun import Document
from lingqu.outbox.events import Events

ENVELOPE = {
    "event_id": "0197b1de-7c00-7000-8000-000000000001",
    "occurred_at": 1_700_000_000_000,
    "origin": "43",
    "change": "first",
    "supersedes": None,
    "mode": "live",
}
RECORDS: list[Any] = [
    {"name": "甲"},
    {"name": "甲", "copies": 2, "remark": "乙", "marks": ["丙"]},
    {},
    {"name": None},
    {"name": "甲", "copies": 1.5},
    {"name": "甲", "copies": None},
    {"name": "甲", "marks": [1]},
    {"name": "甲", "marks": None},
    {"name": "甲", "other": 1},
    {"name": "甲", "made_on": 1, "state": "ended", "states": ["valid", "ended"]},
    {"name": "甲", "state": "lost"},
    {"name": "甲", "states": ["lost"]},
    {"name": "甲", "states": [None]},
    {"name": "甲", "made_on": 2**40},
    "甲",
    None,
]
VALUES: dict[str, list[Any]] = {
    "holder_name": ["某甲", None, 5, "\ud800"],
    "granted_on": [19783, 1.5, "2024-03-01", None],
    "heard_at": [None, 1_709_251_200_000, 2**64],
    "fee_fen": [1250, -1, 1.5, True, None],
    "area": [1.5, 2, None, "3"],
    "pages": [3, 2**40, None],
    "status": ["valid", "lost", None],
    "public": [True, 1],
    "scope": [["甲"], [], ["甲", 5], "甲乙", None],
    "parts": [[], [RECORDS[0], RECORDS[1]], *([each] for each in RECORDS), None],
    "first_part": RECORDS,
    "unknown": ["x"],
}
CASES = [(name, value) for name, values in VALUES.items() for value in values]


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Events:
    return trial_events(trial_catalogue(tmp_path_factory.mktemp("trial")))


def event(number: int, changes: Document) -> Document:
    return licence(f"A-{number}", **ENVELOPE) | changes


@pytest.mark.parametrize(("name", "value"), CASES)
def test_columns_admit_what_rows_admit_and_refuse_what_they_refuse(
    events: Events, name: str, value: Any
) -> None:
    given = [event(1, {}), event(2, {name: value})]
    quick = Admitting(events, TOPIC, version()).admit(given)
    exact = events.admit(TOPIC, given)
    assert quick.refused == exact.refused
    assert [(row.index, row.key, row.payload) for row in quick.accepted] == [
        (row.index, row.key, row.payload) for row in exact.accepted
    ]


def test_what_fits_is_admitted_by_columns(events: Events) -> None:
    parts = [{"name": "甲"}, {"name": "乙", "copies": 2}]
    given = [
        event(1, {"fee_fen": -1, "parts": [], "first_part": None}),
        event(2, {"parts": parts, "first_part": parts[0]}),
    ]
    admitted = Admitting(events, TOPIC, version()).admit(given)
    assert [row.digest for row in admitted.accepted] == [b""]  # rows have one
    assert admitted.refused[0].rule == "fee_is_no_refund"
