"""What control answers, as a table for people or as JSON for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from lingqu.client import HubAddresses, HubClient

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def hub() -> HubClient:
    """Return the hub of LINGQU_HOME, or of the addresses in the environment."""
    return HubClient(HubAddresses.find(os.environ))


def all_items(client: HubClient, path: str, **asked: str) -> list[dict[str, Any]]:
    """Return every item of one of control's lists, page after page."""
    found: list[dict[str, Any]] = []
    query: dict[str, str | int] = {**asked, "limit": 500}
    while True:
        page = client.control.get(path, **query)
        found += page["items"]
        if page["next"] is None:
            return found
        query["cursor"] = page["next"]


def print_json(answer: object) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], nothing: str) -> None:
    """Print the rows, or the sentence `nothing` where there are none."""
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    if table.row_count:
        console().print(table)
    else:
        typer.echo(nothing)


def print_facts(facts: Mapping[str, object]) -> None:
    """Print names and values, a line each; what has no value is left out."""
    table = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        if value not in (None, "", [], ()):
            table.add_row(name, _cell(value))
    console().print(table)


def console() -> Console:
    """Return a console that breaks no line where the output is a file or a pipe."""
    plain = Console(highlight=False, markup=False)
    return plain if plain.is_terminal else Console(highlight=False, markup=False, width=240)


def party(one: Mapping[str, str]) -> str:
    return f"{one['partner']} ({one['region']})"


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {part}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)
