"""`lingqu water accounts`: what the compensation agreements come to, and on which readings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

import typer

from lingqu.domain_service.commands.listing import (
    AS_JSON,
    LIMIT,
    Cell,
    Listing,
    list_rows,
    print_json,
    print_table,
)
from lingqu.domain_service.commands.serving import URL, path_of
from lingqu_water.listing import WATER

accounts = typer.Typer(
    name="accounts",
    help="List the accounts of compensation agreements, or show one.",
    invoke_without_command=True,
)

AGREEMENT = typer.Option(help="The agreement's id, such as youshui.")
PARTY = typer.Option(help="Accounts of this region, such as 43.")
YEAR = typer.Option(help="Accounts of this year.")
KIND = typer.Option(help="monthly, yearly or correction.")
STATUS = typer.Option(help="computed, insufficient, amount_missing, base_missing or tested.")
STATE = typer.Option(help="computed, claimed, confirmed, disputed or settled.")
WHICH = typer.Argument(help="The agreement's id, such as youshui.")
PERIOD = typer.Argument(help="A month or a year, such as 2021-04 or 2021.")


@accounts.callback()
def list_accounts(
    ctx: typer.Context,
    *,
    agreement: Annotated[str | None, AGREEMENT] = None,
    party: Annotated[str | None, PARTY] = None,
    year: Annotated[int | None, YEAR] = None,
    kind: Annotated[str | None, KIND] = None,
    status: Annotated[str | None, STATUS] = None,
    state: Annotated[str | None, STATE] = None,
    limit: Annotated[int, LIMIT] = 100,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """List accounts by agreement and period, or show one."""
    if ctx.invoked_subcommand is not None:
        return
    columns: dict[str, Cell] = {
        "agreement": lambda one: one["agreement"],
        "": lambda one: "示例" if one["example"] else "",
        "period": lambda one: one["period"],
        "status": lambda one: one["status"],
        "state": lambda one: one["state"],
        "class": lambda one: one["tested_class"],
        "target": lambda one: one["target_class"],
        "payments": lambda one: "; ".join(_payments(one["payments"])),
        "why": _why,
    }
    query = {
        "agreement": agreement,
        "party": party,
        "year": None if year is None else str(year),
        "kind": kind,
        "status": status,
        "state": state,
    }
    nothing = "no such accounts; the first reading of an agreement's sections makes one"
    listing = Listing("/v1/compensation/accounts", columns, nothing)
    list_rows(WATER, url, listing, query, limit, as_json=as_json)


@accounts.command()
def show(
    agreement: Annotated[str, WHICH],
    period: Annotated[str, PERIOD],
    *,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """Show an account: both sides, each mean, and the readings it stands on (all with --json)."""
    found = WATER.get(url, path_of("compensation", "accounts", agreement, period))
    if as_json:
        print_json(found)
        return
    account = found["account"]
    label = "示例 " if account["example"] else ""
    typer.echo(f"{label}{account['agreement_title']}  {account['period']}")
    typer.echo(f"{account['status']}, {account['state']}")
    for sentence in (*account["reasons"], *_payments(account["payments"])):
        typer.echo(sentence)
    if account["unverified"]:
        typer.echo(f"未经核实: {'、'.join(account['unverified'])}")
    print_table(_SIDES, account["statements"])
    print_table(_MEANS, list(_means(found["sections"])))
    print_table(_READINGS, found["readings"])


def _why(one: Mapping[str, Any]) -> str:
    """Return the first reason, and how many more `show` tells."""
    first, *more = one["reasons"] or [""]
    return f"{first} (+{len(more)})" if more else first


def _payments(payments: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for one in payments:
        corrects = f" (更正 {one['corrects_period']})" if one["corrects_period"] else ""
        yield f"{one['payer']} → {one['payee']} {one['amount']}{corrects}"


def _means(sections: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield a row for each mean, with what is known of its section."""
    for section in sections:
        for mean in section["means"] or [{}]:
            yield {"section": section, "mean": mean}


_SIDES: Mapping[str, Cell] = {
    "party": lambda one: one["party_name"],
    "pays 元": lambda one: f"{one['pays_fen'] / 100:,.2f}",
    "receives 元": lambda one: f"{one['receives_fen'] / 100:,.2f}",
    "net": lambda one: one["net"],
}
_MEANS: Mapping[str, Cell] = {
    "section": lambda one: one["section"]["name"],
    "class": lambda one: one["section"]["water_class"],
    "target": lambda one: one["section"]["target"],
    "item": lambda one: one["mean"].get("name"),
    "mean": lambda one: one["mean"].get("value"),
    "unit": lambda one: one["mean"].get("unit"),
    "readings": lambda one: one["mean"].get("count"),
    "needed": lambda one: one["mean"].get("needed"),
}
_READINGS: Mapping[str, Cell] = {
    "month": lambda one: one["month"],
    "section": lambda one: one["section"],
    "readings used": lambda one: len(one["used"]),
    "left out": lambda one: len(one["excluded"]),
    "because": lambda one: ";".join(dict.fromkeys(each["reason"] for each in one["excluded"])),
}
