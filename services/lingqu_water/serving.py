"""Where the commands reach the water service."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from lingqu.client import ServiceClient

URL = typer.Option(help="The water service, where it is not the running hub's.")
USUAL_URL = "http://127.0.0.1:8101"
_PATIENCE_S = 600  # a large file takes the service a while before its first answer


@contextmanager
def water_service(url: str | None) -> Iterator[ServiceClient]:
    """Give the client of the service at the address, else of the hub of this environment."""
    from lingqu.client import ServiceClient, service_url  # noqa: PLC0415

    found = url or service_url("water", os.environ, USUAL_URL)
    service = ServiceClient("water", found, timeout_s=_PATIENCE_S)
    try:
        yield service
    finally:
        service.close()
