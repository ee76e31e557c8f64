"""`/subjects`: registering, looking up, listing and deleting."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from lingqu_registry.deletion import delete_subject, delete_version, referrers
from lingqu_registry.errors import subject_not_found, version_not_found
from lingqu_registry.model import VersionRow
from lingqu_registry.registration import Registration
from lingqu_registry.requests import (
    answer,
    flag,
    json_body,
    page,
    schema_request,
    version_body,
    version_number,
)
from lingqu_registry.store import Store

Flag = Annotated[str | None, Query(pattern="(?i)^\\s*(true|false)?\\s*$")]
Body = Annotated[dict[str, Any], Depends(json_body)]


def subject_router(store: Store, registration: Registration) -> APIRouter:
    """Return the routes; those with more after the subject come first, for it may hold slashes."""
    router = APIRouter(tags=["subjects"])
    _add_registering(router, registration)
    _add_reading(router, store)
    _add_deleting(router, store)

    @router.post("/subjects/{subject:path}", summary="Look a schema up")
    def look_up(subject: str, body: Body, normalize: Flag = None, deleted: Flag = None) -> Response:
        request = schema_request(body, normalize=flag(normalize))
        return answer(version_body(registration.look_up(subject, request, deleted=flag(deleted))))

    return router


def _add_registering(router: APIRouter, registration: Registration) -> None:
    @router.post("/subjects/{subject:path}/versions", summary="Register a schema")
    def register(subject: str, body: Body, normalize: Flag = None) -> Response:
        request = schema_request(body, normalize=flag(normalize))
        return answer({"id": registration.register(subject, request).schema_id})


def _add_reading(router: APIRouter, store: Store) -> None:
    @router.get("/subjects", summary="List the subjects")
    def names(
        subjectPrefix: str = "",  # noqa: N803 - the query's name
        deleted: Flag = None,
        deletedOnly: Flag = None,  # noqa: N803
        offset: int = 0,
        limit: int = -1,
    ) -> Response:
        prefix = "" if subjectPrefix == ":*:" else subjectPrefix
        only = flag(deletedOnly)
        with store.reading() as subjects:
            found = subjects.names(prefix=prefix, live=not only, deleted=only or flag(deleted))
        return answer(page(found, offset, limit))

    @router.get("/subjects/{subject:path}/versions", summary="List a subject's versions")
    def versions(
        subject: str,
        deleted: Flag = None,
        deletedOnly: Flag = None,  # noqa: N803
        offset: int = 0,
        limit: int = -1,
    ) -> Response:
        only = flag(deletedOnly)
        with store.reading() as subjects:
            rows = subjects.versions(subject, deleted=only or flag(deleted))
        found = [row.version for row in rows if row.deleted or not only]
        if not found:
            raise subject_not_found(subject)
        return answer(page(found, offset, limit))

    @router.get("/subjects/{subject:path}/versions/{version}/schema", summary="Only its text")
    def text(subject: str, version: str, deleted: Flag = None) -> Response:
        row = _version(store, subject, version, deleted=flag(deleted))
        return Response(row.schema.text, media_type=answer({}).media_type)

    @router.get("/subjects/{subject:path}/versions/{version}/referencedby", summary="Who uses it")
    def referencedby(subject: str, version: str) -> Response:
        row = _version(store, subject, version, deleted=True)
        with store.reading() as subjects:
            found = {each.schema_id for each in referrers(subjects, subject, row.version)}
        return answer(sorted(found))

    @router.get("/subjects/{subject:path}/versions/{version}", summary="One version")
    def version(subject: str, version: str, deleted: Flag = None) -> Response:
        return answer(version_body(_version(store, subject, version, deleted=flag(deleted))))


def _add_deleting(router: APIRouter, store: Store) -> None:
    @router.delete("/subjects/{subject:path}/versions/{version}", summary="Delete a version")
    def one(subject: str, version: str, permanent: Flag = None) -> Response:
        return answer(delete_version(store, subject, version, permanent=flag(permanent)))

    @router.delete("/subjects/{subject:path}", summary="Delete a subject")
    def whole(subject: str, permanent: Flag = None) -> Response:
        return answer(delete_subject(store, subject, permanent=flag(permanent)))


def _version(store: Store, subject: str, token: str, *, deleted: bool) -> VersionRow:
    number = version_number(token)
    with store.reading() as subjects:
        rows = subjects.versions(subject, deleted=deleted)
    if not rows:
        raise subject_not_found(subject)
    if number is None:
        return rows[-1]
    for row in rows:
        if row.version == number:
            return row
    raise version_not_found(number)
