from __future__ import annotations

from typing import Any

import pytest

from lingqu.contracts.avro.parser import Definitions, parse
from lingqu.contracts.avro.types import NO_DEFAULT, Enum, Fixed, Record, Union
from lingqu.errors import ContractError


def record(*fields: Any, **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": "R", "fields": list(fields), **more}


def field(type_: Any, **more: Any) -> dict[str, Any]:
    return {"name": "a", "type": type_, **more}


ENUM = {"type": "enum", "name": "E", "symbols": ["x"]}

# a schema, and what the refusal says
REFUSED: list[tuple[Any, str]] = [
    (5, "at /: 5 is no type"),
    (None, "None is no type"),
    ({}, "there is no type"),
    ({"type": {"type": "string"}}, "there is no type"),
    ({"type": "nothing"}, "'nothing' is not a defined name"),
    ({"type": "array"}, 'there is no "items"'),
    ({"type": "map", "values": None}, 'there is no "values"'),
    ([["null"]], "at /0: a union stands directly inside a union"),
    (["int", "int"], "at /1: the union has 'int' twice"),
    (["int", {"type": "int", "logicalType": "date"}], "the union has 'int' twice"),
    ([{"type": "array", "items": "int"}, {"type": "array", "items": "long"}], "'array' twice"),
    ([ENUM, "E"], "the union has 'E' twice"),
    ({"type": "record", "name": "R"}, "record 'R' has no \"fields\""),
    ({"type": "record", "fields": []}, 'there is no "name"'),
    (record(name="1bad"), "at /name: '1bad' is no name"),
    (record(name="a..b"), "'' is no name"),
    (record(namespace="a-b"), "'a-b' is no name"),
    (record(name="int"), "named after the primitive 'int'"),
    (record(aliases="x"), "aliases are a list of names"),
    (record(aliases=["a b"]), "'a b' is no name"),
    (record("a"), "at /fields/0: 'a' is no field"),
    (record({"type": "int"}), 'at /fields/0: there is no "name"'),
    (record({"name": "a-b", "type": "int"}), "at /fields/0/name: 'a-b' is no name"),
    (record({"name": "a"}), 'there is no "type"'),
    (record(field("int"), field("int")), "at /fields/1: 'R' has the field 'a' twice"),
    (record(field("Unknown")), "at /fields/0/type: 'Unknown' is not a defined name"),
    (record(field("int", order="up")), "the order 'up' is none of ascending, descending, ignore"),
    (record(field("int", default="x")), "at /fields/0: the default 'x' of field 'a' is no int"),
    (record(field("int", default=2**31)), "is no int"),
    (record(field("int", default=1.0)), "is no int"),
    (record(field("boolean", default=1)), "is no boolean"),
    (record(field("double", default="x")), "is no double"),
    (record(field(["null", "int"], default="x")), "is no union"),
    (record(field({"type": "array", "items": "int"}, default=[None])), "is no array"),
    (record(field(record(field("int"), name="I"), default={})), "is no I"),
    ({"type": "enum", "name": "E"}, "enum 'E' has no \"symbols\""),
    ({**ENUM, "symbols": ["a", "a"]}, "the symbol 'a' is there twice"),
    ({**ENUM, "symbols": ["a b"]}, "at /symbols/0: 'a b' is no name"),
    ({**ENUM, "default": "z"}, "the enum's default 'z' is none of its symbols"),
    ({"type": "fixed", "name": "F", "size": "x"}, "fixed 'F' has no size"),
    ({"type": "fixed", "name": "F", "size": -1}, "fixed 'F' has no size"),
    ([ENUM, record(field({**ENUM, "symbols": ["y"]}))], "'E' is defined twice"),
]


@pytest.mark.parametrize(("schema", "sentence"), REFUSED)
def test_what_is_no_avro_is_refused_with_place_and_cause(schema: Any, sentence: str) -> None:
    with pytest.raises(ContractError) as caught:
        parse(schema)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "schema",
    [
        [],
        record(field({"type": "int", "logicalType": "date"}), unit="m"),
        record(field("string", aliases=["a b"])),  # only the names of types are checked
        record(field("double", default="1.5")),
        record(field(["null", "int"], default=3)),
        {"type": "record", "name": "河", "fields": [{"name": "水", "type": "int"}]},
        record(field(record(field("int", default=1), name="I"), default={})),
        record(field("long", default=2**40)),
        {"type": "fixed", "name": "F", "size": 0},
        {**ENUM, "default": None},
    ],
)
def test_what_avro_java_takes_is_taken(schema: Any) -> None:
    parse(schema)


def test_names_lead_to_types_before_and_after_they_are_defined() -> None:
    later = {"type": "fixed", "name": "F", "size": 2}
    tree = parse(
        record(
            field("F"),
            {"name": "b", "type": later},
            {"name": "c", "type": ["null", "R"]},
            namespace="n",
        )
    )

    assert isinstance(tree, Record)
    assert isinstance(tree.fields[0].type, Fixed)
    assert tree.fields[0].type is tree.fields[1].type
    assert tree.fields[0].type.name == "n.F"
    assert isinstance(tree.fields[2].type, Union)
    assert tree.fields[2].type.branches[1] is tree


def test_a_name_is_looked_for_in_its_namespace_and_then_in_none() -> None:
    inner = record(field("E"), name="x.I")
    tree = parse([ENUM, inner])

    assert isinstance(tree, Union)
    assert isinstance(tree.branches[1], Record)
    assert tree.branches[1].fields[0].type is tree.branches[0]
    with pytest.raises(ContractError, match="'E' is not a defined name"):
        parse([inner, ENUM])


INNER = record(field({"type": "array", "items": ["null", "n.I"]}, default=[]), name="I", unit="m")


def twice(change: dict[str, Any]) -> dict[str, Any]:
    return record(field(INNER), {"name": "b", "type": {**INNER, **change}}, namespace="n")


@pytest.mark.parametrize("change", [{"doc": "again", "aliases": ["J"]}, {"name": "n.I"}])
def test_a_type_defined_twice_alike_is_one_type(change: dict[str, Any]) -> None:
    tree = parse(twice(change))

    assert isinstance(tree, Record)
    assert tree.fields[0].type is tree.fields[1].type


@pytest.mark.parametrize(
    "change",
    [
        {"unit": "cm"},
        {"fields": []},
        {"fields": [field({"type": "array", "items": ["null", "n.I"]}, default=[], x=1)]},
        {"fields": [field({"type": "array", "items": ["n.I"]}, default=[])]},
        {"fields": [field({"type": "map", "values": "n.I"})]},
        {"type": "fixed", "size": 1},
    ],
)
def test_a_type_defined_twice_otherwise_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ContractError, match=r"at /fields/1/type: 'n\.I' is defined twice"):
        parse(twice(change))


def test_aliases_are_full_names() -> None:
    tree = parse(record(namespace="n", aliases=["Old", "m.Older", ".Oldest", "Old"]))

    assert isinstance(tree, Record)
    assert tree.aliases == ["n.Old", "m.Older", "Oldest"]


def test_what_is_known_may_be_used_and_grows() -> None:
    known: Definitions = {}
    first = parse({**ENUM, "namespace": "n"}, known)

    tree = parse(record(field("n.E")), known)

    assert isinstance(first, Enum)
    assert isinstance(tree, Record)
    assert tree.fields[0].type is first
    assert set(known) == {"n.E", "R"}


def test_a_field_says_whether_it_has_a_default() -> None:
    tree = parse(record(field("null", default=None), {"name": "b", "type": "int"}))

    assert isinstance(tree, Record)
    assert tree.fields[0].default is None
    assert tree.fields[1].default is NO_DEFAULT


def test_a_schema_without_end_is_refused() -> None:
    nested: Any = "int"
    for _ in range(10_000):
        nested = {"type": "array", "items": nested}

    with pytest.raises(ContractError, match="nested too deep"):
        parse(nested)
