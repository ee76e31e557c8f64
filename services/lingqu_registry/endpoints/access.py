"""What a caller may see: what is not permitted is answered as if it did not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from fastapi import Request

from lingqu.service.auth import (
    Action,
    Anyone,
    Authenticator,
    Authorizer,
    Caller,
    EverythingPermitted,
)
from lingqu_registry.errors import subject_not_found

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Access:
    """Who calls, and whether that one may; resources are `subject:<full name or scope>`."""

    authenticator: Authenticator = field(default_factory=Anyone)
    authorizer: Authorizer = field(default_factory=EverythingPermitted)

    def caller(self, request: Request) -> Caller:
        return self.authenticator.caller(request.headers)

    def require(self, request: Request, action: Action, subject: str) -> None:
        """Raise the 40401 of a subject that does not exist, unless the caller may."""
        if not self.authorizer.permits(self.caller(request), action, f"subject:{subject}"):
            raise subject_not_found(subject)

    def visible(
        self, request: Request, items: Iterable[T], subject_of: Callable[[T], str]
    ) -> Iterator[T]:
        """Yield those whose subjects the caller may read."""
        caller, permits = self.caller(request), self.authorizer.permits
        for item in items:
            if permits(caller, Action.READ, f"subject:{subject_of(item)}"):
                yield item
