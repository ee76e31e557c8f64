"""`/schemas`: reading by id."""

from __future__ import annotations

from fastapi import APIRouter, Response

from lingqu_registry.errors import schema_not_found
from lingqu_registry.model import SchemaRow
from lingqu_registry.requests import CONTENT_TYPE, answer, flag, page, schema_body, version_body
from lingqu_registry.store import Store, Subjects
from lingqu_registry.subject_endpoints import Flag

PAGE_LIMIT = 1000


def schema_router(store: Store) -> APIRouter:
    router = APIRouter(tags=["schemas"])
    _add_by_id(router, store)
    _add_uses(router, store)

    @router.get("/schemas/types", summary="The kinds of schemas held")
    def types() -> Response:
        return answer(["AVRO"])

    @router.get("/schemas", summary="List schemas")
    def schemas(
        subjectPrefix: str = "",  # noqa: N803 - the query's name
        deleted: Flag = None,
        latestOnly: Flag = None,  # noqa: N803
        offset: int = 0,
        limit: int = -1,
    ) -> Response:
        with store.reading() as subjects:
            rows = subjects.all_versions(deleted=flag(deleted))
        found = [row for row in rows if row.subject.startswith(subjectPrefix)]
        if flag(latestOnly):
            found = list({row.subject: row for row in found}.values())
        most = PAGE_LIMIT if limit < 0 else min(limit, PAGE_LIMIT)
        return answer([version_body(row) for row in page(found, offset, most)])

    return router


def _add_by_id(router: APIRouter, store: Store) -> None:
    @router.get("/schemas/ids/{schema_id}", summary="A schema by its id")
    def by_id(schema_id: int, fetchMaxId: Flag = None) -> Response:  # noqa: N803
        with store.reading() as subjects:
            row = _schema(subjects, schema_id)
            uses = subjects.uses(schema_id) or subjects.uses(schema_id, deleted=True)
            most = {"maxId": subjects.max_id()} if flag(fetchMaxId) else {}
        first = {"subject": uses[0].subject, "version": uses[0].version}
        return answer({**first, **schema_body(row), "ts": uses[0].registered_at_ms, **most})

    @router.get("/schemas/ids/{schema_id}/schema", summary="Only its text")
    def text(schema_id: int) -> Response:
        with store.reading() as subjects:
            return Response(_schema(subjects, schema_id).text, media_type=CONTENT_TYPE)


def _add_uses(router: APIRouter, store: Store) -> None:
    @router.get("/schemas/ids/{schema_id}/subjects", summary="Who holds it")
    def subjects_of(
        schema_id: int,
        subject: str | None = None,
        deleted: Flag = None,
        offset: int = 0,
        limit: int = -1,
    ) -> Response:
        with store.reading() as subjects:
            _schema(subjects, schema_id)
            rows = subjects.uses(schema_id, deleted=flag(deleted))
        found = sorted({row.subject for row in rows if subject in {None, "", row.subject}})
        return answer(page(found, offset, limit))

    @router.get("/schemas/ids/{schema_id}/versions", summary="Where it is a version")
    def versions_of(
        schema_id: int,
        subject: str | None = None,
        deleted: Flag = None,
        offset: int = 0,
        limit: int = -1,
    ) -> Response:
        with store.reading() as subjects:
            _schema(subjects, schema_id)
            rows = subjects.uses(schema_id, deleted=flag(deleted))
        found = [
            {"subject": row.subject, "version": row.version}
            for row in rows
            if subject in {None, "", row.subject}
        ]
        return answer(page(found, offset, limit))


def _schema(subjects: Subjects, schema_id: int) -> SchemaRow:
    row = subjects.schema(schema_id) if schema_id <= 2**31 - 1 else None
    if row is None:
        raise schema_not_found(schema_id)
    return row
