"""Semantic rules in CEL, run on whole columns where that is possible and row by row elsewhere.

In a rule a `timestamp-millis` is its milliseconds since 1970 UTC as an int, a `date` its days, an
enum its symbol as text. An event passes only where the rule is true: null and error refuse it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from lingqu.contracts.cel.columns import evaluate_rule
from lingqu.contracts.cel.tree import Expression, NotColumnar
from lingqu.contracts.cel.types import plain
from lingqu.contracts.rule_text import read_rule

ROWS_AT_ONCE = 64
# For so few rows the row evaluator is quicker: a call on columns costs the same for any number.
FEW_ROWS = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule; `paths` are the fields it names, those of records and lists by dots.

    Of a rule that runs row by row only the top-level fields are known.
    """

    name: str
    expression: str
    paths: frozenset[str]
    _tree: Expression | None
    _program: Any

    @property
    def fields(self) -> frozenset[str]:
        """Return the top-level fields it names."""
        return frozenset(path.partition(".")[0] for path in self.paths)

    @property
    def on_arrow(self) -> bool:
        """Say whether the expression's form runs on columns; types can still keep it from that."""
        return self._tree is not None

    def runs_on_arrow(self, schema: pa.Schema) -> bool:
        """Say whether the rule runs on columns of these types."""
        empty = pa.RecordBatch.from_pylist([], schema)
        try:
            return self._tree is not None and bool(
                evaluate_rule(self._tree, self._read(empty)) or 1
            )
        except (NotColumnar, pa.ArrowInvalid):
            return False

    def passes(self, columns: pa.RecordBatch) -> pa.BooleanArray:
        """Return for every row whether it passes; null and error are False, and nothing is null."""
        read = self._read(columns)
        if self._tree is None or columns.num_rows <= FEW_ROWS:
            return self._by_rows(read)
        try:
            return pa.concat_arrays([pa.array([], pa.bool_()), *self._narrowing(self._tree, read)])
        except (NotColumnar, pa.ArrowInvalid):
            return self._by_rows(read)

    def passes_by_rows(self, columns: pa.RecordBatch) -> pa.BooleanArray:
        """Return the same by the row evaluator alone; a test holds both equal."""
        return self._by_rows(self._read(columns))

    def passes_events(self, events: Iterable[Mapping[str, Any]]) -> pa.BooleanArray:
        """Return the same for events as dicts, instants and days as whole numbers."""
        names = self._program.variables()
        rows = ({name: event[name] for name in names if name in event} for event in events)
        return pa.array([self._holds(row) for row in rows], pa.bool_())

    def _read(self, columns: pa.RecordBatch) -> pa.RecordBatch:
        """Return the columns the rule names; a batch of none still has its number of rows."""
        named = [name for name in self._program.variables() if name in columns.schema.names]
        if not named:
            return pa.RecordBatch.from_arrays([pa.nulls(columns.num_rows)], [""])
        return pa.RecordBatch.from_arrays([plain(columns.column(name)) for name in named], named)

    def _narrowing(self, tree: Expression, batch: pa.RecordBatch) -> Iterator[pa.BooleanArray]:
        """Yield the answers in order; what overflows is halved until its bad rows are few."""
        try:
            yield evaluate_rule(tree, batch)
        except pa.ArrowInvalid:
            if batch.num_rows <= ROWS_AT_ONCE:
                yield self._by_rows(batch)
                return
            half = batch.num_rows // 2
            yield from self._narrowing(tree, batch.slice(0, half))
            yield from self._narrowing(tree, batch.slice(half))

    def _by_rows(self, batch: pa.RecordBatch) -> pa.BooleanArray:
        return pa.array([self._holds(row) for row in batch.to_pylist()], pa.bool_())

    def _holds(self, row: dict[str, Any]) -> bool:
        try:
            return self._program.execute(row) is True
        except Exception:  # noqa: BLE001 - whatever an expression raises, the event is refused
            return False


def compile_rule(name: str, expression: str) -> Rule:
    """Return the rule ready to run; raise ContractError when the expression is not CEL."""
    text = read_rule(name, expression)
    return Rule(name, expression, text.paths, text.tree, text.program)
