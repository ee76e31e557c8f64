"""Statements as REST takes them, made from the contract that describes their fields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, create_model

from lingqu.contracts.model import ContractVersion
from lingqu.domain_service.endpoints.declaring import Stated
from lingqu.domain_service.statements.noun import ENVELOPE
from lingqu_credit.records.kinds import SET_BY_HUB

# PostgreSQL holds no NUL in text.
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=4_000, pattern=r"^[^\x00]*$")
]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2999, 12, 31))]
_TYPES: Mapping[str, Any] = {
    "string": Words,
    "int": Annotated[int, Field(ge=-(2**31), lt=2**31)],
    "long": Annotated[int, Field(ge=-(2**63), lt=2**63)],
    "double": float,
    "boolean": bool,
}
Id = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]

# Made so because one of its fields is called by a word of Python's.
MeasureIn = create_model(
    "MeasureIn",
    __base__=Stated,
    __doc__="A measure that somebody decided on; its item of the closed list is filled in.",
    measure_code=(Words, ...),
    edition=(Words, ...),
    basis=(Words, ...),
    list_type=(Words, ...),
    decided_by=(Words, ...),
    decision_no=(Words, ...),
    until=(Day | None, None),
    **{"from": (Day, ...)},  # type: ignore[call-overload]
)


def stated_model(name: str, version: ContractVersion, example: dict[str, Any]) -> type[Stated]:
    """Return the model of a contract's statements; their `record_id` may be left out."""
    fields = dict(_fields(version))
    if "record_id" in fields:
        fields["record_id"] = (Words | None, Field(None, description=_doc(version, "record_id")))
    model = create_model(f"{name.capitalize()}In", __base__=Stated, **fields)
    model.model_config["json_schema_extra"] = {"examples": [example]}
    model.model_rebuild(force=True)
    return model


def _fields(version: ContractVersion) -> Iterator[tuple[str, Any]]:
    for avro in json.loads(version.schema)["fields"]:
        name = avro["name"]
        if name in ENVELOPE or name in SET_BY_HUB:
            continue
        if name == "measures":
            measures = list[MeasureIn]  # type: ignore[valid-type]
            yield name, (measures, Field(default_factory=list, max_length=50))
            continue
        default = avro.get("default", ...)
        yield name, (_type(avro["type"]), Field(default, description=avro["doc"]))


def _type(avro: Any) -> Any:
    match avro:
        case ["null", inner]:
            return _type(inner) | None
        case {"type": "enum", "symbols": symbols}:
            return Literal[tuple(symbols)]
        case {"logicalType": "date"}:
            return Day
        case str():
            return _TYPES[avro]
    raise TypeError(avro)


def _doc(version: ContractVersion, field: str) -> str:
    return version.field(field).doc
