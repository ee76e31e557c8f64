"""A mapping file: how the columns of a table become the fields of a contract's events."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from lingqu.errors import ContractError, NotFoundError

PLACE = re.compile(r"\{([^{}]*)\}")


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"no time zone named {name!r}; write one as Asia/Shanghai") from error
    return name


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldMapping(_Part):
    """One field: from a column, from other fields by a template, or always the same value."""

    column: str | None = None
    value: Any = None
    template: str | None = Field(None, description="text with {field} places, of fields above it")
    map: dict[str, Any] | None = Field(
        None, description="cell → value; others take the default, or are refused"
    )
    time: str | None = Field(None, description="strptime pattern; %Y may be left out")
    number: bool = False
    required: bool = Field(False, description="a row where it is missing is refused")
    default: Any = Field(
        None, description="what stands where the cell is missing or not in the map"
    )

    def places(self) -> list[str]:
        """Return the fields that its template names."""
        return PLACE.findall(self.template or "")

    @model_validator(mode="after")
    def _one_origin(self) -> FieldMapping:
        given = self.model_fields_set & {"column", "value", "template"}
        if len(given) != 1:
            raise ValueError("give exactly one of column, value, template")
        return self


class ItemMapping(_Part):
    """One entry of a list: a column's number, or the flag that says why there is none."""

    column: str
    set: dict[str, Any] = Field(default_factory=dict, description="fields that are always so")
    value: str = Field("value", description="the field that takes the number")
    flag: str | None = Field(None, description="the field that takes the flag")
    measured: str | None = Field(None, description="the flag where there is a number")


class Mapping(_Part):
    """What a mapping file says, checked."""

    topic: str
    source: str = Field(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$",
        description="goes into the ids, so that a second import makes the same",
    )
    encoding: str = Field("auto", description="auto finds UTF-8, with or without mark, and GB18030")
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Shanghai"
    collected_on: date | None = Field(None, description="gives the year where times have none")
    missing: dict[str, str] = Field(default_factory=dict, description="marker → flag")
    fields: dict[str, FieldMapping]
    lists: dict[str, tuple[ItemMapping, ...]] = Field(default_factory=dict)

    def columns(self) -> frozenset[str]:
        """Return the columns that a file must have."""
        named = {field.column for field in self.fields.values() if field.column is not None}
        return frozenset(named | {item.column for items in self.lists.values() for item in items})

    @model_validator(mode="after")
    def _templates_look_back(self) -> Mapping:
        known: set[str] = set()
        for name, field in self.fields.items():
            for place in field.places():
                if place not in known:
                    raise ValueError(f"the template of {name!r} names no field above it: {place!r}")
            known.add(name)
        return self


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file; raise ContractError with the file, the place and the rule."""
    try:
        return Mapping.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise NotFoundError(f"the mapping {path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContractError(
            f"the mapping {path} is not YAML: {' '.join(str(error).split())}"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ContractError(f"the mapping {path}, {place}: {first['msg']}") from error


def find_mapping(name: str, folder: Path | None) -> Path:
    """Return a mapping's path, given as a path or by its name in a contract's folder."""
    if Path(name).is_file():
        return Path(name)
    if folder is None:
        raise NotFoundError(f"no mapping file {name!r}; set LINGQU_SCHEMAS_DIR to find it by name")
    if (folder / f"{name}.yaml").is_file():
        return folder / f"{name}.yaml"
    known = ", ".join(sorted(path.stem for path in folder.glob("*.yaml"))) or "none"
    raise NotFoundError(f"no mapping {name!r}, as a file or in {folder}, where there are: {known}")
