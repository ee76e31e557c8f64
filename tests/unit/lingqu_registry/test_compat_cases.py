from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from lingqu_registry.compatibility import judge
from lingqu_registry.parsing.parsed import parse_schema

CASES = yaml.safe_load(Path(__file__).with_name("avro_cases.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_specification_judges_where_libraries_part(case: dict[str, Any]) -> None:
    reader, writer = (parse_schema(json.dumps(case[side])) for side in ("reader", "writer"))

    verdict = "refused" if judge("BACKWARD", reader, [(1, writer)]) else "read"

    assert verdict == case["verdict"]
    assert case["disagrees"], case["clause"]
