"""What a new statement changes: pure, and the same whatever the order of arrival.

A key's history is the highest ranks under which each content was stated, one a file. What stands is
what was said last at the latest moment; where two contents share that place, or two files say
otherwise, neither is trusted: the smaller digest stands, contested. Merging histories is
commutative, so the order of arrival cannot matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from lingqu_water.readings.rank import Moment, Rank

Outcome = Literal["first", "repeat", "revision", "withdrawal", "late", "conflict", "refused"]


@dataclass(frozen=True, slots=True)
class Standing:
    """The content that stands for a key, and whether another of its rank contests it."""

    digest: bytes
    rank: Rank
    contested: bool

    def says(self, other: Standing | None) -> bool:
        """Tell whether both tell a reader the same."""
        mine = self.digest, self.contested
        return other is not None and mine == (other.digest, other.contested)


@dataclass(slots=True)
class History:
    """The ranks of each content that was stated about one key: of its latest moment, one a file."""

    stated: dict[bytes, tuple[Rank, ...]] = field(default_factory=dict)

    def standing(self) -> Standing | None:
        """Return what stands, None where nothing was stated."""
        if not self.stated:
            return None
        if len(self.stated) == 1:
            ((digest, ranks),) = self.stated.items()
            return Standing(digest, max(ranks), contested=False)
        moment = max(ranks[0].moment for ranks in self.stated.values())
        last: dict[int, Rank] = {}
        for rank in self._at(moment):
            last[rank.file] = max(rank, last.get(rank.file, rank))
        ends = set(last.values())
        peers = [digest for digest, ranks in self.stated.items() if not ends.isdisjoint(ranks)]
        return Standing(min(peers), max(ends), len(peers) > 1)

    def state(self, digest: bytes, rank: Rank) -> None:
        """Take a statement into account."""
        known = self.stated.get(digest)
        if known is None or known[0].moment < rank.moment:
            self.stated[digest] = (rank,)
        elif rank not in known and known[0].moment == rank.moment and not self.knows(digest, rank):
            others = tuple(each for each in known if each.file != rank.file)
            self.stated[digest] = (rank, *others) if known[0].file == rank.file else (*others, rank)

    def knows(self, digest: bytes, rank: Rank) -> bool:
        """Tell whether the content was stated at that rank or after it."""
        return any(
            each.moment > rank.moment
            or (each.moment == rank.moment and each.file == rank.file and each >= rank)
            for each in self.stated.get(digest, ())
        )

    def is_last(self, rank: Rank) -> bool:
        """Tell whether nothing was stated after it, nor later in its file."""
        return all(
            each.moment < rank.moment
            or (each.moment == rank.moment and (each.file != rank.file or each <= rank))
            for ranks in self.stated.values()
            for each in ranks
        )

    @property
    def has_rivals(self) -> bool:
        """Tell whether several files spoke of the latest moment: what one said may stand again."""
        moment = max(ranks[0].moment for ranks in self.stated.values())
        return len(self.stated) > 1 and len({rank.file for rank in self._at(moment)}) > 1

    def copy(self) -> History:
        return History(dict(self.stated))

    def _at(self, moment: Moment) -> Iterator[Rank]:
        for ranks in self.stated.values():
            if ranks[0].moment == moment:
                yield from ranks


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a batch: its place there, its content and its rank."""

    place: int
    digest: bytes
    rank: Rank


@dataclass(frozen=True, slots=True)
class Move:
    """Another content begins to stand, or the standing one to be contested.

    `place` is the statement whose content stands; None means one of before.
    """

    place: int | None
    contested: bool
    digest: bytes


@dataclass(frozen=True, slots=True)
class Decision:
    """Outcomes by place, in which any change of what stands is a `first` or a `revision`."""

    outcomes: Mapping[int, Outcome]
    moves: Sequence[Move]


def decide(history: History, statements: Iterable[Statement]) -> Decision:
    """Take the statements of one key into the history, and say what each came to.

    Statements of equal rank are judged together, so that a contradiction inside one batch is never
    published as if one of them had been right for a moment.
    """
    given = list(statements)
    if _only_restates(history, given):
        return Decision({each.place: "repeat" for each in given}, ())
    outcomes: dict[int, Outcome] = {}
    moves: list[Move] = []
    for group in _by_rank(given):
        moves.extend(_take(history, group, outcomes))
    return Decision(outcomes, moves)


def _only_restates(history: History, statements: Sequence[Statement]) -> bool:
    """Take the statements in where all contents are known and the same one stands in the end.

    So the second import of a file that corrects itself publishes nothing, on whatever day.
    """
    if not all(each.digest in history.stated for each in statements):
        return False
    merged = history.copy()
    for each in statements:
        merged.state(each.digest, each.rank)
    after = merged.standing()
    if after is None or not after.says(history.standing()):
        return False
    history.stated = merged.stated
    return True


def _by_rank(statements: Sequence[Statement]) -> list[list[Statement]]:
    if len(statements) == 1:
        return [list(statements)]
    groups: dict[Rank, list[Statement]] = {}
    for each in statements:
        groups.setdefault(each.rank, []).append(each)
    return list(groups.values())


def _take(history: History, group: Sequence[Statement], outcomes: dict[int, Outcome]) -> list[Move]:
    """Judge statements of one rank; note their outcomes and return what begins to stand."""
    before = history.standing()
    known = history.copy()
    for each in group:
        history.state(each.digest, each.rank)
    after = history.standing()
    assert after is not None  # noqa: S101 - something was just stated
    replaces = before is None or before.rank.moment < after.rank.moment or not after.contested
    for each in group:
        outcomes[each.place] = _outcome(each, known, history, before, after)
        known.state(each.digest, each.rank)
    if after.says(before):
        return []
    standing = [each.place for each in group if each.digest == after.digest]
    if replaces:
        outcomes[standing[0]] = "first" if before is None else "revision"
    return [Move(standing[0] if standing else None, after.contested, after.digest)]


def _outcome(
    each: Statement, known: History, history: History, before: Standing | None, after: Standing
) -> Outcome:
    """Return what one statement came to, unless it is the one that now stands."""
    if known.knows(each.digest, each.rank):
        return "repeat"
    if not history.is_last(each.rank):
        return "repeat" if each.digest in known.stated else "late"
    restates = each.digest == after.digest and after.says(before)
    return "repeat" if restates else "conflict"
