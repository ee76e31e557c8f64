"""A real registry over HTTP on a port of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from tests.support.waiting import wait_until

from lingqu_registry.app import create_app
from lingqu_registry.settings import RegistrySettings


@contextmanager
def running_registry(database_url: str, schemas: Path, **settings: Any) -> Iterator[str]:
    """Serve a registry over that database and folder of contracts; yield its address."""
    known = {"region": "43", "database_url": database_url, "schemas_dir": schemas, **settings}
    app = create_app(RegistrySettings(**known))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        wait_until(lambda: server.started or not thread.is_alive())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
