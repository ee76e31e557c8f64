"""What the registry asks its database, inside one transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

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

from lingqu_registry.endpoints.requests import MOST
from lingqu_registry.names import ALL_CONTEXTS, DEFAULT_CONTEXT, is_storable
from lingqu_registry.store import queries
from lingqu_registry.store.among import listed
from lingqu_registry.store.model import (
    ConfigRow,
    ContextRow,
    ReferenceRow,
    SchemaRow,
    SubjectRow,
    VersionRow,
)
from lingqu_registry.store.queries import LIVE, SAME_REFERRER, VERSIONS
from lingqu_registry.versions import Place, Subject, Version

_LAST = "\U0010ffff"
_CHUNK = 1000  # rows of one query of a long list


class Reads:
    """Reads inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def writes(self) -> int:
        """Return how many writes there were; what is read after this holds until the next."""
        return self._connection.execute(queries.WRITES).scalar_one()

    def names(
        self,
        *,
        prefix: str = ALL_CONTEXTS,
        live: bool = True,
        deleted: bool = False,
        limit: int = -1,
    ) -> list[str]:
        """Return the subjects with live versions, with deleted ones only, or with any."""
        if not is_storable(prefix):
            return []
        held = SubjectRow.held > 0 if deleted else SubjectRow.live > 0
        query = select(SubjectRow.name).where(held, has_prefix(prefix))
        if not live:
            query = query.where(SubjectRow.live == 0)
        query = query.order_by(SubjectRow.name)
        if limit > 0:
            query = query.limit(limit)
        return list(self._connection.scalars(query))

    def subjects(self, names: Collection[str]) -> dict[str, Subject]:
        rows = self._connection.execute(queries.SUBJECTS_AMONG, {"names": listed(names)})
        return {row[0]: Subject(*row) for row in rows}

    def subject(self, name: str) -> Subject | None:
        return self.subjects([name]).get(name) if is_storable(name) else None

    def has(self, name: str, *, deleted: bool = False) -> bool:
        found = self.subject(name)
        return found is not None and (found.held if deleted else found.live) > 0

    def version(self, subject: str, number: int, *, deleted: bool = False) -> Version | None:
        """Return a version, by -1 the latest live one."""
        if not is_storable(subject):
            return None
        if number < 0:
            return self._one(queries.LATEST_VERSION, subject=subject)
        query = queries.VERSION if deleted else queries.LIVE_VERSION
        return self._one(query, subject=subject, number=number)

    def versions(self, subjects: Collection[str], *, deleted: bool = False) -> list[Version]:
        """Return all versions of the subjects in ascending order."""
        query = queries.VERSIONS_AMONG if deleted else queries.LIVE_AMONG
        return self._all(query, names=listed(subjects))

    def latest(self, subjects: Collection[str]) -> dict[str, Version]:
        """Return each subject's latest live version."""
        rows = self._all(queries.LATEST_AMONG, names=listed(subjects))
        return {each.subject: each for each in rows}

    def places(self, subjects: Collection[str]) -> dict[str, list[Place]]:
        """Return which schemas the subjects' versions hold, in ascending order."""
        found: dict[str, list[Place]] = {}
        for row in self._connection.execute(queries.PLACES_AMONG, {"names": listed(subjects)}):
            found.setdefault(row[0], []).append(Place(*row[1:]))
        return found

    def using_others(self, subjects: Collection[str]) -> set[str]:
        """Return which of the subjects have versions whose schemas use others."""
        names = {"names": listed(subjects)}
        return set(self._connection.scalars(queries.USING_OTHERS_AMONG, names))

    def with_references(self, subject: str) -> list[Version]:
        """Return the subject's versions, newest first, whose schemas use others."""
        using = select(ReferenceRow.schema_id).where(SAME_REFERRER)
        query = VERSIONS.where(VersionRow.subject == subject, using.exists())
        return self._all(query.order_by(VersionRow.version.desc()))

    def numbers(self, subject: str) -> list[tuple[int, bool]]:
        """Return the subject's versions in ascending order, each with whether it is deleted."""
        if not is_storable(subject):
            return []
        rows = self._connection.execute(queries.NUMBERS, {"subject": subject})
        return [(row[0], row[1]) for row in rows]

    def uses(self, context: str, schema_id: int, *, subject: str | None = None) -> list[Version]:
        """Return the versions that hold the schema, deleted or not, the first registered first."""
        if not 0 <= schema_id <= MOST or not is_storable(context + (subject or "")):
            return []
        if subject is None:
            return self._all(queries.USES, context=context, id=schema_id)
        return self._all(queries.USES_IN_SUBJECT, context=context, id=schema_id, subject=subject)

    def holding(self, digest: str) -> list[Version]:
        """Return the versions in all contexts that hold a schema of that identity."""
        query = VERSIONS.where(SchemaRow.digest == digest)
        order = (VersionRow.context, SchemaRow.id, VersionRow.registered_at_ms, VersionRow.subject)
        return self._all(query.order_by(*order))

    def listed(
        self, *, prefix: str, others: Collection[str], deleted: bool, latest: bool
    ) -> Iterator[Version]:
        """Yield the versions of subjects with that prefix, and of the others."""
        query = VERSIONS
        if prefix not in {"", ALL_CONTEXTS}:
            named = select(SubjectRow.name).where(has_prefix(prefix))
            found = VersionRow.subject.in_(named)
            query = query.where(found | VersionRow.subject.in_(others) if others else found)
        if not deleted:
            query = query.where(LIVE)
        if latest:
            newest = select(VersionRow.subject, func.max(VersionRow.version).label("newest"))
            if not deleted:
                newest = newest.where(LIVE)
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
        query = select(ReferenceRow.schema_id).distinct().join(VersionRow, SAME_REFERRER)
        query = query.where(ReferenceRow.subject == subject, ReferenceRow.version == version)
        if not deleted:
            query = query.where(LIVE)
        return list(self._connection.scalars(query.order_by(ReferenceRow.schema_id)))

    def contexts(self) -> list[str]:
        return list(self._connection.scalars(select(ContextRow.name).order_by(ContextRow.name)))

    def max_id(self, context: str) -> int:
        query = select(ContextRow.next_id).where(ContextRow.name == context)
        return (self._connection.scalar(query) or 1) - 1

    def next_ids(self, contexts: Collection[str]) -> dict[str, int]:
        """Return the id that the next new schema gets, by context; 1 where there is none yet."""
        rows = self._connection.execute(queries.NEXT_IDS_AMONG, {"contexts": listed(contexts)})
        return dict.fromkeys(contexts, 1) | {row[0]: row[1] for row in rows}

    def ids(
        self, contexts: Collection[str], digests: Collection[str]
    ) -> dict[tuple[str, str], int]:
        """Return the ids, the lowest each, that schemas have by their contexts and identities."""
        values = {"contexts": listed(contexts), "names": listed(digests)}
        rows = self._connection.execute(queries.IDS_AMONG, values)
        return {(context, digest): schema_id for context, digest, schema_id in rows}

    def configs(self, scopes: Collection[str]) -> dict[str, dict[str, Any]]:
        rows = self._connection.execute(queries.CONFIGS_AMONG, {"names": listed(scopes)})
        return {row[0]: json.loads(row[1]) for row in rows}

    def settings(self, scopes: Collection[str]) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        """Return the configurations and the modes of the scopes."""
        rows = self._connection.execute(queries.SETTINGS_AMONG, {"names": listed(scopes)}).all()
        configs = {scope: json.loads(members) for scope, members, is_config in rows if is_config}
        return configs, {scope: mode for scope, mode, is_config in rows if not is_config}

    def aliases(self, prefix: str) -> dict[str, str]:
        """Return the configured aliases of scopes with that prefix: scope to target."""
        query = select(ConfigRow.scope, ConfigRow.members).where(
            ConfigRow.members.contains('"alias"')
        )
        found = {row[0]: json.loads(row[1]).get("alias") for row in self._connection.execute(query)}
        start = "" if prefix == ALL_CONTEXTS else prefix
        return {scope: each for scope, each in found.items() if each and scope.startswith(start)}

    def modes(self, scopes: Collection[str]) -> dict[str, str]:
        rows = self._connection.execute(queries.MODES_AMONG, {"names": listed(scopes)})
        return {row[0]: row[1] for row in rows}

    def _all(self, query: Select[Any], **values: Any) -> list[Version]:
        return [Version(*row) for row in self._connection.execute(query, values)]

    def _one(self, query: Select[Any], **values: Any) -> Version | None:
        row = self._connection.execute(query, values).first()
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
