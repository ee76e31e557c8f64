"""Reference tables: the operator's where its folder holds one, else those that ship."""

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


class Reference:
    """The tables that ship in a package; what is wrong raises ContractError with place and cure."""

    def __init__(self, package: str) -> None:
        self._package = package

    def read(self, name: str, model: type[Model], folder: Path | None = None) -> Model:
        """Return a YAML file as the model."""
        text, place = self._text(name, folder)
        return parse_yaml(text, model, place)

    def rows(self, name: str, model: type[Model], folder: Path | None = None) -> tuple[Model, ...]:
        """Return the rows of a CSV file; an empty cell is as if its column were not there."""
        text, place = self._text(name, folder)
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

    def _text(self, name: str, folder: Path | None) -> tuple[str, str]:
        own = folder / name if folder else None
        if own is not None and own.is_file():
            return own.read_text("utf-8-sig"), str(own)
        return (files(self._package) / name).read_text("utf-8"), name
