"""Deleting subjects, versions and contexts: softly first, then for good."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, update

from lingqu_registry.errors import (
    context_not_empty,
    not_permitted,
    referenced,
    subject_not_found,
    subject_not_soft_deleted,
    subject_soft_deleted,
    version_not_found,
    version_not_soft_deleted,
    version_soft_deleted,
)
from lingqu_registry.names import (
    ALL_CONTEXTS,
    DEFAULT_CONTEXT,
    GLOBAL,
    ROOT,
    Name,
    context_prefix,
)
from lingqu_registry.scopes import Scopes, check_writable
from lingqu_registry.store.adding import recount
from lingqu_registry.store.model import (
    ConfigRow,
    ContextRow,
    ModeRow,
    ReferenceRow,
    SchemaRow,
    VersionRow,
)
from lingqu_registry.store.reads import Reads
from lingqu_registry.store.store import Store, Writing


def delete_subject(store: Store, subject: str, *, permanent: bool) -> list[int]:
    """Return the versions that are deleted now. Raises 40401, 40404, 40405, 42205, 42206."""
    with store.writing() as writing:
        reads = writing.reads
        _check_writable(reads, subject)
        found = reads.subject(subject)
        if found is None or not found.held:
            raise subject_not_found(subject)
        if permanent and found.live:
            raise subject_not_soft_deleted(subject)
        if not permanent and not found.live:
            raise subject_soft_deleted(subject)
        places = reads.numbers(subject)
        versions = [version for version, deleted in places if permanent or not deleted]
        _delete(writing, subject, versions, permanent=permanent)
        return versions


def delete_version(store: Store, subject: str, number: int, *, permanent: bool) -> int:
    """Return the version that is deleted now.

    Raises 40401, 40402, 40406, 40407, 42205, 42206.
    """
    with store.writing() as writing:
        reads = writing.reads
        _check_writable(reads, subject)
        if not reads.has(subject, deleted=True):
            raise subject_not_found(subject)
        found = reads.version(subject, number, deleted=True)
        if found is None:
            raise version_not_found(number)
        if permanent and not found.deleted:
            raise version_not_soft_deleted(subject, found.version)
        if not permanent and found.deleted:
            raise version_soft_deleted(subject, found.version)
        _delete(writing, subject, [found.version], permanent=permanent)
        return found.version


def delete_context(store: Store, context: str) -> None:
    """Forget a context that has no versions, and all that is set for it. Raises 42211."""
    with store.writing() as writing:
        prefix = context_prefix(context)
        if context == DEFAULT_CONTEXT or writing.reads.names(prefix=prefix, deleted=True, limit=1):
            raise context_not_empty(context)
        for table in (VersionRow, ReferenceRow, SchemaRow):
            writing.connection.execute(delete(table).where(table.context == context))
        writing.connection.execute(delete(ContextRow).where(ContextRow.name == context))
        for settings in (ConfigRow, ModeRow):
            begins = settings.scope.startswith(prefix, autoescape=True)
            writing.connection.execute(delete(settings).where(begins))
        writing.note_removal()


def clear(writing: Writing, scope: str) -> None:
    """Delete for good what was deleted softly in a scope that is about to be imported into.

    Raises 42205 where there are live versions, 42206 where something is still used.
    """
    reads = writing.reads
    whole = not Name.of(scope).bare
    prefix = ALL_CONTEXTS if scope in {ROOT, GLOBAL} else scope
    names = reads.names(prefix=prefix, deleted=True) if whole else [scope]
    subjects = reads.subjects(names)
    if any(subject.live for subject in subjects.values()):
        raise not_permitted("Cannot import since found existing subjects")
    for name in subjects:
        versions = [version for version, _ in reads.numbers(name)]
        if versions:
            _delete(writing, name, versions, permanent=True)


def _delete(writing: Writing, subject: str, versions: Collection[int], *, permanent: bool) -> None:
    for version in versions:
        if writing.reads.referrers(subject, version):
            raise referenced(subject, version)
    here = (VersionRow.subject == subject, VersionRow.version.in_(versions))
    if permanent:
        writing.connection.execute(delete(VersionRow).where(*here))
    else:
        writing.connection.execute(update(VersionRow).where(*here).values(deleted=True))
    recount(writing, subject)
    writing.note_removal()
    if not permanent and not writing.reads.has(subject):
        _forget_settings(writing, subject)


def _forget_settings(writing: Writing, subject: str) -> None:
    """Take back what was set for a subject that has no live versions any more."""
    for settings in (ConfigRow, ModeRow):
        writing.connection.execute(delete(settings).where(settings.scope == subject))


def _check_writable(reads: Reads, subject: str) -> None:
    check_writable(subject, Scopes(reads, [subject]).mode_of(subject))
