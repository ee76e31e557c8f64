"""`lingqu water sections`, `readings` and `assessments`: what the service holds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from lingqu.domain_service.commands.listing import (
    AS_JSON,
    LIMIT,
    Cell,
    Listing,
    list_rows,
    start_of,
)
from lingqu.domain_service.commands.serving import URL, Served

REGION = typer.Option(help="Who reports the section, such as 43.")
RIVER = typer.Option(help="Sections of this river.")
SECTION = typer.Option(help="The section's code or name, such as 43-里耶镇 or 里耶镇.")
FROM = typer.Option("--from", formats=["%Y-%m-%d"], help="Sampled on this day or later.")
TO = typer.Option(formats=["%Y-%m-%d"], help="Sampled before this day.")
WORSE = typer.Option(help="Judged worse than this class, such as Ⅲ.")
LEVEL = typer.Option(help="raw, reviewed or final.")
VALIDITY = typer.Option(help="valid, doubtful or invalid.")
MONTH = typer.Option(help="Of this month, such as 2021-04.")
STATUS = typer.Option(help="assessed or insufficient.")
MET = typer.Option("--met/--missed", help="Those that met their target, or missed it.")

WATER = Served("water", "http://127.0.0.1:8101")


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
    query = {"region": region, "river": river}
    list_rows(WATER, url, listing, query, limit, as_json=as_json)


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
        "from": start_of(from_),
        "to": start_of(to),
        "worse_than": worse_than,
        "level": level,
        "validity": validity,
    }
    listing = Listing("/v1/readings", columns, "no such readings; lingqu water import takes some")
    list_rows(WATER, url, listing, query, limit, as_json=as_json)


def assessments(
    *,
    section: Annotated[str | None, SECTION] = None,
    month: Annotated[str | None, MONTH] = None,
    region: Annotated[str | None, REGION] = None,
    status: Annotated[str | None, STATUS] = None,
    met: Annotated[bool | None, MET] = None,
    limit: Annotated[int, LIMIT] = 100,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """List the monthly assessments that stand, the newest month first: of final data only."""
    columns: dict[str, Cell] = {
        "section": lambda one: one["section_code"],
        "month": lambda one: one["month"],
        "status": lambda one: one["status"],
        "class": lambda one: one["water_class"],
        "target": lambda one: one["target_class"],
        "met": lambda one: {True: "yes", False: "no", None: None}[one["met"]],
        "partial": lambda one: "yes" if one["partial"] else None,
        "final": lambda one: f"{one['final_readings']} of {one['expected_readings']}",
        "why": lambda one: one["reason"],
    }
    query = {
        "section": section,
        "month": month,
        "region": region,
        "status": status,
        "met": None if met is None else str(met).lower(),
    }
    nothing = "no such assessments; a month is assessed once it is over, by its final readings"
    listing = Listing("/v1/assessments", columns, nothing)
    list_rows(WATER, url, listing, query, limit, as_json=as_json)
