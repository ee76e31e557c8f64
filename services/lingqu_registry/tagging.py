"""`POST …/tags`: the same schema as a new version, with tags, metadata or rules changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lingqu_registry.endpoints.requests import MOST, SchemaRequest
from lingqu_registry.errors import invalid_rule_set, invalid_schema
from lingqu_registry.metadata import read_metadata, with_version
from lingqu_registry.rules import RuleSet, merged_rule_sets, read_rule_set, without_rules
from lingqu_registry.tags import read_tags, retagged
from lingqu_registry.versions import Version


def tagged_request(
    version: Version, latest: Version | None, body: Mapping[str, Any]
) -> SchemaRequest:
    """Return what is to be registered. Raises 42201, 42210."""
    if version.schema_type != "AVRO":
        raise invalid_schema(f"tags of a schema of type {version.schema_type} are not supported")
    added = read_tags(body.get("tagsToAdd"), "tagsToAdd")
    removed = read_tags(body.get("tagsToRemove"), "tagsToRemove")
    number = body.get("newVersion") or 0
    if type(number) is not int or not -1 <= number <= MOST:
        raise invalid_schema("newVersion is no number from -1 to 2^31-1")
    metadata = read_metadata(body.get("metadata"))
    return SchemaRequest(
        text=retagged(version.text, added, removed),
        references=version.references,
        metadata=with_version(version.metadata if metadata is None else metadata, number),
        rule_set=_rules(version, latest, body),
        version=number,
    )


def _rules(version: Version, latest: Version | None, body: Mapping[str, Any]) -> RuleSet | None:
    """Return the rules sent; where they are to be merged, the latest version's with the changes."""
    names = body.get("rulesToRemove")
    merged = read_rule_set(body.get("rulesToMerge"), "rulesToMerge")
    if names is None and merged is None:
        return read_rule_set(body.get("ruleSet"))
    if not isinstance(names or [], list) or not all(isinstance(each, str) for each in names or ()):
        raise invalid_rule_set("rulesToRemove is no list of names")
    found = merged_rule_sets((latest or version).rule_set, merged)
    return without_rules(found, names or ())
