"""`lingqu registry`: what a schema registry holds, as a file and from one registry to another."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from lingqu.client import HubAddresses
from lingqu.errors import InputError
from lingqu_cli.registry_export import RegistryReader, contents_of
from lingqu_cli.registry_http import RegistryHttp
from lingqu_cli.registry_import import RegistryImport, Tally
from lingqu_cli.registry_records import Contents, read_records, write_records

app = typer.Typer(no_args_is_help=True)
T = TypeVar("T")
Url = Annotated[
    str | None,
    typer.Option("--registry", metavar="URL", help="Another registry than the hub's own."),
]


@app.command("export")
def export_registry(
    file: Annotated[Path, typer.Argument(help="Written as JSON lines; replaced when complete.")],
    *,
    registry: Url = None,
) -> None:
    """Write all that the registry holds: contexts, subjects, versions with their ids, settings.

    Softly deleted versions are in it too. What has not changed gives the same file again.
    """
    with _registry(registry) as source:
        reader = RegistryReader(source)
        scopes = reader.scopes()
        lists = _shown(reader.records(scopes), len(scopes), "reading")
        records = write_records(file, (record for found in lists for record in found))
    typer.echo(f"{source.url} → {file}: {len(reader.subjects):,} subjects, {records:,} records")


@app.command("import")
def import_registry(
    source: Annotated[str, typer.Argument(metavar="URL|FILE", help="A registry, or an export.")],
    *,
    context: Annotated[
        str | None, typer.Option(help="Put all of it into this context, apart from our own.")
    ] = None,
    registry: Url = None,
) -> None:
    """Bring in what another registry holds, with its ids; what is here already stays as it is.

    May be interrupted and begun again. Ends with one sentence at the first version that is
    another one here; what came before it is kept.
    """
    contents = _read(source)
    if context is not None:
        contents = contents.within(context)
    total = len(contents.versions) + len(contents.settings)
    tally = Tally()
    with _registry(registry) as target:
        for tally in _shown(RegistryImport(target).bring(contents), total, "importing"):  # noqa: B007
            pass
    _print(target.url, len(contents.versions), tally)


def _read(source: str) -> Contents:
    if not source.startswith(("http://", "https://")):
        if not Path(source).exists():
            raise InputError(
                f"{source}: no such file; the address of a registry begins with http:// or https://"
            )
        return read_records(Path(source))
    with RegistryHttp(source) as registry:
        reader = RegistryReader(registry)
        scopes = reader.scopes()
        contents = contents_of(_shown(reader.records(scopes), len(scopes), "reading"))
    if not contents.versions:
        raise InputError(
            f"the registry at {registry.url} has no subjects;"
            " is it the right address, with its path (/apis/ccompat/v7, say)?"
        )
    return contents


def _print(target: str, versions: int, tally: Tally) -> None:
    if not tally.changed:
        typer.echo(f"{target} has all {versions:,} versions already; nothing was changed")
        return
    typer.echo(
        f"{target}: {tally.registered:,} of {versions:,} versions registered,"
        f" {tally.deleted:,} marked deleted, {tally.set:,} settings set"
    )


def _registry(url: str | None) -> RegistryHttp:
    return RegistryHttp(url or HubAddresses.find(os.environ).registry)


def _shown(items: Iterable[T], total: int, says: str) -> Iterator[T]:
    """Show on a terminal, away from what a program reads, how far it is."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal
    ) as progress:
        yield from progress.track(items, total=total, description=says)
