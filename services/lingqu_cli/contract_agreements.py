"""The agreements in force on a contract, as control knows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lingqu.agreements.lifecycle import IN_FORCE
from lingqu.agreements.model import Agreement
from lingqu.client import HubClient
from lingqu_cli.tables import all_items

if TYPE_CHECKING:
    from lingqu.agreements.breakage import SignedView


def agreements_on(client: HubClient, contract: str) -> list[Agreement]:
    """Return those active or suspended. Raises UnavailableError while control is away."""
    listed = [
        each["id"]
        for each in all_items(client, "/v1/agreements")
        if each["contract"] == contract and each["state"] in IN_FORCE
    ]
    details = (client.control.get(f"/v1/agreements/{name}") for name in listed)
    return [Agreement.model_validate(detail["document"]) for detail in details]


def views_of(agreements: Sequence[Agreement]) -> list[SignedView]:
    """Return what each agreement has signed for."""
    from lingqu.agreements.breakage import SignedView  # noqa: PLC0415 - heavy

    return [SignedView.of(agreement) for agreement in agreements]
