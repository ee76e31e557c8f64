"""What a new statement changes: pure, and the same whatever the order of arrival.

A key's history is the highest rank under which each content was stated. What stands is the content
of the highest rank of all; where two contents share it, neither is trusted: the smaller digest
stands, contested. Merging histories is commutative, so the order of arrival cannot matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from lingqu_water.readings.rank import Rank

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
    """The rank of each content that was stated about one key."""

    ranks: dict[bytes, Rank] = field(default_factory=dict)

    def standing(self) -> Standing | None:
        """Return what stands, None where nothing was stated."""
        if not self.ranks:
            return None
        top = max(self.ranks.values())
        peers = [digest for digest, rank in self.ranks.items() if rank == top]
        return Standing(min(peers), top, len(peers) > 1)

    def state(self, digest: bytes, rank: Rank) -> None:
        """Take a statement into account."""
        known = self.ranks.get(digest)
        if known is None or known < rank:
            self.ranks[digest] = rank


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a batch: its place there, its content and its rank."""

    place: int
    digest: bytes
    rank: Rank


@dataclass(frozen=True, slots=True)
class Move:
    """Another content begins to stand, or the standing one to be contested.

    `place` is the statement whose content stands; None means that of before the batch.
    """

    place: int | None
    contested: bool


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
    if not all(each.digest in history.ranks for each in statements):
        return False
    merged = History(dict(history.ranks))
    for each in statements:
        merged.state(each.digest, each.rank)
    after = merged.standing()
    if after is None or not after.says(history.standing()):
        return False
    history.ranks = merged.ranks
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
    known = dict(history.ranks)
    for each in group:
        history.state(each.digest, each.rank)
    after = history.standing()
    assert after is not None  # noqa: S101 - something was just stated
    replaces = before is None or before.rank < after.rank
    for each in group:
        outcomes[each.place] = _outcome(each, known, before, after)
        known[each.digest] = max(each.rank, known.get(each.digest, each.rank))
    if after.says(before):
        return []
    standing = [each.place for each in group if each.digest == after.digest]
    if replaces:
        outcomes[standing[0]] = "first" if before is None else "revision"
    return [Move(standing[0] if standing else None, after.contested)]


def _outcome(
    each: Statement, known: Mapping[bytes, Rank], before: Standing | None, after: Standing
) -> Outcome:
    """Return what one statement came to, unless it is the one that now stands."""
    if each.digest in known and known[each.digest] >= each.rank:
        return "repeat"
    if each.rank < after.rank:
        return "repeat" if each.digest in known else "late"
    restates = each.digest == after.digest and after.says(before)
    return "repeat" if restates else "conflict"
