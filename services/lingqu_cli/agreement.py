"""`lingqu agreement`: what may flow, to whom, in which form."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from lingqu.agreements.region_file import read_document
from lingqu.client import RefusedError
from lingqu.clock import shown
from lingqu.errors import InputError
from lingqu_cli.tables import (
    AsJson,
    all_items,
    hub,
    party,
    print_facts,
    print_json,
    print_table,
)

app = typer.Typer(no_args_is_help=True)
AgreementId = Annotated[str, typer.Argument(metavar="ID", help="The agreement's id.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why; it stays in the history.")]


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(help="A region file: partners and agreements in YAML.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Apply a region file: all of it or nothing; ${NAME} is filled in from the environment."""
    document = read_document(file)
    with hub() as client:
        try:
            applied = client.control.post("/v1/apply", document)
        except RefusedError as error:
            raise InputError(f"{file}: {error}") from error
    if as_json:
        print_json(applied)
        return
    rows = [(one["id"], "", "", one["change"], "", "") for one in applied["partners"]]
    rows += [
        (one["id"], one["version"], one["feed"], one["change"], one["state"], one["next"])
        for one in applied["agreements"]
    ]
    columns = ("applied", "version", "feed", "change", "state", "next")
    print_table(columns, rows, f"{file} holds no partners and no agreements")


@app.command("list")
def list_agreements(*, as_json: AsJson = False) -> None:
    """List the agreements, each in the version that says what flows."""
    with hub() as client:
        agreements = all_items(client, "/v1/agreements")
    if as_json:
        print_json(agreements)
        return
    print_table(
        ("agreement", "version", "state", "contract", "from", "to", "feed", "until"),
        [_row(one) for one in agreements],
        "no agreements yet; apply a region file with lingqu agreement apply FILE",
    )


@app.command()
def show(agreement: AgreementId, *, as_json: AsJson = False) -> None:
    """Show one agreement: its terms, what its view lets through, and its history."""
    with hub() as client:
        found = client.control.get(f"/v1/agreements/{agreement}")
    if as_json:
        print_json(found)
        return
    print_facts(_facts(found))
    typer.echo()
    print_table(
        ("version", "at", "who", "from", "to", "reason"),
        [_moved(move) for move in found["history"]],
        "",
    )


@app.command()
def suspend(agreement: AgreementId, *, reason: Reason = None, as_json: AsJson = False) -> None:
    """Stop an agreement's data for now; takes effect within 10 seconds."""
    _move(agreement, "suspend", reason, as_json=as_json)


@app.command()
def resume(agreement: AgreementId, *, reason: Reason = None, as_json: AsJson = False) -> None:
    """Let a suspended agreement's data flow again, from where it stopped."""
    _move(agreement, "resume", reason, as_json=as_json)


@app.command()
def end(
    agreement: AgreementId,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stays in the history.")],
    as_json: AsJson = False,
) -> None:
    """Stop an agreement's data for ever; takes effect within 10 seconds."""
    _move(agreement, "end", reason, as_json=as_json)


def _move(agreement: str, verb: str, reason: str | None, *, as_json: bool) -> None:
    with hub() as client:
        moved = client.control.post(f"/v1/agreements/{agreement}/{verb}", {"reason": reason})
    if as_json:
        print_json(moved)
    else:
        typer.echo(f"agreement {moved['id']} version {moved['version']} is {moved['state']}")


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    state = f"{one['state']}, feed paused" if one["paused"] else one["state"]
    contract = f"{one['contract']} {one['contract_version']}"
    ends = (party(one["provider"]), party(one["recipient"]))
    return (one["id"], one["version"], state, contract, *ends, one["feed"], one["valid_until"])


def _moved(move: dict[str, Any]) -> tuple[object, ...]:
    states = (move["from_state"], move["to_state"])
    return (move["version"], shown(move["at"]), move["who"], *states, move["reason"])


def _facts(found: dict[str, Any]) -> dict[str, object]:
    one, document, view = found["agreement"], found["document"], found["view"] or {}
    return {
        "agreement": f"{one['id']} version {one['version']}: {one['title']}",
        "state": one["state"],
        "next": found["next"],
        "contract": f"{one['contract']} {one['contract_version']}",
        "from": party(one["provider"]),
        "to": party(one["recipient"]),
        "purpose": document["purpose"],
        "legal basis": document["legal_basis"],
        "term": f"{one['valid_from']} to {one['valid_until']}",
        "feed": one["feed"],
        "paused": one["paused"],
        "connector": document["delivery"]["connector"],
        "guarantee": document["delivery"]["guarantee"],
        "limits": document["delivery"].get("limits"),
        "filter": document["filter"],
        "withheld": view.get("withheld"),
        "masked": view.get("masked"),
        "pseudonyms in key": view.get("hidden_key_fields"),
        "rules skipped": view.get("skipped_rules"),
        "signed by": [sign["signature"]["signer"] for sign in found["signatures"]],
    }
