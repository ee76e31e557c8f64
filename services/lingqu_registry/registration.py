"""Registering, finding and judging schemas."""

from __future__ import annotations

import json
from typing import cast

from lingqu.metrics import Metrics
from lingqu_registry.compatibility import judge
from lingqu_registry.errors import (
    RegistryError,
    invalid_schema,
    invalid_subject,
    not_permitted,
    schema_not_found,
    subject_not_found,
    version_not_found,
)
from lingqu_registry.levels import Level
from lingqu_registry.metrics import REGISTRATIONS
from lingqu_registry.model import SchemaRow, VersionRow
from lingqu_registry.parsed import ParsedSchema, fingerprint, parse_schema
from lingqu_registry.requests import Reference, SchemaRequest, version_number
from lingqu_registry.store import GLOBAL, Store, Subjects


class Registration:
    """What decides whether a schema becomes a version of a subject."""

    def __init__(
        self, store: Store, default_level: Level, incompatible_code: int, metrics: Metrics
    ) -> None:
        self._store = store
        self._default_level = default_level
        self._incompatible_code = incompatible_code
        self._metrics = metrics

    def register(self, subject: str, request: SchemaRequest) -> VersionRow:
        """Return the version that holds the schema, a new one if need be; durable on return."""
        try:
            known = self._known(subject, request)
            found = known or self._append(subject, request)
        except RegistryError:
            self._metrics.inc(REGISTRATIONS, outcome="refused")
            raise
        self._metrics.inc(REGISTRATIONS, outcome="known" if known else "registered")
        return found

    def look_up(self, subject: str, request: SchemaRequest, *, deleted: bool) -> VersionRow:
        with self._store.reading() as subjects:
            if not subjects.versions(subject, deleted=deleted):
                raise subject_not_found(subject)
            _, digest = self._identify(subjects, subject, request)
            found = subjects.holding(subject, digest, deleted=deleted)
        if found is None:
            raise schema_not_found()
        return found

    def judge(self, subject: str, request: SchemaRequest, token: str | None) -> list[str]:
        """Return why the schema does not fit one version, or all that the level asks about."""
        number = version_number(token) if token is not None else None
        with self._store.reading() as subjects:
            rows = list(subjects.versions(subject))
            if number is not None:
                rows = [row for row in rows if row.version == number]
                if not rows:
                    raise version_not_found(number)
            elif token is not None:
                rows = rows[-1:]
            parsed, _ = self._identify(subjects, subject, request)
            return self._judge(subjects, subject, parsed, rows)

    def level(self, subjects: Subjects, subject: str) -> Level:
        """Return the level in force: the subject's, else the global one, else the setting."""
        for name in (subject, GLOBAL):
            if level := (subjects.config(name) or {}).get("compatibility"):
                return cast("Level", level)
        return self._default_level

    def _known(self, subject: str, request: SchemaRequest) -> VersionRow | None:
        """Find it without the write lock: most registrations repeat what is there."""
        check_subject(subject)
        if request.id is not None and request.id > 0:
            raise not_permitted(f"Subject {subject} is not in import mode")
        with self._store.reading() as subjects:
            _, digest = self._identify(subjects, subject, request)
            return subjects.holding(subject, digest)

    def _append(self, subject: str, request: SchemaRequest) -> VersionRow:
        with self._store.writing() as subjects:
            parsed, digest = self._identify(subjects, subject, request)
            if (known := subjects.holding(subject, digest)) is not None:
                return known
            rows = list(subjects.versions(subject))
            _check_next(request, subjects.latest(subject, deleted=True))
            if found := self._judge(subjects, subject, parsed, rows):
                raise self._incompatible(subject, found)
            references = _pinned(subjects, request.references)
            return subjects.add(subject, digest, parsed.text, request.extras(references))

    def _judge(
        self, subjects: Subjects, subject: str, parsed: ParsedSchema, rows: list[VersionRow]
    ) -> list[str]:
        level = self.level(subjects, subject)
        if level == "NONE":
            return []
        wanted = rows if level.endswith("_TRANSITIVE") else rows[-1:]
        versions = [(row.version, _parsed(subjects, row.schema)) for row in wanted]
        return judge(level, parsed, versions)

    def _identify(
        self, subjects: Subjects, subject: str, request: SchemaRequest
    ) -> tuple[ParsedSchema, str]:
        normalize = request.normalize or any(
            (subjects.config(name) or {}).get("normalize") for name in (subject, GLOBAL)
        )
        references = _pinned(subjects, request.references)
        uses = tuple(_texts(subjects, references))
        parsed = parse_schema(request.text, normalize=normalize, uses=uses)
        return parsed, fingerprint(parsed.text, tuple(request.extras(references).values()))

    def _incompatible(self, subject: str, found: list[str]) -> RegistryError:
        sentence = (
            "Schema being registered is incompatible with an earlier schema for subject"
            f' "{subject}", details: [{", ".join(found)}]'
        )
        return RegistryError(self._incompatible_code, sentence)


def check_subject(subject: str) -> None:
    if not subject.strip() or not subject.isprintable() or subject == "__GLOBAL":
        raise invalid_subject(subject)


def _check_next(request: SchemaRequest, last: VersionRow | None) -> None:
    following = last.version + 1 if last else 1
    if isinstance(request.version, int) and request.version > 0 and request.version != following:
        raise invalid_schema(f"version {request.version} is not one more than the last version")


def _pinned(subjects: Subjects, references: tuple[Reference, ...]) -> list[Reference]:
    """Return the references with real versions: -1 is the latest there is now."""
    found = []
    for each in references:
        row = (
            subjects.latest(each.subject)
            if each.version == -1
            else subjects.version(each.subject, each.version)
        )
        if row is None:
            raise invalid_schema(
                f"no schema for the reference to {each.subject} version {each.version}"
            )
        found.append(Reference(each.name, each.subject, row.version))
    return found


def _texts(subjects: Subjects, references: list[Reference]) -> list[str]:
    """Return the texts that the references lead to, each after those it uses itself."""
    found: dict[str, None] = {}
    for each in references:
        row = subjects.version(each.subject, each.version)
        if row is not None:
            inner = references_of(row.schema)
            found |= dict.fromkeys([*_texts(subjects, inner), row.schema.text])
    return list(found)


def references_of(row: SchemaRow) -> list[Reference]:
    return [Reference(**each) for each in json.loads(row.extras).get("references", ())]


def _parsed(subjects: Subjects, row: SchemaRow) -> ParsedSchema:
    return parse_schema(row.text, uses=tuple(_texts(subjects, references_of(row))))
