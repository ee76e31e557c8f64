"""The errors of the hub, one tree.

LingquError                      one sentence: place, cause, cure
├── InputError                   the caller's data or request is wrong; nothing was done (4xx)
│   ├── NotFoundError            a named thing does not exist (404)
│   ├── ForbiddenError           the caller may not do this (403)
│   ├── ConflictError            it contradicts what is already there (409)
│   └── ContractError            a contract, schema, rule, view or agreement is not well formed
├── ConfigurationError           a setting is unknown, missing or wrong: nothing starts
├── RetriableError               it may succeed later: back off and try the same again (503)
│   └── UnavailableError         a broker, database, registry or partner does not answer
├── PermanentError               it will never succeed: dead letter or stop, never retry
└── FencedError                  a newer owner has taken this lane or relay over: give it up

A room's own errors derive from one of these, store their facts and build one sentence.
`Reason` is the same for a single event: why it was refused or could not be delivered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal


class LingquError(Exception):
    """One sentence a person can act on; `retriable` decides between redelivery and dead letter."""

    retriable: ClassVar[bool] = False
    status: ClassVar[int] = 500


class InputError(LingquError):
    """What the caller sent is wrong; nothing was done."""

    status = 422


class NotFoundError(InputError):
    """A named thing does not exist."""

    status = 404


class ForbiddenError(InputError):
    """The caller may not do this."""

    status = 403


class ConflictError(InputError):
    """The request contradicts what is already there."""

    status = 409


class ContractError(InputError):
    """A contract, schema, rule, view or agreement is not well formed."""


class ConfigurationError(LingquError):
    """A setting is unknown, missing or wrong."""


class RetriableError(LingquError):
    """It may succeed later; `retry_after_s` is what the other side asked for, if it did."""

    retriable = True
    status = 503

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class UnavailableError(RetriableError):
    """A broker, database, registry or partner does not answer."""


class PermanentError(LingquError):
    """It will never succeed as it is."""


class FencedError(LingquError):
    """A newer owner has taken this lane or relay over."""


ReasonCode = Literal[
    "null_payload",
    "bad_framing",
    "unknown_schema",
    "undecodable",
    "not_canonical",
    "too_large",
    "not_resolvable",
    "missing_field",
    "rule_broken",
    "filter_failed",
    "view_failed",
    "wrong_region",
    "wrong_environment",
    "wrong_key",
    "rejected",
    "retries_ended",
    "undeliverable",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one event was refused: a bounded code for metrics, a sentence that names no value."""

    code: ReasonCode
    detail: str
    rule: str | None = None
    field: str | None = None
