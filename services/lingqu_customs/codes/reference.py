"""Reference files: the operator's where there is one, else those that ship with the service."""

from __future__ import annotations

import csv
import io
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from lingqu.contracts.yaml_file import parse_yaml
from lingqu.errors import ContractError

Model = TypeVar("Model", bound=BaseModel)

_PACKAGE = "lingqu_customs.reference"


def read_reference(name: str, model: type[Model], folder: Path | None = None) -> Model:
    """Return a YAML file as the model; raise ContractError naming file, place and cure."""
    text, place = _text(name, folder)
    return parse_yaml(text, model, place)


def read_rows(name: str, model: type[Model], folder: Path | None = None) -> tuple[Model, ...]:
    """Return the rows of a CSV file; raise ContractError naming file, row and column.

    An empty cell is as if its column were not there.
    """
    text, place = _text(name, folder)
    rows = []
    for number, cells in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        told = {key: value.strip() for key, value in cells.items() if value and value.strip()}
        try:
            rows.append(TypeAdapter(model).validate_python(told))
        except ValidationError as error:
            wrong = error.errors()[0]
            column = ".".join(map(str, wrong["loc"]))
            raise ContractError(
                f"{place}: row {number}, column {column}: {wrong['msg']}; correct the cell"
            ) from error
    return tuple(rows)


def _text(name: str, folder: Path | None) -> tuple[str, str]:
    own = folder / name if folder else None
    if own is not None and own.exists():
        return own.read_text("utf-8-sig"), str(own)
    return (files(_PACKAGE) / name).read_text("utf-8"), name
