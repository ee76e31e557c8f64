"""What an agreement says about a partner's HTTP endpoint."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from lingqu.connect.api import SECRET_NAME, Options

_HEADER = re.compile(r"x-[a-z0-9-]{1,60}")
_TEXT = re.compile(r"[\x20-\x7e]{0,500}")


class HttpSinkOptions(Options):
    """Where the events are posted, how they are signed, and how many go together."""

    url: str = Field(description="https:// or http://, with host and path, without a login in it")
    secret: str = Field(
        pattern=SECRET_NAME, description="name of the secret that signs (whsec_…), a line each"
    )
    batch_size: int = Field(default=500, ge=1, le=5_000, description="most events in a request")
    max_wait_s: float = Field(
        default=0.0, ge=0, le=86_400, description="longest wait for a request to fill, in seconds"
    )
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
