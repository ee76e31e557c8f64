"""What can be published, as the gateway tells it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.builders import contract_folder, event, field, reading_fields, schema

from lingqu.contracts.loader import load_catalogue
from lingqu_gateway.catalogue import topic


def test_the_example_of_a_topic_is_of_its_major(tmp_path: Path) -> None:
    newer = schema(fields=[*reading_fields(), field("depth", "double")])
    folder = contract_folder(tmp_path, versions={"1.0": schema(), "2.0": newer}, rules=[])
    old, new = event(), event(depth=2.0)
    written = {
        "plain.json": new,
        "v1/invalid-schema-value.json": event(value="much"),
        "v1/plain.json": old,
        "v2/other.json": event(depth=3.0),
    }
    for name, example in written.items():
        path = folder / "demo" / "reading" / "examples" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(example), "utf-8")
    catalogue = load_catalogue(folder)

    assert topic(catalogue, "demo.reading.v1")["example"] == old
    assert topic(catalogue, "demo.reading.v2")["example"] == new


def test_a_topic_without_examples_has_none(tmp_path: Path) -> None:
    catalogue = load_catalogue(contract_folder(tmp_path))
    assert topic(catalogue, "demo.reading.v1")["example"] is None
