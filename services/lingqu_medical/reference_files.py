"""Reference files: the operator's where the folder holds one, else those that ship."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from lingqu.contracts.yaml_file import parse_yaml

Model = TypeVar("Model", bound=BaseModel)


def read_reference(name: str, model: type[Model], folder: Path | None = None) -> Model:
    """Return a file of `reference/` as the model. Raises ContractError naming file and place."""
    own = folder / name if folder else None
    if own is not None and own.exists():
        return parse_yaml(own.read_text("utf-8"), model, str(own))
    return parse_yaml(
        (files("lingqu_medical") / "reference" / name).read_text("utf-8"), model, name
    )
