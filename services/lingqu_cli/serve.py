"""`lingqu serve NAME…`: one or several services in this process."""

from __future__ import annotations

from typing import Annotated

import typer


def serve(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME…",
            help="registry, gateway, control, worker, or what is installed beside them.",
        ),
    ],
) -> None:
    """Run services in this process, each on its own port, until a signal."""
    from lingqu.service import run  # noqa: PLC0415 - a second of imports that --help spares

    raise typer.Exit(run.serve(names))
