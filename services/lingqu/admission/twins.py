"""Events of one major made into those of the others that are served beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lingqu.clock import SystemClock, china_day
from lingqu.contracts.avro.problem_words import reading_problems
from lingqu.contracts.model import Contract
from lingqu.errors import PermanentError
from lingqu.wire.aliases import named_as_written
from lingqu.wire.resolver import Resolver


def today() -> date:
    return china_day(SystemClock().now())


@dataclass(frozen=True, slots=True)
class Twin:
    """What stands on another major's topic for the same events: the payloads run in parallel."""

    topic: str
    payloads: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class _Way:
    topic: str
    schema_id: int
    resolver: Resolver


class Twins:
    """Makes the twins of one major's admitted events, as long as the contract serves the others.

    A twin has the event's id, key and content, by the newest version of its major; it is published
    in the transaction that publishes the event. Who writes goes on to write one major only. Where
    the schemas do not resolve there are no twins; lint says so.
    """

    def __init__(
        self,
        contract: Contract,
        major: int,
        schema_id_of: Callable[[int], int],
        day: Callable[[], date] = today,
    ) -> None:
        """Prepare. `schema_id_of` a major is asked when the first event comes, and may raise."""
        self._contract = contract
        self._major = major
        self._schema_id_of = schema_id_of
        self._day = day
        self._resolving = [
            other
            for other in contract.majors
            if other != major and not twin_problems(contract, major, other)
        ]
        self._ways: dict[int, _Way] = {}

    def of(self, payloads: Sequence[bytes]) -> list[Twin]:
        """Return the twins of admitted payloads, a list for each other major served today."""
        if not (self._resolving and payloads):
            return []
        served = self._contract.served(self._day())
        ways = [self._way(other) for other in self._resolving if other in served]
        return [Twin(way.topic, _made(way, payloads)) for way in ways]

    def _way(self, other: int) -> _Way:
        if other not in self._ways:
            contract = self._contract
            written, read = contract.latest(self._major).schema, contract.latest(other).schema
            resolver = Resolver(written, read)
            self._ways[other] = _Way(contract.topic(other), self._schema_id_of(other), resolver)
        return self._ways[other]


def twin_problems(contract: Contract, major: int, other: int) -> list[str]:
    """Say why events of one major cannot be read as another's; empty where they can."""
    written, read = contract.latest(major).schema, contract.latest(other).schema
    return reading_problems(named_as_written(read, written), written)


def untwinned(contract: Contract) -> Iterator[str]:
    """Say which major's partners miss the events that are published on another one."""
    newest = contract.majors[-1]
    for older in contract.majors[:-1]:
        for major, other in ((newest, older), (older, newest)):
            for why in twin_problems(contract, major, other):
                yield (
                    f"events of v{major} do not reach the partners of v{other}: {why}; give it a"
                    f" default or an alias, or let producers write both"
                )


def _made(way: _Way, payloads: Sequence[bytes]) -> list[bytes]:
    resolved = way.resolver.decode_framed(payloads, trusted=True)
    for reason in resolved.refused.values():
        raise PermanentError(f"no twin for {way.topic}: {reason.detail}; the schemas clash")
    return way.resolver.reader.encode_framed(resolved.columns, way.schema_id)
