from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.support.agreements import ALL, agreement_state
from tests.support.builders import contract_folder, event

from lingqu.admission.region import RegionScope
from lingqu.connect.binary import Binary
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract
from lingqu.errors import RetriableError
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import frame
from lingqu.wire.registry import UnknownSchema
from lingqu.wire.schema_name import SchemaName
from lingqu_worker.feed import FeedStage
from lingqu_worker.records import Records
from lingqu_worker.schemas import Schemas

GUID = UUID(int=43)


class KnownSchemas(Schemas):
    """Schemas by id or GUID from a dict instead of over HTTP."""

    def __init__(self, texts: Mapping[Any, str]) -> None:
        super().__init__(registry=None)  # type: ignore[arg-type]
        self._texts = texts

    def text(self, name: SchemaName) -> str:
        if name not in self._texts:
            raise UnknownSchema(name, "http://registry")
        return self._texts[name]


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return load_catalogue(contract_folder(tmp_path)).contract("demo.reading")


def stage(contract: Contract, **agreement: Any) -> FeedStage:
    state = agreement_state(contract, **agreement)
    schemas = KnownSchemas({1: state.schema, GUID: state.schema})
    return FeedStage(state, RegionScope(("43",)), schemas, b"key")


def records(contract: Contract, *events: dict[str, Any] | bytes | None) -> Records:
    codec = AvroCodec(contract.latest().schema)
    values = [
        frame(1, codec.encode_rows([item])[0]) if isinstance(item, dict) else item
        for item in events
    ]
    count = len(values)
    offsets = list(range(100, 100 + count))
    return Records(contract.topic(), 0, offsets, Binary.of([b"k"] * count), Binary.of(values))


def test_numbers_follow_the_filter_in_offset_order(contract: Contract) -> None:
    events = [event(value=value) for value in (1.0, 9.0, 2.0, 8.0)]
    staged = stage(contract, filter="value < 5.0").apply(records(contract, *events), 11)
    assert list(staged.batch.offsets) == [100, 102]
    assert list(staged.batch.sequences) == [11, 12]
    assert (staged.filtered, staged.foreign, staged.next_sequence) == (2, 0, 13)


def test_what_cannot_be_read_is_dead_with_a_number_and_harms_no_neighbour(
    contract: Contract,
) -> None:
    good = event()
    broken = [None, b"\x00", b"\x07garbage", frame(1, b"\x02x")]
    staged = stage(contract).apply(records(contract, broken[0], good, *broken[1:], good), 1)
    assert list(staged.batch.offsets) == [101, 105]
    assert list(staged.batch.sequences) == [2, 6]
    codes = [(dead.index, dead.sequence, dead.reason.code) for dead in staged.dead]
    assert codes == [
        (0, 1, "null_payload"),
        (2, 3, "bad_framing"),
        (3, 4, "bad_framing"),
        (4, 5, "undecodable"),
    ]
    assert staged.next_sequence == 7


def test_events_of_another_origin_are_never_echoed(contract: Contract) -> None:
    events = [event(origin="44"), event(origin="4301"), event(origin="431"), event(origin="43")]
    staged = stage(contract).apply(records(contract, *events), 1)
    assert list(staged.batch.offsets) == [101, 103]
    assert staged.foreign == 2


def test_transit_lets_other_origins_pass(contract: Contract) -> None:
    staged = stage(contract, transit=True).apply(records(contract, event(origin="44")), 1)
    assert len(staged.batch) == 1


def test_bytes_pass_through_where_the_view_discloses_all(contract: Contract) -> None:
    taken = records(contract, event(), event())
    assert list(stage(contract).apply(taken, 1).batch.payloads) == list(taken.values)


def test_what_names_its_schema_by_guid_goes_out_like_its_neighbours(contract: Contract) -> None:
    taken = records(contract, event(), event())
    by_guid = [b"\x01" + GUID.bytes + value[5:] for value in taken.values]
    for values in ([by_guid[0], taken.values[1]], by_guid):
        both = replace(taken, values=Binary.of(values))
        batch = stage(contract).apply(both, 1).batch
        assert [payload[5:] for payload in batch.payloads] == [v[5:] for v in taken.values]
        assert batch.columns().num_rows == 2


@pytest.mark.parametrize("view", [ALL, {**ALL, "masks": {"operator": "redact"}}])
def test_no_view_lets_out_what_does_not_decode_to_its_last_byte(
    contract: Contract, view: dict[str, Any]
) -> None:
    whole = records(contract, event()).values[0]
    spoiled = [event(), whole[:-1], whole + b"\x00", frame(1, b"\x02x"), None, event()]
    staged = stage(contract, view=view).apply(records(contract, *spoiled), 1)
    assert list(staged.batch.offsets) == [100, 105]
    assert list(staged.batch.sequences) == [1, 6]
    assert [dead.index for dead in staged.dead] == [1, 2, 3, 4]


def test_a_batch_without_any_good_event_still_moves_on(contract: Contract) -> None:
    staged = stage(contract).apply(records(contract, None, None), 5)
    assert len(staged.batch) == 0
    assert staged.next_sequence == 7


def test_no_records_at_all_have_the_columns_of_the_view(contract: Contract) -> None:
    hidden = {"clearance": {"grade": 1, "kinds": []}, "fields": "all"}
    some = stage(contract, view=hidden).apply(records(contract, event()), 7)
    none = stage(contract, view=hidden).apply(records(contract), 7)
    assert none.batch.columns().schema.names == some.batch.columns().schema.names
    assert (len(none.batch), none.next_sequence) == (0, 7)


def test_an_unknown_schema_id_holds_the_lane_and_says_where(contract: Contract) -> None:
    taken = records(contract, event())
    foreign = Records(taken.topic, 0, taken.offsets, taken.keys, Binary.of([frame(99, b"x")]))
    with pytest.raises(RetriableError, match=r"offset 100: .*99"):
        stage(contract).apply(foreign, 1)


def test_events_of_two_schema_versions_come_as_one_batch_of_columns(contract: Contract) -> None:
    """Their columns differ in what may be null, which Arrow takes for other columns."""
    wider = json.loads(contract.latest().schema)
    wider["fields"].append({"name": "added", "type": "string", "default": ""})
    schemas = KnownSchemas({1: contract.latest().schema, 2: json.dumps(wider)})
    first, second = (event(station=station) for station in ("43-1", "43-2"))
    newer = frame(2, AvroCodec(json.dumps(wider)).encode_rows([{**second, "added": "x"}])[0])
    both = FeedStage(agreement_state(contract), RegionScope(("43",)), schemas, b"key")
    batch = both.apply(records(contract, first, newer, first), 1).batch
    assert batch.columns().column("station").to_pylist() == ["43-1", "43-2", "43-1"]
    assert len(batch.payloads) == 3
