"""Who received a record: by the agreements that control publishes, and as uses fed back show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from lingqu.admission import RegionScope
from lingqu.agreements.lifecycle import ENDED, IN_FORCE
from lingqu.agreements.state import AGREEMENT_TOPIC, AgreementState
from lingqu.errors import ContractError, UnavailableError
from lingqu_credit.tables import SANCTION

_A_DAY_MS = 86_400_000


class AgreementTable(Protocol):
    """The agreements by id as `CompactedTable` keeps them."""

    def snapshot(self) -> Mapping[str, bytes]: ...
    def fresh(self) -> bool: ...


class Recipients:
    """Tells the regions that hold a record of ours.

    An agreement that has ended counts where it may still have carried the record: what was
    delivered is not taken back by its end. A filter does not: who never got the record says so.
    """

    def __init__(self, table: AgreementTable, scope: RegionScope, region: str) -> None:
        self._table = table
        self._scope = scope
        self._region = region

    def of(self, session: Session, topic: str, document: Mapping[str, Any]) -> list[str]:
        """Return the regions that received the record, by code, this hub's not among them.

        Raises UnavailableError while the end of the agreements is not seen, or one of them is not
        understood: somebody would not be asked.
        """
        columns = SANCTION.c
        users = session.scalars(
            select(columns.origin).where(columns.record_id == document["record_id"]).distinct()
        )
        first_ms = (document.get("decided_on") or 0) * _A_DAY_MS
        return sorted({*self._agreed(topic, first_ms), *users} - {self._region})

    def _agreed(self, topic: str, first_ms: int) -> Iterator[str]:
        if not self._table.fresh():
            raise UnavailableError(
                f"who received the record is not known: the end of {AGREEMENT_TOPIC} has not been"
                " seen for 8 s; is Kafka up, and has control made its topics?"
            )
        for payload in self._table.snapshot().values():
            try:
                state = AgreementState.decode(payload)
            except ContractError as error:
                raise UnavailableError(f"who received the record is not known: {error}") from error
            began = state.state in IN_FORCE | ENDED
            ours = self._scope.admits(state.provider.region)
            if began and ours and state.topic == topic and state.valid_until_ms > first_ms:
                yield state.recipient.region
