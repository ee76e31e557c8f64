"""A view on Arrow columns: what a partner may see of a batch, as the derived schema has it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lingqu.agreements.derive import inline
from lingqu.agreements.names import Named, Names
from lingqu.agreements.state import AgreementState
from lingqu_worker.masks import Mask, Pseudonyms, mask_of, rebuilt_list, rebuilt_map

_Fields = Mapping[str, Mask | None]


class ColumnView:
    """One agreement's view, compiled from its derived schema and masks.

    Walks the derived schema, so that a column or a nested field it does not name cannot get out.
    """

    def __init__(self, state: AgreementState, pseudonym_key: bytes) -> None:
        schema = json.loads(state.derived_schema)
        self._pseudonyms = Pseudonyms(pseudonym_key)
        self._masks = {mask.path: mask_of(mask, self._pseudonyms) for mask in state.masks}
        self._touched = (*state.withheld, *self._masks)
        self._fields = self._compile(inline(Names(schema), schema), "")
        self._key, self._hidden = state.key, frozenset(state.hidden_key_fields)

    def apply(self, columns: pa.RecordBatch) -> pa.RecordBatch:
        """Return the derived columns of a batch in the signed version's columns."""
        arrays = [_applied(columns.column(name), mask) for name, mask in self._fields.items()]
        return pa.RecordBatch.from_arrays(arrays, names=list(self._fields))

    def keys(self, columns: pa.RecordBatch) -> list[bytes] | None:
        """Return the keys with hidden parts as pseudonyms, or None when they stay as they are.

        A pseudonym is injective for all that can be met, so that order per key survives.
        """
        if not self._hidden:
            return None
        parts = [self._key_part(name, columns.column(name)) for name in self._key]
        joined = pc.binary_join_element_wise(*parts, "|") if len(parts) > 1 else parts[0]
        keys: list[bytes] = joined.cast(pa.binary()).to_pylist()
        return keys

    def _key_part(self, name: str, column: pa.Array) -> pa.Array:
        text = column.cast(pa.string())
        return self._pseudonyms.of(text) if name in self._hidden else text

    def _compile(self, record: Named, path: str) -> _Fields:
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
            return lambda array: _projected(array, fields)
        if node.get("type") == "array":
            inside = self._inside(node["items"], path)
            return lambda array: rebuilt_list(array, inside(array.values))
        if node.get("type") == "map":
            inside = self._inside(node["values"], path)
            return lambda array: rebuilt_map(array, inside(array.items))
        return self._inside(node["type"], path)


def _applied(array: pa.Array, mask: Mask | None) -> pa.Array:
    return array if mask is None else mask(array)


def _projected(array: pa.StructArray, fields: _Fields) -> pa.StructArray:
    children = [_applied(_child(array, name), mask) for name, mask in fields.items()]
    nulls = array.is_null() if array.null_count else None
    return pa.StructArray.from_arrays(children, names=list(fields), mask=nulls)


def _child(array: pa.StructArray, name: str) -> pa.Array:
    """Return a child as long as its parent, which a sliced struct's `field` is not."""
    return pc.struct_field(array, name)
