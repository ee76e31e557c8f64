"""Who may what at control: each route asks the hooks before it looks at anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Depends, Request

from lingqu.errors import NotFoundError
from lingqu.service.auth import Access, Action

_ACTIONS = {"GET": Action.READ, "HEAD": Action.READ, "DELETE": Action.DELETE}


def guarded(access: Access, kind: str) -> Sequence[Any]:
    """Return the dependencies of a router whose paths name things of this kind, or nothing.

    The resource is `<kind>:<name>`, of a list `<kind>:`. Who may not is answered with 404 whether
    it is there or not, so that no names can be guessed.
    """

    def asked(request: Request) -> None:
        name = next(iter(request.path_params.values()), "")
        action = _ACTIONS.get(request.method, Action.WRITE)
        if not access.permits(request.headers, action, f"{kind}:{name}"):
            raise NotFoundError(f"there is no {kind} {name!r}, or you may not {action} it")

    return [Depends(asked)]
