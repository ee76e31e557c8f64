"""The commands of a domain whose files are tables of records."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lingqu.domain_service.commands.exporting import export_listing
from lingqu.domain_service.commands.importing import AS_JSON, COPY, MODE, Mode, import_all
from lingqu.domain_service.commands.serving import URL, Served
from lingqu.domain_service.commands.template import CSV, OUTPUT, write_template

if TYPE_CHECKING:
    from lingqu.sheets.template import Template

TARGET = typer.Argument(help="Where to write it, .xlsx or .csv.")
FILES = typer.Argument(help="Tables of records, XLSX or CSV; our templates filled in.")


def domain_app(
    served: Served,
    help: str,  # noqa: A002 - typer's own word
    templates: Mapping[str, Callable[[], Template]],
    exports: Mapping[str, str],
    *,
    taken_elsewhere: Collection[str] = (),
) -> typer.Typer:
    """Return the commands `import`, `template` and `export`; a domain adds its listings.

    `templates` are the forms by name, made when they are asked for; `exports` the paths of what can
    be exported, by name. Forms that are `taken_elsewhere` another command reads, not `import`.
    """
    app = typer.Typer(name=served.domain, help=help, no_args_is_help=True)
    forms, listings = ", ".join(templates), ", ".join(exports)
    imported = ", ".join(each for each in templates if each not in taken_elsewhere)

    @app.command("import")
    def import_files(
        files: Annotated[list[Path], FILES],
        *,
        as_json: Annotated[bool, AS_JSON] = False,
        form: str = typer.Option("auto", help=f"auto, {imported}."),
        mode: Annotated[Mode, MODE] = Mode.LIVE,
        returned_copy: Annotated[Path | None, COPY] = None,
        url: Annotated[str | None, URL] = None,
    ) -> None:
        """Import files of records; importing one again gives nothing new.

        Exits 0 when every file was read, even if some rows were refused; 1 when one could not be
        read or all its rows were refused. After 100,000 refused rows the rest of a file is left.
        """
        query = {"form": form, "mode": mode.value}
        import_all(served, url, files, query, returned_copy, as_json=as_json)

    @app.command()
    def template(
        form: str = typer.Argument(help=f"One of {forms}."),
        *,
        csv: Annotated[bool, CSV] = False,
        output: Annotated[Path | None, OUTPUT] = None,
    ) -> None:
        """Write a form for entering records by hand, with its code lists."""
        made = templates[_known(form, templates)]()
        write_template(made, output, f"{made.title}填报模板", csv=csv)

    @app.command()
    def export(
        listing: str = typer.Argument(help=f"One of {listings}."),
        output: Path = TARGET,
        *,
        url: Annotated[str | None, URL] = None,
    ) -> None:
        """Write all of a listing as a spreadsheet."""
        export_listing(served, url, exports[_known(listing, exports)], {}, output)

    return app


def _known(name: str, names: Mapping[str, object]) -> str:
    if name not in names:
        raise typer.BadParameter(f"there is no {name!r}; there are {', '.join(names)}")
    return name
