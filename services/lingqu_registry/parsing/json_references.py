"""Which other schemas a JSON Schema's `$ref`s lead to, and whether a reference brings each.

By RFC 3986 a `$ref` is relative to the `$id` around it, and so is the name of a reference.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any
from urllib.parse import urldefrag, urljoin

Parts = Callable[[dict[str, Any]], Iterator[tuple[str, Any]]]
Found = tuple[str, str, str]  # place, the `$ref` as written, the document it leads to


def strangers(
    schema: Any, parts: Parts, names: Collection[str], known: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield place and text of each `$ref` to a document that is neither here nor referred to.

    `parts` yields a schema's own schemas by step; `known` are documents that everybody has.
    """
    refs: list[Found] = []
    own = {""}
    _collect(schema, parts, "#", "", refs, own)
    root = _base(schema, "")
    reached = own.union(known, (_document(urljoin(root, name)) for name in names), names)
    for place, written, document in refs:
        if document not in reached:
            yield place, written


def _collect(
    schema: Any, parts: Parts, place: str, base: str, refs: list[Found], own: set[str]
) -> None:
    if not isinstance(schema, dict):
        return
    base = _base(schema, base)
    own.add(_document(base))
    written = schema.get("$ref")
    if isinstance(written, str):
        refs.append((f"{place}/$ref", written, _document(urljoin(base, written))))
    for step, part in parts(schema):
        _collect(part, parts, f"{place}/{step}", base, refs, own)


def _base(schema: Any, base: str) -> str:
    """Return what the schema's parts are relative to; draft 4 says `id`."""
    named = schema.get("$id", schema.get("id")) if isinstance(schema, dict) else None
    return urljoin(base, named) if isinstance(named, str) else base


def _document(uri: str) -> str:
    return urldefrag(uri).url
