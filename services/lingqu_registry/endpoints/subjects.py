"""`/subjects`: listing them, looking schemas up in them, deleting them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from lingqu_registry.endpoints.answers import answer, version_body
from lingqu_registry.endpoints.backend import (
    Body,
    DeletedSubject,
    Flag,
    Format,
    Here,
    Limit,
    Offset,
    Prefix,
    ReadSubject,
)
from lingqu_registry.endpoints.documentation import (
    VERSION_BODY,
    RegistryAnswer,
    documented,
    schema_sent,
)
from lingqu_registry.endpoints.requests import flag, page, schema_request
from lingqu_registry.endpoints.schemas import formatted
from lingqu_registry.errors import RegistryError
from lingqu_registry.finding import latest_with, look_up
from lingqu_registry.names import ALL_CONTEXTS
from lingqu_registry.scopes import aliased
from lingqu_registry.store.deletion import delete_subject

router = APIRouter(tags=["subjects"], default_response_class=RegistryAnswer)


@router.get("/subjects", summary="List the subjects", responses=documented(["a", ":.b:c"]))
def names(
    request: Request,
    here: Here,
    subjectPrefix: Prefix = ALL_CONTEXTS,  # noqa: N803 - the query's name
    deleted: Flag = None,
    deletedOnly: Flag = None,  # noqa: N803
    offset: Offset = 0,
    limit: Limit = -1,
) -> Response:
    only = flag(deletedOnly)
    with here.store.reading() as reads:
        found = reads.names(prefix=subjectPrefix, live=not only, deleted=only or flag(deleted))
    return answer(page(here.access.visible(request, found, str), offset, limit))


@router.post(
    "/subjects/{subject:part}",
    summary="Look a schema up",
    responses=documented(VERSION_BODY, 40401, 40403, 413, 415, 42201, 42210),
    openapi_extra=schema_sent(),
)
def lookup(
    here: Here,
    subject: ReadSubject,
    sent: Body,
    normalize: Flag = None,
    format: Format = "",  # noqa: A002 - the query's name
    deleted: Flag = None,
) -> Response:
    request = schema_request(sent, normalize=flag(normalize))
    with here.store.reading() as reads:
        name = aliased(reads, subject)
        found = look_up(reads, name, request, here.level, deleted=flag(deleted))
        return answer(version_body(found, formatted(reads, found, format)))


@router.delete(
    "/subjects/{subject:part}",
    summary="Delete a subject, softly or for good",
    responses=documented([1, 2], 40401, 40404, 40405, 42205, 42206),
)
def delete(here: Here, subject: DeletedSubject, permanent: Flag = None) -> Response:
    with here.store.reading() as reads:
        name = aliased(reads, subject)
    return answer(delete_subject(here.store, name, permanent=flag(permanent)))


@router.get(
    "/subjects/{subject:part}/metadata",
    summary="The latest version with certain metadata properties",
    responses=documented(VERSION_BODY, 40401, 40403),
)
def with_metadata(
    here: Here,
    subject: ReadSubject,
    key: Annotated[list[str] | None, Query(description="names of properties")] = None,
    value: Annotated[list[str] | None, Query(description="their values, in order")] = None,
    format: Format = "",  # noqa: A002
    deleted: Flag = None,
) -> Response:
    keys, values = key or [], value or []
    if len(keys) != len(values):
        raise RegistryError(400, "as many values as keys are needed, in the same order")
    wanted = dict(zip(keys, values, strict=True))
    with here.store.reading() as reads:
        found = latest_with(reads, aliased(reads, subject), wanted, deleted=flag(deleted))
        return answer(version_body(found, formatted(reads, found, format)))
