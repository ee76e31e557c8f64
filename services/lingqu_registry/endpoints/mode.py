"""`/mode`: whether subjects may be written, and imported into."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from lingqu.service.auth import Action
from lingqu_registry.endpoints.answers import answer
from lingqu_registry.endpoints.backend import Backend, Body, Flag, Here, ReadSubject, WrittenSubject
from lingqu_registry.endpoints.documentation import RegistryAnswer, body, documented
from lingqu_registry.endpoints.requests import flag
from lingqu_registry.errors import mode_not_found, subject_not_found
from lingqu_registry.names import GLOBAL, ROOT, check_scope
from lingqu_registry.scopes import Scopes, mode_named
from lingqu_registry.setting import delete_mode, set_mode

router = APIRouter(tags=["mode"], default_response_class=RegistryAnswer)

_MODE = {"mode": "READWRITE"}
_REFUSALS = (40401, 413, 415, 42204, 42205, 42206)


@router.get("/mode", summary="The global mode", responses=documented(_MODE, 40401))
def read_global(request: Request, here: Here, defaultToGlobal: Flag = None) -> Response:  # noqa: N803
    here.access.require(request, Action.READ, ROOT)
    scopes = [ROOT, GLOBAL] if flag(defaultToGlobal) else [ROOT]
    with here.store.reading() as reads:
        found = reads.modes(scopes)
    return answer({"mode": next((found[each] for each in scopes if each in found), "READWRITE")})


@router.put(
    "/mode",
    summary="Set the global mode",
    responses=documented(_MODE, *_REFUSALS),
    openapi_extra=body(_MODE),
)
def write_global(
    request: Request, here: Here, sent: Body, force: Flag = None, recursive: Flag = None
) -> Response:
    here.access.require(request, Action.WRITE, ROOT)
    return _write(here, ROOT, sent, force, recursive)


@router.delete("/mode", summary="Go back to READWRITE", responses=documented(_MODE, 40401))
def delete_global(request: Request, here: Here, recursive: Flag = None) -> Response:
    here.access.require(request, Action.WRITE, ROOT)
    before = delete_mode(here.store, ROOT, recursive=flag(recursive))
    return answer({"mode": before or "READWRITE"})


@router.get(
    "/mode/{subject:part}",
    summary="The mode of a subject or context",
    responses=documented(_MODE, 40401, 40409),
)
def read(here: Here, subject: ReadSubject, defaultToGlobal: Flag = None) -> Response:  # noqa: N803
    with here.store.reading() as reads:
        if flag(defaultToGlobal):
            return answer({"mode": Scopes(reads, [subject]).mode_of(subject)})
        found = reads.modes([subject]).get(subject)
    if found is None:
        raise mode_not_found(subject)
    return answer({"mode": found})


@router.put(
    "/mode/{subject:part}",
    summary="Set the mode of a subject or context",
    responses=documented(_MODE, *_REFUSALS, 42208),
    openapi_extra=body(_MODE),
)
def write(
    here: Here, subject: WrittenSubject, sent: Body, force: Flag = None, recursive: Flag = None
) -> Response:
    check_scope(subject)
    return _write(here, subject, sent, force, recursive)


@router.delete(
    "/mode/{subject:part}",
    summary="Let a subject or context follow the mode around it",
    responses=documented(_MODE, 40401, 42208),
)
def delete(here: Here, subject: WrittenSubject, recursive: Flag = None) -> Response:
    before = delete_mode(here.store, subject, recursive=flag(recursive))
    if before is None:
        raise subject_not_found(subject)
    return answer({"mode": before})


def _write(
    here: Backend, scope: str, sent: dict[str, Any], force: str | None, recursive: str | None
) -> Response:
    mode = mode_named(sent.get("mode"))
    set_mode(here.store, scope, mode, force=flag(force), recursive=flag(recursive))
    return answer({"mode": mode})
