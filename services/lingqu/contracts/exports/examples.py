"""A contract's golden events, as its folder holds them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lingqu.contracts.model import Contract
from lingqu.errors import ContractError


@dataclass(frozen=True, slots=True)
class Example:
    """One event in the plain JSON form that admission takes."""

    name: str
    event: dict[str, Any]


def valid_examples(contract: Contract) -> tuple[Example, ...]:
    """Return the examples that break nothing, by name; raise ContractError for one not JSON."""
    found = []
    for path in sorted(contract.folder.glob("examples/*.json")):
        if path.name.startswith("invalid-"):
            continue
        try:
            event = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise ContractError(f"{path}: not JSON: {error}") from error
        found.append(Example(path.stem, event))
    return tuple(found)
