"""The root, and what kind of server this is."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter, Response

from lingqu_registry.endpoints.answers import answer
from lingqu_registry.endpoints.backend import Here
from lingqu_registry.endpoints.documentation import RegistryAnswer, documented

router = APIRouter(tags=["server"], default_response_class=RegistryAnswer)

_ID = {
    "id": "lingqu-43",
    "scope": {"path": [], "clusters": {"schema-registry-cluster": "lingqu-43"}},
}


@router.get("/", summary="Nothing, to see that it answers", responses=documented({}))
@router.post("/", summary="Nothing, to see that it answers", responses=documented({}))
async def root() -> Response:
    return answer({})


@router.get("/v1/metadata/id", summary="Which cluster this is", responses=documented(_ID))
async def server_id(here: Here) -> Response:
    name = f"lingqu-{here.settings.region}"
    return answer(
        {"id": name, "scope": {"path": [], "clusters": {"schema-registry-cluster": name}}}
    )


@router.get(
    "/v1/metadata/version",
    summary="Which version runs",
    responses=documented({"version": "0.1.0", "commitId": "unknown"}),
)
async def server_version() -> Response:
    return answer({"version": version("lingqu"), "commitId": "unknown"})


@router.get(
    "/v1/metadata/deployment",
    summary="How it is deployed",
    responses=documented({"attributes": ["environment:prod"]}),
)
async def deployment(here: Here) -> Response:
    settings = here.settings
    told = [f"environment:{settings.environment}", f"profile:{settings.profile}"]
    return answer({"attributes": told})
