"""Options of connectors as Kafka Connect validates a config: every field, with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from lingqu.connect.plugins import connector


@dataclass(frozen=True, slots=True)
class Definition:
    """What a field is for: `type` is that of JSON Schema where it has one."""

    name: str
    type: str
    required: bool
    default_value: str | None
    documentation: str


@dataclass(frozen=True, slots=True)
class Value:
    """What a field was given, and each thing wrong with it."""

    name: str
    value: Any
    errors: list[str]
    visible: bool = True


@dataclass(frozen=True, slots=True)
class Config:
    """One field of a config."""

    definition: Definition
    value: Value


@dataclass(frozen=True, slots=True)
class Validation:
    """A whole config; nothing is applied by asking."""

    name: str
    error_count: int
    groups: list[str]
    configs: list[Config]


def validate_config(plugin: str, config: Mapping[str, Any]) -> Validation:
    """Return what would be wrong with a connector's options. Raises NotFoundError."""
    model = connector(plugin).options_model
    schema = model.model_json_schema()["properties"]
    errors = _errors(plugin, config)
    configs = [
        Config(
            _definition(name, field, schema.get(name, {})),
            Value(name, config.get(name), errors.pop(name, [])),
        )
        for name, field in model.model_fields.items()
    ]
    for name, wrong in errors.items():
        unknown = Definition(name, "", required=False, default_value=None, documentation="")
        configs.append(Config(unknown, Value(name, config.get(name), wrong)))
    count = sum(bool(each.value.errors) for each in configs)
    return Validation(plugin, count, [], configs)


def _errors(plugin: str, config: Mapping[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    try:
        connector(plugin).options_model.model_validate(dict(config))
    except ValidationError as error:
        for each in error.errors(include_input=False):
            name = str(each["loc"][0]) if each["loc"] else plugin
            found.setdefault(name, []).append(str(each["msg"]))
    return found


def _definition(name: str, field: FieldInfo, schema: Mapping[str, Any]) -> Definition:
    default = field.get_default()
    plain = None if default is None or default is PydanticUndefined else str(default)
    kinds = [schema, *schema.get("anyOf", ())]
    kind = next((str(each["type"]) for each in kinds if "type" in each), "any")
    return Definition(name, kind, field.is_required(), plain, field.description or "")
