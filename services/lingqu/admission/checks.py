"""The checks that every way in shares, over columns: environment, origin, identity, rules, key."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from lingqu.admission.region import RegionScope
from lingqu.contracts.rules import Rule
from lingqu.errors import Reason

_UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_NO_UUID = Reason("rule_broken", "field 'event_id' is not a UUID", "envelope", "event_id")
_NO_KEY = Reason("wrong_key", "the record key cannot be made: a key field is null")
_OTHER_KEY = Reason("wrong_key", "the record key is not that of the event's key fields")


class Checks:
    """What an event of one contract must meet to enter this hub, whoever brings it."""

    def __init__(
        self, rules: Iterable[tuple[Rule, Reason]], scope: RegionScope, environment: str
    ) -> None:
        self.scope = scope
        self.environment = environment
        self._rules = tuple(rules)
        self._wrong_environment = Reason(
            "wrong_environment",
            f"the event's environment is not this hub's, which is {environment!r}",
            field="environment",
        )
        self._wrong_region = Reason(
            "wrong_region",
            f"the event's origin is not admitted here: only {scope} and the regions inside",
            field="origin",
        )

    def refusals(self, columns: pa.RecordBatch, known: frozenset[str]) -> dict[int, Reason]:
        """Return the first reason of each row that fails; rules that name other than `known` wait.

        A field that the writer's schema withholds holds only its default, which proves nothing.
        """
        refused: dict[int, Reason] = {}
        environment = columns.column("environment").cast(pa.string())
        _note(refused, pc.equal(environment, self.environment), self._wrong_environment)
        _note(refused, self._admitted_origins(columns.column("origin")), self._wrong_region)
        _note(refused, pc.match_substring_regex(columns.column("event_id"), _UUID), _NO_UUID)
        for rule, reason in self._rules:
            if rule.fields <= known:
                _note(refused, rule.passes(columns), reason)
        return refused

    def _admitted_origins(self, origins: pa.Array) -> pa.Array:
        admitted = [origin for origin in origins.unique().to_pylist() if self.scope.admits(origin)]
        return pc.is_in(origins, value_set=pa.array(admitted, origins.type))


def record_keys(columns: pa.RecordBatch, fields: Iterable[str]) -> pa.Array:
    """Return the key fields as text joined by `|`, in UTF-8, null where one of them is."""
    parts = [columns.column(field).cast(pa.string()) for field in fields]
    return pc.binary_join_element_wise(*parts, "|").cast(pa.binary())


def key_refusals(keys: pa.Array, given: pa.Array | None) -> dict[int, Reason]:
    """Return the rows without a key, and those that came under another key than their own."""
    refused: dict[int, Reason] = {}
    _note(refused, keys.is_valid(), _NO_KEY)
    if given is not None:
        same = pc.or_(pc.fill_null(pc.equal(keys, given), False), given.is_null())
        _note(refused, same, _OTHER_KEY)
    return refused


def _note(refused: dict[int, Reason], passes: pa.Array, reason: Reason) -> None:
    failing = pc.indices_nonzero(pc.invert(pc.fill_null(passes, False)))
    for row in failing.to_pylist():
        refused.setdefault(row, reason)
