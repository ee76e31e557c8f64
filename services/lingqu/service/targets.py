"""Where Prometheus finds the services of this process: a file for each, under the hub's home."""

from __future__ import annotations

import json
import logging
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

logger = logging.getLogger(__name__)

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - recognised, not listened on


@contextmanager
def told_to_prometheus(
    listeners: Mapping[str, socket.socket], environ: Mapping[str, str]
) -> Iterator[None]:
    """Keep where these services listen, by their names, in `run/scrape` of LINGQU_HOME meanwhile.

    Each file is as Prometheus' `file_sd_configs` reads it. A further worker on a port of its own
    adds itself; one that is killed stays named until it is started again, so that it is missed.
    Without LINGQU_HOME nothing is written: whoever runs the parts apart says where they are.
    """
    files = _written(listeners, environ) if "LINGQU_HOME" in environ else []
    try:
        yield
    finally:
        for file in files:
            with suppress(OSError):
                file.unlink()


def target_file(home: Path, service: str, port: int) -> Path:
    """Return the file that says where a service of this home listens."""
    return home / "run" / "scrape" / f"{service}-{port}.json"


def _written(listeners: Mapping[str, socket.socket], environ: Mapping[str, str]) -> list[Path]:
    home = Path(environ["LINGQU_HOME"]).expanduser()
    hub = environ.get("LINGQU_REGION", "")
    files: list[Path] = []
    try:
        files.extend(_write(home, hub, *seat) for seat in listeners.items())
    except OSError as error:
        said = {"home": str(home), "cause": error.strerror}
        logger.warning("Prometheus is not told of this process", extra=said)
    return files


def _write(home: Path, hub: str, service: str, listener: socket.socket) -> Path:
    """Replace the file in one step: Prometheus reads it whenever it changes."""
    host, port = listener.getsockname()[:2]
    host = "127.0.0.1" if host in _EVERYWHERE else f"[{host}]" if ":" in host else host
    target = {"targets": [f"{host}:{port}"], "labels": {"job": service, "hub": hub}}
    file = target_file(home, service, port)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps([target]) + "\n", encoding="utf-8")
    return draft.replace(file)
