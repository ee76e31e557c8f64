"""`/subjects/{s}/versions`: registering, reading and deleting versions."""

from __future__ import annotations

from asyncio import to_thread
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from lingqu.service.auth import Action
from lingqu_registry.endpoints.answers import answer, raw, registered_body, version_body
from lingqu_registry.endpoints.backend import (
    Body,
    DeletedSubject,
    Flag,
    Format,
    Here,
    Limit,
    Offset,
    ReadSubject,
    VersionToken,
    WrittenSubject,
    backend_of,
    subject_of,
)
from lingqu_registry.endpoints.documentation import (
    REGISTERED,
    SCHEMA,
    VERSION_BODY,
    RegistryAnswer,
    body,
    documented,
    parameters,
    schema_sent,
)
from lingqu_registry.endpoints.requests import flag, json_body, page, schema_request, version_number
from lingqu_registry.endpoints.schemas import FindTags, formatted
from lingqu_registry.errors import subject_not_found
from lingqu_registry.finding import version_of
from lingqu_registry.scopes import aliased
from lingqu_registry.store.deletion import delete_version
from lingqu_registry.tagging import tagged_request
from lingqu_registry.tags import tagged_bodies

router = APIRouter(tags=["versions"], default_response_class=RegistryAnswer)

Negative = Annotated[str | None, Query(description="true tells deleted versions as negatives")]


@router.post(
    "/subjects/{subject:part}/versions",  # noqa: FAST003 - read by hand
    summary="Register a schema",
    responses=documented(REGISTERED, 40401, 40901, 413, 415, 42201, 42203, 42205, 42208, 42210),
    openapi_extra=schema_sent() | parameters("subject", flags=["normalize"]),
)
async def register(request: Request) -> Response:
    """Register; the request is read by hand, as dependencies cost as much as all the rest."""
    subject = subject_of(request, Action.WRITE)
    normalize = flag(request.query_params.get("normalize"))
    sent = schema_request(await json_body(request), normalize=normalize)
    registration = backend_of(request).registration
    return answer(registered_body(await registration.submit(subject, sent)))


@router.get(
    "/subjects/{subject:part}/versions",
    summary="List a subject's versions",
    responses=documented([1, 2], 40401),
)
def numbers(
    here: Here,
    subject: ReadSubject,
    deleted: Flag = None,
    deletedOnly: Flag = None,  # noqa: N803 - the query's name
    deletedAsNegative: Negative = None,  # noqa: N803
    offset: Offset = 0,
    limit: Limit = -1,
) -> Response:
    only, negative = flag(deletedOnly), flag(deletedAsNegative)
    with here.store.reading() as reads:
        name = aliased(reads, subject)
        places = reads.numbers(name)
    everything = only or negative or flag(deleted)
    if not any(everything or not is_deleted for _, is_deleted in places):
        raise subject_not_found(name)
    found = [
        -version if negative and is_deleted and not only else version
        for version, is_deleted in places
        if (is_deleted if only else everything or not is_deleted)
    ]
    return answer(page(found, offset, limit))


@router.get(
    "/subjects/{subject:part}/versions/{version:part}",
    summary="One version",
    responses=documented(VERSION_BODY, 40401, 40402, 42202),
)
def version(
    here: Here,
    subject: ReadSubject,
    version: VersionToken,
    format: Format = "",  # noqa: A002
    deleted: Flag = None,
    findTags: FindTags = None,  # noqa: N803
) -> Response:
    number = version_number(version)
    with here.store.reading() as reads:
        found = version_of(reads, aliased(reads, subject), number, deleted=flag(deleted))
        told = version_body(found, formatted(reads, found, format))
    if findTags and found.schema_type == "AVRO":
        told["schemaTags"] = tagged_bodies(found.text, findTags)
    return answer({name: value for name, value in told.items() if value != []})


@router.get(
    "/subjects/{subject:part}/versions/{version:part}/schema",
    summary="Only its text",
    responses=documented(SCHEMA, 40401, 40402, 42202),
)
def text(
    here: Here,
    subject: ReadSubject,
    version: VersionToken,
    format: Format = "",  # noqa: A002
    deleted: Flag = None,
) -> Response:
    number = version_number(version)
    with here.store.reading() as reads:
        found = version_of(reads, aliased(reads, subject), number, deleted=flag(deleted))
        return raw(formatted(reads, found, format))


@router.get(
    "/subjects/{subject:part}/versions/{version:part}/referencedby",
    summary="The ids of the schemas that use it",
    responses=documented([2], 40401, 40402, 42202),
)
def referencedby(
    here: Here,
    subject: ReadSubject,
    version: VersionToken,
    deleted: Flag = None,
    offset: Offset = 0,
    limit: Limit = -1,
) -> Response:
    number = version_number(version)
    with here.store.reading() as reads:
        found = version_of(reads, aliased(reads, subject), number, deleted=True)
        ids = reads.referrers(found.subject, found.version, deleted=flag(deleted))
    return answer(page(ids, offset, limit))


@router.delete(
    "/subjects/{subject:part}/versions/{version:part}",
    summary="Delete a version, softly or for good",
    responses=documented(1, 40401, 40402, 40406, 40407, 42202, 42205, 42206),
)
def delete(
    here: Here, subject: DeletedSubject, version: VersionToken, permanent: Flag = None
) -> Response:
    number = version_number(version)
    with here.store.reading() as reads:
        name = aliased(reads, subject)
    return answer(delete_version(here.store, name, number, permanent=flag(permanent)))


@router.post(
    "/subjects/{subject:part}/versions/{version:part}/tags",
    summary="Register a version with other tags, metadata or rules",
    responses=documented(
        {"id": 2, "version": 2},
        40401, 40402, 40901, 413, 415, 42201, 42202, 42203, 42205, 42208, 42210,
    ),
    openapi_extra=body(
        {
            "tagsToAdd": [
                {
                    "schemaEntity": {"entityPath": "R.a", "entityType": "sr_field"},
                    "tags": ["PII"],
                }
            ]
        }
    ),
)  # fmt: skip
async def tag(here: Here, subject: WrittenSubject, version: VersionToken, sent: Body) -> Response:
    number = version_number(version)
    request = await to_thread(_tagged, here, subject, number, sent)
    return answer(registered_body(await here.registration.submit(subject, request)))


def _tagged(here: Here, subject: str, number: int, sent: dict[str, Any]) -> Any:
    with here.store.reading() as reads:
        name = aliased(reads, subject)
        found = version_of(reads, name, number)
        return tagged_request(found, reads.version(name, -1), sent)
