"""`/config`: compatibility and the other settings, of all, of a context or of a subject."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from lingqu.service.auth import Action
from lingqu_registry.endpoints.answers import answer
from lingqu_registry.endpoints.backend import Backend, Body, Flag, Here, ReadSubject, WrittenSubject
from lingqu_registry.endpoints.documentation import RegistryAnswer, body, documented
from lingqu_registry.endpoints.requests import flag
from lingqu_registry.errors import config_not_found, subject_not_found
from lingqu_registry.names import GLOBAL, ROOT, beside, check_scope
from lingqu_registry.scopes import Scopes, read_config, without_nulls
from lingqu_registry.setting import delete_config, set_config

router = APIRouter(tags=["config"], default_response_class=RegistryAnswer)

_READ = {"compatibilityLevel": "BACKWARD"}
_SENT = {"compatibility": "FULL", "normalize": True}
_DELETED = {"compatibility": "FULL", "compatibilityLevel": "FULL"}


@router.get("/config", summary="The global configuration", responses=documented(_READ, 40401))
def read_global(request: Request, here: Here, defaultToGlobal: Flag = None) -> Response:  # noqa: N803
    here.access.require(request, Action.READ, ROOT)
    scope = GLOBAL if flag(defaultToGlobal) else ROOT
    return answer(_told(_own(here, ROOT) or _own(here, scope) or {}, here))


@router.put(
    "/config",
    summary="Set the global configuration",
    responses=documented(_SENT, 40401, 413, 415, 42201, 42203, 42210),
    openapi_extra=body(_SENT),
)
def write_global(request: Request, here: Here, sent: Body) -> Response:
    here.access.require(request, Action.WRITE, ROOT)
    return _write(request, here, ROOT, sent)


@router.delete("/config", summary="Go back to the default", responses=documented(_DELETED, 40401))
def delete_global(request: Request, here: Here) -> Response:
    here.access.require(request, Action.WRITE, ROOT)
    return answer(_told(delete_config(here.store, ROOT) or {}, here))


@router.get(
    "/config/{subject:part}",
    summary="The configuration of a subject or context",
    responses=documented(_READ, 40401, 40408),
)
def read(here: Here, subject: ReadSubject, defaultToGlobal: Flag = None) -> Response:  # noqa: N803
    if flag(defaultToGlobal):
        with here.store.reading() as reads:
            settings = Scopes(reads, [subject]).of(subject, here.level)
        return answer(_told(settings.members, here))
    found = _own(here, subject)
    if found is None:
        raise config_not_found(subject)
    return answer(_renamed(found))


@router.put(
    "/config/{subject:part}",
    summary="Configure a subject or context",
    responses=documented(_SENT, 40401, 413, 415, 42201, 42203, 42208, 42210),
    openapi_extra=body(_SENT),
)
def write(request: Request, here: Here, subject: WrittenSubject, sent: Body) -> Response:
    check_scope(subject)
    return _write(request, here, subject, sent)


@router.delete(
    "/config/{subject:part}",
    summary="Let a subject or context follow what is configured around it",
    responses=documented(_DELETED, 40401, 42208),
)
def delete(here: Here, subject: WrittenSubject) -> Response:
    before = delete_config(here.store, subject)
    if before is None:
        raise subject_not_found(subject)
    return answer(_renamed(before) | _level(before))


def _write(request: Request, here: Backend, scope: str, sent: dict[str, Any]) -> Response:
    """Set what was sent and keep the rest; the answer echoes it under the names it came with."""
    members = read_config(sent)
    if members.get("alias"):
        target = beside(scope, members["alias"])
        here.access.require(request, Action.WRITE, target)
    set_config(here.store, scope, members)
    return answer(without_nulls(members))


def _own(here: Backend, scope: str) -> dict[str, Any] | None:
    with here.store.reading() as reads:
        return reads.configs([scope]).get(scope)


def _told(members: Any, here: Backend) -> dict[str, Any]:
    """Return the members under the names they are read by, and the level in any case."""
    return _renamed({"compatibility": here.level, **members})


def _renamed(members: dict[str, Any]) -> dict[str, Any]:
    level = members.get("compatibility")
    others = {name: each for name, each in members.items() if name != "compatibility"}
    return ({"compatibilityLevel": level} if level else {}) | others


def _level(members: dict[str, Any]) -> dict[str, Any]:
    """Return the level under the name that some clients read a deleted one by."""
    level = members.get("compatibility")
    return {"compatibility": level} if level else {}
