"""What an agreement says about a partner's HTTP endpoint."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, field_validator, model_validator

from lingqu.connect.api import SECRET_NAME, Options

_HEADER = re.compile(r"x-[a-z0-9-]{1,60}")
_TEXT = re.compile(r"[\x20-\x7e]{0,500}")

MemberPath = Annotated[str, StringConstraints(pattern=r"^[^.]{1,64}(\.[^.]{1,64}){0,7}$")]


class HttpOptions(Options):
    """Where the partner's endpoint is, and how it is called."""

    url: str = Field(description="https:// or http://, with host and path, without a login in it")
    timeout_s: float = Field(
        default=15.0, ge=0.1, le=120, description="longest wait for a whole answer, in seconds"
    )
    headers: dict[str, str] = Field(
        default_factory=dict, description="more headers of each request; names begin with x-"
    )
    ca_file: Path | None = Field(
        default=None, description="PEM bundle that signed the partner's name; default: the system's"
    )

    @field_validator("url")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the url must be http:// or https:// with a host")
        if parts.username is not None or parts.password is not None:
            raise ValueError("the url must hold no login: both sides read the agreement")
        if parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
            raise ValueError("the url must be plain ASCII without blanks and without '#'")
        _ = parts.port  # raises ValueError itself
        return url

    @field_validator("headers")
    @classmethod
    def _harmless(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if _HEADER.fullmatch(name) is None:
                raise ValueError(
                    f"header {name!r} is not allowed; names are x- with small letters and digits"
                )
            if _TEXT.fullmatch(value) is None:
                raise ValueError(f"header {name!r}: its value must be one line of ASCII")
        return headers


class HttpSinkOptions(HttpOptions):
    """Where the events are posted, how they are signed, and how many go together."""

    secret: str = Field(
        pattern=SECRET_NAME, description="name of the secret that signs (whsec_…), a line each"
    )
    batch_size: int = Field(default=500, ge=1, le=5_000, description="most events in a request")
    max_wait_s: float = Field(
        default=0.0, ge=0, le=86_400, description="longest wait for a request to fill, in seconds"
    )


class HttpSourceOptions(HttpOptions):
    """Where rows are asked for, how the caller proves itself, and where an answer has what."""

    secret: str | None = Field(
        default=None,
        pattern=SECRET_NAME,
        description="name of the secret that signs each request (whsec_…), a line each",
    )
    authorization_secret: str | None = Field(
        default=None,
        pattern=SECRET_NAME,
        description="name of the secret that is the whole Authorization header: Bearer …",
    )
    rows: MemberPath | None = Field(
        default=None,
        description="member of an answer that holds its rows, as data.items; default: the answer",
    )
    row: MemberPath | None = Field(
        default=None, description="member of a row that is the event; default: the row itself"
    )
    next_member: MemberPath | None = Field(
        default=None,
        description="member that holds the next page's address; default: Link with rel=next",
    )
    cursor_member: MemberPath | None = Field(
        default=None, description="member that holds the cursor to go on from, instead of addresses"
    )
    cursor_parameter: str = Field(
        default="cursor",
        pattern=r"^[A-Za-z0-9_.-]{1,64}$",
        description="parameter of a request that takes the cursor",
    )
    every_s: float = Field(
        default=30.0, ge=0.1, le=86_400, description="how often the partner is asked, in seconds"
    )

    @model_validator(mode="after")
    def _one_way_on(self) -> Self:
        if self.next_member is not None and self.cursor_member is not None:
            raise ValueError("give at most one of next_member and cursor_member")
        return self
