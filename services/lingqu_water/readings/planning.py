"""From statements to a plan, key by key."""

from __future__ import annotations

from collections.abc import Mapping

from lingqu_water.readings.change import History, Move, Statement, decide
from lingqu_water.readings.ledger import Raised
from lingqu_water.readings.live import latest_live, says_the_same
from lingqu_water.readings.model import LIVE, Item, Key, content_of, load_items
from lingqu_water.readings.plan import Changed, Circumstances, Offered, Plan, change_of
from lingqu_water.readings.rank import rank_of
from lingqu_water.readings.record import Record
from lingqu_water.readings.restate import restated


def make_plan(offered: Mapping[int, Offered], around: Circumstances) -> Plan:
    """Return what the statements, by place, come to."""
    plan = Plan()
    groups: dict[Key, list[int]] = {}
    for place, each in offered.items():
        groups.setdefault(each.reading.key, []).append(place)
    for key, places in groups.items():
        if len(places) == 1 and key not in around.known:
            _plan_first(places[0], offered[places[0]], around, plan)
        else:
            _KeyPlan(key, {place: offered[place] for place in places}, around, plan).make()
    return plan


def _plan_first(place: int, offered: Offered, around: Circumstances, plan: Plan) -> None:
    """Plan the usual case of an import: one statement about what nobody spoke of before."""
    reading = offered.reading
    record = around.record(offered, content_of(reading), rank_of(reading))
    record = plan.tell(around, reading, record, place, before=None, is_event=True)
    plan.outcomes[place] = "first"
    plan.standing.append(record)
    plan.changes.append(Changed(None, record, reading.items, live=offered.mode == LIVE))


class _KeyPlan:
    """The part of a plan that is about one key with a history, or with several statements."""

    def __init__(
        self, key: Key, offered: Mapping[int, Offered], around: Circumstances, plan: Plan
    ) -> None:
        known = around.known.get(key)
        self._known = known
        self._key = key
        self._offered = offered
        self._around = around
        self._plan = plan
        self._before = self._head = known.head if known else None
        self._past = known.history if known else History()
        self._history = self._past.copy()
        self._contents = {place: content_of(each.reading) for place, each in offered.items()}
        self._statements = {
            place: Statement(place, self._contents[place].digest, rank_of(each.reading))
            for place, each in offered.items()
        }
        self._stood: set[int] = set()

    def make(self) -> None:
        decision = decide(self._history, list(self._statements.values()))
        self._plan.outcomes.update(decision.outcomes)
        for move in decision.moves:
            self._move(move)
        for place, outcome in decision.outcomes.items():
            if place in self._stood:
                continue
            if outcome in {"late", "conflict"}:
                self._set_aside(place)
            elif outcome == "repeat" and self._is_word_of_another_file(place):
                self._keep(self._record(place))
        self._settle()
        self._raise_ranks()

    def _move(self, move: Move) -> None:
        """Let another statement stand, or the standing one be contested."""
        before = self._head
        if move.place is None:
            cause = max(self._offered)
            self._head = self._restate(move, cause)
        else:
            reading = self._offered[move.place].reading
            record = self._record(move.place)._replace(contested=move.contested)
            self._stood.add(move.place)
            self._head = self._plan.tell(
                self._around, reading, record, move.place, before=before, is_event=True
            )
            if self._plan.outcomes[move.place] == "revision":
                self._plan.outcomes[move.place] = change_of(before, record)
        if before is not None:
            self._keep(before)

    def _restate(self, move: Move, cause: int) -> Record:
        """Let what stands be contested, or what another file said stand again."""
        before = self._head
        assert before is not None  # noqa: S101 - something was stated before
        said = before if move.digest == before.digest else self._earlier(move.digest)
        record = said._replace(contested=move.contested, recorded_at_ms=self._around.now_ms)
        reading = restated(said, self._around.places[said.section_code])
        return self._plan.tell(self._around, reading, record, cause, before=before, is_event=True)

    def _earlier(self, digest: bytes) -> Record:
        for place, statement in self._statements.items():
            if statement.digest == digest:
                return self._record(place)
        assert self._known is not None  # noqa: S101 - nobody else said it
        head = self._known.head
        return head if digest == head.digest else self._known.others[digest]

    def _set_aside(self, place: int) -> None:
        """Keep a statement that does not stand, once it is held to the rules."""
        reading = self._offered[place].reading
        record = self._record(place)
        self._plan.tell(self._around, reading, record, place, before=self._head, is_event=False)
        self._keep(record)

    def _is_word_of_another_file(self, place: int) -> bool:
        """Tell whether it repeats what another file said of that moment; its own may yet change."""
        digest, rank = self._statements[place].digest, self._statements[place].rank
        ranks = self._history.stated[digest]
        return len(ranks) > 1 and rank in ranks[1:] and not self._past.knows(digest, rank)

    def _record(self, place: int) -> Record:
        rank = self._statements[place].rank
        return self._around.record(self._offered[place], self._contents[place], rank)

    def _keep(self, record: Record) -> None:
        self._plan.versions.append(self._ranked(record))

    def _settle(self) -> None:
        """Let the last head be written where it, or its rank, is another than before."""
        assert self._head is not None  # noqa: S101 - something was stated
        after, live, apart = self._seen_live(self._ranked(self._head))
        moved = self._head is not self._before
        if moved or live:
            self._plan.changes.append(
                Changed(self._before, after, self._items(after), live=live, apart=apart)
            )
        if after == self._before:
            return
        self._plan.standing.append(after)
        if self._before is not None:
            self._plan.replaced.append(self._key)

    def _seen_live(self, head: Record) -> tuple[Record, bool, bool]:
        """Return the head in its mode, whether another live statement counts, and whether apart."""
        before = self._known.live if self._known else None
        if before is self._before and all(each.mode == LIVE for each in self._offered.values()):
            return head, self._head is not self._before, False
        stated = (place for place, each in self._offered.items() if each.mode == LIVE)
        after = latest_live(before, map(self._record, stated))
        is_live = after is not None and (after.digest, after.rank) == (head.digest, head.rank)
        if is_live != (head.mode == LIVE):
            head = head._replace(mode=LIVE if is_live else self._filled_in(head))
        beside = None if is_live and says_the_same(after, head) else after
        if beside or (self._known and self._known.beside):
            self._plan.beside[self._key] = beside
        return head, not says_the_same(before, after), True

    def _filled_in(self, head: Record) -> str:
        modes = [each.mode for each in self._offered.values() if each.mode != LIVE]
        return modes[-1] if modes else head.mode

    def _raise_ranks(self) -> None:
        head = self._head
        for digest, (rank, *_) in self._past.stated.items():
            stands = head is not None and digest == head.digest
            stood = self._before is not None and digest == self._before.digest
            raised = self._history.stated[digest][0]
            if not stands and not stood and raised != rank:
                self._plan.raised.append(Raised(self._key, digest, rank, raised))

    def _items(self, record: Record) -> tuple[Item, ...]:
        for place, statement in self._statements.items():
            if statement.digest == record.digest:
                return self._offered[place].reading.items
        return load_items(record.items)

    def _ranked(self, record: Record) -> Record:
        """Return the record at the last place of its file, which other files' may not displace."""
        ranks, file = self._history.stated[record.digest], record.rank.file
        return record.ranked(next((each for each in ranks if each.file == file), ranks[0]))
