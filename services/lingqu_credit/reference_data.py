"""Tables that law and practice give, as data; an operator's folder replaces any of them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from lingqu.contracts.yaml_file import parse_yaml, read_yaml

Model = TypeVar("Model", bound=BaseModel)


def read_reference(name: str, model: type[Model], folder: Path | None = None) -> Model:
    """Return the operator's file where the folder holds one, else the one that ships."""
    if folder is not None and (folder / name).is_file():
        return read_yaml(folder / name, model)
    shipped = files("lingqu_credit") / "reference" / name
    return parse_yaml(shipped.read_text("utf-8"), model, name)
