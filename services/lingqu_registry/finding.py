"""Finding what is registered: by subject and version, by content, by id and by metadata.

Where a bare subject of the default context does not have it, the other contexts are asked for a
subject of the same bare name, as Confluent's registry does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lingqu_registry.endpoints.requests import SchemaRequest
from lingqu_registry.errors import (
    RegistryError,
    schema_not_found,
    subject_not_found,
    version_not_found,
)
from lingqu_registry.levels import Level
from lingqu_registry.names import DEFAULT_CONTEXT, Name, is_storable
from lingqu_registry.planning import completed, identified, written_out
from lingqu_registry.scopes import Scopes, Settings
from lingqu_registry.store.reads import Reads
from lingqu_registry.store.references import Uses
from lingqu_registry.versions import Version


def version_of(reads: Reads, subject: str, number: int, *, deleted: bool = False) -> Version:
    """Return a version, by -1 the latest. Raises 40401, 40402."""
    for name in _everywhere(reads, subject):
        if (found := reads.version(name, number, deleted=deleted)) is not None:
            return found
    if not reads.has(subject, deleted=deleted):
        raise subject_not_found(subject)
    raise version_not_found(number)


def latest_with(
    reads: Reads, subject: str, properties: Mapping[str, str], *, deleted: bool
) -> Version:
    """Return the newest version whose metadata has these properties. Raises 40401, 40403."""
    if not reads.has(subject, deleted=deleted):
        raise subject_not_found(subject)
    for version in reversed(reads.versions([subject], deleted=deleted)):
        found = (version.metadata or {}).get("properties", {})
        if properties.items() <= found.items():
            return version
    raise schema_not_found()


def schema_by_id(reads: Reads, schema_id: int, subject: str = "") -> list[Version]:
    """Return the versions that hold a schema, those of the subject alone where it has it.

    A subject that does not have it only names the context. Raises 40403.
    """
    name = Name.of(subject)
    if name.bare:
        for each in _everywhere(reads, name.full):
            if found := reads.uses(Name.of(each).context, schema_id, subject=each):
                return found
    if found := reads.uses(name.context, schema_id):
        return found
    raise schema_not_found(schema_id)


def look_up(
    reads: Reads, subject: str, request: SchemaRequest, level: Level, *, deleted: bool
) -> Version:
    """Return the newest version that is this schema. Raises 40401, 40403, 42201."""
    refused: RegistryError | None = None
    for name in _everywhere(reads, subject):
        try:
            if (found := _looked_up(reads, name, request, level, deleted=deleted)) is not None:
                return found
        except RegistryError as error:
            refused = refused or error
    if not reads.has(subject, deleted=deleted):
        raise subject_not_found(subject)
    raise refused or schema_not_found()


def _looked_up(
    reads: Reads, subject: str, request: SchemaRequest, level: Level, *, deleted: bool
) -> Version | None:
    places = reads.places([subject]).get(subject, ())
    if not any(deleted or not place.deleted for place in places):
        return None
    uses, settings = Uses(reads), Scopes(reads, [subject]).of(subject, level)
    for asked in _ways_to_ask(reads, subject, request, settings):
        schema = identified(uses, subject, asked, settings)
        for place in reversed(places):
            if place.digest == schema.digest and (deleted or not place.deleted):
                return reads.version(subject, place.version, deleted=True)
        if (found := written_out(reads, uses, subject, schema, deleted=deleted)) is not None:
            return found
    return None


def _ways_to_ask(
    reads: Reads, subject: str, request: SchemaRequest, settings: Settings
) -> Iterator[SchemaRequest]:
    """Yield the schema as sent, then as registering would have completed it."""
    yield request
    # What is looked up has its number already.
    again = completed(request, reads.version(subject, -1), settings, following=None)
    if again != request:
        yield again


def _everywhere(reads: Reads, subject: str) -> Iterator[str]:
    """Yield the subject, then those of its bare name in other contexts."""
    yield subject
    name = Name.of(subject)
    if name.context == DEFAULT_CONTEXT and name.bare and is_storable(name.bare):
        others = [each for each in reads.contexts() if each != DEFAULT_CONTEXT]
        names = [Name(each, name.bare).full for each in others]
        known = reads.subjects(names) if names else {}
        yield from (each for each in names if each in known)
