"""The columns of a form, derived from the contract whose events its rows become."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from lingqu.contracts.model import ContractVersion, FieldSpec
from lingqu.domain_service.imports import readers, writers
from lingqu.domain_service.imports.column import Column
from lingqu.domain_service.statements.noun import ENVELOPE

_PERSONAL = frozenset({"personal", "sensitive_personal", "minor"})
_HEADING_ENDS = re.compile(r"[。,，(（:：;；]")
_CODES = re.compile(r"(?:^|_)(?:code|no|id|uscc|number)")
_SYMBOL = re.compile(r"=[\w-]+", re.ASCII)
_YES_NO = {"是": True, "否": False}

Kind = Callable[..., Column]


def columns_of(version: ContractVersion, *, leave_out: Collection[str] = ()) -> tuple[Column, ...]:
    """Return a column for each field of text, code, day, time, money, number, choice or list.

    The heading is the beginning of the field's doc, up to its first punctuation. Words of an enum
    are those that the doc lists as `word=symbol`, else the symbols. The envelope, and fields of
    records, are left out.
    """
    schema = json.loads(version.schema)
    fields = {each["name"]: each for each in schema["fields"]}
    enums = dict(_enums(schema))
    found = []
    for spec in version.fields:
        if "." in spec.path or spec.path in ENVELOPE or spec.path in leave_out:
            continue
        kind = _kind(spec, fields[spec.path]["type"], enums)
        if kind is not None:
            found.append(
                kind(
                    heading=_heading(spec),
                    field=spec.path,
                    required=not (spec.nullable or spec.has_default),
                    default=fields[spec.path].get("default"),
                    help=_help(spec),
                    personal=spec.kind in _PERSONAL,
                )
            )
    return tuple(found)


def _kind(spec: FieldSpec, avro: Any, enums: Mapping[str, Sequence[str]]) -> Kind | None:
    """Return what makes the column of a field; None for one that no cell can hold."""
    if spec.type_name == "string":
        is_code = _CODES.search(spec.path) is not None
        return partial(Column, read=readers.code if is_code else readers.text)
    if spec.type_name == "enum":
        plain = _plain_type(avro)
        symbols = plain["symbols"] if isinstance(plain, dict) else enums[plain.split(".")[-1]]
        return _choice(_words(spec.doc, symbols))
    if spec.type_name in {"long", "int"} and spec.path.endswith("_fen"):
        units = {"元": readers.fen, "万元": readers.fen_of_wan}
        return partial(Column, read=readers.fen, write=writers.fen, kind="number", units=units)
    if spec.type_name == "array" and _plain_type(avro)["items"] == "string":
        return partial(Column, read=readers.texts, write=writers.texts)
    return _OF_TYPE.get(spec.type_name)


def _choice(words: Mapping[str, Any]) -> Kind:
    return partial(Column, read=readers.word(words), write=writers.word(words), choices=words)


_OF_TYPE: Mapping[str, Kind] = {
    "date": partial(Column, read=readers.day, write=writers.day),
    "timestamp-millis": partial(Column, read=readers.instant, write=writers.instant),
    "long": partial(Column, read=readers.whole, kind="number"),
    "int": partial(Column, read=readers.whole, kind="number"),
    "double": partial(Column, read=readers.number, kind="number"),
    "boolean": _choice(_YES_NO),
}


def _heading(spec: FieldSpec) -> str:
    return _HEADING_ENDS.split(spec.doc, maxsplit=1)[0].strip() or spec.path


def _help(spec: FieldSpec) -> str:
    """Return the Chinese part of the field's doc, and in which unit it is filled in."""
    said = _SYMBOL.sub("", spec.doc.split("。", maxsplit=1)[0]).strip()
    if spec.path.endswith("_fen"):
        return f"{said};单位:元"
    return f"{said};单位:{spec.unit}" if spec.unit else said


def _words(doc: str, symbols: Collection[str]) -> dict[str, str]:
    words = {}
    for symbol in symbols:
        found = re.search(rf"([^\s、,，;；:：。()（）=]+)={re.escape(symbol)}(?![\w-])", doc)
        words[found[1] if found else symbol] = symbol
    return words


def _plain_type(avro: Any) -> Any:
    """Return the type of a field without null."""
    if isinstance(avro, list):
        (inner,) = [branch for branch in avro if branch != "null"]
        return inner
    return avro


def _enums(avro: Any) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the enums of a schema by name: a field may use one that another field has defined."""
    match avro:
        case {"type": "enum"}:
            yield avro["name"], avro["symbols"]
        case dict():
            for part in avro.values():
                yield from _enums(part)
        case list():
            for part in avro:
                yield from _enums(part)
