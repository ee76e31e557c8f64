"""What every endpoint is handed: the registry behind it, who may, and what its query says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, cast

from fastapi import Depends, Path, Query, Request

from lingqu.service.auth import Action
from lingqu_registry.checking import Checking
from lingqu_registry.endpoints.access import SubjectAccess
from lingqu_registry.endpoints.documentation import PARAMETERS
from lingqu_registry.endpoints.requests import MOST, json_body
from lingqu_registry.errors import invalid_subject, subject_not_found
from lingqu_registry.levels import Level
from lingqu_registry.names import full_name, is_storable
from lingqu_registry.registration import Registration
from lingqu_registry.settings import RegistrySettings
from lingqu_registry.store.store import Store


@dataclass(frozen=True, slots=True)
class Backend:
    """The registry as the endpoints use it."""

    store: Store
    registration: Registration
    checking: Checking
    access: SubjectAccess
    settings: RegistrySettings

    @property
    def level(self) -> Level:
        """Return the level where nothing is configured."""
        return self.settings.compatibility


def backend_of(request: Request) -> Backend:
    return cast("Backend", request.app.state.backend)


def subject_of(request: Request, action: Action) -> str:
    """Return the full name of the path's subject. Raises 40401 where the caller may not."""
    name = full_name(request.path_params["subject"])
    if not is_storable(name):
        raise invalid_subject(name) if action is Action.WRITE else subject_not_found(name)
    backend_of(request).access.require(request, action, name)
    return name


async def _backend(request: Request) -> Backend:
    return backend_of(request)


def _named(action: Action) -> Callable[[Request, str], Awaitable[str]]:
    async def named(
        request: Request,
        subject: Annotated[str, Path(**PARAMETERS["subject"])],  # noqa: ARG001
    ) -> str:
        return subject_of(request, action)

    return named


Here = Annotated[Backend, Depends(_backend)]
Body = Annotated[dict[str, Any], Depends(json_body)]
ReadSubject = Annotated[str, Depends(_named(Action.READ))]
WrittenSubject = Annotated[str, Depends(_named(Action.WRITE))]
DeletedSubject = Annotated[str, Depends(_named(Action.DELETE))]
VersionToken = Annotated[str, Path(**PARAMETERS["version"])]

Flag = Annotated[str | None, Query(**PARAMETERS["flag"])]
Offset = Annotated[int, Query(ge=-MOST, le=MOST, description="items to leave out")]
Limit = Annotated[int, Query(ge=-MOST, le=MOST, description="at most so many; none where < 1")]
Format = Annotated[
    str, Query(description="resolved writes out what an AVRO schema uses; all else changes nothing")
]
Prefix = Annotated[str, Query(description="what subjects begin with; :*: is in any context")]
