"""What the registry asks its database, inside one transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    select,
    true,
    tuple_,
)

from lingqu_registry.model import (
    ConfigRow,
    ContextRow,
    ModeRow,
    ReferenceRow,
    SchemaRow,
    SubjectRow,
    VersionRow,
)
from lingqu_registry.names import ALL_CONTEXTS, DEFAULT_CONTEXT, is_storable
from lingqu_registry.requests import MOST
from lingqu_registry.versions import Place, Subject, Version

_LAST = "\U0010ffff"
_CHUNK = 1000  # rows of one query of a long list


def _versions() -> Select[Any]:
    schema = (
        SchemaRow.id,
        SchemaRow.digest,
        SchemaRow.schema_type,
        SchemaRow.text,
        SchemaRow.extras,
    )
    place = (VersionRow.subject, VersionRow.version, VersionRow.deleted)
    query: Any = select(*place, VersionRow.registered_at_ms, VersionRow.context, *schema)
    return cast("Select[Any]", query.join(SchemaRow, _SAME_SCHEMA))


_SAME_SCHEMA = and_(SchemaRow.context == VersionRow.context, SchemaRow.id == VersionRow.schema_id)
_SAME_REFERRER = and_(
    ReferenceRow.context == VersionRow.context, ReferenceRow.schema_id == VersionRow.schema_id
)
_VERSIONS = _versions()
_SUBJECTS = select(
    SubjectRow.name,
    SubjectRow.context,
    SubjectRow.last_version,
    SubjectRow.live,
    SubjectRow.held,
    SubjectRow.revision,
)
_LIVE = VersionRow.deleted.is_(False)


class Reads:
    """Reads inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def names(
        self,
        *,
        prefix: str = ALL_CONTEXTS,
        live: bool = True,
        deleted: bool = False,
        offset: int = 0,
        limit: int = -1,
    ) -> list[str]:
        """Return the subjects with live versions, with deleted ones only, or with any."""
        if not is_storable(prefix):
            return []
        held = SubjectRow.held > 0 if deleted else SubjectRow.live > 0
        query = select(SubjectRow.name).where(held, has_prefix(prefix))
        if not live:
            query = query.where(SubjectRow.live == 0)
        query = query.order_by(SubjectRow.name).offset(max(offset, 0))
        if limit > 0:
            query = query.limit(limit)
        return list(self._connection.scalars(query))

    def subjects(self, names: Collection[str]) -> dict[str, Subject]:
        query = _SUBJECTS.where(SubjectRow.name.in_(names))
        return {row[0]: Subject(*row) for row in self._connection.execute(query)}

    def subject(self, name: str) -> Subject | None:
        return self.subjects([name]).get(name) if is_storable(name) else None

    def has(self, name: str, *, deleted: bool = False) -> bool:
        found = self.subject(name)
        return found is not None and (found.held if deleted else found.live) > 0

    def version(self, subject: str, number: int, *, deleted: bool = False) -> Version | None:
        """Return a version, by -1 the latest live one."""
        if not is_storable(subject):
            return None
        query = _VERSIONS.where(VersionRow.subject == subject)
        if number < 0:
            query = query.where(_LIVE).order_by(VersionRow.version.desc()).limit(1)
        else:
            query = query.where(VersionRow.version == number)
            if not deleted:
                query = query.where(_LIVE)
        return self._one(query)

    def versions(self, subjects: Collection[str], *, deleted: bool = False) -> list[Version]:
        """Return all versions of the subjects in ascending order."""
        query = _VERSIONS.where(VersionRow.subject.in_(subjects))
        if not deleted:
            query = query.where(_LIVE)
        return self._all(query.order_by(VersionRow.subject, VersionRow.version))

    def latest(self, subjects: Collection[str]) -> dict[str, Version]:
        """Return each subject's latest live version."""
        newest = select(VersionRow.subject, func.max(VersionRow.version).label("newest"))
        newest = newest.where(VersionRow.subject.in_(subjects), _LIVE)
        last = newest.group_by(VersionRow.subject).subquery()
        same = and_(last.c.subject == VersionRow.subject, last.c.newest == VersionRow.version)
        return {each.subject: each for each in self._all(_VERSIONS.join(last, same))}

    def places(self, subjects: Collection[str]) -> dict[str, list[Place]]:
        """Return which schemas the subjects' versions hold, in ascending order."""
        query = select(
            VersionRow.subject,
            VersionRow.version,
            VersionRow.deleted,
            VersionRow.schema_id,
            SchemaRow.digest,
        )
        query = query.join(SchemaRow, _SAME_SCHEMA).where(VersionRow.subject.in_(subjects))
        found: dict[str, list[Place]] = {}
        for row in self._connection.execute(query.order_by(VersionRow.version)):
            found.setdefault(row[0], []).append(Place(*row[1:]))
        return found

    def using_others(self, subjects: Collection[str]) -> set[str]:
        """Return which of the subjects have versions whose schemas use others."""
        query = select(VersionRow.subject).distinct().join(ReferenceRow, _SAME_REFERRER)
        return set(self._connection.scalars(query.where(VersionRow.subject.in_(subjects))))

    def with_references(self, subject: str) -> list[Version]:
        """Return the subject's versions, newest first, whose schemas use others."""
        using = select(ReferenceRow.schema_id).where(_SAME_REFERRER)
        query = _VERSIONS.where(VersionRow.subject == subject, using.exists())
        return self._all(query.order_by(VersionRow.version.desc()))

    def numbers(self, subject: str) -> list[tuple[int, bool]]:
        """Return the subject's versions in ascending order, each with whether it is deleted."""
        if not is_storable(subject):
            return []
        query = select(VersionRow.version, VersionRow.deleted)
        query = query.where(VersionRow.subject == subject).order_by(VersionRow.version)
        return [(row[0], row[1]) for row in self._connection.execute(query)]

    def uses(self, context: str, schema_id: int, *, subject: str | None = None) -> list[Version]:
        """Return the versions that hold the schema, deleted or not, the first registered first."""
        if schema_id > MOST or not is_storable(context + (subject or "")):
            return []
        query = _VERSIONS.where(VersionRow.context == context, VersionRow.schema_id == schema_id)
        if subject is not None:
            query = query.where(VersionRow.subject == subject)
        order = (VersionRow.registered_at_ms, VersionRow.subject, VersionRow.version)
        return self._all(query.order_by(*order))

    def holding(self, digest: str) -> list[Version]:
        """Return the versions in all contexts that hold a schema of that identity."""
        query = _VERSIONS.where(SchemaRow.digest == digest)
        order = (VersionRow.context, SchemaRow.id, VersionRow.registered_at_ms, VersionRow.subject)
        return self._all(query.order_by(*order))

    def listed(
        self, *, prefix: str, others: Collection[str], deleted: bool, latest: bool
    ) -> Iterator[Version]:
        """Yield the versions of subjects with that prefix, and of the others."""
        query = _VERSIONS
        if prefix not in {"", ALL_CONTEXTS}:
            named = select(SubjectRow.name).where(has_prefix(prefix))
            found = VersionRow.subject.in_(named)
            query = query.where(found | VersionRow.subject.in_(others) if others else found)
        if not deleted:
            query = query.where(_LIVE)
        if latest:
            newest = select(VersionRow.subject, func.max(VersionRow.version).label("newest"))
            if not deleted:
                newest = newest.where(_LIVE)
            last = newest.group_by(VersionRow.subject).subquery()
            query = query.join(
                last,
                and_(last.c.subject == VersionRow.subject, last.c.newest == VersionRow.version),
            )
        query = query.order_by(VersionRow.subject, VersionRow.version).limit(_CHUNK)
        place = tuple_(VersionRow.subject, VersionRow.version)
        rows = self._all(query)
        while rows:
            yield from rows
            seen = (rows[-1].subject, rows[-1].version)
            rows = self._all(query.where(place > seen)) if len(rows) == _CHUNK else []

    def referrers(self, subject: str, version: int, *, deleted: bool = False) -> list[int]:
        """Return the ids of the schemas that use that version and have live versions, or any."""
        query = select(ReferenceRow.schema_id).distinct().join(VersionRow, _SAME_REFERRER)
        query = query.where(ReferenceRow.subject == subject, ReferenceRow.version == version)
        if not deleted:
            query = query.where(_LIVE)
        return list(self._connection.scalars(query.order_by(ReferenceRow.schema_id)))

    def contexts(self) -> list[str]:
        return list(self._connection.scalars(select(ContextRow.name).order_by(ContextRow.name)))

    def max_id(self, context: str) -> int:
        query = select(ContextRow.next_id).where(ContextRow.name == context)
        return (self._connection.scalar(query) or 1) - 1

    def configs(self, scopes: Collection[str]) -> dict[str, dict[str, Any]]:
        query = select(ConfigRow.scope, ConfigRow.members).where(ConfigRow.scope.in_(scopes))
        return {row[0]: json.loads(row[1]) for row in self._connection.execute(query)}

    def aliases(self, prefix: str) -> dict[str, str]:
        """Return the configured aliases of scopes with that prefix: scope to target."""
        query = select(ConfigRow.scope, ConfigRow.members).where(
            ConfigRow.members.contains('"alias"')
        )
        found = {row[0]: json.loads(row[1]).get("alias") for row in self._connection.execute(query)}
        start = "" if prefix == ALL_CONTEXTS else prefix
        return {scope: each for scope, each in found.items() if each and scope.startswith(start)}

    def modes(self, scopes: Collection[str]) -> dict[str, str]:
        query = select(ModeRow.scope, ModeRow.mode).where(ModeRow.scope.in_(scopes))
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def _all(self, query: Select[Any]) -> list[Version]:
        return [Version(*row) for row in self._connection.execute(query)]

    def _one(self, query: Select[Any]) -> Version | None:
        row = self._connection.execute(query).first()
        return None if row is None else Version(*row)


def has_prefix(prefix: str) -> ColumnElement[bool]:
    """Return the condition that a subject's name begins so; after `:*:`, in any context."""
    if prefix == ALL_CONTEXTS or not prefix:
        return true()
    if prefix.startswith(ALL_CONTEXTS):
        first = case(
            (SubjectRow.context == DEFAULT_CONTEXT, 1), else_=func.length(SubjectRow.context) + 3
        )
        return _between(func.substr(SubjectRow.name, first), prefix.removeprefix(ALL_CONTEXTS))
    return _between(SubjectRow.name, prefix)


def _between(name: Any, prefix: str) -> ColumnElement[bool]:
    return and_(name >= prefix, name < prefix + _LAST)


def schema_rows(connection: Connection, context: str, digests: Sequence[str]) -> dict[str, int]:
    """Return the ids that schemas of these identities have in a context, the lowest each."""
    query = select(SchemaRow.digest, func.min(SchemaRow.id))
    query = query.where(SchemaRow.context == context, SchemaRow.digest.in_(digests))
    return {row[0]: row[1] for row in connection.execute(query.group_by(SchemaRow.digest))}
