"""Events in which every value that can be told apart is there only once."""

from __future__ import annotations

import random
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.support.view_terms import Node, Types

_LETTERS = string.ascii_uppercase + string.digits
_DAY_MS = 86_400_000
_FROM_MS, _DAYS = 1_577_836_800_000, 3_650  # instants from 2020 on
_FIRST_YEAR = 2050  # and days from then on, so that no instant's day is one of them


@dataclass(frozen=True, slots=True)
class Plant:
    """One value, which stands at one place of one event; `kind` is its Avro or logical type."""

    path: str
    kind: str
    value: Any


@dataclass
class Planter:
    """Makes events of a schema up."""

    schema: Node
    dice: random.Random
    plants: list[Plant] = field(default_factory=list)
    _months: int = 0

    def __post_init__(self) -> None:
        self._types = Types(self.schema)

    def event(self, envelope: Mapping[str, Any]) -> tuple[dict[str, Any], list[Plant]]:
        """Return an event with that envelope, and what is planted in it."""
        self.plants = []
        own = [one for one in self.schema["fields"] if one["name"] not in envelope]
        found = {one["name"]: self._value(one["type"], one["name"]) for one in own}
        return {**envelope, **found}, self.plants

    def token(self) -> str:
        return "".join(self.dice.choices(_LETTERS, k=14))

    def _value(self, node: Node, path: str) -> Any:  # noqa: PLR0911 - a table of types
        node = self._types.of(node)
        if isinstance(node, list):
            branches = [each for each in node if each != "null"]
            if len(branches) < len(node) and self.dice.random() < 0.15:
                return None
            return self._value(self.dice.choice(branches), path)
        kind = node["type"] if isinstance(node, Mapping) else node
        match kind:
            case "record":
                return {
                    each["name"]: self._value(each["type"], f"{path}.{each['name']}")
                    for each in node["fields"]
                }
            case "array":
                return [self._value(node["items"], path) for _ in range(self.dice.randint(1, 3))]
            case "map":
                return {name: self._value(node["values"], path) for name in ("one", "two")}
            case "enum":
                return self.dice.choice(node["symbols"])
            case "boolean":
                return self.dice.random() < 0.5
        logical = node.get("logicalType", kind) if isinstance(node, Mapping) else kind
        value = self._plain(logical)
        self.plants.append(Plant(path, logical, value))
        return value

    def _plain(self, kind: str) -> Any:
        match kind:
            case "int":
                return self.dice.randint(10**8, 2 * 10**8) * 10 + self.dice.randint(1, 9)
            case "long":
                return self.dice.randint(10**12, 10**13) * 10 + self.dice.randint(1, 9)
            case "double":
                return self.dice.uniform(10, 10_000)
            case "timestamp-millis":
                day = self.dice.randrange(_DAYS)
                return (
                    _FROM_MS + day * _DAY_MS + self.dice.randrange(40_000, _DAY_MS) // 97 * 97 + 1
                )
            case "date":
                self._months = (self._months + 1) % 1_000  # of which none has two, nor a first
                years, month = divmod(self._months, 12)
                planted = date(_FIRST_YEAR + years, month + 1, self.dice.randint(2, 28))
                return (planted - date(1970, 1, 1)).days
        return f"湘{self.dice.choice(_LETTERS)}{self.token()}尾{self.dice.choice(_LETTERS)}"
