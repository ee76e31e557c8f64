"""`lingqu water sections` and `readings`: what the service holds, for people and programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lingqu_water.serving import URL, water_service

if TYPE_CHECKING:
    from lingqu.client import ServiceClient

AS_JSON = typer.Option("--json", help="As JSON, with all that the service tells.")
LIMIT = typer.Option(min=1, help="How many at most.")
REGION = typer.Option(help="Who reports the section, such as 43.")
RIVER = typer.Option(help="Sections of this river.")
SECTION = typer.Option(help="The section's code, such as 43-里耶镇.")
FROM = typer.Option("--from", formats=["%Y-%m-%d"], help="Sampled on this day or later.")
TO = typer.Option(formats=["%Y-%m-%d"], help="Sampled before this day.")
WORSE = typer.Option(help="Judged worse than this class, such as Ⅲ.")
LEVEL = typer.Option(help="raw, reviewed or final.")
VALIDITY = typer.Option(help="valid, doubtful or invalid.")
_PAGE_MOST = 1000

Cell = Callable[[Mapping[str, Any]], object]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of the service: its path, its columns, and what is said where it is empty."""

    path: str
    columns: Mapping[str, Cell]
    nothing: str


def sections(
    *,
    region: Annotated[str | None, REGION] = None,
    river: Annotated[str | None, RIVER] = None,
    limit: Annotated[int, LIMIT] = 100,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """List sections: where they are, whom their water reaches, and their target."""
    columns: dict[str, Cell] = {
        "code": lambda one: one["code"],
        "basin": lambda one: one["basin"],
        "river": lambda one: one["river"],
        "kind": lambda one: one["kind"],
        "from": lambda one: one["upstream_region"],
        "to": lambda one: ", ".join(one["downstream_regions"]),
        "target": lambda one: one["target_class"],
    }
    listing = Listing("/v1/sections", columns, "no such sections; imports make them known")
    _list(listing, {"region": region, "river": river}, limit, url, as_json=as_json)


def readings(
    *,
    section: Annotated[str | None, SECTION] = None,
    region: Annotated[str | None, REGION] = None,
    from_: Annotated[datetime | None, FROM] = None,
    to: Annotated[datetime | None, TO] = None,
    worse_than: Annotated[str | None, WORSE] = None,
    level: Annotated[str | None, LEVEL] = None,
    validity: Annotated[str | None, VALIDITY] = None,
    limit: Annotated[int, LIMIT] = 20,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """List the readings that stand, the latest first, with the class judged from each."""
    from lingqu.clock import shown  # noqa: PLC0415

    columns: dict[str, Cell] = {
        "section": lambda one: one["section_code"],
        "sampled": lambda one: shown(one["sampled_at"]),
        "method": lambda one: one["method"],
        "level": lambda one: one["data_level"],
        "class": lambda one: one["water_class"],
        "published": lambda one: one["published_class"],
        "validity": lambda one: one["validity_reason"] or one["validity"],
        "items": lambda one: sum(item["flag"] == "measured" for item in one["items"]),
    }
    query = {
        "section": section,
        "region": region,
        "from": _day(from_),
        "to": _day(to),
        "worse_than": worse_than,
        "level": level,
        "validity": validity,
    }
    listing = Listing("/v1/readings", columns, "no such readings; lingqu water import takes some")
    _list(listing, query, limit, url, as_json=as_json)


def _day(moment: datetime | None) -> str | None:
    """Return the beginning of a day where people read times."""
    from lingqu.clock import CHINA  # noqa: PLC0415

    return moment.replace(tzinfo=CHINA).isoformat() if moment else None


def _list(
    listing: Listing, query: Mapping[str, str | None], limit: int, url: str | None, *, as_json: bool
) -> None:
    given = {name: value for name, value in query.items() if value is not None}
    with water_service(url) as service:
        found = list(_items(service, listing.path, given, limit))
    if as_json:
        import json  # noqa: PLC0415

        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    elif found:
        _print(listing.columns, found)
    else:
        typer.echo(listing.nothing)


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


def _print(columns: Mapping[str, Cell], rows: Iterable[Mapping[str, Any]]) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*_texts(row, list(columns.values())))
    console = Console(highlight=False, markup=False)
    wide = console if console.is_terminal else Console(highlight=False, markup=False, width=240)
    wide.print(table)


def _texts(row: Mapping[str, Any], cells: Sequence[Cell]) -> list[str]:
    return ["" if (value := cell(row)) is None else str(value) for cell in cells]
