"""Who calls a service, and what the caller may do: two hooks that a deployment fills.

Both are asked on every request, from several threads at once, and must not block for long.
Registry and control ask them; where none are given, both are open to everybody.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

logger = logging.getLogger(__name__)


class Action(StrEnum):
    """What somebody wants to do with a resource."""

    READ = "read"
    WRITE = "write"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who was recognised; the empty name is nobody in particular."""

    name: str = ""


class Authenticator(Protocol):
    """Recognises callers by what their requests carry."""

    def caller(self, headers: Mapping[str, str]) -> Caller:
        """Return who calls. Raises ForbiddenError where the credentials are wrong."""


class Authorizer(Protocol):
    """Decides; a resource is `<kind>:<name>`, such as `subject:demo.reading.v1-value`.

    The empty name stands for what has none: all of the kind, or what is no single one of them.
    """

    def permits(self, caller: Caller, action: Action, resource: str) -> bool:
        """Return whether the caller may; what is refused is answered as if it did not exist."""


class Anyone:
    """Recognises nobody: the default while services stand on a network of their own."""

    def caller(self, headers: Mapping[str, str]) -> Caller:  # noqa: ARG002 - the protocol's
        return Caller()


class EverythingPermitted:
    """Permits all to everybody: the default while services stand on a network of their own."""

    def permits(self, caller: Caller, action: Action, resource: str) -> bool:  # noqa: ARG002
        return True


@dataclass(frozen=True, slots=True)
class Access:
    """Both hooks as a service holds them."""

    authenticator: Authenticator = field(default_factory=Anyone)
    authorizer: Authorizer = field(default_factory=EverythingPermitted)

    def permits(self, headers: Mapping[str, str], action: Action, resource: str) -> bool:
        """Return whether the caller may; a denial is logged. Raises ForbiddenError."""
        caller = self.authenticator.caller(headers)
        if self.authorizer.permits(caller, action, resource):
            return True
        logger.warning(
            "denied", extra={"caller": caller.name, "action": action, "resource": resource}
        )
        return False
