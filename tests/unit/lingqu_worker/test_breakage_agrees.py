"""What the judge of views says of a new version is what the worker then does with its events."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.support.builders import contract_folder, event, field, reading_fields, schema
from tests.unit.lingqu_worker.test_feed_versions import NO_PERSONS, delivered

from lingqu.agreements.breakage import SignedView, whose_view_breaks
from lingqu.agreements.model import ViewTerms
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract
from lingqu.contracts.schema_file import parse_version
from lingqu.errors import LingquError

ALL: dict[str, Any] = {"clearance": {"grade": 4, "kinds": ["personal"]}, "fields": "all"}
FEW: dict[str, Any] = {**ALL, "fields": ["station", "deep"]}
MASKED: dict[str, Any] = {**ALL, "masks": {"operator": {"mask": "keep_first", "n": 1}}}
STATUS = {"type": "enum", "name": "Status", "symbols": ["ok", "lost"], "default": "ok"}
PARTS = {
    "type": "array",
    "items": {
        "type": "record",
        "name": "Part",
        "doc": "One part.",
        "fields": [field("code", "string"), field("amount", "string", default="", unit="kg")],
    },
}

# What becomes of a field (None: it is dropped), and what an event of the new version says.
CHANGES: list[tuple[str, dict[str, Any] | None, dict[str, Any]]] = [
    ("deep", {"doc": "Other words."}, {"deep": 1}),
    ("deep", {"type": "long"}, {"deep": 1}),
    ("deep", {"type": "double", "default": 0.0}, {"deep": 1.5}),
    ("deep", {"name": "depth", "aliases": ["deep"]}, {"depth": 1}),
    ("deep", None, {}),
    ("station", {"type": ["null", "string"], "default": None}, {"deep": 1, "station": None}),
    ("operator", {"type": "long", "default": 0}, {"deep": 1, "operator": 1}),
    ("operator", {"type": "string", "default": ""}, {"deep": 1, "operator": ""}),
    ("operator", None, {"deep": 1}),
    ("status", {"type": STATUS}, {"deep": 1, "status": "lost"}),
    ("note", {"type": "boolean", "default": False}, {"deep": 1, "note": True}),
    ("parts", {"type": PARTS}, {"deep": 1, "parts": [{"code": "p", "amount": "1"}]}),
]


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    text = schema(fields=[*reading_fields(), field("deep", "int", default=0)])
    root = contract_folder(tmp_path_factory.mktemp("signed"), versions={"1.0": text}, rules=[])
    return load_catalogue(root).contract("demo.reading")


def newer(name: str, members: dict[str, Any] | None) -> str:
    fields = [*reading_fields(), field("deep", "int", default=0)]
    return schema(
        fields=[
            {**each, **(members or {})} if each["name"] == name else each
            for each in fields
            if each["name"] != name or members is not None
        ]
    )


def written(text: str, says: dict[str, Any]) -> dict[str, Any]:
    names = {spec.path for spec in parse_version("1.1", text).fields}
    return {name: value for name, value in {**event(), **says}.items() if name in names}


@pytest.mark.parametrize("filtered_by", [None, "operator == null || operator != 'x'"])
@pytest.mark.parametrize("view", [ALL, NO_PERSONS, FEW, MASKED], ids=["all", "some", "few", "mask"])
@pytest.mark.parametrize(
    "change", CHANGES, ids=[f"{name}-{n}" for n, (name, *_) in enumerate(CHANGES)]
)
def test_a_view_is_said_to_break_where_events_would_not_arrive(
    signed: Contract,
    change: tuple[str, dict[str, Any] | None, dict[str, Any]],
    view: dict[str, Any],
    filtered_by: str | None,
) -> None:
    name, members, says = change
    text = newer(name, members)
    version = parse_version("1.1", text)
    whose = SignedView("a", "office", "44", "1.0", ViewTerms.model_validate(view), filtered_by)
    [verdict] = whose_view_breaks(
        signed, replace(signed, versions=(*signed.versions, version)), version, [whose]
    )

    try:
        staged = delivered(signed, text, written(text, says), view=view, filter=filtered_by)
        arrives = len(staged.batch) == 1
    except LingquError:
        arrives = False

    assert (verdict.breaks == ()) is arrives, verdict
