from __future__ import annotations

import json
from typing import Any

import pytest

from lingqu.admission.rows import RowReader
from lingqu.errors import Reason

TREE = {
    "type": "record",
    "name": "Tree",
    "namespace": "cn.lingqu.demo",
    "fields": [
        {"name": "name", "type": "string"},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["oak", "elm"]}},
        {"name": "second", "type": ["null", "Kind"], "default": None},
        {"name": "heights", "type": {"type": "map", "values": "double"}, "default": {}},
        {"name": "branches", "type": {"type": "array", "items": "Tree"}, "default": []},
        {"name": "mixed", "type": ["null", "long", "string"], "default": None},
    ],
}
READER = RowReader(json.dumps(TREE))


def tree(**changes: Any) -> dict[str, Any]:
    return {"name": "a", "kind": "oak"} | changes


def refused(row: object) -> Reason:
    read = READER.read(row)
    assert isinstance(read, Reason)
    return read


@pytest.mark.parametrize(
    "row",
    [
        tree(),
        tree(second="elm", heights={"trunk": 2.0}, mixed="x"),
        tree(branches=[tree(), tree(branches=[tree(mixed=3)])]),
    ],
)
def test_what_fits_is_returned_as_it_was_given(row: dict[str, Any]) -> None:
    assert READER.read(row) == row


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        (tree(name=3), "undecodable", "name"),
        (tree(name=None), "undecodable", "name"),
        (tree(kind="fir"), "undecodable", "kind"),
        (tree(second="fir"), "undecodable", "second"),
        (tree(heights={"a": "b"}), "undecodable", "heights"),
        (tree(heights=[]), "undecodable", "heights"),
        (tree(branches={}), "undecodable", "branches"),
        (tree(branches=[tree(), {"name": "b"}]), "missing_field", "branches.kind"),
        (tree(branches=[tree(branches=[3])]), "undecodable", "branches.branches"),
        (tree(mixed=1.5), "undecodable", "mixed"),
        ({"kind": "oak"}, "missing_field", "name"),
        ([], "undecodable", None),
    ],
)
def test_what_does_not_fit_is_refused_by_its_field(
    row: object, code: str, field: str | None
) -> None:
    reason = refused(row)
    assert (reason.code, reason.field) == (code, field)


def test_an_unknown_field_is_refused_with_the_nearest_known() -> None:
    reason = refused(tree(branch=[]))
    assert reason.field == "branch"
    assert "did you mean 'branches'?" in reason.detail


def test_what_is_nested_too_deeply_is_refused() -> None:
    row = tree()
    for _ in range(2000):
        row = tree(branches=[row])
    assert "too deeply" in refused(row).detail


def test_a_reason_names_no_value() -> None:
    assert "secret" not in refused(tree(kind="secret")).detail


def test_a_derived_field_may_be_left_out() -> None:
    assert RowReader(json.dumps(TREE), derived=frozenset({"name"})).read({"kind": "oak"}) == {
        "kind": "oak"
    }
