"""What a caller may see: what is not permitted is answered as if it did not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from fastapi import Request

from lingqu.service.auth import Access, Action
from lingqu_registry.errors import subject_not_found

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SubjectAccess:
    """Whether a caller may; resources are `subject:<full name or scope>`."""

    access: Access = field(default_factory=Access)

    def require(self, request: Request, action: Action, subject: str) -> None:
        """Raise the 40401 of a subject that does not exist, unless the caller may."""
        if not self.access.permits(request.headers, action, f"subject:{subject}"):
            raise subject_not_found(subject)

    def visible(
        self, request: Request, items: Iterable[T], subject_of: Callable[[T], str]
    ) -> Iterator[T]:
        """Yield those whose subjects the caller may read."""
        caller = self.access.authenticator.caller(request.headers)
        permits = self.access.authorizer.permits
        for item in items:
            if permits(caller, Action.READ, f"subject:{subject_of(item)}"):
                yield item
