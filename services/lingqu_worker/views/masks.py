"""Masks on Arrow arrays; a null stays null, and what masks a text never shows it whole."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from lingqu.agreements.masks import FieldMask
from lingqu_worker.views.coarse import rounded, truncated
from lingqu_worker.views.nested import Mask, on_leaves
from lingqu_worker.views.pseudonyms import Pseudonyms

REDACTED = "***"


def mask_of(field: FieldMask, pseudonyms: Pseudonyms) -> Mask:
    """Return what an agreement does to one field, as a function on its column."""
    if field.nulls:
        return lambda array: pa.nulls(len(array), array.type)
    leaf = leaf_mask(field, pseudonyms)
    return lambda array: on_leaves(array, leaf)


def leaf_mask(field: FieldMask, pseudonyms: Pseudonyms) -> Mask:
    """Return what an agreement does to the values of one field, which are plain ones."""
    step = field.steps[0]
    match step.mask:
        case "pseudonym":
            return pseudonyms.of
        case "redact":
            return _redact
        case "truncate_time" if step.to is not None:
            unit = step.to
            return lambda array: truncated(array, unit)
        case "round":
            return lambda array: rounded(array, step.n)
    first, last = ends_kept(field)
    return lambda array: _keep(array, first, last)


def ends_kept(field: FieldMask) -> tuple[int, int]:
    """Return how many characters stay at the beginning and at the end."""
    first = next((step.n for step in field.steps if step.mask == "keep_first"), 0)
    last = next((step.n for step in field.steps if step.mask == "keep_last"), 0)
    return first, last


def _redact(text: pa.Array) -> pa.Array:
    return pc.if_else(pc.is_valid(text), pa.scalar(REDACTED), pa.scalar(None, pa.string()))


def _keep(text: pa.Array, first: int, last: int) -> pa.Array:
    """Keep the ends; what is no longer than both together is redacted, or it would show whole."""
    head = pc.utf8_slice_codeunits(text, 0, first) if first else pa.scalar("")
    tail = pc.utf8_slice_codeunits(text, -last) if last else pa.scalar("")
    kept = pc.binary_join_element_wise(head, pa.scalar(REDACTED), tail, "")
    return pc.if_else(pc.greater(pc.utf8_length(text), first + last), kept, _redact(text))
