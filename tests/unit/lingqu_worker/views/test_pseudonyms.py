"""Pseudonyms: one partner can join its own, nobody can join two partners'."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.support.agreements import ALL, HUB_KEY, agreement_state
from tests.support.builders import contract_folder, event
from tests.unit.lingqu_worker.test_feed import KnownSchemas, records

from lingqu.admission.region import RegionScope
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import HEADER_BYTES
from lingqu_worker.feed import FeedStage
from lingqu_worker.views.pseudonyms import Pseudonyms


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return load_catalogue(contract_folder(tmp_path)).contract("demo.reading")


def shown(contract: Contract, partner: str, *masked: str) -> list[dict[str, Any]]:
    """Return what a partner gets, under the key that the hub derives for it (as control does)."""
    state = agreement_state(contract, view={**ALL, "masks": dict.fromkeys(masked, "pseudonym")})
    key = HUB_KEY.derive("pseudonym", partner)
    stage = FeedStage(state, RegionScope(("43",)), KnownSchemas({1: state.schema}), key)
    events = [event(station=f"43-A{n}", operator=f"43-A{n}", note="43-A1") for n in range(20)]
    batch = stage.apply(records(contract, *events), 1).batch
    codec = AvroCodec(batch.schema)
    rows = [codec.decode_rows([payload[HEADER_BYTES:]])[0] for payload in batch.payloads]
    return [{**row, "key": key} for row, key in zip(rows, batch.keys, strict=True)]


def test_one_partner_gets_the_same_pseudonym_in_every_field_agreement_and_run(
    contract: Contract,
) -> None:
    first = shown(contract, "south-office", "station", "operator", "note")
    again = shown(contract, "south-office", "operator")

    assert [row["station"] for row in first] == [row["operator"] for row in again]
    assert {row["note"] for row in first} == {first[1]["station"]}
    assert [row["key"].decode() for row in first] == [row["station"] for row in first]


def test_two_partners_have_nothing_to_join(contract: Contract) -> None:
    fields = ("station", "operator", "note")
    ours, theirs = (shown(contract, name, *fields) for name in ("south-office", "south-office-2"))

    def values(rows: list[dict[str, Any]]) -> set[str]:
        return {str(row[name]) for row in rows for name in (*fields, "key")}

    assert not values(ours) & values(theirs)
    plain = {hashlib.sha256(f"43-A{n}".encode()).hexdigest()[:32] for n in range(20)}
    assert not values(ours) & plain


def test_pseudonyms_stay_the_same_over_releases() -> None:
    """Another text would be another person in the partner's books."""
    values = pa.array(["430102199001011234", "李冰", ""])
    assert Pseudonyms(b"\x01" * 32).of(values).to_pylist() == [
        "c2292e67a54a6da70ebd286a2de10abc",
        "bd9fe845c55bf2b07ab6a04fe4d95129",
        "2e72eb6626e1d4f7fc6dff111585898f",
    ]


@pytest.mark.parametrize(
    "values",
    [
        pa.array([5, None, 2**63 - 1], pa.int64()),
        pa.array([1.5, None, float("nan")]),
        pa.array([True, None, False]),
        pa.array([b"\xff\x00", None, b""], pa.binary()),
        pa.array([b"\xff\xfe", None], pa.binary(2)),
        pa.array([1, None], pa.int64()).cast(pa.timestamp("ms")),
        pa.array([1, None], pa.int32()).cast(pa.date32()),
    ],
)
def test_every_plain_type_has_a_pseudonym(values: pa.Array) -> None:
    names = Pseudonyms(b"key").of(values).to_pylist()
    assert [name is None for name in names] == [value is None for value in values.to_pylist()]
    assert all(len(name) == 32 for name in names if name is not None)
