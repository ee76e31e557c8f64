"""Where Prometheus finds the services of this process: a file for each, under the hub's home."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from lingqu.service.host import Seat

logger = logging.getLogger(__name__)

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - recognised, not listened on


@contextmanager
def told_to_prometheus(seats: Sequence[Seat], environ: Mapping[str, str]) -> Iterator[None]:
    """Keep the addresses of these services in `run/scrape` of LINGQU_HOME while they are up.

    Each file is as Prometheus' `file_sd_configs` reads it. A further worker on a port of its own
    adds itself; one that is killed stays named until it is started again, so that it is missed.
    Without LINGQU_HOME nothing is written: whoever runs the parts apart says where they are.
    """
    files = _written(seats, environ) if "LINGQU_HOME" in environ else []
    try:
        yield
    finally:
        for file in files:
            with suppress(OSError):
                file.unlink()


def _written(seats: Sequence[Seat], environ: Mapping[str, str]) -> list[Path]:
    folder = Path(environ["LINGQU_HOME"]).expanduser() / "run" / "scrape"
    files: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files.extend(_write(folder, seat, environ.get("LINGQU_REGION", "")) for seat in seats)
    except OSError as error:
        said = {"folder": str(folder), "cause": error.strerror}
        logger.warning("Prometheus is not told of this process", extra=said)
    return files


def _write(folder: Path, seat: Seat, hub: str) -> Path:
    """Replace the file in one step: Prometheus reads it whenever it changes."""
    host, port = seat.listener.getsockname()[:2]
    host = "127.0.0.1" if host in _EVERYWHERE else f"[{host}]" if ":" in host else host
    target = {"targets": [f"{host}:{port}"], "labels": {"job": seat.name, "hub": hub}}
    file = folder / f"{seat.name}-{port}.json"
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps([target]) + "\n", encoding="utf-8")
    return draft.replace(file)
