"""What a partner's answer means for each event of a put: delivered, parked, or a dead letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lingqu.clock import Clock
from lingqu.connect.api import Delivered, Outcome, Refused, Verdict
from lingqu.connect.batch import Batch
from lingqu.errors import Reason, RetriableError
from lingqu_worker.dead_letters import REFUSED_BY_PARTNER, Letter
from lingqu_worker.parking import ParkedEvent, Parking
from lingqu_worker.walk import Put

_ALONE_IN_A_ROW = 100
_RETRIES_ENDED = Reason(
    "retries_ended", "the partner asked for another try until the schedule of 75 hours had ended"
)


@dataclass(slots=True)
class Judge:
    """Follows the answers of one lane's partner; what it decides is durable with the progress.

    `accepted` are batches put and the places in them that the partner took. After a refusal that
    names no event it lets fewer be put, down to one alone. Events behind a
    parked one of their key queue up whatever was said of them: it was said without the first.
    """

    partner: str
    parking: Parking
    clock: Clock
    most: int
    parks_rejected: bool
    letters: list[Letter] = field(default_factory=list)
    accepted: list[tuple[Batch, list[int]]] = field(default_factory=list)
    limit: int = 0
    _alone: int = 0
    _asked_s: float | None = None

    def __post_init__(self) -> None:
        self.limit = self.most

    @property
    def delivered(self) -> int:
        return sum(len(places) for _, places in self.accepted)

    def now_ms(self) -> int:
        return int(self.clock.now().timestamp() * 1000)

    def hear(self, put: Put, outcome: Outcome) -> bool:
        """Act on an answer; False where the same events must be put in smaller parts."""
        if isinstance(outcome, Refused):
            if len(put.batch) > 1:
                self.limit = len(put.batch) // 2
                return False
            self._refuse_to_pour(outcome)
            alone = Verdict(0, "rejected", outcome.reason, outcome.said)
            verdicts: Mapping[int, Verdict] = {0: self._on_terms(alone)}
        else:
            self._alone = 0
            self.limit = min(self.most, 2 * self.limit)
            verdicts = self._named(outcome)
        self._act(put, verdicts)
        return True

    def end(
        self,
        event: ParkedEvent,
        reason: Reason,
        batch: Batch,
        index: int | None = None,
        said: str | None = None,
    ) -> None:
        """Note a dead letter, with the event as the view shows it if the batch has it."""
        letter = Letter(
            batch.topic,
            batch.partition,
            event.offset,
            event.sequence,
            None if index is None else batch.keys[index],
            None if index is None else batch.payloads[index],
            reason,
            said=said,
        )
        self.letters.append(letter)

    def _refuse_to_pour(self, outcome: Refused) -> None:
        """Hold blanket refusals for the partner's own trouble, once there are too many."""
        if self._alone >= _ALONE_IN_A_ROW:
            raise RetriableError(
                f"partner {self.partner!r} has refused {self._alone} events in a row and taken "
                f"none ({outcome.reason.detail}): no more of them become dead letters, it is the "
                "partner's move"
            )
        self._alone += 1

    def _named(self, outcome: Outcome) -> Mapping[int, Verdict]:
        """Return the verdicts other than accepted, by place."""
        self._asked_s = None
        if isinstance(outcome, Delivered | Refused):
            return {}
        self._asked_s = outcome.retry_after_s
        named = map(self._on_terms, outcome.verdicts)
        return {verdict.index: verdict for verdict in named if verdict.status != "accepted"}

    def _on_terms(self, verdict: Verdict) -> Verdict:
        """Return the verdict as the contract takes it: a rejection may park the key instead."""
        parks = self.parks_rejected and verdict.status == "rejected"
        return replace(verdict, status="retry") if parks else verdict

    def _act(self, put: Put, verdicts: Mapping[int, Verdict]) -> None:
        if verdicts or put.released:
            self._act_on_each(put, verdicts)
        else:
            self.accepted.append((put.batch, [*range(len(put.batch))]))
        for event in put.queued:
            self.parking.add(event)

    def _act_on_each(self, put: Put, verdicts: Mapping[int, Verdict]) -> None:
        blocked: set[bytes | int] = set()
        self.accepted.append((put.batch, []))
        for index in range(len(put.batch)):
            event = put.event(index)
            if event.place in blocked:
                if not put.released:
                    self.parking.add(event)
            elif self._stays(put, index, event, verdicts.get(index)):
                blocked.add(event.place)

    def _stays(self, put: Put, index: int, event: ParkedEvent, verdict: Verdict | None) -> bool:
        """Act on one event; say whether it is parked now, and its key with it."""
        parked = put.released
        if verdict is None:
            self.accepted[-1][1].append(index)
        elif verdict.status == "rejected":
            reason = verdict.reason or REFUSED_BY_PARTNER
            self.end(event, reason, put.batch, index, verdict.said)
        else:
            if not parked:
                self.parking.add(event)
            if self.parking.postpone(event, self.now_ms(), self._asked_s):
                return True
            self.end(event, _RETRIES_ENDED, put.batch, index, verdict.said)
            parked = True
        if parked:
            self.parking.settle(event)
        return False
