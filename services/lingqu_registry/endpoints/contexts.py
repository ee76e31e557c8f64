"""`/contexts`: the names before subjects; their subjects are under `/contexts/{c}/…` too."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from lingqu.service.auth import Action
from lingqu_registry.endpoints.answers import answer
from lingqu_registry.endpoints.backend import Here, Limit, Offset
from lingqu_registry.endpoints.documentation import RegistryAnswer, documented, refusals
from lingqu_registry.endpoints.requests import page
from lingqu_registry.names import context_named, context_prefix
from lingqu_registry.store.deletion import delete_context

router = APIRouter(tags=["contexts"], default_response_class=RegistryAnswer)

ContextPrefix = Annotated[str, Query(description="what the contexts begin with")]


@router.get("/contexts", summary="List the contexts", responses=documented([".", ".b"]))
def contexts(
    request: Request,
    here: Here,
    contextPrefix: ContextPrefix = "",  # noqa: N803 - the query's name
    offset: Offset = 0,
    limit: Limit = -1,
) -> Response:
    with here.store.reading() as reads:
        found = [each for each in reads.contexts() if each.startswith(contextPrefix)]
    return answer(page(here.access.visible(request, found, context_prefix), offset, limit))


@router.delete(
    "/contexts/{context:part}",
    summary="Forget an empty context",
    status_code=204,
    responses=refusals(40401, 42208, 42211),
)
def delete(
    request: Request, here: Here, context: Annotated[str, Path(examples=[".b"])]
) -> Response:
    name = context_named(context)
    here.access.require(request, Action.DELETE, context_prefix(name))
    delete_context(here.store, name)
    return Response(status_code=204)
