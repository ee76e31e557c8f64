"""What REST takes of a contract: a model made of its fields, which stay described in one place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

import orjson
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    create_model,
)

from lingqu.contracts.examples import examples
from lingqu.contracts.model import Contract
from lingqu.domain_service.endpoints.declaring import Stated
from lingqu.domain_service.statements.noun import ENVELOPE
from lingqu.service.instants import Day, Instant

_LONGEST_LIST = 500

Line = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]
_INT = Annotated[int, Field(ge=-(2**31), lt=2**31)]
_LONG = Annotated[int, Field(ge=-(2**63), lt=2**63)]
_FLOAT = Annotated[float, Field(allow_inf_nan=False)]
_PLAIN: Mapping[str, Any] = {
    "string": Line,
    "boolean": bool,
    "int": _INT,
    "long": _LONG,
    "double": _FLOAT,
}
_LOGICAL: Mapping[str, Any] = {
    "timestamp-millis": Instant,
    "date": Day,
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


def stated_model(contract: Contract, *, left_out: Collection[str] = ()) -> type[Stated]:
    """Return a model of the contract's fields, without its envelope and what is left out.

    A field with a default may be missing. Its example is the contract's first that is valid.
    """
    schema = orjson.loads(contract.latest().schema)
    without = ENVELOPE | set(left_out)
    told: dict[str, Any] = {
        each["name"]: _field(each) for each in schema["fields"] if each["name"] not in without
    }
    extra: dict[str, Any] = {}
    golden = next((path for path, _, is_valid in examples(contract) if is_valid), None)
    if golden is not None:
        event = orjson.loads(golden.read_bytes())
        extra["examples"] = [{key: value for key, value in event.items() if key in told}]

    class Base(Stated):
        model_config = ConfigDict(json_schema_extra=extra)

    made: type[Stated] = create_model(
        f"{schema['name']}In", __base__=Base, __doc__=schema["doc"], **told
    )
    return made


def _field(spec: Mapping[str, Any]) -> tuple[Any, Any]:
    described = spec.get("doc", "")
    if "default" not in spec:
        return _type(spec["type"]), Field(description=described)
    default = spec["default"]
    if isinstance(default, list):
        return _type(spec["type"]), Field(
            default_factory=list, max_length=_LONGEST_LIST, description=described
        )
    return _type(spec["type"]), Field(default=default, description=described)


def _type(avro: Any) -> Any:
    match avro:
        case str():
            return _PLAIN[avro]
        case ["null", other]:
            return _type(other) | None
        case {"logicalType": str() as logical}:
            return _LOGICAL[logical]
        case {"type": "enum", "symbols": list() as symbols}:
            return Literal[tuple(symbols)]
        case {"type": "array", "items": items}:
            return list[_type(items)]  # type: ignore[misc]
        case {"type": "record", "name": str() as name, "fields": list() as fields}:
            told: dict[str, Any] = {each["name"]: _field(each) for each in fields}
            return create_model(f"{name}In", __base__=_Part, **told)
    raise TypeError(f"no model for the Avro type {avro!r}; contracts keep to the profile")
