"""JSON Schemas that other bodies published, as they published them: see published/README.md."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft7Validator, Draft201909Validator, Draft202012Validator

_FOLDER = Path(__file__).parent / "published"


Validator = Draft7Validator | Draft201909Validator | Draft202012Validator


@cache
def asyncapi_validator() -> Validator:
    return Draft7Validator(_schema("asyncapi-3.0.0.json.gz"))


@cache
def odcs_validator() -> Validator:
    return Draft201909Validator(_schema("odcs-3.1.0.json.gz"))


def faults(validator: Validator, tree: Any) -> list[str]:
    """Return what is wrong, with its place; empty where nothing is."""
    return [
        f"{'.'.join(map(str, error.instance_path))}: {error.message[:200]}"
        for error in validator.iter_errors(tree)
    ]


def _schema(name: str) -> Any:
    return json.loads(gzip.decompress((_FOLDER / name).read_bytes()))
