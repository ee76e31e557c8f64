"""The queries of every request, built once: building one costs thrice what running it does.

They are given `subject`, `number`, `context` and `id`; those that end in AMONG lists, `names`
and `contexts`.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Select, and_, bindparam, func, literal, select, union_all

from lingqu_registry.store.among import among
from lingqu_registry.store.model import (
    ChangeRow,
    ConfigRow,
    ContextRow,
    ModeRow,
    ReferenceRow,
    SchemaRow,
    SubjectRow,
    VersionRow,
)

SAME_SCHEMA = and_(SchemaRow.context == VersionRow.context, SchemaRow.id == VersionRow.schema_id)
SAME_REFERRER = and_(
    ReferenceRow.context == VersionRow.context, ReferenceRow.schema_id == VersionRow.schema_id
)
LIVE = VersionRow.deleted.is_(False)

_SUBJECT = VersionRow.subject == bindparam("subject")
_AMONG = among(VersionRow.subject, "names")


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
    return cast("Select[Any]", query.join(SchemaRow, SAME_SCHEMA))


def _latest() -> Select[Any]:
    newest = select(VersionRow.subject, func.max(VersionRow.version).label("newest"))
    last = newest.where(_AMONG, LIVE).group_by(VersionRow.subject).subquery()
    same = and_(last.c.subject == VersionRow.subject, last.c.newest == VersionRow.version)
    return VERSIONS.join(last, same)


def _places() -> Select[Any]:
    place = (VersionRow.subject, VersionRow.version, VersionRow.deleted, VersionRow.schema_id)
    query: Any = select(*place, SchemaRow.digest).join(SchemaRow, SAME_SCHEMA).where(_AMONG)
    return cast("Select[Any]", query.order_by(VersionRow.version))


WRITES = select(ChangeRow.writes)
VERSIONS = _versions()

VERSION = VERSIONS.where(_SUBJECT, VersionRow.version == bindparam("number"))
LIVE_VERSION = VERSION.where(LIVE)
LATEST_VERSION = VERSIONS.where(_SUBJECT, LIVE).order_by(VersionRow.version.desc()).limit(1)
NUMBERS = (
    select(VersionRow.version, VersionRow.deleted).where(_SUBJECT).order_by(VersionRow.version)
)

VERSIONS_AMONG = VERSIONS.where(_AMONG).order_by(VersionRow.subject, VersionRow.version)
LIVE_AMONG = VERSIONS_AMONG.where(LIVE)
LATEST_AMONG = _latest()
PLACES_AMONG = _places()
USING_OTHERS_AMONG = (
    select(VersionRow.subject).distinct().join(ReferenceRow, SAME_REFERRER).where(_AMONG)
)

USES = VERSIONS.where(
    VersionRow.context == bindparam("context"), VersionRow.schema_id == bindparam("id")
).order_by(VersionRow.registered_at_ms, VersionRow.subject, VersionRow.version)
USES_IN_SUBJECT = USES.where(_SUBJECT)

SUBJECTS_AMONG = select(
    SubjectRow.name,
    SubjectRow.context,
    SubjectRow.last_version,
    SubjectRow.live,
    SubjectRow.held,
).where(among(SubjectRow.name, "names"))
CONFIGS_AMONG = select(ConfigRow.scope, ConfigRow.members).where(among(ConfigRow.scope, "names"))
MODES_AMONG = select(ModeRow.scope, ModeRow.mode).where(among(ModeRow.scope, "names"))
SETTINGS_AMONG = union_all(
    CONFIGS_AMONG.add_columns(literal(True)), MODES_AMONG.add_columns(literal(False))
)
NEXT_IDS_AMONG = select(ContextRow.name, ContextRow.next_id).where(
    among(ContextRow.name, "contexts")
)
IDS_AMONG = (
    select(SchemaRow.context, SchemaRow.digest, func.min(SchemaRow.id))
    .where(among(SchemaRow.context, "contexts"), among(SchemaRow.digest, "names"))
    .group_by(SchemaRow.context, SchemaRow.digest)
)
