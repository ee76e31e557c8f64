"""Masks on Arrow arrays; a null stays null, and no mask ever shows a value whole."""

from __future__ import annotations

import hmac
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from lingqu.agreements.masks import FieldMask

REDACTED = "***"

_CACHED_PSEUDONYMS = 200_000

Mask = Callable[[pa.Array], pa.Array]


class Pseudonyms:
    """Stable stand-ins under one partner's key: HMAC-SHA-256, 128 bits in hexadecimal.

    The same value is always the same pseudonym for this partner, and unlinkable to another
    partner's. Values repeat, so what was computed is kept.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, str] = {}

    def of(self, values: pa.Array) -> pa.Array:
        """Return the pseudonyms of a text array; null for null."""
        encoded = values.cast(pa.string()).dictionary_encode()
        names = pa.array(
            [self._one(value) for value in encoded.dictionary.to_pylist()], pa.string()
        )
        return names.take(encoded.indices)

    def _one(self, value: str) -> str:
        found = self._known.get(value)
        if found is None:
            if len(self._known) >= _CACHED_PSEUDONYMS:
                self._known.clear()
            found = hmac.digest(self._key, value.encode(), "sha256")[:16].hex()
            self._known[value] = found
        return found


def mask_of(field: FieldMask, pseudonyms: Pseudonyms) -> Mask:
    """Return what an agreement does to one field, as a function on its values."""
    if field.nulls:
        return lambda array: pa.nulls(len(array), array.type)
    if field.names == ("pseudonym",):
        return lambda array: _on_leaves(array, pseudonyms.of)
    if field.names == ("redact",):
        return lambda array: _on_leaves(array, _redact)
    first = next((step.n for step in field.steps if step.mask == "keep_first"), 0)
    last = next((step.n for step in field.steps if step.mask == "keep_last"), 0)
    return lambda array: _on_leaves(array, lambda text: _keep(text, first, last))


def _redact(text: pa.Array) -> pa.Array:
    return pc.if_else(pc.is_valid(text), pa.scalar(REDACTED), pa.scalar(None, pa.string()))


def _keep(text: pa.Array, first: int, last: int) -> pa.Array:
    """Keep the ends; what is no longer than both together is redacted, or it would show whole."""
    head = pc.utf8_slice_codeunits(text, 0, first) if first else pa.scalar("")
    tail = pc.utf8_slice_codeunits(text, -last) if last else pa.scalar("")
    kept = pc.binary_join_element_wise(head, pa.scalar(REDACTED), tail, "")
    return pc.if_else(pc.greater(pc.utf8_length(text), first + last), kept, _redact(text))


def _on_leaves(array: pa.Array, mask: Mask) -> pa.Array:
    """Apply a mask to every text inside lists and maps."""
    if pa.types.is_map(array.type):
        return rebuilt_map(array, _on_leaves(array.items, mask))
    if pa.types.is_list(array.type):
        return rebuilt_list(array, _on_leaves(array.values, mask))
    return mask(array)


def rebuilt_list(array: pa.ListArray, values: pa.Array) -> pa.ListArray:
    """Return the same lists over other values, which stand at the places of `array.values`."""
    return pa.ListArray.from_arrays(_offsets(array), values)


def rebuilt_map(array: pa.MapArray, items: pa.Array) -> pa.MapArray:
    """Return the same maps with other items."""
    return pa.MapArray.from_arrays(_offsets(array), array.keys, items)


def _offsets(array: pa.Array) -> pa.Array:
    """Return the offsets, null where the list is null (a slice cannot pass its own bitmap)."""
    if not array.null_count:
        return array.offsets
    ends = array.offsets.slice(1)
    starts = pc.if_else(
        array.is_valid(), array.offsets.slice(0, len(array)), pa.scalar(None, pa.int32())
    )
    return pa.concat_arrays([starts, ends.slice(len(ends) - 1)])
