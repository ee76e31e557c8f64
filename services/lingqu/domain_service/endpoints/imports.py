"""Files of statements, uploaded and answered row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

import anyio
import orjson
from fastapi import APIRouter, Depends, Query, Response
from fastapi import Request as HttpRequest
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, StreamingResponse

from lingqu.domain_service.endpoints.export import MEDIA, ExportKind
from lingqu.domain_service.imports.forms import AUTO, Mode, Request
from lingqu.domain_service.imports.importing import Importing, Opened
from lingqu.domain_service.imports.uploads import Slot
from lingqu.errors import NotFoundError
from lingqu.sheets.template import Template, write_csv_template, write_xlsx_template

IMPORTS_PATH = "/v1/imports"

_LINES = "application/x-ndjson"
_SUMMARY: dict[str, Any] = {
    "summary": {
        "file": "2026-03.csv",
        "read": 2072,
        "accepted": 1872,
        "repeats": 146,
        "revisions": 25,
        "withdrawals": 0,
        "refused": [{"row": 17, "reason": "名称: is empty; it must be filled in"}],
        "notes": ["3 example rows (【示例】) were left out"],
    },
    "returned_copy": "/v1/imports/0197b1de-7c00-7000-8000-000000000001/returned-copy",
    "id": "0197b1de-7c00-7000-8000-000000000001",
}
_EXAMPLE = b"\n".join(map(orjson.dumps, ({"progress": 2000}, _SUMMARY))).decode()
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "the file as it is",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "JSON lines: `progress` while rows are taken, at last the `summary`, or an "
        "`error` after which the same file may be sent again",
        "content": {_LINES: {"example": _EXAMPLE}},
    },
    413: {"description": "The file is larger than LINGQU_<SERVICE>_MAX_IMPORT_BYTES"},
    422: {"description": "The file has none of the known forms; nothing was taken"},
}
_RECENT: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "application/json": {
                "example": {
                    "items": [
                        {
                            **_SUMMARY,
                            "summary": {**_SUMMARY["summary"], "refused": 29},
                            "finished_at": "2026-03-01T04:20:00.000+00:00",
                            "mode": "live",
                        }
                    ]
                }
            }
        }
    }
}
Name = Annotated[
    str,
    Query(
        min_length=1, max_length=200, pattern=r"^[^/\\\x00-\x1f]+$", description="the file's name"
    ),
]
FormName = Annotated[str, Query(pattern=r"^[a-z0-9_]{1,32}$", description="auto finds it out")]


S = TypeVar("S")
Templates = Mapping[str, Callable[[], Template]]


def asked(name: Name, form: FormName = AUTO, mode: Mode = "live") -> Request:
    """Return what is asked for, from the query."""
    return Request(name, form, mode)


def router(
    imports: Importing[S],
    *,
    templates: Templates | None = None,
    asked: Callable[..., Request] = asked,
) -> APIRouter:
    """Return the routes over these imports, and the templates of their forms by name.

    `asked` is the dependency that makes the request of a query, for a service that takes more.
    """
    routes = APIRouter(prefix=IMPORTS_PATH, tags=["imports"])
    what = Depends(asked)

    @routes.post(
        "",
        summary="Import a file",
        response_class=StreamingResponse,
        responses=_ANSWERS,
        openapi_extra=_BODY,
    )
    async def import_file(http: HttpRequest, request: Request = what) -> Response:
        slot = await run_in_threadpool(imports.slot)
        try:
            await _receive(http, slot)
            opened = await run_in_threadpool(imports.open, slot, request)
        except BaseException:
            imports.uploads.drop(slot)
            raise
        return StreamingResponse(_lines(imports, opened), media_type=_LINES)

    @routes.get("", summary="The imports of the last day, newest first", responses=_RECENT)
    def recent(limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> dict[str, Any]:
        return {"items": imports.uploads.recent(limit)}

    @routes.get(
        "/{import_id}/returned-copy",
        summary="The file with each refused cell marked",
        response_class=FileResponse,
    )
    def returned_copy(import_id: str) -> FileResponse:
        path = imports.returned_copy(import_id)
        return FileResponse(path, filename=path.name)

    if templates:
        _add_templates(routes, templates)
    return routes


def _add_templates(routes: APIRouter, templates: Templates) -> None:
    known = ", ".join(templates)

    @routes.get(
        "/templates/{form}",
        summary="A form to fill in, with examples and code lists",
        response_class=Response,
        responses={200: {"content": {kind: {} for kind in MEDIA.values()}}},
    )
    def template(form: str, kind: ExportKind = "xlsx") -> Response:
        made = templates.get(form)
        if made is None:
            raise NotFoundError(f"there is no form {form!r}; there are {known}")
        found, target = made(), BytesIO()
        write = write_xlsx_template if kind == "xlsx" else write_csv_template
        write(found, target)
        name = quote(f"{found.title}.{kind}")
        return Response(
            target.getvalue(),
            media_type=MEDIA[kind],
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        )


async def _receive(http: HttpRequest, slot: Slot) -> None:
    """Write the body to disk as it arrives, so that its size costs no memory."""
    async with await anyio.open_file(slot.upload, "wb") as file:
        async for chunk in http.stream():
            await file.write(chunk)


def _lines(imports: Importing[S], opened: Opened[S]) -> Iterator[bytes]:
    for line in imports.run(opened):
        yield orjson.dumps(line) + b"\n"
