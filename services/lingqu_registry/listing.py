"""`GET /schemas`: versions by the prefix of their subjects, with the aliases that lead to them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from lingqu_registry.endpoints.answers import version_body
from lingqu_registry.names import beside, is_storable
from lingqu_registry.rules import rule_types as types_in
from lingqu_registry.store.reads import Reads
from lingqu_registry.versions import Version


@dataclass(frozen=True, slots=True)
class Listed:
    """A version, and the names that are aliases of its subject."""

    version: Version
    aliases: list[str]

    @property
    def body(self) -> dict[str, Any]:
        return version_body(self.version) | ({"aliases": self.aliases} if self.aliases else {})


def schemas_listed(
    reads: Reads,
    prefix: str,
    *,
    aliases: bool,
    deleted: bool,
    latest: bool,
    rule_types: Collection[str],
) -> Iterator[Listed]:
    """Yield the versions in order of their subjects; all of them, or the latest only."""
    if not is_storable(prefix):
        return
    names: dict[str, list[str]] = {}
    if aliases:
        for scope, target in sorted(reads.aliases(prefix).items()):
            names.setdefault(beside(scope, target), []).append(scope)
    rows = reads.listed(prefix=prefix, others=names, deleted=deleted, latest=latest)
    for row in rows:
        if not rule_types or types_in(row.rule_set).intersection(rule_types):
            yield Listed(row, names.get(row.subject, []))
