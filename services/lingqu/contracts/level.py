"""Whether a version keeps the compatibility level that its contract promises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lingqu.contracts.avro.problem_words import reading_problems
from lingqu.contracts.model import Contract, ContractVersion


@dataclass(frozen=True, slots=True)
class Directions:
    """What keeps one version's readers from the other's events, by direction; empty where nothing.

    `backward`: who reads by the newer version, what the older wrote. `forward`: the other way.
    """

    backward: tuple[str, ...]
    forward: tuple[str, ...]

    @property
    def called(self) -> str:
        """Return the level that the two versions keep, as the registry calls it."""
        names = {(True, True): "FULL", (True, False): "BACKWARD", (False, True): "FORWARD"}
        return names.get((not self.backward, not self.forward), "NONE")

    def breaking(self, level: str) -> tuple[str, ...]:
        """Return the problems that count under the level."""
        backward = self.backward if level.startswith(("BACKWARD", "FULL")) else ()
        return backward + (self.forward if level.startswith(("FORWARD", "FULL")) else ())


def directions(old: ContractVersion, new: ContractVersion) -> Directions:
    """Judge two versions both ways, by Avro's rules alone."""
    backward = reading_problems(new.schema, old.schema)
    return Directions(tuple(backward), tuple(reading_problems(old.schema, new.schema)))


def level_problems(contract: Contract, version: ContractVersion) -> Iterator[str]:
    """Say where a version breaks its contract's level against the earlier ones of its major."""
    earlier = [
        each
        for each in contract.versions
        if each.major == version.major and each.minor < version.minor
    ]
    for old in _asked(contract.compatibility, earlier):
        for sentence in directions(old, version).breaking(contract.compatibility):
            yield f"against {old.number}: {sentence}"


def _asked(level: str, earlier: Sequence[ContractVersion]) -> Sequence[ContractVersion]:
    if level == "NONE":
        return ()
    return earlier if level.endswith("_TRANSITIVE") else earlier[-1:]
