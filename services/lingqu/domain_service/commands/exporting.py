"""`lingqu <domain> export`: a listing of the service as a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from lingqu.domain_service.commands.template import new_file
from lingqu.errors import InputError

if TYPE_CHECKING:
    from lingqu.domain_service.commands.serving import Served


def export_listing(
    served: Served, url: str | None, path: str, query: Mapping[str, str | None], target: Path
) -> None:
    """Write what the service exports there, as CSV or as a workbook, as the name ends.

    Raises InputError for another ending, ConflictError where a file of that name is there already.
    """
    kind = target.suffix.lower().removeprefix(".")
    if kind not in {"csv", "xlsx"}:
        raise InputError(f"{target} would be no spreadsheet; let its name end in .xlsx or .csv")
    given = {name: value for name, value in query.items() if value is not None} | {"format": kind}
    with served.client(url) as service, new_file(target) as file:
        for piece in service.content(path, **given):
            file.write(piece)
    typer.echo(f"written: {target}")
