"""Files of readings, uploaded and answered row by row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

import anyio
import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, StreamingResponse

from lingqu.domain_service.imports.uploads import Slot
from lingqu_water.imports import importing
from lingqu_water.imports.importing import Importing, Mode, Opened

IMPORTS_PATH = "/v1/imports"

_LINES = "application/x-ndjson"
_SUMMARY: dict[str, Any] = {
    "summary": {
        "file": "hunan.csv",
        "read": 2072,
        "accepted": 1872,
        "repeats": 146,
        "revisions": 25,
        "withdrawals": 0,
        "refused": [{"row": 17, "reason": "监测时间: it is missing; a reading needs its time"}],
    },
    "returned_copy": "/v1/imports/0197b1de-7c00-7000-8000-000000000001/returned-copy",
    "id": "0197b1de-7c00-7000-8000-000000000001",
}
_EXAMPLE = b"\n".join(map(orjson.dumps, ({"progress": 2000}, _SUMMARY))).decode()
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "the file as it is: CSV, XLSX or the publishing interface's JSON",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "JSON lines: `progress` while rows are taken, at last the `summary`, or an "
        "`error` after which the same file may be sent again",
        "content": {
            _LINES: {"example": f'{{"progress": 2000}}\n{orjson.dumps(_SUMMARY).decode()}'}
        },
    },
    413: {"description": "The file is larger than LINGQU_WATER_MAX_IMPORT_BYTES"},
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
Collected = Annotated[
    date | None, Query(description="the day the table was taken; gives years and the order")
]
FormName = Annotated[str, Query(pattern=r"^[a-z0-9_]{1,32}$", description="auto finds it out")]


def router(imports: Importing) -> APIRouter:
    """Return the routes over these imports."""
    routes = APIRouter(prefix=IMPORTS_PATH, tags=["imports"])

    @routes.post(
        "",
        summary="Import a file",
        response_class=StreamingResponse,
        responses=_ANSWERS,
        openapi_extra=_BODY,
    )
    async def import_file(
        request: Request,
        name: Name,
        form: FormName = "auto",
        collected_on: Collected = None,
        mode: Mode = "live",
    ) -> Response:
        slot = await run_in_threadpool(imports.slot)
        asked = importing.Request(name, form, collected_on, mode)
        try:
            await _receive(request, slot)
            opened = await run_in_threadpool(imports.open, slot, asked)
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

    return routes


async def _receive(request: Request, slot: Slot) -> None:
    """Write the body to disk as it arrives, so that its size costs no memory."""
    async with await anyio.open_file(slot.upload, "wb") as file:
        async for chunk in request.stream():
            await file.write(chunk)


def _lines(imports: Importing, opened: Opened) -> Iterator[bytes]:
    for line in imports.run(opened):
        yield orjson.dumps(line) + b"\n"
