"""Contracts as values: what the loader makes of a folder, and all others read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from lingqu.errors import ContractError, NotFoundError

Status = Literal["draft", "released"]
OnReject = Literal["dead_letter", "park_key"]


class UnknownContract(NotFoundError):  # noqa: N818 - the name says the fact
    """No contract has that name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        there = ", ".join(known) or "none"
        super().__init__(
            f"no contract named {name!r}; there are: {there}; is LINGQU_SCHEMAS_DIR right?"
        )
        self.name = name


class UnknownTopic(NotFoundError):  # noqa: N818 - the name says the fact
    """No contract has that topic."""

    def __init__(self, topic: str, known: tuple[str, ...]) -> None:
        there = ", ".join(known) or "none"
        super().__init__(
            f"no contract has the topic {topic!r}; there are: {there}; is LINGQU_SCHEMAS_DIR right?"
        )
        self.topic = topic


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a version's schema; `path` names fields of records and lists by dots."""

    path: str
    type_name: str
    nullable: bool
    has_default: bool
    doc: str
    unit: str
    grade: int | str
    kind: str


@dataclass(frozen=True, slots=True)
class ContractVersion:
    """One `v<major>.<minor>.avsc`; `fields` holds all levels, depth first."""

    number: str
    major: int
    minor: int
    schema: str
    record_name: str
    fields: tuple[FieldSpec, ...]

    @property
    def digest(self) -> str:
        """Return what tells two schemas apart, however their files are laid out: a SHA-256."""
        return hashlib.sha256(self.schema.encode()).hexdigest()

    def has(self, path: str) -> bool:
        """Say whether an expression may name that path; below a map any name may stand."""
        types = {spec.path: spec.type_name for spec in self.fields}
        parts = path.split(".")
        above = (".".join(parts[:count]) for count in range(1, len(parts)))
        return path in types or "map" in {types.get(each) for each in above}

    def field(self, path: str) -> FieldSpec:
        """Return the field at that path; raise ContractError with the fields there are."""
        for spec in self.fields:
            if spec.path == path:
                return spec
        known = ", ".join(spec.path for spec in self.fields)
        raise ContractError(
            f"{self.record_name} v{self.number} has no field {path!r}; it has {known}"
        )


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A semantic rule: the event is refused unless the CEL expression is true."""

    name: str
    expression: str
    message: str


@dataclass(frozen=True, slots=True)
class Sla:
    """What the provider promises on the contract's events."""

    latency_s: int | None = None
    completeness_percent: float | None = None


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """The contract's entry in a province's catalogue of public data (资源目录)."""

    resource_code: str = ""
    abstract: str = ""
    provider_uscc: str = ""
    share_type: str = ""
    share_condition: str = ""
    share_mode: str = ""
    update_cycle: str = ""
    data_range: str = ""
    published_on: str = ""
    unverified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """When a version was published, and the digest of its schema."""

    released_on: date
    digest: str


@dataclass(frozen=True, slots=True)
class Contract:
    """What a topic promises.

    `versions` of a released contract are the published ones, unless it was loaded with its drafts.
    `served_until` is the last day of each major that ends.
    """

    name: str
    domain: str
    event: str
    title_zh: str
    title_en: str
    steward: str
    key: tuple[str, ...]
    partitions: int
    retention_ms: int
    compatibility: str
    status: Status
    on_reject: OnReject
    legal_basis: str
    rules: tuple[RuleSpec, ...]
    versions: tuple[ContractVersion, ...]
    folder: Path
    sla: Sla = field(default_factory=Sla)
    entry: CatalogueEntry = field(default_factory=CatalogueEntry)
    served_until: Mapping[int, date] = field(default_factory=dict)
    releases: Mapping[str, Release] = field(default_factory=dict)

    @property
    def majors(self) -> tuple[int, ...]:
        return tuple(sorted({version.major for version in self.versions}))

    def served(self, day: date) -> tuple[int, ...]:
        """Return the majors that are served on that day, oldest first."""
        return tuple(major for major in self.majors if day <= self.served_until.get(major, day))

    def topic(self, major: int | None = None) -> str:
        """Return the topic of that major version, by default of the latest."""
        return f"{self.name}.v{self.majors[-1] if major is None else major}"

    def subject(self, major: int | None = None) -> str:
        """Return the registry subject of that major's values (TopicNameStrategy)."""
        return f"{self.topic(major)}-value"

    def latest(self, major: int | None = None) -> ContractVersion:
        """Return the latest version, of that major or of all."""
        wanted = [each for each in self.versions if major in (None, each.major)]
        if not wanted:
            raise self._no_version(f"v{major}")
        return wanted[-1]

    def version(self, number: str) -> ContractVersion:
        """Return the version of that number, as "1.0"."""
        for each in self.versions:
            if each.number == number:
                return each
        raise self._no_version(number)

    def key_of(self, event: Mapping[str, Any]) -> str:
        """Return the event's record key; raise ContractError when a key field has no value."""
        missing = [name for name in self.key if event.get(name) is None]
        if missing:
            raise ContractError(
                f"{self.name}: the key field {missing[0]!r} has no value; every event needs one"
            )
        return "|".join(str(event[name]) for name in self.key)

    def _no_version(self, number: str) -> NotFoundError:
        known = ", ".join(each.number for each in self.versions)
        return NotFoundError(f"contract {self.name} has no version {number}; it has {known}")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All contracts of a hub, by name and by topic."""

    contracts: Mapping[str, Contract]

    def contract(self, name: str) -> Contract:
        """Return the contract of that name, as "demo.reading"."""
        found = self.contracts.get(name)
        if found is None:
            raise UnknownContract(name, tuple(self.contracts))
        return found

    def by_topic(self, topic: str) -> tuple[Contract, int]:
        """Return the contract and the major version behind a topic."""
        name, _, major = topic.rpartition(".v")
        found = self.contracts.get(name)
        if found is None or major not in map(str, found.majors):
            raise UnknownTopic(topic, self.topics())
        return found, int(major)

    def topics(self) -> tuple[str, ...]:
        """Return every topic, one a contract and major version."""
        return tuple(each.topic(major) for each in self for major in each.majors)

    def __iter__(self) -> Iterator[Contract]:
        return iter(self.contracts.values())

    def __len__(self) -> int:
        return len(self.contracts)
