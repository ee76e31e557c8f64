"""Origins read off the bytes are those that decoding finds, or none at all."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.builders import NOON_MS, event, schema

from lingqu.admission.region import RegionScope
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import frame
from lingqu_worker.origins import admitted, begins_with_envelope

CODEC = AvroCodec(schema())
OWN = RegionScope(("43", "X-PORT"))
UUID = event()["event_id"]

IDS = st.one_of(st.just(UUID), st.text("ab", max_size=40))
TIMES = st.one_of(st.just(NOON_MS), st.integers(-(2**62), 2**62))
ORIGINS = st.one_of(
    st.sampled_from(
        ["43", "44", "4301", "430100", "431", "4", "", "X-PORT", "X-HARBOUR", "四十三"]
    ),
    st.text(max_size=8),
)


def framed(*events: dict[str, Any]) -> pa.BinaryArray:
    return pa.array([frame(7, body) for body in CODEC.encode_rows(events)], pa.binary())


def with_origins(*origins: str) -> pa.BinaryArray:
    return framed(*(event(origin=origin) for origin in origins))


@given(st.lists(st.tuples(IDS, TIMES, ORIGINS), min_size=1, max_size=5))
def test_what_is_said_is_what_decoding_says(envelopes: list[tuple[str, int, str]]) -> None:
    events = [event(event_id=i, occurred_at=at, origin=origin) for i, at, origin in envelopes]
    said = admitted(framed(*events), OWN)
    if said is not None:
        assert said.to_pylist() == [OWN.admits(origin) for _, _, origin in envelopes]


def test_codes_and_short_bodies_are_read_without_decoding() -> None:
    said = admitted(with_origins("43", "44", "430100", "X-PORT")[1:], OWN)
    assert said is not None
    assert said.to_pylist() == [False, True, True]


@pytest.mark.parametrize(
    "payloads",
    [
        with_origins("43", "X-HARBOUR"),
        framed(event(), event(event_id="short")),
        framed(event(), event(occurred_at=0)),
        pa.array([frame(7, b"\x48")], pa.binary()),
        pa.array([frame(7, b"\x48" + b"a" * 36 + b"\x80" * 6 + b"\x04" + b"43")], pa.binary()),
        pa.array([], pa.binary()),
    ],
    ids=["long origin", "other id", "other time", "cut short", "endless time", "nothing"],
)
def test_what_is_not_in_the_usual_form_must_be_decoded(payloads: pa.BinaryArray) -> None:
    assert admitted(payloads, OWN) is None


def test_the_form_is_that_of_the_envelope_alone() -> None:
    assert begins_with_envelope(schema())
    assert not begins_with_envelope('{"fields": [{"name": "event_id", "type": "string"}]}')
