"""Where the commands reach a domain's service."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import typer

if TYPE_CHECKING:
    from lingqu.client import ServiceClient

URL = typer.Option(help="The service, where it is not the running hub's.")
_PATIENCE_S = 600  # a large file takes the service a while before its first answer


def path_of(*parts: str) -> str:
    """Return the path under `/v1` of these parts, each one whole whatever it holds."""
    return "/".join(("/v1", *(quote(part, safe="") for part in parts)))


@dataclass(frozen=True, slots=True)
class Served:
    """A domain's service: its name, and where it usually is."""

    domain: str
    usual_url: str

    @contextmanager
    def client(self, url: str | None) -> Iterator[ServiceClient]:
        """Give the client of the service at the address, else of the hub of this environment."""
        from lingqu.client import ServiceClient, service_url  # noqa: PLC0415

        found = url or service_url(self.domain, os.environ, self.usual_url)
        with ServiceClient(self.domain, found, timeout_s=_PATIENCE_S) as service:
            yield service

    def get(self, url: str | None, path: str, **query: str) -> Any:
        """Return what the service answers at the path."""
        with self.client(url) as service:
            return service.get(path, **query)
