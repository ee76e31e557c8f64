"""What the registry keeps, as values: versions with their schemas, and subjects."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lingqu_registry.endpoints.requests import Reference
from lingqu_registry.identity import guid_of
from lingqu_registry.metadata import Metadata
from lingqu_registry.rules import RuleSet


@dataclass(frozen=True)
class Version:
    """A version of a subject, with the schema it holds."""

    subject: str
    version: int
    deleted: bool
    registered_at_ms: int
    context: str
    id: int
    digest: str
    schema_type: str
    text: str
    extras_json: str

    @cached_property
    def extras(self) -> dict[str, Any]:
        """Return `references`, `metadata` and `ruleSet`, as far as they are there."""
        found: dict[str, Any] = json.loads(self.extras_json)
        return found

    @property
    def references(self) -> tuple[Reference, ...]:
        return tuple(Reference(**each) for each in self.extras.get("references", ()))

    @property
    def metadata(self) -> Metadata | None:
        return self.extras.get("metadata")

    @property
    def rule_set(self) -> RuleSet | None:
        return self.extras.get("ruleSet")

    @property
    def guid(self) -> str:
        return guid_of(self.digest)


@dataclass(frozen=True, slots=True)
class Place:
    """Which schema a version of a subject holds, without the schema."""

    version: int
    deleted: bool
    id: int
    digest: str


@dataclass(frozen=True, slots=True)
class Subject:
    """How many versions a subject has: the last one's number, the live ones, all that are kept."""

    name: str
    context: str
    last_version: int
    live: int
    held: int
