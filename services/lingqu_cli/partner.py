"""`lingqu partner`: who sends and who receives."""

from __future__ import annotations

import typer

from lingqu_cli.tables import AsJson, all_items, hub, print_json, print_table

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _partner() -> None:
    """Partners: who sends and who receives."""


@app.command("list")
def list_partners(*, as_json: AsJson = False) -> None:
    """List the partners that this hub knows."""
    with hub() as client:
        partners = all_items(client, "/v1/partners")
    if as_json:
        print_json(partners)
        return
    print_table(
        ("partner", "region", "name", "english name", "credit code"),
        [(one["id"], one["region"], one["name"], one["name_en"], one["uscc"]) for one in partners],
        "no partners yet; apply a region file with lingqu agreement apply FILE",
    )
