"""The gate before all that leaves or enters: closed unless the agreement surely allows it."""

from __future__ import annotations

from typing import ClassVar, Literal

from lingqu.agreements.state import AgreementState
from lingqu.clock import Clock
from lingqu.errors import RetriableError
from lingqu.kafka.table import FRESH_FOR_S, CompactedTable
from lingqu_worker.clock_skew import ClockSkew


class GateClosedError(RetriableError):
    """Nothing may pass at the moment; it is asked again shortly.

    `state` is how a lane that waits for it is shown.
    """

    state: ClassVar[Literal["waiting", "running"]] = "waiting"


class Gate:
    """One agreement's gate, asked right before each send and each commit.

    Fails closed: a worker that has not been at the end of `lingqu.agreement.v1` for 8 s lets
    nothing out, since a suspension may stand there unread, and must take effect within 10 s.
    Nor does one whose clock is far from the broker's: terms end by the clock.
    """

    def __init__(
        self, table: CompactedTable, clock: Clock, state: AgreementState, skew: ClockSkew
    ) -> None:
        self._table = table
        self._clock = clock
        self._skew = skew
        self._agreement = state.agreement
        self._state = state
        self._record: bytes | None = None

    def check(self) -> None:
        """Raise GateClosedError, with the reason, unless events may flow now."""
        if not self._table.fresh():
            raise GateClosedError(
                f"agreement {self._agreement!r}: the end of lingqu.agreement.v1 has not been seen "
                f"for {FRESH_FOR_S:.0f} s, so nothing is sent; is the hub's Kafka reachable?"
            )
        if wrong := self._skew.refusal():
            raise GateClosedError(f"agreement {self._agreement!r}: {wrong}")
        state = self._newest()
        now_ms = int(self._clock.now().timestamp() * 1000)
        if state is None or not state.flows_at(now_ms):
            raise GateClosedError(f"agreement {self._agreement!r} {_why(state, now_ms)}")

    def _newest(self) -> AgreementState | None:
        record = self._table.get(self._agreement)
        if record is None:
            return None
        if record != self._record:
            self._state, self._record = AgreementState.decode(record), record
        return self._state


def _why(state: AgreementState | None, now_ms: int) -> str:
    if state is None:
        return "is not on lingqu.agreement.v1; apply it at control"
    if state.state != "active":
        return f"is {state.state}, not active"
    if state.paused:
        return f"lets feed {state.feed!r} rest; resume it with: lingqu feed resume {state.feed}"
    if now_ms < state.valid_from_ms:
        return "is not valid yet"
    return "is not valid any more"
