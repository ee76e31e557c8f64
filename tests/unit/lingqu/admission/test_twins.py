"""While two majors are served, an event of one is an event of the other."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.support.builders import contract_folder, event, field, reading_fields, schema

from lingqu.admission.twins import Twins, untwinned
from lingqu.contracts.loader import load_contract
from lingqu.contracts.model import Contract
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import frame

LAST = date(2027, 6, 30)
AFTER = date(2027, 7, 1)


def second_major(**changed: Any) -> str:
    """Return v2: `note` is called `remark`, `value` is gone, `depth` is new."""
    kept = [each for each in reading_fields() if each["name"] not in ("note", "value")]
    remark = field("remark", "string", aliases=["note"], default="")
    return schema(fields=[*kept, remark, {**field("depth", "double", default=0.5), **changed}])


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return made(tmp_path, second_major())


def made(tmp_path: Path, newer: str) -> Contract:
    root = contract_folder(
        tmp_path,
        versions={"1.0": schema(), "2.0": newer},
        rules=[],
        majors={1: {"served_until": LAST.isoformat()}},
    )
    return load_contract(root / "demo" / "reading")


def twins(contract: Contract, major: int, day: date = LAST) -> Twins:
    return Twins(contract, major, lambda other: 10 + other, lambda: day)


def payload(contract: Contract, major: int, row: dict[str, Any]) -> bytes:
    codec = AvroCodec(contract.latest(major).schema)
    return frame(major, codec.encode_rows([row])[0])


def newer_event() -> dict[str, Any]:
    row = event(remark="clear", depth=2.0)
    del row["note"], row["value"]
    return row


def test_an_event_of_the_new_major_reaches_the_old_ones_topic(contract: Contract) -> None:
    row = newer_event()

    [twin] = twins(contract, 2).of([payload(contract, 2, row)] * 2)

    assert twin.topic == "demo.reading.v1"
    expected = {**{name: row[name] for name in row if name not in ("remark", "depth")}}
    expected |= {"note": "clear", "value": None}
    assert list(twin.payloads) == [frame(11, encoded(contract, 1, expected))] * 2


def test_an_event_of_the_old_major_reaches_the_new_ones_topic(contract: Contract) -> None:
    row = event(note="clear")

    [twin] = twins(contract, 1).of([payload(contract, 1, row)])

    expected = {**newer_event(), "event_id": row["event_id"], "depth": 0.5}
    assert (twin.topic, twin.payloads) == (
        "demo.reading.v2",
        [frame(12, encoded(contract, 2, expected))],
    )


def encoded(contract: Contract, major: int, row: dict[str, Any]) -> bytes:
    return AvroCodec(contract.latest(major).schema).encode_rows([row])[0]


def test_a_major_that_has_ended_gets_no_twins_and_still_gives_some(contract: Contract) -> None:
    """What a partner goes on to deliver in it is not kept from those who have moved."""
    assert twins(contract, 2, AFTER).of([payload(contract, 2, newer_event())]) == []
    [twin] = twins(contract, 1, AFTER).of([payload(contract, 1, event())])
    assert twin.topic == "demo.reading.v2"


def test_where_the_schemas_do_not_resolve_there_are_none_one_way(tmp_path: Path) -> None:
    newer = second_major()
    contract = made(tmp_path, newer.replace(', "default": 0.5', "", 1))

    assert twins(contract, 1).of([payload(contract, 1, event())]) == []
    assert len(twins(contract, 2).of([payload(contract, 2, newer_event())])) == 1
    assert list(untwinned(contract)) == [
        (
            "events of v1 do not reach the partners of v2: depth is not written any more, and its"
            " readers have no default for it; give it a default or an alias, or let producers write"
            " both"
        )
    ]


def test_one_major_has_no_twins(tmp_path: Path) -> None:
    contract = load_contract(contract_folder(tmp_path) / "demo" / "reading")

    assert twins(contract, 1).of([payload(contract, 1, event())]) == []
    assert list(untwinned(contract)) == []
