"""What a domain's service holds, listed for people and programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from lingqu.client import ServiceClient
    from lingqu.domain_service.commands.serving import Served

AS_JSON = typer.Option("--json", help="As JSON, with all that the service tells.")
LIMIT = typer.Option(min=1, help="How many at most.")
_PAGE_MOST = 1000

Cell = Callable[[Mapping[str, Any]], object]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of the service: its path, its columns, and what is said where it is empty."""

    path: str
    columns: Mapping[str, Cell]
    nothing: str


def list_rows(
    served: Served,
    url: str | None,
    listing: Listing,
    query: Mapping[str, str | None],
    limit: int,
    *,
    as_json: bool,
) -> None:
    """Print the first rows that the service lists under the query, as a table or as JSON."""
    given = {name: value for name, value in query.items() if value is not None}
    with served.client(url) as service:
        found = list(_items(service, listing.path, given, limit))
    if as_json:
        print_json(found)
    elif found:
        print_table(listing.columns, found)
    else:
        typer.echo(listing.nothing)


def print_json(found: Any) -> None:
    """Print all that the service tells, for a program."""
    import json  # noqa: PLC0415

    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))


def print_table(columns: Mapping[str, Cell], rows: Iterable[Mapping[str, Any]]) -> None:
    """Print a line a row: as wide as the terminal, 240 characters where there is none."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Column, Table  # noqa: PLC0415

    headings = [Column(name, overflow="fold") for name in columns]  # an id is never cut short
    table = Table(*headings, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*_texts(row, list(columns.values())))
    console = Console(highlight=False, markup=False)
    wide = console if console.is_terminal else Console(highlight=False, markup=False, width=240)
    wide.print(table)


def start_of(day: datetime | None) -> str | None:
    """Return the beginning of a day where people read times."""
    from lingqu.clock import CHINA  # noqa: PLC0415

    return day.replace(tzinfo=CHINA).isoformat() if day else None


def _items(
    service: ServiceClient, path: str, query: Mapping[str, str], limit: int
) -> Iterator[Mapping[str, Any]]:
    """Give the first rows of a listing, page after page."""
    cursor: dict[str, str] = {}
    while limit > 0:
        page = service.get(path, limit=min(limit, _PAGE_MOST), **query, **cursor)
        yield from page["items"]
        if page["next"] is None:
            return
        limit -= len(page["items"])
        cursor = {"cursor": page["next"]}


def _texts(row: Mapping[str, Any], cells: Sequence[Cell]) -> list[str]:
    return ["" if (value := cell(row)) is None else str(value) for cell in cells]
