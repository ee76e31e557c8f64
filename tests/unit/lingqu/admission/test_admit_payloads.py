from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import fastavro
import pytest
from tests.unit.lingqu.admission.parcels import (
    HUB_SCHEMA_ID,
    OWN_FIELDS,
    gate,
    parcel,
    schema,
)

from lingqu.admission import Admission, AdmittedBatch, RegionScope
from lingqu.errors import Reason, UnavailableError
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import HEADER_BYTES, frame
from lingqu.wire.schema_name import SchemaName

PARTNER = RegionScope(("44",))


def framed(row: dict[str, Any], text: str | None = None, schema_id: int = HUB_SCHEMA_ID) -> bytes:
    return frame(schema_id, AvroCodec(text or schema()).encode_rows([row])[0])


def from_44(number: int = 0, **changes: Any) -> dict[str, Any]:
    return parcel(number, **{"origin": "4401", "environment": "prod"} | changes)


def admit(*payloads: bytes | None, writers: dict[int, str] | None = None) -> AdmittedBatch:
    return gate(writers, scope=PARTNER).admit_payloads(payloads)


def reason(payload: bytes | None, writers: dict[int, str] | None = None) -> Reason:
    return admit(payload, writers=writers).refused[0]


def decoded(payload: bytes) -> dict[str, Any]:
    assert payload[:HEADER_BYTES] == frame(HUB_SCHEMA_ID, b"")
    return AvroCodec(schema()).decode_rows([payload[HEADER_BYTES:]])[0]


def test_canonical_payloads_enter_as_they_are() -> None:
    payloads = [framed(from_44(number)) for number in range(50)]
    admitted = admit(*payloads)
    assert list(admitted.payloads) == payloads
    assert list(admitted.indices) == list(range(50))
    assert admitted.keys[3] == b"P3|1"


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (None, "null_payload"),
        (b"", "bad_framing"),
        (b"\x02" + framed(from_44())[1:], "bad_framing"),
        (frame(99, b"x"), "unknown_schema"),
        (framed(from_44())[:-3], "undecodable"),
        (framed(from_44()) + b"\x00", "undecodable"),
        (framed(from_44(grams=-1.0)), "rule_broken"),
        (framed(from_44(origin="43")), "wrong_region"),
        (framed(from_44(environment="drill")), "wrong_environment"),
        (framed(from_44(parcel="x" * 900_000)), "too_large"),
    ],
)
def test_what_may_not_enter_is_refused_with_its_code(payload: bytes | None, code: str) -> None:
    assert reason(payload).code == code


def test_refused_payloads_never_poison_their_batch() -> None:
    good = framed(from_44(1))
    admitted = admit(None, good, good[:-1], framed(from_44(grams=0.0)), frame(99, b""), good)
    assert list(admitted.indices) == [1, 5]
    assert list(admitted.payloads) == [good, good]
    assert {place: why.code for place, why in admitted.refused.items()} == {
        0: "null_payload",
        2: "undecodable",
        3: "rule_broken",
        4: "unknown_schema",
    }


def test_writers_of_several_schemas_keep_the_order_of_the_source() -> None:
    older = schema(without=["fragile", "stops"])
    writers = {HUB_SCHEMA_ID: schema(), 8: older}
    new = framed(from_44(0, fragile=True))
    old = framed(from_44(1), older, 8)
    admitted = admit(new, old, new, old, writers=writers)
    assert list(admitted.indices) == [0, 1, 2, 3]
    assert [key[:2] for key in admitted.keys] == [b"P0", b"P1", b"P0", b"P1"]
    assert decoded(admitted.payloads[1])["stops"] == []


def test_rules_that_name_a_withheld_field_wait_and_others_do_not() -> None:
    default = dict(OWN_FIELDS[2], default=0.0)
    view = schema(without=["grams"])
    text = schema(without=["grams"], extra=[default])
    admission = gate({8: view}, scope=PARTNER, text=text)
    row = {name: value for name, value in from_44(2).items() if name != "grams"}
    admitted = admission.admit_payloads(
        [framed(row, view, 8), framed(row | {"office": 9}, view, 8)]
    )
    assert list(admitted.indices) == [0]
    assert admitted.refused[1].rule == "office_known"


def test_a_rule_holds_for_a_field_that_the_writer_calls_otherwise() -> None:
    mass = {"name": "mass", "type": "double", "aliases": ["grams"]}
    writer = schema(without=["grams"], extra=[mass])
    light, heavy = from_44(1, mass=-1.0), from_44(2, mass=2.0)
    for row in (light, heavy):
        del row["grams"]
    admitted = admit(*(framed(row, writer, 3) for row in (light, heavy)), writers={3: writer})
    assert {place: told.rule for place, told in admitted.refused.items()} == {0: "grams_positive"}
    assert decoded(admitted.payloads[0])["grams"] == 2.0


def test_a_rule_on_a_masked_field_is_left_out_where_the_agreement_says_so() -> None:
    masked = framed(from_44(office=9))
    strict, lenient = gate(scope=PARTNER), gate(scope=PARTNER, skipped_rules=("office_known",))
    assert strict.admit_payloads([masked]).refused[0].rule == "office_known"
    assert not lenient.admit_payloads([masked]).refused


def test_a_schema_without_a_needed_field_is_not_resolvable() -> None:
    view = schema(without=["grams"])
    row = {name: value for name, value in from_44().items() if name != "grams"}
    assert reason(framed(row, view, 8), {8: view}).code == "not_resolvable"


def test_legal_avro_that_is_not_canonical_is_encoded_anew() -> None:
    row = from_44(stops=[{"town": "Yiyang", "metres": None}])
    body = AvroCodec(schema()).encode_rows([row])[0]
    tail = body[-10:]  # one block: count 1, the stop, end
    blocks = body[: -len(tail)] + b"\x01" + bytes([2 * (len(tail) - 2)]) + tail[1:]
    parsed = fastavro.parse_schema(json.loads(schema()))
    assert parsed
    admitted = admit(frame(HUB_SCHEMA_ID, blocks))
    assert list(admitted.payloads) == [frame(HUB_SCHEMA_ID, body)]


def keyed(admission: Admission, payload: bytes, key: bytes | None) -> AdmittedBatch:
    return admission.admit_payloads([payload], [key])


@pytest.mark.parametrize("key", [b"P0|1", None])
def test_the_right_key_or_none_is_admitted(key: bytes | None) -> None:
    assert keyed(gate(scope=PARTNER), framed(from_44()), key).keys == (b"P0|1",)


@pytest.mark.parametrize("key", [b"P1|1", b"", b"\xff"])
def test_another_key_is_refused(key: bytes) -> None:
    refused = keyed(gate(scope=PARTNER), framed(from_44()), key).refused
    assert refused[0].code == "wrong_key"


def test_the_given_key_stands_for_a_withheld_key_field() -> None:
    view = schema(without=["office"])
    text = schema(without=["office"], extra=[dict(OWN_FIELDS[1], default=1)])
    admission = gate({8: view}, scope=PARTNER, text=text)
    row = {name: value for name, value in from_44().items() if name != "office"}
    assert keyed(admission, framed(row, view, 8), b"pseudonym").keys == (b"pseudonym",)
    assert keyed(admission, framed(row, view, 8), None).refused[0].code == "wrong_key"


def test_a_guid_that_nobody_knows_is_refused_alone_like_an_id() -> None:
    unknown = b"\x01" + UUID(int=7).bytes + framed(from_44())[HEADER_BYTES:]

    admitted = admit(framed(from_44()), unknown)

    assert len(admitted.payloads) == 1
    assert admitted.refused[1].code == "unknown_schema"
    assert str(UUID(int=7)) in admitted.refused[1].detail


def test_a_registry_that_is_away_judges_nothing() -> None:
    admission = gate(scope=PARTNER)
    admission._writers._schema_of = _away
    with pytest.raises(UnavailableError):
        admission.admit_payloads([framed(from_44())])
    assert admission._writers._known == {}


def _away(name: SchemaName) -> str:
    raise UnavailableError(f"no registry to ask for {name}")
