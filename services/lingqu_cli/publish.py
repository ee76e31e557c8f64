"""`lingqu publish TOPIC FILE`: a file's events through the gateway."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from lingqu.client import HubAddresses, HubClient
from lingqu.clock import SystemClock
from lingqu.connect.event_files import read_records
from lingqu.connect.mapping import Mapping, find_mapping, load_mapping
from lingqu.contracts.loader import schemas_dir
from lingqu.errors import ConfigurationError, InputError
from lingqu_cli.sending import Sender, Tally


def publish(
    topic: Annotated[str, typer.Argument(help="The contract's topic, <domain>.<event>.v<major>.")],
    file: Annotated[Path, typer.Argument(help="JSON lines, an Avro container, or CSV.")],
    mapping: Annotated[
        str | None,
        typer.Option(help="For CSV: a mapping file, or the name of one of the contract's."),
    ] = None,
    collected_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Gives the year where the file's times have none."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(help="Goes into the ids of events that have none; else the mapping's."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Publish the events of a file through the gateway; publishing it twice gives nothing new.

    What cannot be read or is refused is reported with line and reason, and the rest goes on.
    Exits 0 when the file was processed, even if some lines were refused; 1 when none got in.
    """
    table = _mapping(mapping, topic)
    day = collected_on.date() if collected_on else None
    tally = Tally()
    with HubClient(HubAddresses.find(os.environ)) as hub:
        named = source or (table.source if table else None)
        sender = Sender(hub.gateway, topic, named, SystemClock())
        for tally in _shown(sender.send(read_records(file, table, day))):  # noqa: B007
            pass
    if as_json:
        outcome = {"file": str(file), "topic": topic, **asdict(tally)}
        typer.echo(orjson.dumps(outcome, option=orjson.OPT_INDENT_2).decode())
    else:
        _print(file, topic, tally)
    if tally.read and not tally.accepted + tally.repeats:
        raise typer.Exit(1)


def _mapping(name: str | None, topic: str) -> Mapping | None:
    if name is None:
        return None
    mapping = load_mapping(find_mapping(name, _mappings_folder(topic)))
    if mapping.topic != topic:
        raise InputError(f"the mapping {name} is for topic {mapping.topic}, not for {topic}")
    return mapping


def _mappings_folder(topic: str) -> Path | None:
    """Return the folder of the contract's own mappings, where the contracts are here at all."""
    setting = os.environ.get("LINGQU_SCHEMAS_DIR")
    try:
        folder = schemas_dir(Path(setting) if setting else None)
    except ConfigurationError:
        return None
    domain, _, event = topic.rpartition(".v")[0].partition(".")
    return folder / domain / event / "mappings"


def _shown(tallies: Iterator[Tally]) -> Iterator[Tally]:
    """Show how far it is, on a terminal only, and away from what a program reads."""
    console = Console(stderr=True)
    text = TextColumn("{task.completed} read, {task.fields[accepted]} accepted")
    columns = (SpinnerColumn(), text, TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("publish", total=None, accepted=0)
        for tally in tallies:
            progress.update(task, completed=tally.read, accepted=tally.accepted)
            yield tally


def _print(file: Path, topic: str, tally: Tally) -> None:
    for refusal in tally.refused:
        place = f" {refusal.field}:" if refusal.field else ""
        typer.echo(f"line {refusal.line}:{place} {refusal.reason} ({refusal.code})")
    typer.echo(
        f"{file} → {topic}: {tally.read:,} read, {tally.accepted:,} accepted, "
        f"{tally.repeats:,} repeats, {len(tally.refused):,} refused"
    )
