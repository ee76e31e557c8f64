"""`lingqu contract catalogue`: the contracts' entries 资源目录, shown, and as a spreadsheet."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

import typer

from lingqu.client import HubAddresses
from lingqu.clock import CHINA, SystemClock
from lingqu.contracts.catalogue.entry import HEADINGS, missing_fields
from lingqu.contracts.catalogue.rates import Rate, mounting_rate, timeliness_rate
from lingqu.contracts.catalogue.text import with_catalogue
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Catalogue, Contract
from lingqu.errors import ConflictError, NotFoundError, UnavailableError
from lingqu.sheets.returned import write_returned_copy
from lingqu.sheets.template import write_csv_template, write_xlsx_template
from lingqu_cli.catalogue_sheet import (
    Edit,
    SheetRead,
    catalogue_template,
    is_heading,
    problems,
    read_catalogue,
)
from lingqu_cli.contract_folder import contracts_folder, rewrite, text_of
from lingqu_cli.tables import AsJson, all_items, hub, print_json, print_table

app = typer.Typer(no_args_is_help=True)


@app.command("export")
def export_catalogue(
    file: Annotated[Path, typer.Argument(help="A file ending in .xlsx or .csv.")],
) -> None:
    """Write every contract's catalogue entry into a spreadsheet."""
    template = catalogue_template(load_catalogue(contracts_folder()))
    write = write_csv_template if file.suffix.lower() == ".csv" else write_xlsx_template
    with _writing(file, "xb") as target:
        write(template, target)
    typer.echo(f"written: {file}, {len(template.rows)} entries", err=True)


@app.command("import")
def import_catalogue(
    file: Annotated[Path, typer.Argument(help="The spreadsheet, edited: .xlsx or CSV.")],
    *,
    returned_copy: Annotated[
        Path | None, typer.Option(help="Write the file here with each refused cell marked.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a spreadsheet's entries back into the contracts' files.

    Comments and order stay. A row with a wrong cell changes nothing; exits 1 if there was one.
    """
    catalogue = load_catalogue(contracts_folder())
    try:
        source = file.open("rb")
    except OSError as error:
        raise NotFoundError(f"{file} cannot be read: {error.strerror}") from error
    with source:
        read = read_catalogue(source, file.name, catalogue)
        for edit in read.edits:
            _write_back(edit)
        if returned_copy is not None and read.refused:
            with _writing(returned_copy, "wb") as target:
                write_returned_copy(source, file.name, is_heading, read.refused, target)
    _tell(read, as_json=as_json)
    if read.refused:
        raise typer.Exit(1)


@app.command()
def show(*, as_json: AsJson = False) -> None:
    """Show the entries, 目录挂接率 and 更新及时率; what the hub does not tell is said."""
    catalogue = load_catalogue(contracts_folder())
    notes: list[str] = []
    agreed = _agreed(notes)
    newest = _newest(catalogue, notes)
    mounted = None if agreed is None else mounting_rate(catalogue, agreed)
    timely = None if newest is None else timeliness_rate(catalogue, newest, SystemClock().now())
    if as_json:
        print_json(_as_json(catalogue, newest or {}, mounted, timely, notes))
        return
    print_table(
        ("contract", "resource code", "title", "share", "mode", "cycle", "mounted", "newest data"),
        (_row(each, mounted, newest or {}) for each in catalogue),
        "there are no contracts",
    )
    typer.echo(f"挂接率 mounted: {_said(mounted)}")
    typer.echo(f"更新及时率 updated in time: {_said(timely)}")
    for note in (*notes, *_unfinished(catalogue)):
        typer.echo(f"note: {note}")


def _writing(file: Path, mode: Literal["wb", "xb"]) -> BinaryIO:
    try:
        return file.open(mode)
    except FileExistsError as error:
        raise ConflictError(f"{file} is there already; name another") from error
    except OSError as error:
        raise ConflictError(f"{file} cannot be written: {error.strerror}") from error


def _write_back(edit: Edit) -> None:
    path = edit.contract.folder / "contract.yaml"
    changed = with_catalogue(text_of(path), edit.title_zh, edit.entry, str(path))
    try:
        rewrite(path, changed)
    except OSError as error:
        raise ConflictError(f"{path} cannot be written: {error.strerror}") from error


def _tell(read: SheetRead, *, as_json: bool) -> None:
    changed = {edit.contract.name: [*(["title_zh"] if edit.title_zh else []), *edit.entry]
               for edit in read.edits}  # fmt: skip
    if as_json:
        refused = [
            {"row": number, "reasons": [_reason(mark.place, mark.reason, read) for mark in marks]}
            for number, marks in sorted(read.refused.items())
        ]
        outcome = {"rows": read.rows, "changed": changed, "refused": refused}
        typer.echo(json.dumps(outcome, ensure_ascii=False))
        return
    for name, fields in changed.items():
        typer.echo(f"{name}: {', '.join(fields)}")
    for sentence in problems(read):
        typer.echo(sentence)
    typer.echo(f"{read.rows} rows, {len(changed)} contracts changed, {len(read.refused)} refused")


def _reason(place: int | None, reason: str, read: SheetRead) -> dict[str, str | None]:
    return {"column": None if place is None else read.heading[place], "reason": reason}


def _agreed(notes: list[str]) -> frozenset[str] | None:
    """Return the contracts that an active agreement carries."""
    try:
        with hub() as client:
            agreements = all_items(client, "/v1/agreements")
    except UnavailableError as error:
        notes.append(f"what is mounted is not known: {error}")
        return None
    return frozenset(one["contract"] for one in agreements if one["state"] == "active")


def _newest(catalogue: Catalogue, notes: list[str]) -> Mapping[str, datetime] | None:
    """Return when the newest record of each contract's latest topic was written."""
    # Only this command needs Kafka, which is slow to import.
    from lingqu.kafka.topics import Topics  # noqa: PLC0415
    from lingqu_cli.listening import kafka_settings  # noqa: PLC0415

    found: dict[str, datetime] = {}
    try:
        with Topics(kafka_settings(os.environ, HubAddresses.find(os.environ))) as topics:
            there = topics.names()
            for contract in catalogue:
                if contract.topic() in there and (at := topics.newest(contract.topic())):
                    found[contract.name] = at
    except UnavailableError as error:
        notes.append(f"how recent the data are is not known: {error}")
        return None
    return found


def _row(
    contract: Contract, mounted: Rate | None, newest: Mapping[str, datetime]
) -> tuple[object, ...]:
    entry = contract.entry
    at = newest.get(contract.name)
    return (
        contract.name,
        entry.resource_code,
        contract.title_zh,
        entry.share_type,
        entry.share_mode,
        entry.update_cycle,
        contract.name not in mounted.others if mounted and entry.share_type != "不予" else None,
        f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}" if at else None,
    )


def _said(rate: Rate | None) -> str:
    if rate is None:
        return "unknown"
    if rate.percent is None:
        return "nothing to count"
    others = f"; not: {', '.join(rate.others)}" if rate.others else ""
    return f"{rate.percent} % ({rate.count} of {rate.total}){others}"


def _unfinished(catalogue: Iterable[Contract]) -> Iterable[str]:
    """Yield a sentence for each set of fields that entries lack, or have but examples of."""
    lacking: dict[tuple[str, ...], list[str]] = {}
    exemplary: dict[tuple[str, ...], list[str]] = {}
    for contract in catalogue:
        missing = tuple(missing_fields(asdict(contract.entry)))
        lacking.setdefault(missing, []).append(contract.name)
        exemplary.setdefault(contract.entry.unverified, []).append(contract.name)
    for said, found in (("lack", lacking), ("have 示例 nobody has verified as", exemplary)):
        for fields, names in found.items():
            if fields:
                named = ", ".join(HEADINGS[name] for name in fields)
                yield f"{', '.join(names)} {said} {named}"


def _as_json(
    catalogue: Catalogue,
    newest: Mapping[str, datetime],
    mounted: Rate | None,
    timely: Rate | None,
    notes: list[str],
) -> dict[str, Any]:
    return {
        "entries": [
            {
                "contract": each.name,
                "title_zh": each.title_zh,
                **asdict(each.entry),
                "missing": missing_fields(asdict(each.entry)),
                "newest": newest[each.name].isoformat() if each.name in newest else None,
            }
            for each in catalogue
        ],
        "mounting": _rate(mounted),
        "timeliness": _rate(timely),
        "notes": notes,
    }


def _rate(rate: Rate | None) -> dict[str, Any] | None:
    return None if rate is None else {**asdict(rate), "percent": rate.percent}
