from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.support.agreements import agreement_state
from tests.support.builders import contract_folder
from tests.support.clock import FakeClock

from lingqu.agreements.state import AgreementState
from lingqu.contracts.loader import load_catalogue
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.table import CompactedTable
from lingqu_worker.clock_skew import ClockSkew
from lingqu_worker.gate import Gate, GateClosedError


class ReadTable(CompactedTable):
    """A table whose reader was at the end of its topic a while ago, and read one record."""

    def __init__(self, clock: FakeClock, state: AgreementState, *, ago_s: float = 0) -> None:
        super().__init__(KafkaSettings(), "lingqu.agreement.v1", clock=clock)
        self._values = {state.agreement: state.encode()}
        self._at_end_at = clock.monotonic() - ago_s


def agreeing(clock: FakeClock) -> ClockSkew:
    return ClockSkew(clock, "broker:9092")


@pytest.fixture
def state(tmp_path: Path) -> AgreementState:
    contract = load_catalogue(contract_folder(tmp_path)).contract("demo.reading")
    return agreement_state(contract)


def test_an_active_agreement_lets_events_pass(state: AgreementState, clock: FakeClock) -> None:
    Gate(ReadTable(clock, state), clock, state, agreeing(clock)).check()


def test_a_reader_cut_off_for_more_than_eight_seconds_lets_nothing_pass(
    state: AgreementState, clock: FakeClock
) -> None:
    table = ReadTable(clock, state)
    gate = Gate(table, clock, state, agreeing(clock))
    clock.advance(8)
    gate.check()
    clock.advance(0.1)
    with pytest.raises(GateClosedError, match="has not been seen for 8 s"):
        gate.check()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"state": "suspended"}, "is suspended, not active"),
        ({"state": "revoked"}, "is revoked, not active"),
        ({"paused": True}, "resume it with: lingqu feed resume to-44"),
        ({"valid_from_ms": 4_000_000_000_000}, "is not valid yet"),
        ({"valid_until_ms": 1}, "is not valid any more"),
    ],
)
def test_what_the_agreement_does_not_allow_is_refused_with_the_reason(
    state: AgreementState, clock: FakeClock, change: dict[str, object], why: str
) -> None:
    gate = Gate(ReadTable(clock, replace(state, **change)), clock, state, agreeing(clock))  # type: ignore[arg-type]
    with pytest.raises(GateClosedError, match=why):
        gate.check()


def test_an_agreement_that_is_not_on_the_topic_lets_nothing_pass(
    state: AgreementState, clock: FakeClock
) -> None:
    gate = Gate(
        ReadTable(clock, replace(state, agreement="another")), clock, state, agreeing(clock)
    )
    with pytest.raises(GateClosedError, match=r"is not on lingqu\.agreement\.v1"):
        gate.check()


def test_expiry_is_judged_by_the_local_clock(state: AgreementState) -> None:
    clock = FakeClock(datetime(2026, 1, 5, 8, 0, tzinfo=UTC))
    until = int(clock.now().timestamp() * 1000) + 1_000
    ending = replace(state, valid_until_ms=until)
    gate = Gate(ReadTable(clock, ending), clock, ending, agreeing(clock))
    gate.check()
    clock.advance(1)
    with pytest.raises(GateClosedError, match="not valid any more"):
        gate.check()


def test_a_clock_far_from_the_brokers_lets_nothing_pass(
    state: AgreementState, clock: FakeClock
) -> None:
    skew = agreeing(clock)
    gate = Gate(ReadTable(clock, state), clock, state, skew)
    skew.hear(clock.now().timestamp() + 29, 0, 0)
    gate.check()
    skew.hear(clock.now().timestamp() + 31, 0, 0)
    with pytest.raises(GateClosedError, match="31 s apart; set both by NTP: beyond 30 s no term"):
        gate.check()
