"""Planned versions written, many in one transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import delete, exists, select, update

from lingqu_registry.errors import RegistryError, not_permitted
from lingqu_registry.names import beside
from lingqu_registry.planning import Addition, Draft, Identified, Registered
from lingqu_registry.store.model import ContextRow, ReferenceRow, SchemaRow, SubjectRow, VersionRow
from lingqu_registry.store.rows import put_rows
from lingqu_registry.store.store import Writing
from lingqu_registry.versions import Place, Subject

Outcome = Registered | RegistryError | Draft
"""A draft is to be planned again: another of its batch changed what its plan rests on."""


def add_versions(writing: Writing, additions: Sequence[Addition]) -> list[Outcome]:
    """Write plans that hold; the outcomes, in their order, count once this has committed."""
    adding = _Adding(writing, additions)
    outcomes = [adding.add(each) for each in additions]
    adding.write()
    return outcomes


class _Adding:
    """The state of the contexts of one batch, and the rows it comes to."""

    def __init__(self, writing: Writing, additions: Sequence[Addition]) -> None:
        self._writing = writing
        self._connection = writing.connection
        contexts = {each.subject.context for each in additions}
        self._next_ids = writing.reads.next_ids(contexts)
        self._ids = writing.reads.ids(contexts, {each.schema.digest for each in additions})
        self._schemas: list[dict[str, Any]] = []
        self._references: list[dict[str, Any]] = []
        self._versions: list[dict[str, Any]] = []
        self._subjects: dict[str, Subject] = {}

    def add(self, addition: Addition) -> Outcome:
        if not self._subjects.keys().isdisjoint({addition.subject.name, *addition.uses}):
            return addition.draft
        try:
            schema_id = self._schema_id(addition)
        except RegistryError as error:
            return error
        gone = [
            place
            for place in addition.places
            if place.version == addition.version or (place.deleted and place.id == schema_id)
        ]
        self._remove(addition.subject.name, gone)
        self._count(addition, gone)
        self._versions.append(
            {
                "subject": addition.subject.name,
                "version": addition.version,
                "context": addition.subject.context,
                "schema_id": schema_id,
                "deleted": False,
                "registered_at_ms": self._writing.now_ms,
            }
        )
        return Registered(
            schema_id, addition.version, addition.schema, addition.changed, is_new=True
        )

    def write(self) -> None:
        put_rows(self._connection, SchemaRow, self._schemas)
        put_rows(self._connection, ReferenceRow, self._references)
        put_rows(self._connection, VersionRow, self._versions)
        subjects = [asdict(self._subjects[name]) for name in sorted(self._subjects)]
        put_rows(self._connection, SubjectRow, subjects, replacing="name")
        if self._versions:
            contexts = sorted(self._next_ids.items())
            rows = [{"name": name, "next_id": number} for name, number in contexts]
            put_rows(self._connection, ContextRow, rows, replacing="name")

    def _schema_id(self, addition: Addition) -> int:
        """Return the id of the schema, the one it has or is asked for, else the next."""
        context = addition.subject.context
        key = (context, addition.schema.digest)
        if addition.id < 0:
            if key not in self._ids:
                self._ids[key] = self._next_ids[context]
                self._keep(context, self._ids[key], addition)
            return self._ids[key]
        if self._ids.get(key) != addition.id and not self._has(addition):
            self._keep(context, addition.id, addition)
            self._ids.setdefault(key, addition.id)
        return addition.id

    def _has(self, addition: Addition) -> bool:
        """Tell whether the asked id is this schema's; free it of one that nothing uses any more."""
        context, wanted, digest = addition.subject.context, addition.id, addition.schema.digest
        for row in self._schemas:
            if (row["context"], row["id"]) == (context, wanted):
                return _same(row["digest"], addition)
        here = (SchemaRow.context == context, SchemaRow.id == wanted)
        found = self._connection.scalar(select(SchemaRow.digest).where(*here))
        if found is None or found == digest:
            return found is not None
        used = exists().where(VersionRow.context == context, VersionRow.schema_id == wanted)
        if self._connection.scalar(select(used)):
            return _same(found, addition)
        self._forget(context, wanted)
        return False

    def _forget(self, context: str, schema_id: int) -> None:
        for table in (ReferenceRow, SchemaRow):
            key = ReferenceRow.schema_id if table is ReferenceRow else SchemaRow.id
            self._connection.execute(
                delete(table).where(table.context == context, key == schema_id)
            )
        self._writing.note_removal()

    def _keep(self, context: str, schema_id: int, addition: Addition) -> None:
        schema = addition.schema
        self._next_ids[context] = max(self._next_ids[context], schema_id + 1)
        self._schemas.append(
            {
                "context": context,
                "id": schema_id,
                "digest": schema.digest,
                "schema_type": schema.parsed.schema_type,
                "text": schema.parsed.text,
                "extras": json.dumps(extras_of(schema)),
            }
        )
        used = {
            (beside(addition.subject.name, each.subject), each.version)
            for each in schema.request.references
        }
        self._references += [
            {"subject": subject, "version": version, "context": context, "schema_id": schema_id}
            for subject, version in sorted(used)
        ]

    def _remove(self, subject: str, places: Collection[Place]) -> None:
        """Remove the soft-deleted versions that a new one stands for, or an imported one's."""
        if places:
            versions = [place.version for place in places]
            here = (VersionRow.subject == subject, VersionRow.version.in_(versions))
            self._connection.execute(delete(VersionRow).where(*here))
            self._writing.note_removal()

    def _count(self, addition: Addition, gone: Collection[Place]) -> None:
        found = addition.subject
        self._subjects[found.name] = replace(
            found,
            last_version=max(found.last_version, addition.version),
            live=found.live + 1 - sum(not place.deleted for place in gone),
            held=found.held + 1 - len(gone),
        )


def extras_of(schema: Identified) -> dict[str, Any]:
    """Return what is kept beside the text; only what is not empty."""
    request = schema.request
    found = {
        "references": [each.body for each in request.references],
        "metadata": request.metadata,
        "ruleSet": request.rule_set,
    }
    return {name: value for name, value in found.items() if value}


def recount(writing: Writing, subject: str) -> None:
    """Count a subject's versions anew, after some were deleted."""
    places = writing.reads.numbers(subject)
    writing.connection.execute(
        update(SubjectRow)
        .where(SubjectRow.name == subject)
        .values(
            last_version=max((version for version, _ in places), default=0),
            live=sum(not deleted for _, deleted in places),
            held=len(places),
        )
    )


def _same(digest: str, addition: Addition) -> bool:
    if digest == addition.schema.digest:
        return True
    raise not_permitted(
        f"Overwrite new schema with id {addition.id} in context {addition.subject.context}"
        " is not permitted."
    )
