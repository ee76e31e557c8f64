"""`/compatibility`, `/config` and `/mode`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from lingqu_registry.errors import (
    RegistryError,
    config_not_found,
    invalid_level,
    invalid_mode,
    mode_not_found,
    not_permitted,
    subject_not_found,
)
from lingqu_registry.levels import LEVELS, Level
from lingqu_registry.registration import Registration, check_subject
from lingqu_registry.requests import answer, flag, schema_request
from lingqu_registry.store import GLOBAL, Store
from lingqu_registry.subject_endpoints import Body, Flag

MODE = "READWRITE"
MODES = frozenset({MODE, "READONLY", "READONLY_OVERRIDE", "IMPORT", "FORWARD"})


def compatibility_router(registration: Registration) -> APIRouter:
    router = APIRouter(tags=["compatibility"])

    def judged(subject: str, body: dict[str, Any], version: str | None, verbose: bool) -> Response:
        try:
            found = registration.judge(subject, schema_request(body), version)
        except RegistryError as error:
            if error.code != 42201 or not verbose:
                raise
            found = [str(error)]
        return answer({"is_compatible": not found} | ({"messages": found} if verbose else {}))

    @router.post("/compatibility/subjects/{subject:path}/versions/{version}", summary="With one")
    def with_one(subject: str, version: str, body: Body, verbose: Flag = None) -> Response:
        return judged(subject, body, version, flag(verbose))

    # The Java client sends the slash.
    @router.post("/compatibility/subjects/{subject:path}/versions/", include_in_schema=False)
    @router.post("/compatibility/subjects/{subject:path}/versions", summary="With all")
    def with_all(subject: str, body: Body, verbose: Flag = None) -> Response:
        return judged(subject, body, None, flag(verbose))

    return router


def config_router(store: Store, registration: Registration) -> APIRouter:
    router = APIRouter(tags=["config"])

    @router.get("/config", summary="The global level")
    def read_global() -> Response:
        return _level_of(store, registration, GLOBAL)

    @router.put("/config", summary="Set the global level")
    def write_global(body: Body) -> Response:
        return _write(store, GLOBAL, body)

    @router.delete("/config", summary="Go back to the setting")
    def delete_global() -> Response:
        before = _level_of(store, registration, GLOBAL)
        with store.writing() as subjects:
            subjects.delete_config(GLOBAL)
        return before

    @router.get("/config/{subject:path}", summary="A subject's level")
    def read(subject: str, defaultToGlobal: Flag = None) -> Response:  # noqa: N803
        with store.reading() as subjects:
            unset = not (subjects.config(subject) or {}).get("compatibility")
        if unset and not flag(defaultToGlobal):
            raise config_not_found(subject)
        return _level_of(store, registration, subject)

    @router.put("/config/{subject:path}", summary="Set a subject's level")
    def write(subject: str, body: Body) -> Response:
        check_subject(subject)
        return _write(store, subject, body)

    @router.delete("/config/{subject:path}", summary="Let a subject follow the global level")
    def delete(subject: str) -> Response:
        with store.writing() as subjects:
            before = subjects.config(subject)
            if before is None:
                raise subject_not_found(subject)
            subjects.delete_config(subject)
        return answer(_with_both_names(before))

    return router


def mode_router() -> APIRouter:
    router = APIRouter(tags=["mode"])

    @router.get("/mode", summary="The global mode")
    def read_global() -> Response:
        return answer({"mode": MODE})

    @router.get("/mode/{subject:path}", summary="A subject's mode")
    def read(subject: str, defaultToGlobal: Flag = None) -> Response:  # noqa: N803
        if not flag(defaultToGlobal):
            raise mode_not_found(subject)
        return answer({"mode": MODE})

    @router.put("/mode", summary="Only READWRITE")
    @router.put("/mode/{subject:path}", summary="Only READWRITE")
    def write(body: Body) -> Response:
        wanted = str(body.get("mode", "")).upper()
        if wanted not in MODES:
            raise invalid_mode()
        if wanted != MODE:
            raise not_permitted(f"this registry is always {MODE}; {wanted} is not supported yet")
        return answer({"mode": MODE})

    return router


def level_named(name: Any) -> Level:
    for level in LEVELS:
        if isinstance(name, str) and name.strip().upper() == level:
            return level
    raise invalid_level()


def _level_of(store: Store, registration: Registration, subject: str) -> Response:
    with store.reading() as subjects:
        members = subjects.config(subject) or {}
        level = registration.level(subjects, subject)
    others = {name: value for name, value in members.items() if name != "compatibility"}
    return answer({"compatibilityLevel": level} | others)


def _write(store: Store, subject: str, body: dict[str, Any]) -> Response:
    """Set what was sent and keep the rest; the answer echoes it under the names it came with."""
    sent: dict[str, Any] = {}
    if body.get("compatibility") is not None:
        sent["compatibility"] = level_named(body["compatibility"])
    if isinstance(body.get("normalize"), bool):
        sent["normalize"] = body["normalize"]
    if not sent:
        raise invalid_level()
    with store.writing() as subjects:
        subjects.set_config(subject, (subjects.config(subject) or {}) | sent)
    return answer(sent)


def _with_both_names(members: dict[str, Any]) -> dict[str, Any]:
    """Return a deleted configuration; clients read its level under either name."""
    level = members.get("compatibility")
    return members | ({"compatibilityLevel": level} if level else {})
