"""Steps of repairs as other regions tell them: what was granted is removed and answered here."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from lingqu.inbox.handler import Received
from lingqu.instants import milliseconds
from lingqu.metrics import Metrics
from lingqu.signing.suites import SigningKey
from lingqu_credit.metrics import REMOVED
from lingqu_credit.records.record_id import belongs
from lingqu_credit.repairs.erasure import erase
from lingqu_credit.repairs.stop_use import signed_stop_use
from lingqu_credit.repairs.store import STEPS, take_step
from lingqu_credit.repairs.telling import Telling

logger = logging.getLogger(__name__)


class RepairArrivals:
    """Keeps every step; on a grant it stops the use, and says so, in the same transaction.

    When the last recipient has answered a grant of ours, the repair is closed. What this hub told
    is known.
    """

    def __init__(self, telling: Telling, key: SigningKey, metrics: Metrics) -> None:
        self._telling = telling
        self._key = key
        self._metrics = metrics

    def known(self, session: Session, event_ids: Sequence[str]) -> Collection[str]:
        return STEPS.known(session, event_ids)

    def handle(self, session: Session, _topic: str, events: Sequence[Received]) -> None:
        for event in events:
            if not belongs(event["record_id"], event["record_origin"]):
                logger.error("repair left out: its region did not state the record")
                continue
            now_ms = milliseconds(self._telling.clock.now())
            at = take_step(session, event, now_ms)
            if event["step"] == "granted" and event["origin"] == event["record_origin"]:
                self._stop(session, event, now_ms)
            elif event["step"] == "stop_use" and at.state == "closed":
                self._close(session, event)

    def _stop(self, session: Session, grant: Received, now_ms: int) -> None:
        region = self._telling.region
        if grant["origin"] == region:
            return
        kind = grant["record_kind"]
        removed = erase(session, kind, grant["record_id"], grant["repair_id"], now_ms)
        self._metrics.inc(REMOVED, removed.rows, kind=kind)
        if region not in grant["recipients"] and not removed.rows:
            return  # we never had it
        told = {
            "stop_use": signed_stop_use(
                grant, removed, region, self._key, self._telling.clock.now()
            ),
            "sequence": grant["sequence"],
            "refers_to": grant["event_id"],
        }
        self._telling.tell(session, grant, "stop_use", told)

    def _close(self, session: Session, event: Received) -> None:
        if event["record_origin"] != self._telling.region:
            return
        told = STEPS.documents(session, event["repair_id"])
        if all(each["step"] != "closed" for each in told):
            self._telling.tell(session, event, "closed", {})
