"""`/schemas`: by id and GUID, whatever subject they are in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from lingqu_registry.endpoints.answers import answer, raw, schema_body
from lingqu_registry.endpoints.backend import Backend, Flag, Format, Here, Limit, Offset, Prefix
from lingqu_registry.endpoints.documentation import (
    SCHEMA,
    SCHEMA_BODY,
    VERSION_BODY,
    RegistryAnswer,
    documented,
)
from lingqu_registry.endpoints.requests import SCHEMA_TYPES, flag, page
from lingqu_registry.errors import schema_not_found
from lingqu_registry.finding import schema_by_id
from lingqu_registry.identity import digest_of_guid
from lingqu_registry.listing import schemas_listed
from lingqu_registry.names import ALL_CONTEXTS, Name, full_name
from lingqu_registry.store.reads import Reads
from lingqu_registry.store.references import Uses
from lingqu_registry.tags import tagged_bodies
from lingqu_registry.versions import Version

router = APIRouter(tags=["schemas"], default_response_class=RegistryAnswer)

PAGE = 1000

FindTags = Annotated[list[str] | None, Query(description="tags to tell; * tells all")]
Subject = Annotated[str, Query(description="where to look first; its context")]


@router.get("/schemas", summary="List schemas", responses=documented([VERSION_BODY]))
def schemas(  # noqa: PLR0917 - the query's members
    request: Request,
    here: Here,
    subjectPrefix: Prefix = ALL_CONTEXTS,  # noqa: N803 - the query's name
    aliases: Flag = None,
    deleted: Flag = None,
    latestOnly: Flag = None,  # noqa: N803
    ruleType: Annotated[list[str] | None, Query()] = None,  # noqa: N803
    offset: Offset = 0,
    limit: Limit = -1,
) -> Response:
    with here.store.reading() as reads:
        found = schemas_listed(
            reads,
            subjectPrefix,
            aliases=flag(aliases),
            deleted=flag(deleted),
            latest=flag(latestOnly),
            rule_types=ruleType or (),
        )
        seen = here.access.visible(request, found, lambda each: each.version.subject)
        rows = page(seen, offset, limit, PAGE)
    return answer([each.body for each in rows])


@router.get("/schemas/types", summary="The kinds of schemas", responses=documented(["AVRO"]))
async def types() -> Response:
    return answer(SCHEMA_TYPES)


@router.get(
    "/schemas/ids/{schema_id}",
    summary="A schema by its id",
    responses=documented({"subject": "a", "version": 1, **SCHEMA_BODY}, 404, 40403),
)
def by_id(
    request: Request,
    here: Here,
    schema_id: int,
    subject: Subject = "",
    format: Format = "",  # noqa: A002 - the query's name
    findTags: FindTags = None,  # noqa: N803
    fetchMaxId: Flag = None,  # noqa: N803
) -> Response:
    with here.store.reading() as reads:
        first = _uses(request, here, reads, schema_id, subject)[0]
        found = {"subject": first.subject, "version": first.version}
        found |= schema_body(first, formatted(reads, first, format))
        found["ts"] = first.registered_at_ms
        if findTags and first.schema_type == "AVRO":
            found |= {"schemaTags": tagged_bodies(first.text, findTags)}
        if flag(fetchMaxId):
            found["maxId"] = reads.max_id(first.context)
    return answer({name: value for name, value in found.items() if value != []})


@router.get(
    "/schemas/ids/{schema_id}/schema",
    summary="Only its text",
    responses=documented(SCHEMA, 404, 40403),
)
def text_by_id(
    request: Request,
    here: Here,
    schema_id: int,
    subject: Subject = "",
    format: Format = "",  # noqa: A002
) -> Response:
    with here.store.reading() as reads:
        first = _uses(request, here, reads, schema_id, subject)[0]
        return raw(formatted(reads, first, format))


@router.get(
    "/schemas/ids/{schema_id}/subjects",
    summary="Which subjects hold it",
    responses=documented(["a"], 404, 40403),
)
def subjects_of(
    request: Request,
    here: Here,
    schema_id: int,
    subject: Subject = "",
    deleted: Flag = None,
    offset: Offset = 0,
    limit: Limit = -1,
) -> Response:
    rows = _places(request, here, schema_id, subject, deleted)
    return answer(page(sorted({row.subject for row in rows}), offset, limit))


@router.get(
    "/schemas/ids/{schema_id}/versions",
    summary="Where it is a version",
    responses=documented([{"subject": "a", "version": 1}], 404, 40403),
)
def versions_of(
    request: Request,
    here: Here,
    schema_id: int,
    subject: Subject = "",
    deleted: Flag = None,
    offset: Offset = 0,
    limit: Limit = -1,
) -> Response:
    rows = _places(request, here, schema_id, subject, deleted)
    found = [{"subject": row.subject, "version": row.version} for row in rows]
    return answer(page(found, offset, limit))


@router.get(
    "/schemas/guids/{guid:part}",
    summary="A schema by its GUID",
    responses=documented(SCHEMA_BODY, 40403),
)
def by_guid(request: Request, here: Here, guid: str, format: Format = "") -> Response:  # noqa: A002
    with here.store.reading() as reads:
        first = _by_guid(request, here, reads, guid)[0]
        return answer(schema_body(first, formatted(reads, first, format)))


@router.get(
    "/schemas/guids/{guid:part}/ids",
    summary="The ids of a GUID in each context",
    responses=documented([{"context": ".", "id": 1}], 40403),
)
def ids_of_guid(request: Request, here: Here, guid: str) -> Response:
    with here.store.reading() as reads:
        found = _by_guid(request, here, reads, guid)
    ids = dict.fromkeys((each.context, each.id) for each in found)
    return answer([{"context": context, "id": schema_id} for context, schema_id in ids])


def formatted(reads: Reads, version: Version, form: str) -> str:
    """Return the text in the asked form; Confluent has one for AVRO, `resolved`."""
    if form == "resolved" and version.schema_type == "AVRO":
        return Uses(reads).resolved(version)
    return version.text


def _uses(
    request: Request, here: Backend, reads: Reads, schema_id: int, subject: str
) -> list[Version]:
    found = schema_by_id(reads, schema_id, full_name(subject))
    seen = list(here.access.visible(request, found, lambda each: each.subject))
    if not seen:
        raise schema_not_found(schema_id)
    return seen


def _places(
    request: Request, here: Backend, schema_id: int, subject: str, deleted: str | None
) -> list[Version]:
    """Return all versions of the schema in the context that the subject names or is in."""
    with here.store.reading() as reads:
        found = _uses(request, here, reads, schema_id, subject)
        if Name.of(subject).bare:
            found = reads.uses(found[0].context, schema_id)
    rows = here.access.visible(request, found, lambda each: each.subject)
    return [row for row in rows if flag(deleted) or not row.deleted]


def _by_guid(request: Request, here: Backend, reads: Reads, guid: str) -> list[Version]:
    digest = digest_of_guid(guid)
    found = reads.holding(digest) if digest is not None else []
    seen = list(here.access.visible(request, found, lambda each: each.subject))
    if not seen:
        raise schema_not_found()
    return seen
