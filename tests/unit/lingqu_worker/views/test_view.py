"""What leaves: the same whether columns or rows make it, and nothing where the two disagree."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.support.agreements import ALL, agreement_state
from tests.support.builders import contract_folder, event, field, reading_fields, schema
from tests.unit.lingqu_worker.test_feed import KnownSchemas, records

from lingqu.admission.region import RegionScope
from lingqu.agreements.state import AgreementState
from lingqu.connect.binary import Binary
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import HEADER_BYTES
from lingqu_worker.feed import FeedStage, Staged
from lingqu_worker.views.view import View, ViewBroken

HIDING: dict[str, Any] = {**ALL, "masks": {"operator": {"mask": "keep_first", "n": 1}}}
LOOSE = [
    *reading_fields(),
    field("loose", ["null", "long", "double", "string"], default=None),
    field("notes", {"type": "map", "values": ["string", {"type": "array", "items": "string"}]}),
]


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return load_catalogue(contract_folder(tmp_path)).contract("demo.reading")


@pytest.fixture
def loose(contract: Contract) -> Contract:
    """Return a contract with unions that columns cannot hold."""
    one = replace(contract.latest(), schema=schema(fields=LOOSE))
    return replace(contract, versions=(one,))


def staged(
    contract: Contract, view: dict[str, Any], *events: dict[str, Any], **more: Any
) -> Staged:
    state = agreement_state(contract, view=view, **more)
    stage = FeedStage(state, RegionScope(("43",)), KnownSchemas({1: state.schema}), b"key")
    return stage.apply(records(contract, *events), 1)


def seen(result: Staged) -> list[dict[str, Any]]:
    codec = AvroCodec(result.batch.schema)
    assert codec.encode(result.batch.columns()) == [
        body[HEADER_BYTES:] for body in result.batch.payloads
    ]
    return codec.decode_rows([body[HEADER_BYTES:] for body in result.batch.payloads])


def applied(state: AgreementState, believed: AgreementState, count: int, times: int = 1) -> None:
    """Apply a view whose row side believes something else of the agreement."""
    codec = AvroCodec(state.schema)
    rows = [event(operator="Li Bing") for _ in range(count)]
    columns = codec.decode(codec.encode_rows(rows)).columns
    view = View(state, AvroCodec(state.derived_schema), b"key")
    view._state = believed
    for _ in range(times):
        view.apply(columns, codec)


def test_nothing_leaves_where_columns_and_rows_differ(contract: Contract) -> None:
    state = agreement_state(contract, view=HIDING)
    other = agreement_state(contract, view={**ALL, "masks": {"operator": "redact"}})
    applied(state, state, count=3)
    with pytest.raises(ViewBroken, match=r"'to-44'.*nothing was sent"):
        applied(state, replace(other, feed="to-44"), count=1)


def test_the_check_comes_back_after_many_events(contract: Contract) -> None:
    state = agreement_state(contract, view=HIDING)
    codec = AvroCodec(state.schema)
    columns = codec.decode(codec.encode_rows([event()] * 10_000)).columns
    view = View(state, AvroCodec(state.derived_schema), b"key")
    view.apply(columns, codec)
    view._state = agreement_state(contract, view={**ALL, "masks": {"operator": "redact"}})
    view._rows.cache_clear()
    view.apply(columns, codec)
    with pytest.raises(ViewBroken):
        view.apply(columns, codec)


def test_masks_reach_into_unions_and_maps_that_columns_cannot_hold(loose: Contract) -> None:
    masks = {"loose": "pseudonym", "notes": {"mask": "keep_last", "n": 1}, "parts.code": "redact"}
    notes = {"a": "secret", "b": ["other", "x"]}
    shown = seen(
        staged(
            loose,
            {**ALL, "masks": masks},
            event(loose=5, notes=notes),
            event(loose="5", notes={}),
            event(loose=None, notes={}, value=None),
        )
    )
    assert shown[0]["notes"] == {"a": "***t", "b": ["***r", "***"]}
    assert shown[0]["loose"] == shown[1]["loose"] != shown[2]["loose"] is None
    assert [row["parts"][0]["code"] for row in shown] == ["***"] * 3


def test_what_a_view_leaves_alone_in_a_union_keeps_its_branch(loose: Contract) -> None:
    original = event(loose=5.0, notes={"a": ["b"]})
    [shown] = seen(staged(loose, HIDING, original))
    assert shown == {**original, "operator": "L***"}
    assert isinstance(shown["loose"], float)


def test_a_filter_reads_what_columns_cannot_hold(loose: Contract) -> None:
    events = [event(loose=value, notes={}) for value in ("yes", "no", 3, None)]
    result = staged(loose, ALL, *events, filter="loose == 'yes'")
    assert list(result.batch.offsets) == [100]
    assert result.filtered == 3


def test_a_key_that_says_more_than_its_fields_does_not_leave(contract: Contract) -> None:
    state = agreement_state(contract, view=HIDING)
    stage = FeedStage(state, RegionScope(("43",)), KnownSchemas({1: state.schema}), b"key")
    taken = records(contract, event(station="43-A1"))
    spoiled = replace(taken, keys=Binary.of([b"43-A1|Li Bing"]))
    assert list(stage.apply(spoiled, 1).batch.keys) == [b"43-A1"]


def test_a_derived_schema_is_the_same_whoever_derives_it(contract: Contract) -> None:
    """A text of its own would be another schema id at each start, and another epoch."""
    view = {"clearance": {"grade": 1, "kinds": []}, "fields": "all", "masks": {"note": "redact"}}
    state = agreement_state(contract, view=view)
    names = [one["name"] for one in json.loads(state.derived_schema)["fields"]]
    assert names[7:] == ["station", "value", "status", "note", "parts"]
    assert state.view_digest == ("81bf342e1b52a1b0faa0756dd184f411051210ab88cf8f520fe34ec395c265e5")


@pytest.mark.parametrize("which", ["signed", "derived", "both"])
def test_a_schema_that_columns_have_given_up_goes_by_rows_to_the_same_bytes(
    contract: Contract, which: str
) -> None:
    """From the first panic of the columnar path on, maps are opaque and records differ in nulls."""
    parts = [*reading_fields(), field("notes", {"type": "map", "values": "string"}, default={})]
    wider = replace(contract, versions=(replace(contract.latest(), schema=schema(fields=parts)),))
    masks = {"notes": "redact", "parts.amount": "redact", "operator": "pseudonym"}
    state = agreement_state(wider, view={**ALL, "masks": masks})
    codec, derived = AvroCodec(state.schema), AvroCodec(state.derived_schema)
    rows = [event(notes={"a": "b"}), event(notes={}, operator=None, parts=[])]
    bodies = codec.encode_rows(rows)
    _, wanted = View(state, derived, b"key").apply(codec.decode(bodies).columns, codec)

    for each in {"signed": [codec], "derived": [derived], "both": [codec, derived]}[which]:
        each._columns = None
    shown, payloads = View(state, derived, b"key").apply(codec.decode(bodies).columns, codec)

    assert list(payloads) == list(wanted)
    assert derived.encode(shown) == [payload[HEADER_BYTES:] for payload in wanted]
