"""`lingqu medical state | step`: clearing statements made, and led to where they are closed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from lingqu.domain_service.commands.listing import AS_JSON, print_json
from lingqu.domain_service.commands.serving import URL, Served, path_of


class Step(StrEnum):
    """What a province says of a statement, as the paths of the service are named."""

    CONFIRM = "confirm"
    RETURN = "return"
    REQUEST_FUNDS = "request-funds"
    PAY = "pay"
    CLOSE = "close"


PERIOD = typer.Argument(help="A month that is over, written 2026-10.")
OF_PERIOD = typer.Option(help="A month, written 2026-10.")
STEP = typer.Argument(help="What is said of it; `clearing` lists what may come next.")
INSURED = typer.Option(help="Province of insurance, which pays, such as 44.")
TREATMENT = typer.Option(help="Province of treatment, which is paid, such as 43.")
FUND = typer.Option(help="Insurance type, such as 310.")
ORGANISATION = typer.Option(help="The office that says so.")
PERSON = typer.Option(help="Who there.")
REASON = typer.Option(help="Why it is returned.")
VOUCHER = typer.Option(help="Number of the payment's voucher.")
PAID_ON = typer.Option(formats=["%Y-%m-%d"], help="Day of the payment.")


def add_clearing(app: typer.Typer, served: Served) -> None:
    """Add the commands that state clearing statements and lead them on."""

    @app.command()
    def state(
        period: Annotated[str, PERIOD],
        *,
        organisation: Annotated[str, ORGANISATION],
        insured: Annotated[str | None, INSURED] = None,
        person: Annotated[str | None, PERSON] = None,
        as_json: Annotated[bool, AS_JSON] = False,
        url: Annotated[str | None, URL] = None,
    ) -> None:
        """State a period: one statement for each province and fund that has none yet."""
        asked = {"period": period, "organisation": organisation}
        asked |= _said(person=person, insured_region=insured)
        with served.client(url) as service:
            found = service.post(path_of("clearing", "statements"), asked)["items"]
        if as_json:
            print_json(found)
            return
        for statement in found:
            _tell(statement)
        if not found:
            typer.echo("nothing to state: all of it is stated, held back, or nobody was treated")

    @app.command()
    def step(
        step: Annotated[Step, STEP],
        *,
        treatment: Annotated[str, TREATMENT],
        insured: Annotated[str, INSURED],
        fund: Annotated[str, FUND],
        period: Annotated[str, OF_PERIOD],
        organisation: Annotated[str, ORGANISATION],
        person: Annotated[str | None, PERSON] = None,
        reason: Annotated[str | None, REASON] = None,
        voucher: Annotated[str | None, VOUCHER] = None,
        paid_on: Annotated[datetime | None, PAID_ON] = None,
        as_json: Annotated[bool, AS_JSON] = False,
        url: Annotated[str | None, URL] = None,
    ) -> None:
        """Lead a statement on: to return it needs --reason, to pay --voucher and --paid-on."""
        path = path_of("clearing", "statements", treatment, insured, fund, period, step)
        day = f"{paid_on:%Y-%m-%d}" if paid_on else None
        said = _said(organisation=organisation, person=person, reason=reason, voucher_no=voucher)
        with served.client(url) as service:
            found = service.post(path, said | _said(paid_on=day))
        print_json(found) if as_json else _tell(found)


def _said(**fields: str | None) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value is not None}


def _tell(statement: dict[str, Any]) -> None:
    ways = ", ".join(statement["possible"]) or "nothing: a closed period is immutable"
    direction = f"{statement['insured_region']}→{statement['treatment_region']}"
    typer.echo(
        f"{direction} {statement['insutype']} {statement['period']}: {statement['state']}, "
        f"{statement['amount_fen'] / 100:,.2f} 元; next: {ways}"
    )
