"""The counts of a scorecard, and the shares made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

# Stands for an origin or a producer beyond those that are counted by themselves.
OTHERS = "*"


class Series(NamedTuple):
    """What one score is of: a day of China's time, a contract, an origin region, a producer.

    A producer is a service of the hub (`water`), the `source` that a caller of the gateway names
    (`gateway` where it names none), or the feed id of an inbound connector.
    """

    day: str
    contract: str
    origin: str
    producer: str


@dataclass(slots=True)
class Score:
    """What was counted of one series; scores of any series add up.

    - `accepted` events, by `changes` (first, revision, withdrawal); `repeats` are events that came
      again word for word and were absorbed, neither accepted nor refused.
    - `refused` by the rule that was broken, else by the code of the reason.
    - `timed` live events of a contract that promises a time, `on_time` those admitted within it.
    - `filled` and `asked` by field: in how many of the events that were asked it was filled. Only
      fields of the first level that may stay empty are asked for, and no withdrawal is asked.
    """

    accepted: int = 0
    repeats: int = 0
    timed: int = 0
    on_time: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)

    def add(self, other: Score) -> None:
        """Count what the other has counted too."""
        self.accepted += other.accepted
        self.repeats += other.repeats
        self.timed += other.timed
        self.on_time += other.on_time
        self.refused.update(other.refused)
        self.changes.update(other.changes)
        self.filled.update(other.filled)
        self.asked.update(other.asked)

    @property
    def completeness_percent(self) -> float | None:
        """完整率: fields that were filled of those that might have been."""
        return percent(self.filled.total(), self.asked.total())

    @property
    def validity_percent(self) -> float | None:
        """合格率: events accepted of those accepted or refused."""
        return percent(self.accepted, self.accepted + self.refused.total())

    @property
    def timeliness_percent(self) -> float | None:
        """及时率: live events admitted within the contract's time."""
        return percent(self.on_time, self.timed)

    def members(self) -> dict[str, Any]:
        """Return the counts as JSON has them."""
        return {
            "accepted": self.accepted,
            "repeats": self.repeats,
            "timed": self.timed,
            "on_time": self.on_time,
            **{name: dict(getattr(self, name)) for name in _BY_NAME},
        }

    @classmethod
    def of(cls, members: Mapping[str, Any]) -> Score:
        """Return the score of which these are the members."""
        plain = (members[name] for name in ("accepted", "repeats", "timed", "on_time"))
        return cls(*plain, *(Counter(members[name]) for name in _BY_NAME))


_BY_NAME = ("refused", "changes", "filled", "asked")


def percent(part: int, whole: int) -> float | None:
    """Return the share in percent, to two places; None of nothing. Only all of it is 100."""
    if not whole:
        return None
    share = round(100 * part / whole, 2)
    return min(share, 99.99) if part < whole else share
