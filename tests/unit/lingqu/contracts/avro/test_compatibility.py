from __future__ import annotations

from typing import Any

import pytest

from lingqu.contracts.avro.compatibility import Problem, differences, problems
from lingqu.contracts.avro.parser import parse
from lingqu.errors import ContractError


def record(*fields: Any, name: str = "R", **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields), **more}


def enum(*symbols: str, **more: Any) -> dict[str, Any]:
    return {"type": "enum", "name": "E", "symbols": list(symbols), **more}


def fixed(size: int, **more: Any) -> dict[str, Any]:
    return {"type": "fixed", "name": "F", "size": size, **more}


def array(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def of_values(values: Any) -> dict[str, Any]:
    return {"type": "map", "values": values}


def decimal(precision: int, scale: int) -> dict[str, Any]:
    return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}


A = {"name": "a", "type": "int"}
B = {"name": "b", "type": "string"}
B_DEFAULT = {**B, "default": "x"}
LINKED = {"name": "next", "type": ["null", "R"]}
MILLIS = {"type": "long", "logicalType": "timestamp-millis"}

READ: list[tuple[Any, Any]] = [
    ("int", "int"),
    ("long", "int"),
    ("float", "long"),
    ("double", "float"),
    ("double", "int"),
    ("bytes", "string"),
    ("string", "bytes"),
    (MILLIS, "long"),
    (MILLIS, {"type": "int", "logicalType": "date"}),
    (decimal(4, 2), decimal(4, 2)),
    (decimal(4, 2), "bytes"),
    (decimal(2, 4), decimal(2, 5)),  # a scale above the precision is no decimal
    (["null", {**decimal(4, 2), "type": "int"}], {**decimal(4, 3), "type": "int"}),  # nor on int
    (array("long"), array("int")),
    (of_values("double"), of_values("int")),
    (enum("x", "y"), enum("x")),
    (enum("x", default="x"), enum("x", "y")),
    (enum("x"), enum("x", namespace="other")),
    (enum("x", aliases=["Old"]), enum("x", name="Old")),
    (enum("x", aliases=["a.Old"]), enum("x", name="a.Old")),
    (enum("x", namespace="a", aliases=["Old"]), enum("x", name="a.Old")),
    (fixed(2), fixed(2)),
    (["null", "int"], "int"),
    (["null", "long"], "int"),
    (["null", "int"], ["int", "null"]),
    ("int", ["int"]),
    ([record(A), "null"], record(A, B)),
    (record(A), record(A, B)),
    (record(A, B_DEFAULT), record(A)),
    (record(A, B), record(B_DEFAULT, A)),
    (record({**A, "aliases": ["old"]}), record({**A, "name": "old"})),
    (record(A, LINKED), record(A, LINKED)),
    (record(A, LINKED, B_DEFAULT), record(A, LINKED)),
    (record(A), record(A, type="error")),
]


@pytest.mark.parametrize(("reader", "writer"), READ)
def test_what_the_specification_resolves_is_read(reader: Any, writer: Any) -> None:
    assert problems(reader, writer) == []


# reader, writer, the problems' kinds, paths and info
REFUSED: list[tuple[Any, Any, list[tuple[str, str, str]]]] = [
    (
        "int",
        "long",
        [("TYPE_MISMATCH", "/", "reader type: INT not compatible with writer type: LONG")],
    ),
    (
        array("int"),
        of_values("int"),
        [("TYPE_MISMATCH", "/", "reader type: ARRAY not compatible with writer type: MAP")],
    ),
    (
        array(array("int")),
        array(array("string")),
        [
            (
                "TYPE_MISMATCH",
                "/items/items",
                "reader type: INT not compatible with writer type: STRING",
            )
        ],
    ),
    (
        decimal(4, 2),
        decimal(4, 3),
        [
            (
                "TYPE_MISMATCH",
                "/",
                "reader type: decimal(4, 2) not compatible with writer type: decimal(4, 3)",
            )
        ],
    ),
    (
        decimal(4, 2),
        "int",
        [("TYPE_MISMATCH", "/", "reader type: BYTES not compatible with writer type: INT")],
    ),
    (enum("x"), enum("z", "x", "y"), [("MISSING_ENUM_SYMBOLS", "/symbols", "[y, z]")]),
    (enum("x"), enum("x", name="a.F"), [("NAME_MISMATCH", "/name", "expected: a.F")]),
    (
        enum("x", namespace="a", aliases=["Old"]),
        enum("x", name="b.Old"),
        [("NAME_MISMATCH", "/name", "expected: b.Old")],
    ),
    (fixed(2), fixed(3), [("FIXED_SIZE_MISMATCH", "/size", "expected: 3, found: 2")]),
    (
        ["int"],
        ["null", "int"],
        [("MISSING_UNION_BRANCH", "/0", "reader union lacking writer type: NULL")],
    ),
    (
        record({"name": "u", "type": ["null", "int"]}),
        record({"name": "u", "type": "string"}),
        [("MISSING_UNION_BRANCH", "/fields/0/type", "reader union lacking writer type: STRING")],
    ),
    (
        record({"name": "u", "type": "int"}),
        record({"name": "u", "type": ["null", "int"]}),
        [
            (
                "TYPE_MISMATCH",
                "/fields/0/type",
                "reader type: INT not compatible with writer type: NULL",
            )
        ],
    ),
    (
        ["null", record(A, B)],
        ["null", record(A)],
        [
            ("MISSING_UNION_BRANCH", "/1", "reader union lacking writer type: RECORD"),
            ("READER_FIELD_MISSING_DEFAULT_VALUE", "/1/fields/1", "b"),
        ],
    ),
    (
        record({**A, "type": "string"}, B, name="S"),
        record(A),
        [
            ("NAME_MISMATCH", "/name", "expected: R"),
            (
                "TYPE_MISMATCH",
                "/fields/0/type",
                "reader type: STRING not compatible with writer type: INT",
            ),
            ("READER_FIELD_MISSING_DEFAULT_VALUE", "/fields/1", "b"),
        ],
    ),
    (
        record({"name": "x", "type": array(record(A, B, name="I"))}),
        record({"name": "x", "type": array(record(A, name="I"))}),
        [("READER_FIELD_MISSING_DEFAULT_VALUE", "/fields/0/type/items/fields/1", "b")],
    ),
    (
        record(LINKED, {**A, "type": "string"}),
        record(LINKED, A),
        [
            (
                "TYPE_MISMATCH",
                "/fields/1/type",
                "reader type: STRING not compatible with writer type: INT",
            )
        ],
    ),
    (
        record({**A, "aliases": ["old"]}),
        record(A, {**A, "name": "old"}),
        [("NAME_MISMATCH", "/fields/0/aliases", "matches several: a, old")],
    ),
    (
        record(A, {**A, "name": "b", "aliases": ["a"], "default": 0}),
        record(A),
        [("READER_FIELD_MISSING_DEFAULT_VALUE", "/fields/0", "a")],
    ),
]


@pytest.mark.parametrize(("reader", "writer", "expected"), REFUSED)
def test_what_it_does_not_resolve_is_named_with_its_place(
    reader: Any, writer: Any, expected: list[tuple[str, str, str]]
) -> None:
    assert [(each.kind, each.path, each.info) for each in problems(reader, writer)] == expected


def test_a_description_names_the_schema_that_lacks_something() -> None:
    (found,) = problems(record(A, B), record(A))

    assert found.description == (
        "The field 'b' at path '/fields/1' in the reader's schema has no default value"
        " and is missing in the writer's schema"
    )


def test_what_is_no_schema_is_refused() -> None:
    with pytest.raises(ContractError, match=r"at /fields/0/type: 'Missing' is not a defined name"):
        problems(record({"name": "a", "type": "Missing"}), "int")


def test_large_unions_are_judged_without_walking_them() -> None:
    """Each branch beside each other would be 4 million comparisons."""
    reader = [record(A, name=f"a.R{number}") for number in range(2000)]
    writer = [record(A, B, name=f"b.R{number}") for number in reversed(range(2000))]

    assert problems(reader, writer) == []


def test_schemas_nested_too_deep_are_refused() -> None:
    nested: Any = "int"
    for _ in range(300):
        nested = array(nested)
    tree = parse(nested)

    def compare(depth: int) -> list[Problem]:
        return compare(depth - 1) if depth else differences(tree, tree)

    assert compare(0) == []
    with pytest.raises(ContractError, match="nested too deep"):
        compare(600)
