from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.support.agreements import ALL, agreement_state
from tests.support.builders import contract_folder, event

from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract
from lingqu.wire.codec import AvroCodec
from lingqu_worker.views.columns import ColumnView
from lingqu_worker.views.pseudonyms import Pseudonyms


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return load_catalogue(contract_folder(tmp_path)).contract("demo.reading")


def seen(contract: Contract, view: dict[str, Any], *events: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a recipient reads of the events, through bytes of the derived schema."""
    state = agreement_state(contract, view={**ALL, **view})
    codec = AvroCodec(state.schema)
    columns = codec.decode(codec.encode_rows(events)).columns
    derived = AvroCodec(state.derived_schema)
    return derived.decode_rows(derived.encode(ColumnView(state, Pseudonyms(b"key")).apply(columns)))


def test_a_view_that_discloses_all_changes_nothing(contract: Contract) -> None:
    original = event()
    assert seen(contract, {}, original) == [original]


def test_a_withheld_field_is_gone(contract: Contract) -> None:
    shown = seen(contract, {"clearance": {"grade": 1, "kinds": []}}, event())
    assert "operator" not in shown[0]
    assert shown[0]["station"] == "43-A1"


def test_a_field_inside_a_list_of_records_is_dropped_or_kept_alone(contract: Contract) -> None:
    original = event(parts=[{"code": "p1", "amount": 1.5}, {"code": "p2", "amount": None}])
    shown = seen(contract, {"masks": {"parts.amount": "drop"}}, original, event(parts=[]))
    assert [row["parts"] for row in shown] == [[{"code": "p1"}, {"code": "p2"}], []]


def test_a_mask_inside_a_list_of_records_reaches_each(contract: Contract) -> None:
    original = event(parts=[{"code": "p1", "amount": 1.5}, {"code": "p2", "amount": None}])
    shown = seen(contract, {"masks": {"parts.code": "redact"}}, original)
    assert [part["code"] for part in shown[0]["parts"]] == ["***", "***"]
    assert shown[0]["parts"][0]["amount"] == 1.5


def test_a_hidden_key_field_becomes_a_pseudonym_in_value_and_key(contract: Contract) -> None:
    state = agreement_state(contract, view={**ALL, "masks": {"station": "pseudonym"}})
    codec = AvroCodec(state.schema)
    rows = [event(station="43-A1"), event(station="43-A2"), event(station="43-A1")]
    columns = codec.decode(codec.encode_rows(rows)).columns
    view = ColumnView(state, Pseudonyms(b"key"))
    keys = view.keys(columns)
    shown = view.apply(columns).column("station").to_pylist()
    assert keys is not None
    assert [key.decode() for key in keys] == shown
    assert keys[0] == keys[2] != keys[1]


def test_a_key_is_made_of_the_key_fields_whatever_the_producer_put_there(
    contract: Contract,
) -> None:
    state = agreement_state(contract)
    codec = AvroCodec(state.schema)
    columns = codec.decode(codec.encode_rows([event(station="43-A1")])).columns
    made = ColumnView(state, Pseudonyms(b"key")).keys(columns)
    assert made is not None
    assert list(made) == [b"43-A1"]
