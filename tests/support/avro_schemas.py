"""Small Avro schemas that tests of the registry share."""

from __future__ import annotations

from typing import Any

FIELD = {"name": "a", "type": "int"}
B = {"name": "b", "type": "string"}
V1: dict[str, Any] = {"type": "record", "name": "R", "fields": [FIELD]}
V2: dict[str, Any] = {**V1, "fields": [FIELD, {**B, "default": ""}]}
BREAKING: dict[str, Any] = {**V1, "fields": [FIELD, B]}
CODE: dict[str, Any] = {"type": "fixed", "name": "Code", "namespace": "a", "size": 2}
USING: dict[str, Any] = {**V1, "fields": [{"name": "c", "type": "a.Code"}]}
INLINED: dict[str, Any] = {**V1, "fields": [{"name": "c", "type": CODE}]}
