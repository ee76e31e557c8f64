"""Deleting subjects and versions: softly first, then for good."""

from __future__ import annotations

from lingqu_registry.errors import (
    referenced,
    subject_not_found,
    subject_not_soft_deleted,
    subject_soft_deleted,
    version_not_found,
    version_not_soft_deleted,
    version_soft_deleted,
)
from lingqu_registry.model import VersionRow
from lingqu_registry.registration import references_of
from lingqu_registry.requests import version_number
from lingqu_registry.store import Store, Subjects


def delete_subject(store: Store, subject: str, *, permanent: bool) -> list[int]:
    """Return the versions that are deleted now."""
    with store.writing() as subjects:
        rows = subjects.versions(subject, deleted=True)
        live = [row for row in rows if not row.deleted]
        if not rows:
            raise subject_not_found(subject)
        if permanent and live:
            raise subject_not_soft_deleted(subject)
        if not permanent and not live:
            raise subject_soft_deleted(subject)
        _refuse_referenced(subjects, list(rows))
        for row in rows if permanent else live:
            _delete(subjects, row, permanent=permanent)
        if permanent:
            subjects.delete_config(subject)
        return [row.version for row in (rows if permanent else live)]


def delete_version(store: Store, subject: str, token: str, *, permanent: bool) -> int:
    """Return the version that is deleted now."""
    number = version_number(token)
    with store.writing() as subjects:
        if not subjects.versions(subject, deleted=True):
            raise subject_not_found(subject)
        row = (
            subjects.latest(subject, deleted=permanent)
            if number is None
            else subjects.version(subject, number)
        )
        if row is None:
            raise version_not_found(number or "latest")
        if permanent and not row.deleted:
            raise version_not_soft_deleted(subject, row.version)
        if not permanent and row.deleted:
            raise version_soft_deleted(subject, row.version)
        _refuse_referenced(subjects, [row])
        _delete(subjects, row, permanent=permanent)
        return row.version


def referrers(subjects: Subjects, subject: str, version: int) -> list[VersionRow]:
    """Return the versions whose schemas use that one."""
    return [
        row
        for row in subjects.all_versions()
        for each in references_of(row.schema)
        if (each.subject, each.version) == (subject, version)
    ]


def _refuse_referenced(subjects: Subjects, rows: list[VersionRow]) -> None:
    for row in rows:
        if referrers(subjects, row.subject, row.version):
            raise referenced(row.subject, row.version)


def _delete(subjects: Subjects, row: VersionRow, *, permanent: bool) -> None:
    if permanent:
        subjects.forget(row)
    else:
        row.deleted = True
