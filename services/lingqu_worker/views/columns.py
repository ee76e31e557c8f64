"""A view on Arrow columns: what a partner may see of a batch, as the derived schema has it."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lingqu.agreements.derive import inline
from lingqu.agreements.names import Named, Names
from lingqu.agreements.state import AgreementState
from lingqu.connect.binary import Binary
from lingqu_worker.views.masks import mask_of
from lingqu_worker.views.nested import Fields, Mask, applied, projected, rebuilt_list, rebuilt_map
from lingqu_worker.views.pseudonyms import Pseudonyms


class ColumnView:
    """One agreement's view, compiled from its derived schema and masks.

    Walks the derived schema, so that a column or a nested field it does not name cannot get out.
    """

    def __init__(self, state: AgreementState, pseudonyms: Pseudonyms) -> None:
        schema = json.loads(state.derived_schema)
        self._pseudonyms = pseudonyms
        self._masks = {mask.path: mask_of(mask, pseudonyms) for mask in state.masks}
        self._touched = (*state.withheld, *self._masks)
        self._fields = self._compile(inline(Names(schema), schema), "")
        self._key, self._hidden = state.key, frozenset(state.hidden_key_fields)

    def apply(self, columns: pa.RecordBatch) -> pa.RecordBatch:
        """Return the derived columns of a batch in the signed version's columns."""
        arrays = [applied(columns.column(name), mask) for name, mask in self._fields.items()]
        return pa.RecordBatch.from_arrays(arrays, names=list(self._fields))

    def keys(self, columns: pa.RecordBatch) -> Binary | None:
        """Return the keys made anew of the key fields, hidden parts as pseudonyms.

        Whatever else a producer has put into a key stays here. A pseudonym is injective for all
        that can be met, so that order per key survives. None where nothing is hidden and a key
        field is neither text nor a whole number: its text is the producer's own.
        """
        parts = [(name, columns.column(name)) for name in self._key]
        if not parts or not (self._hidden or all(_is_exact(column.type) for _, column in parts)):
            return None
        texts = [self._key_part(name, column) for name, column in parts]
        joined = pc.binary_join_element_wise(*texts, "|") if len(texts) > 1 else texts[0]
        return Binary(joined.cast(pa.binary()))

    def _key_part(self, name: str, column: pa.Array) -> pa.Array:
        if name in self._hidden:
            return self._pseudonyms.of(column)
        return column.cast(pa.string())

    def _compile(self, record: Named, path: str) -> Fields:
        return {
            field["name"]: self._mask(field["type"], f"{path}{field['name']}")
            for field in record.definition["fields"]
        }

    def _mask(self, node: Any, path: str) -> Mask | None:
        """Return what happens to the values at a path; None where they pass as they are."""
        if path in self._masks:
            return self._masks[path]
        if not any(touched.startswith(f"{path}.") for touched in self._touched):
            return None
        return self._inside(node, path)

    def _inside(self, node: Any, path: str) -> Mask:
        if isinstance(node, list):
            return self._inside(next(branch for branch in node if branch != "null"), path)
        if isinstance(node, Named):
            fields = self._compile(node, f"{path}.")
            return lambda array: projected(array, fields)
        if node.get("type") == "array":
            inside = self._inside(node["items"], path)
            return lambda array: rebuilt_list(array, inside)
        if node.get("type") == "map":
            inside = self._inside(node["values"], path)
            return lambda array: rebuilt_map(array, inside)
        return self._inside(node["type"], path)


def _is_exact(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_integer(kind))
