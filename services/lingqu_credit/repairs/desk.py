"""What the deciding body does with a repair: who stated the record decides (谁认定、谁修复)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lingqu.errors import ConflictError
from lingqu.instants import day_at, milliseconds
from lingqu_credit.recipients import Recipients
from lingqu_credit.records.record_id import record_id
from lingqu_credit.records.records import Records
from lingqu_credit.repairs.erasure import erase
from lingqu_credit.repairs.lifecycle import ACTS, OPEN, Act
from lingqu_credit.repairs.store import Repair, find_repair
from lingqu_credit.repairs.telling import Telling
from lingqu_credit.repairs.timetable import Timetable
from lingqu_credit.tables import REPAIR


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody applies with."""

    record_kind: str
    record_id: str
    applied_on: int
    corrected: bool
    committed: bool


class RepairDesk:
    """Applies, accepts, grants, refuses; each in the caller's transaction."""

    def __init__(
        self,
        records: Mapping[str, Records],
        telling: Telling,
        recipients: Recipients,
        timetable: Timetable,
    ) -> None:
        self._records = records
        self._telling = telling
        self._recipients = recipients
        self._timetable = timetable

    def apply(self, session: Session, application: Application) -> str:
        """Take an application for a record of our own; return the repair's id.

        Raises NotFoundError, ConflictError where a repair is open or the record is another's.
        """
        records = self._records[application.record_kind]
        document = records.own(session, application.record_id)
        if self._is_open(session, application.record_id):
            raise ConflictError(f"a repair of {application.record_id!r} is open; finish it first")
        region = self._telling.region
        repair = {
            **asdict(application),
            "repair_id": record_id(region, "XF", secrets.token_bytes(16), [region]),
            "record_origin": region,
        }
        told = {
            "authority": document.get("authority") or "",
            "applied_on": application.applied_on,
            "corrected": application.corrected,
            "committed": application.committed,
        }
        self._telling.tell(session, repair, "applied", told)
        records.revise(session, application.record_id, {"repair_state": "applied"})
        return str(repair["repair_id"])

    def accept(self, session: Session, repair_id: str, *, corrected: bool, committed: bool) -> None:
        """Accept an application, with what was found of its conditions."""
        told = {"corrected": corrected, "committed": committed}
        self._act(session, repair_id, "accepted", told, "accepted")

    def refuse(self, session: Session, repair_id: str, reason: str) -> None:
        self._act(session, repair_id, "refused", {"reason": reason}, "refused")

    def withdraw(self, session: Session, repair_id: str, reason: str) -> None:
        self._act(session, repair_id, "withdrawn", {"reason": reason}, "none")

    def grant(
        self, session: Session, repair_id: str, decision_no: str, signed_off_by: str | None
    ) -> None:
        """Grant a repair: end the record here, and ask all who received it to stop using it.

        Raises ConflictError while the shortest publication runs, or a condition is not met, and
        UnavailableError while it is not known who received the record.
        """
        repair = self._ours(session, repair_id)
        ACTS.check(repair_id, repair.state, "granted")
        records = self._records[repair.record_kind]
        document = records.own(session, repair.record_id)
        self._check_period(document, records.today())
        recipients = self._recipients.of(session, records.kind.topic, document)
        now = self._telling.clock.now()
        stop_by = now + timedelta(days=self._timetable.stop_within_days)
        told = {
            "corrected": True,
            "committed": True,
            "decision_no": decision_no,
            "signed_off_by": signed_off_by,
            "authority": document.get("authority") or "",
            "recipients": recipients,
            "stop_by": milliseconds(stop_by),
        }
        records.tell_repaired(session, repair.record_id)
        self._telling.tell(session, asdict(repair), "granted", told)
        now_ms = milliseconds(now)
        erase(session, repair.record_kind, repair.record_id, repair_id, now_ms)

    def _act(
        self,
        session: Session,
        repair_id: str,
        act: Act,
        told: Mapping[str, Any],
        repair_state: str,
    ) -> None:
        repair = self._ours(session, repair_id)
        ACTS.check(repair_id, repair.state, act)
        self._telling.tell(session, asdict(repair), act, told)
        records = self._records[repair.record_kind]
        records.revise(session, repair.record_id, {"repair_state": repair_state})

    def _ours(self, session: Session, repair_id: str) -> Repair:
        repair = find_repair(session, repair_id, lock=True)
        if repair.record_origin != self._telling.region:
            raise ConflictError(
                f"repair {repair_id!r} is decided by region {repair.record_origin}, which stated "
                "the record"
            )
        return repair

    def _is_open(self, session: Session, record: str) -> bool:
        columns = REPAIR.c
        found = select(columns.repair_id).where(
            columns.record_id == record, columns.state.in_(OPEN)
        )
        return session.scalars(found.limit(1)).one_or_none() is not None

    def _check_period(self, document: Mapping[str, Any], today: int) -> None:
        earliest = document.get("min_until")
        if earliest is not None and today <= earliest:
            raise ConflictError(
                "the shortest publication is not over yet; the repair can be granted from "
                f"{day_at(earliest + 1)} on"
            )
