"""What is wrong with a document, in one sentence: place, cause, cure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

_CURES: Mapping[str, str] = {
    "region": "write a division code of 2, 4 or 6 digits, or X- and a name in capitals",
    "contract": 'write it as "domain.event"',
    "contract_version": 'write it in quotes, as "1.0"',
    "valid_from": "write a day as 2026-01-31",
    "valid_until": "write a day as 2026-01-31",
    "fields": "write `all`, or a list of field names",
    "id": "use lower-case letters, digits and hyphens, at most 40",
    "feed": "use lower-case letters, digits and hyphens, at most 40",
    "partner": "use lower-case letters, digits and hyphens, at most 40",
    "uscc": "a social credit code has 18 digits and capitals",
    "masks": "write {mask: …} or a list of them for each field",
}
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")

Location = tuple[int | str, ...]


def sentence(error: ValidationError, model: type[BaseModel]) -> str:
    """Return the first problem of a document of that model; what was written is not repeated."""
    first = error.errors(include_url=False, include_input=False)[0]
    path = tuple(part for part in first["loc"] if not _is_branch(part))
    place = _place(path)
    if first["type"] in _UNKNOWN:
        return f"{place}: unknown name {path[-1]!r}; {_nearest(str(path[-1]), model)}"
    if first["type"] == "missing":
        return f"{place}: is missing; add it"
    cure = _cure(path)
    return f"{place}: {first['msg'].removeprefix('Value error, ')}{f'; {cure}' if cure else ''}"


def _is_branch(part: int | str) -> bool:
    """Whether pydantic names a branch of a union or a validator there, not a place."""
    return isinstance(part, str) and ("[" in part or part == "tuple")


def _place(path: Location) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).lstrip(".") or "the document"


def _cure(path: Location) -> str | None:
    names = [part for part in path if isinstance(part, str)]
    return _CURES.get(names[-1]) if names else None


def _nearest(name: str, model: type[BaseModel]) -> str:
    fields = {field for inner in _models(model) for field in inner.model_fields}
    known = sorted(fields | {"n", "to"})
    near = difflib.get_close_matches(name, known, 1)
    return f"did you mean {near[0]!r}?" if near else "remove it"


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from _models(field.annotation)
    for part in getattr(annotation, "__args__", ()):
        yield from _models(part)
