"""Whatever the schema and terms: nothing withheld is in the derived schema, and it is stable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import fastavro
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.unit.lingqu.agreements.samples import contract, field, terms, version

from lingqu.agreements.view import View, compile_view
from lingqu.contracts.model import ContractVersion
from lingqu.contracts.schema_file import field_specs
from lingqu.errors import ContractError

GRADES = st.sampled_from([1, 2, 3, 4, "important", "core"])
KINDS = st.sampled_from(["none", "personal", "commercial", "work_secret"])
FEW = settings(max_examples=60)
SCALARS = ("string", "long", "double", "boolean")


@st.composite
def leaf(draw: st.DrawFn, name: str) -> dict[str, Any]:
    avro = draw(st.sampled_from(SCALARS))
    grade, kind = draw(GRADES), draw(KINDS)
    if draw(st.booleans()):
        return field(name, ["null", avro], grade, kind, default=None)
    empty = {"string": "", "long": 0, "double": 0.0, "boolean": False}[avro]
    return field(name, avro, grade, kind, **({"default": empty} if draw(st.booleans()) else {}))


@st.composite
def nested(draw: st.DrawFn, name: str) -> dict[str, Any]:
    record = {
        "type": "record",
        "name": f"R{name}",
        "fields": [draw(leaf(f"x{index}")) for index in range(draw(st.integers(1, 3)))],
    }
    kind = draw(st.sampled_from(["record", "array", "map"]))
    avro: Any = {"array": {"type": "array", "items": record}, "record": record}.get(
        kind, {"type": "map", "values": record}
    )
    return field(name, ["null", avro], draw(GRADES), draw(KINDS), default=None)


@st.composite
def cases(draw: st.DrawFn) -> tuple[ContractVersion, dict[str, Any]]:
    shapes = [leaf, nested]
    own = [draw(draw(st.sampled_from(shapes))(f"f{index}")) for index in range(4)]
    one = version(*own)
    paths = [spec.path for spec in one.fields if spec.path.startswith("f")]
    chosen = st.lists(st.sampled_from(paths), unique=True, max_size=3)
    masks = {path: draw(st.sampled_from(["drop", "redact", "pseudonym"])) for path in draw(chosen)}
    listed: Any = draw(st.one_of(st.just("all"), st.lists(st.sampled_from(paths), unique=True)))
    kinds = draw(st.lists(st.sampled_from(["personal", "commercial"]), unique=True))
    grade = draw(st.sampled_from([1, 2, 3, 4, "important"]))
    return one, {"grade": grade, "kinds": kinds, "fields": listed, "masks": masks}


def compiled(one: ContractVersion, view: dict[str, Any]) -> View:
    try:
        return compile_view(contract(one, key=()), one, terms(**view))
    except ContractError:
        assume(False)
        raise


def named(schema: str) -> Iterator[str]:
    return (spec.path for spec in field_specs(schema))


@FEW
@given(cases())
def test_a_derived_schema_never_holds_a_withheld_field(case: Any) -> None:
    one, terms_of_case = case
    view = compiled(one, terms_of_case)

    left = set(named(view.schema))

    assert left.isdisjoint(view.withheld)
    assert left | set(view.withheld) >= {spec.path for spec in one.fields if "." not in spec.path}
    assert fastavro.parse_schema(json.loads(view.schema))


@FEW
@given(cases())
def test_what_is_left_is_cleared_or_masked(case: Any) -> None:
    one, terms_of_case = case
    view = compiled(one, terms_of_case)
    order = [1, 2, 3, 4, "important", "core"]
    reach = order.index(terms_of_case["grade"])

    masked = tuple(mask.path for mask in view.masks)
    inside = tuple(f"{path}." for path in masked)
    for path in named(view.schema):
        if path in masked or path.startswith(inside):
            continue
        spec = one.field(path)
        assert order.index(spec.grade) <= reach
        assert spec.kind in ("none", *terms_of_case["kinds"])


@FEW
@given(cases())
def test_deriving_is_stable(case: Any) -> None:
    one, terms_of_case = case
    first, again = compiled(one, terms_of_case), compiled(one, terms_of_case)
    listed = terms_of_case["fields"]
    reordered = {**terms_of_case, "fields": "all" if listed == "all" else listed[::-1]}

    assert first == again == compiled(one, reordered)


@FEW
@given(cases())
def test_order_and_names_stay(case: Any) -> None:
    one, terms_of_case = case

    left = list(named(compiled(one, terms_of_case).schema))

    assert left == [spec.path for spec in one.fields if spec.path in set(left)]
