"""Whose view a new version breaks: one partner's and not its neighbour's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.lingqu.agreements.samples import OWN_FIELDS, contract, field, schema, terms, version

from lingqu.agreements.breakage import SignedView, whose_view_breaks
from lingqu.agreements.needs import needed_schema
from lingqu.contracts.model import Contract, ContractVersion
from lingqu.contracts.schema_file import parse_version

ALL = SignedView("all-south", "south-office", "44", "1.0", terms())
FEW = SignedView("few-west", "west-office", "52", "1.0", terms(kinds=()))


def after(changed: Mapping[str, Any] | None = None, name: str = "", **more: Any) -> ContractVersion:
    """Return version 1.1: the sample's fields with one of them changed, or left out."""
    fields = [
        {**each, **(changed or {})} if each["name"] == name else each
        for each in OWN_FIELDS
        if each["name"] != name or changed is not None
    ]
    text = json.dumps(schema(*fields, *more.values()), ensure_ascii=False)
    return parse_version("1.1", text)


def both(one: ContractVersion) -> Contract:
    return replace(contract(), versions=(version(), one))


def broken(one: ContractVersion, *views: SignedView) -> dict[str, list[str]]:
    verdicts = whose_view_breaks(contract(), both(one), one, views or (ALL, FEW))
    return {verdict.view.whose: list(verdict.breaks) for verdict in verdicts}


@pytest.mark.parametrize(
    ("one", "all_sees", "few_sees"),
    [
        (after(extra=field("extra", "string", default="")), [], []),
        (after(name="keeper"), [], []),
        (
            after({"type": "long", "default": 0}, "keeper"),
            ["keeper may be written as long, which its readers do not expect"],
            [],
        ),
        (
            after({"type": "string", "default": ""}, "count"),
            ["count is read as long and written as string"],
            ["count is read as long and written as string"],
        ),
        (after(name="serial"), ["serial is not written any more"], ["serial is not written any"]),
        (
            after({"type": {"type": "enum", "name": "Level", "symbols": ["LOW", "TOP"]}}, "level"),
            ["level may be TOP, which its readers do not know"],
            ["level may be TOP, which its readers do not know"],
        ),
        (after({"name": "serial_no", "aliases": ["serial"]}, "serial"), [], []),
        (after({"type": "int"}, "count"), [], []),
    ],
)
def test_a_view_breaks_where_what_it_shows_can_no_longer_be_read(
    one: ContractVersion, all_sees: list[str], few_sees: list[str]
) -> None:
    found = broken(one)

    for whose, expected in (("44-south-office", all_sees), ("52-west-office", few_sees)):
        assert len(found[whose]) == len(expected), found
        assert all(map(str.startswith, found[whose], expected)), found


def test_a_filter_needs_its_field_though_the_view_withholds_it() -> None:
    one = after({"type": "long", "default": 0}, "keeper")
    filtered = replace(FEW, filter="keeper != null")

    assert broken(one, FEW)["52-west-office"] == []
    assert broken(one, filtered)["52-west-office"] != []


def weighing(number: str, unit: str) -> ContractVersion:
    """Return a version with numbers in that unit, at the top and inside a list."""
    load = field("load", "double", unit=unit, default=0.0)
    item = {"type": "record", "name": "Box", "doc": "A box.", "fields": [{**load, "name": "mass"}]}
    boxes = field("boxes", {"type": "array", "items": item}, default=[])
    return parse_version(number, json.dumps(schema(*OWN_FIELDS, load, boxes)))


@pytest.mark.parametrize(
    ("shown", "breaks"),
    [
        ([], ()),
        (["load"], ("load: unit kg is now t, so its values mean something else",)),
        (["boxes"], ("boxes.mass: unit kg is now t, so its values mean something else",)),
    ],
)
def test_a_new_unit_breaks_who_sees_the_numbers(shown: list[str], breaks: tuple[str, ...]) -> None:
    old, new = weighing("1.0", "kg"), weighing("1.1", "t")
    whole = replace(contract(), versions=(old, new))
    view = replace(FEW, terms=terms(fields=["site", "serial", "level", *shown]))

    [verdict] = whose_view_breaks(whole, whole, new, (view,))

    assert verdict.breaks == breaks


def test_a_new_key_breaks_everybody() -> None:
    one = after()
    rekeyed = replace(both(one), key=("serial",))

    verdicts = whose_view_breaks(contract(), rekeyed, one, (ALL, FEW))

    assert all("order per key" in verdict.breaks[0] for verdict in verdicts)


def test_what_signing_the_new_version_would_change_is_said() -> None:
    fields = {"open": field("open", "string", default=""), "secret": field("secret", "long", 4)}
    shown, hidden = after(open=fields["open"]), after(secret={**fields["secret"], "default": 0})

    def then(one: ContractVersion, view: SignedView = FEW) -> tuple[str, ...]:
        return whose_view_breaks(contract(), both(one), one, (view,))[0].then

    assert then(shown) == ("by 1.1 it would be shown open",)
    assert then(hidden) == ("by 1.1 it would not be shown secret",)
    assert then(after(secret=fields["secret"]))[0].startswith("cannot sign 1.1 with these terms: ")


def test_a_feed_needs_what_view_key_and_filter_name() -> None:
    withheld = ("keeper", "items.checked_by")

    needed = json.loads(needed_schema(version().schema, withheld, ("site",), ()))

    names = [one["name"] for one in needed["fields"]]
    assert "keeper" not in names
    assert needed_schema(version().schema, (), ("site",), ()) == version().schema
    items = needed["fields"][names.index("items")]["type"]["items"]
    assert [one["name"] for one in items["fields"]] == ["code", "value"]


def test_a_type_defined_in_a_field_left_out_is_defined_where_it_is_used_next() -> None:
    enum = {"type": "enum", "name": "Level", "symbols": ["LOW", "HIGH"]}
    one = version(field("site", "string"), field("a", enum, default="LOW"), field("b", "Level"))

    needed = json.loads(needed_schema(one.schema, ("a",), ("site",), ()))

    assert needed["fields"][-1]["type"]["symbols"] == ["LOW", "HIGH"]
