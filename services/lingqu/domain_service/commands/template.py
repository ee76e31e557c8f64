"""`lingqu <domain> template`: a form to fill in, written beside where one stands."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lingqu.sheets.template import Template

CSV = typer.Option("--csv", help="As CSV; else as a workbook.")
OUTPUT = typer.Option("-o", "--output", help="Where to write it.")


def write_template(template: Template, output: Path | None, name: str, *, csv: bool) -> None:
    """Write the form; raise ConflictError where a file of that name is there already."""
    from lingqu.sheets.template import write_csv_template, write_xlsx_template  # noqa: PLC0415

    target = output or Path(f"{name}.{'csv' if csv else 'xlsx'}")
    as_csv = csv or target.suffix.lower() == ".csv"
    write = write_csv_template if as_csv else write_xlsx_template
    with new_file(target) as file:
        write(template, file)
    typer.echo(f"written: {target}")


@contextmanager
def new_file(target: Path) -> Iterator[BinaryIO]:
    """Give a file that was not there; raise ConflictError with the cure where it was."""
    from lingqu.errors import ConflictError  # noqa: PLC0415

    try:
        file = target.open("xb")
    except FileExistsError as error:
        raise ConflictError(f"{target} is there already; name another with -o") from error
    except OSError as error:
        raise ConflictError(f"{target} cannot be written: {error.strerror}") from error
    with file:
        try:
            yield file
        except BaseException:
            target.unlink()
            raise
