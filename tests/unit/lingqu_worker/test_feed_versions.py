"""A partner gets the version it signed for, whatever version the event was written in."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.support.agreements import agreement_state
from tests.support.builders import contract_folder, event, field, reading_fields, schema
from tests.unit.lingqu_worker.test_feed import KnownSchemas

from lingqu.admission.region import RegionScope
from lingqu.connect.binary import Binary
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract
from lingqu.errors import ContractError
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import HEADER_BYTES, frame
from lingqu_worker.feed import FeedStage, Staged
from lingqu_worker.records import Records

NO_PERSONS: dict[str, Any] = {"clearance": {"grade": 4, "kinds": []}, "fields": "all"}
DEEP = field("deep", "int", default=0)


def changed(which: str, /, **members: Any) -> list[dict[str, Any]]:
    fields = [*reading_fields(), DEEP]
    return [{**each, **members} if each["name"] == which else each for each in fields]


@pytest.fixture
def signed(tmp_path: Path) -> Contract:
    text = schema(fields=[*reading_fields(), DEEP])
    root = contract_folder(tmp_path, versions={"1.0": text})
    return load_catalogue(root).contract("demo.reading")


def delivered(signed: Contract, writer: str, row: dict[str, Any], **agreement: Any) -> Staged:
    """Stage one event that was written by another schema than the signed one."""
    state = agreement_state(signed, **agreement)
    stage = FeedStage(state, RegionScope(("43",)), KnownSchemas({7: writer}), b"key")
    payload = frame(7, AvroCodec(writer).encode_rows([row])[0])
    topic = signed.topic()
    return stage.apply(Records(topic, 0, [0], Binary.of([b"k"]), Binary.of([payload])), 1)


def row_of(staged: Staged) -> dict[str, Any]:
    [payload] = staged.batch.payloads
    return AvroCodec(staged.batch.schema).decode_rows([payload[HEADER_BYTES:]])[0]


def test_what_a_newer_version_adds_is_withheld_and_the_schema_stays_the_signed_one(
    signed: Contract,
) -> None:
    writer = schema(fields=[*reading_fields(), DEEP, field("added", "string", default="")])

    staged = delivered(signed, writer, {**event(), "deep": 3, "added": "new"})

    assert "added" not in row_of(staged)
    assert row_of(staged)["deep"] == 3
    assert staged.batch.schema == signed.latest().schema
    assert staged.batch.columns().schema.names == [
        one["name"] for one in json.loads(signed.latest().schema)["fields"]
    ]


def test_a_field_that_was_renamed_comes_under_the_name_that_was_signed(signed: Contract) -> None:
    row = {**event(), "depth": 5}

    staged = delivered(signed, schema(fields=changed("deep", name="depth", aliases=["deep"])), row)

    assert row_of(staged)["deep"] == 5


def test_a_field_that_is_written_no_more_has_its_default(signed: Contract) -> None:
    assert row_of(delivered(signed, schema(fields=reading_fields()), event()))["deep"] == 0


def test_an_older_events_numbers_are_promoted(signed: Contract) -> None:
    state = schema(fields=changed("deep", type="double", default=0.0))
    newer = replace(signed, versions=(replace(signed.latest(), schema=state),))

    staged = delivered(newer, signed.latest().schema, {**event(), "deep": 5})

    assert row_of(staged)["deep"] == 5.0


def test_what_becomes_of_a_withheld_field_concerns_the_partner_not_at_all(
    signed: Contract,
) -> None:
    writer = schema(fields=changed("operator", type="long", default=0))
    row = {**event(), "operator": 4, "deep": 1}

    staged = delivered(signed, writer, row, view=NO_PERSONS)

    assert staged.dead == []
    assert "operator" not in row_of(staged)


def test_what_becomes_of_a_shown_field_makes_a_dead_letter(signed: Contract) -> None:
    writer = schema(fields=changed("operator", type="long", default=0))

    staged = delivered(signed, writer, {**event(), "operator": 4, "deep": 1})

    assert [dead.reason.code for dead in staged.dead] == ["not_resolvable"]


def test_a_filter_that_needs_a_withheld_field_still_reads_it(signed: Contract) -> None:
    terms: dict[str, Any] = {"view": NO_PERSONS, "filter": "operator == 'Li Bing'"}
    writer = schema(fields=[*reading_fields(), DEEP, field("added", "string", default="")])
    row = {**event(), "deep": 1, "added": ""}

    kept = delivered(signed, writer, row, **terms)
    left = delivered(signed, writer, {**row, "operator": "Wang"}, **terms)

    assert (len(kept.batch), kept.filtered) == (1, 0)
    assert (len(left.batch), left.filtered) == (0, 1)


def test_a_writer_without_a_field_that_must_be_shown_stops_the_lane(signed: Contract) -> None:
    fewer = [each for each in changed("") if each["name"] != "station"]

    row = {name: value for name, value in event(deep=1).items() if name != "station"}

    with pytest.raises(ContractError, match="'station'"):
        delivered(signed, schema(fields=fewer), row)
