"""Judging schemas that nobody registers: all that wait are judged in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lingqu.service.together import Together, each_alone
from lingqu_registry.endpoints.requests import LATEST, SchemaRequest
from lingqu_registry.errors import version_not_found
from lingqu_registry.judging import conflicts
from lingqu_registry.levels import Level
from lingqu_registry.planning import identified
from lingqu_registry.scopes import Scopes
from lingqu_registry.store.reads import Reads
from lingqu_registry.store.references import Uses
from lingqu_registry.store.store import Store
from lingqu_registry.versions import Version


@dataclass(frozen=True, slots=True)
class Check:
    """A schema, and the version that it shall fit, or (None) all that the level asks about."""

    subject: str
    request: SchemaRequest
    number: int | None


class Checking:
    """Tells whether schemas fit, one batch at a time."""

    def __init__(self, store: Store, default_level: Level) -> None:
        self._store = store
        self._default_level = default_level
        self._together = Together("checking", self._checked)

    async def incompatibilities(self, check: Check) -> list[str]:
        """Return in Confluent's messages why it does not fit. Raises 40402, 42201, 42203."""
        return await self._together.ask(check)

    def close(self) -> None:
        self._together.close()

    def _checked(self, checks: Sequence[Check]) -> list[list[str] | Exception]:
        with self._store.reading() as reads:
            checker = _Checker(reads, checks, self._default_level)
            return each_alone(checker.incompatibilities, checks)


class _Checker:
    """What one batch of checks reads, in one transaction."""

    def __init__(self, reads: Reads, checks: Sequence[Check], default_level: Level) -> None:
        self._reads = reads
        self._default_level = default_level
        self._scopes = Scopes(reads, {each.subject for each in checks})
        self._uses = Uses(reads)
        asked = [each.subject for each in checks if each.number == LATEST]
        self._latest = reads.latest({self._scopes.aliased(name) for name in asked}) if asked else {}

    def incompatibilities(self, check: Check) -> list[str]:
        subject = self._scopes.aliased(check.subject)
        versions = self._versions(subject, check.number)
        settings = self._scopes.of(subject, self._default_level)
        schema = identified(self._uses, subject, check.request, settings)
        return conflicts(self._uses, settings, schema.parsed, schema.request.metadata, versions)

    def _versions(self, subject: str, number: int | None) -> list[Version]:
        if number is None:
            return self._reads.versions([subject])
        if number == LATEST:
            return [self._latest[subject]] if subject in self._latest else []
        found = self._reads.version(subject, number)
        if found is None:
            raise version_not_found(number)
        return [found]
