"""A region file: the partners and agreements of one hub, in one YAML document."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from lingqu.agreements.model import Agreement, Document, RegionCode, Slug, Text
from lingqu.agreements.sentences import sentence
from lingqu.contracts.yaml_file import parse_yaml
from lingqu.errors import ContractError

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
Uscc = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$")]


class Partner(Document):
    """An organisation in a region that sends or receives; `uscc` is its social credit code."""

    id: Slug
    name: Text
    name_en: Text | None = None
    region: RegionCode
    uscc: Uscc | None = None


class RegionFile(Document):
    """What a hub's operator writes; `region` says whose hub it is for."""

    region: RegionCode
    name: Text | None = None
    partners: tuple[Partner, ...] = ()
    agreements: tuple[Agreement, ...] = ()


class _AnyDocument(BaseModel):
    model_config = ConfigDict(extra="allow")


def read_document(path: Path, variables: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the YAML file as JSON values, each ${NAME} filled in, by default from the environment.

    Raises ContractError naming file, line and column, or the variable that is missing.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ContractError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ContractError(f"{path}: not UTF-8 text ({error}); save it as UTF-8") from error
    document = parse_yaml(text, _AnyDocument, str(path)).model_dump(mode="json")
    values = os.environ if variables is None else variables
    filled: dict[str, Any] = _fill(document, values, str(path))
    return filled


def parse_region_file(document: Mapping[str, Any]) -> RegionFile:
    """Return the document, checked; raise ContractError naming place, cause and cure."""
    try:
        return RegionFile.model_validate(document)
    except ValidationError as error:
        raise ContractError(sentence(error, RegionFile)) from error


def _fill(value: Any, values: Mapping[str, str], place: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _fill(inner, values, place) for name, inner in value.items()}
    if isinstance(value, list):
        return [_fill(inner, values, place) for inner in value]
    if not isinstance(value, str):
        return value
    for name in _VARIABLE.findall(value):
        if name not in values:
            raise ContractError(f"{place}: ${{{name}}} has no value; set the variable {name}")
    return _VARIABLE.sub(lambda found: values[found[1]], value)
