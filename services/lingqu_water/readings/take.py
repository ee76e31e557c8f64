"""The one way in for readings: decided, stored, published and followed in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from lingqu.admission import Admitted
from lingqu.clock import Clock
from lingqu.errors import Reason
from lingqu.metrics import Metrics
from lingqu.outbox.events import Events
from lingqu.quality.tally import kind_of
from lingqu_water.metrics import READINGS
from lingqu_water.readings.change import Outcome
from lingqu_water.readings.follow import Change, Follower
from lingqu_water.readings.judge import Judge
from lingqu_water.readings.ledger import keep, known, raise_ranks, stand
from lingqu_water.readings.live import write_live
from lingqu_water.readings.model import SAMPLE_TOPIC, Key, Reading
from lingqu_water.readings.places import lock_places
from lingqu_water.readings.plan import Changed, Circumstances, Offered, Plan
from lingqu_water.readings.planning import make_plan
from lingqu_water.readings.publishing import sample_columns

CONFLICT = Reason(
    "rejected",
    "another statement of the same rank, as in another file of one day, says otherwise; the one "
    "that stands is marked doubtful; send a reviewed one to settle it, or import the later file "
    "again with its time, as --collected-on 2021-04-06T16:00",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of each statement, in the order given, and why some were not taken.

    `stands` has the event that now stands for a statement's key; none where nothing does.
    """

    outcomes: Sequence[Outcome]
    refused: Mapping[int, Reason]
    stands: Mapping[Key, str | None]
    noted: Mapping[str, int] = field(default_factory=dict)


class Readings:
    """Takes statements about readings; may be shared by threads.

    What stands afterwards depends on the statements alone, never on the order in which they came.
    A statement that breaks a rule is refused by itself.
    """

    def __init__(
        self,
        events: Events,
        judge: Judge,
        id_key: bytes,
        clock: Clock,
        metrics: Metrics,
        followers: Sequence[Follower] = (),
    ) -> None:
        self._events = events
        self._judge = judge
        self._id_key = id_key
        self._clock = clock
        self._metrics = metrics
        self._followers = tuple(followers)

    def take(self, session: Session, readings: Sequence[Reading], *, mode: str = "live") -> Taken:
        """Take statements in the caller's transaction, and publish what they change.

        The batch is held in memory: send thousands, not millions. Raises UnavailableError where
        the registry or the database is away; nothing was done then.
        """
        return self.restate(session, [Offered(each, mode) for each in readings])

    def restate(self, session: Session, offered: Sequence[Offered]) -> Taken:
        """Take statements as `take` does, each in a mode of its own."""
        return self._take(session, offered, publishing=True)

    def adopt(self, session: Session, offered: Sequence[Offered]) -> Taken:
        """Take statements that came as events; they are on the topic, so none is published."""
        return self._take(session, offered, publishing=False)

    def _take(self, session: Session, offered: Sequence[Offered], *, publishing: bool) -> Taken:
        if not offered:
            return Taken((), {}, {})
        readings = [each.reading for each in offered]
        around = Circumstances(
            places=lock_places(session, readings),
            known=known(session, {reading.key for reading in readings}),
            judge=self._judge,
            id_key=self._id_key,
            now_ms=int(self._clock.now().timestamp() * 1000),
            publishing=publishing,
        )
        plan, admitted, refused = self._plan(offered, around)
        self._write(session, plan, admitted)
        taken = _taken(len(offered), plan, refused, around)
        self._count(taken, "own" if publishing else "topic")
        if publishing:
            self._tally(session, taken)
        return taken

    def _plan(
        self, offered: Sequence[Offered], around: Circumstances
    ) -> tuple[Plan, Admitted | None, dict[int, Reason]]:
        """Plan until admission refuses nothing: what it refuses must not decide about others."""
        left = dict(enumerate(offered))
        refused: dict[int, Reason] = {}
        while True:
            plan = make_plan(left, around)
            admitted = self._admit(plan)
            if admitted is None or not admitted.refused:
                return plan, admitted, refused
            for row, reason in admitted.refused.items():
                refused[plan.told[row].cause] = reason
                left.pop(plan.told[row].cause, None)

    def _admit(self, plan: Plan) -> Admitted | None:
        """Return what admission says of what the plan tells; None where it tells nothing."""
        if not plan.told:
            return None
        return self._events.admit_columns(SAMPLE_TOPIC, sample_columns(plan.told))

    def _write(self, session: Session, plan: Plan, admitted: Admitted | None) -> None:
        stand(session, plan.standing, plan.replaced)
        keep(session, plan.versions)
        raise_ranks(session, plan.raised)
        write_live(session, plan.beside)
        if admitted is not None:
            told = [row for row in admitted.accepted if plan.told[row.index].is_event]
            self._events.append_admitted(session, SAMPLE_TOPIC, admitted.only(told))
        if plan.changes and self._followers:
            changes = [_change(each) for each in plan.changes]
            for follower in self._followers:
                follower.follow(session, changes)

    def _tally(self, session: Session, taken: Taken) -> None:
        """Tell the hub of what its people stated and nobody gets: refused, or said before."""
        kinds = Counter(map(kind_of, taken.refused.values()))
        repeats = taken.outcomes.count("repeat")
        self._events.note_apart(session, SAMPLE_TOPIC, refused=kinds, repeats=repeats)

    def _count(self, taken: Taken, way: str) -> None:
        for outcome, readings in Counter(taken.outcomes).items():
            self._metrics.inc(READINGS, readings, way=way, outcome=outcome)


def _taken(count: int, plan: Plan, refused: Mapping[int, Reason], around: Circumstances) -> Taken:
    reasons = dict(refused)
    for place, outcome in plan.outcomes.items():
        if outcome == "conflict":
            reasons[place] = CONFLICT
    outcomes: list[Outcome] = [plan.outcomes.get(place, "refused") for place in range(count)]
    stands = {key: known.head.event_id for key, known in around.known.items()}
    stands |= {record.key: record.event_id for record in plan.standing}
    return Taken(outcomes, reasons, stands)


def _change(changed: Changed) -> Change:
    before = changed.before.stored() if changed.before else None
    after = changed.after.stored(changed.items)
    return Change(before, after, changed.live, changed.apart)
