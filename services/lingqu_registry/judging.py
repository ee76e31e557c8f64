"""Whether a schema may stand beside the versions of a subject."""

from __future__ import annotations

from collections.abc import Sequence

from lingqu_registry.compatibility import judge
from lingqu_registry.errors import level_not_judged
from lingqu_registry.metadata import Metadata
from lingqu_registry.parsing.parsed import ParsedSchema
from lingqu_registry.scopes import Settings
from lingqu_registry.store.references import Uses
from lingqu_registry.versions import Version


def conflicts(
    uses: Uses,
    settings: Settings,
    new: ParsedSchema,
    metadata: Metadata | None,
    versions: Sequence[Version],
) -> list[str]:
    """Return in Confluent's messages why it may not follow these versions (ascending).

    Raises 42203 for a type other than AVRO, unless the level is NONE.
    """
    if settings.level == "NONE":
        return []
    if new.schema_type != "AVRO":
        raise level_not_judged(new.schema_type, settings.level)
    versions = [each for each in versions if _together(settings.group, each.metadata, metadata)]
    asked = versions if settings.level.endswith("_TRANSITIVE") else versions[-1:]
    if any(each.schema_type != new.schema_type for each in asked):
        return ["Incompatible because of different schema type"]
    return judge(settings.level, new, [(each.version, uses.parsed(each)) for each in asked])


def _together(group: str | None, one: Metadata | None, other: Metadata | None) -> bool:
    """Tell whether two metadata have the same value, or none, for the group's property."""
    return group is None or _property(one, group) == _property(other, group)


def _property(metadata: Metadata | None, name: str) -> str | None:
    found = (metadata or {}).get("properties", {}).get(name)
    return found if isinstance(found, str) else None
