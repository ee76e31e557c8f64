"""Views: what is let through, what is withheld, and what is refused when doubt remains."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import fastavro
import pytest
from tests.unit.lingqu.agreements.samples import contract, field, schema, terms, version

from lingqu.agreements.view import View, compile_view
from lingqu.contracts.model import RuleSpec
from lingqu.errors import ContractError


def derive(**view: Any) -> View:
    return compile_view(contract(), version(), terms(**view))


def fields_of(view: View) -> dict[str, Any]:
    return {one["name"]: one for one in json.loads(view.schema)["fields"]}


def test_a_view_without_limits_is_the_contracts_schema_byte_for_byte() -> None:
    view = derive()

    assert view.discloses_all
    assert view.schema == version().schema
    assert (view.masks, view.withheld, view.hidden_key_fields) == ((), (), ())


def test_a_field_above_the_clearance_is_left_out_and_the_rest_keeps_its_order() -> None:
    view = derive(kinds=())

    names = list(fields_of(view))
    assert view.withheld == ("keeper", "items.checked_by")
    assert names == [one for one in fields_of(derive()) if one != "keeper"]
    assert not view.discloses_all


def test_a_field_that_must_be_withheld_and_has_no_default_is_refused_with_the_cure() -> None:
    with pytest.raises(ContractError, match=r"field 'serial' has grade 3.*no default.*mask it"):
        derive(grade=2)


def test_a_mask_lets_a_field_above_the_clearance_through_in_its_masked_form() -> None:
    view = derive(grade=2, masks={"serial": {"mask": "keep_first", "n": 2}})

    assert [mask.path for mask in view.masks] == ["serial"]
    assert "items.checked_by" in view.withheld


def test_an_unclassified_field_is_withheld_whatever_the_clearance() -> None:
    bare = {"name": "extra", "type": "string", "default": "", "doc": "no grade, no kind"}
    one = version(field("site", "string"), bare)

    view = compile_view(contract(one), one, terms(grade=4))

    assert view.withheld == ("extra",)


def test_a_field_that_the_list_does_not_name_is_withheld() -> None:
    view = derive(fields=["site", "serial", "level", "items.code"])

    assert view.withheld == (
        "count", "keeper", "level_before", "items.value", "items.checked_by",
        "notes", "tags", "day",
    )  # fmt: skip
    assert "items" in fields_of(view)


def test_the_envelope_always_goes_through_and_takes_no_mask() -> None:
    assert "event_id" in fields_of(derive(fields=["site", "serial", "level"]))
    with pytest.raises(ContractError, match="field of the envelope"):
        derive(masks={"event_id": "pseudonym"})


def test_a_pseudonym_is_text_and_null_stays_possible() -> None:
    one = version(
        field("site", "string"),
        field("count", "long"),
        field("rank", ["null", "int"], default=None),
        field("level", {"type": "enum", "name": "Level", "symbols": ["LOW"]}, default="LOW"),
    )
    masks = dict.fromkeys(("count", "rank", "level"), "pseudonym")

    seen = fields_of(compile_view(contract(one), one, terms(masks=masks)))

    assert [seen[name]["type"] for name in masks] == ["string", ["null", "string"], "string"]
    assert seen["rank"]["default"] is None
    assert "default" not in seen["level"]


def test_redaction_empties_what_may_be_null_and_keeps_text_a_text() -> None:
    view = derive(masks={"items.value": "redact", "serial": "redact", "tags": "redact"})

    assert {mask.path: mask.nulls for mask in view.masks} == {
        "serial": False,
        "items.value": True,
        "tags": False,
    }
    assert fields_of(view)["serial"]["type"] == "string"


@pytest.mark.parametrize(
    ("masks", "said"),
    [
        ({"count": "redact"}, r"masks\.count: redact works on text.*pseudonym"),
        ({"level": "redact"}, r"masks\.level: redact works on text.*pseudonym"),
        ({"count": {"mask": "keep_first", "n": 1}}, r"masks\.count: keep_first works on text"),
        ({"count": {"mask": "truncate_time", "to": "day"}}, "truncate_time works on timestamp"),
        ({"serial": {"mask": "round", "n": 1}}, "round works on int, long, float and double"),
        ({"count": {"mask": "round", "n": 2}}, "n 2 does not hide a long; write an n from -18"),
        ({"day": {"mask": "truncate_time", "to": "day"}}, "would leave a date whole.*month"),
        ({"site": {"mask": "keep_first", "n": 1}}, "record key.*use pseudonym, or drop"),
        ({"items": "pseudonym"}, "a record takes no pseudonym; mask the fields inside it"),
        ({"serail": "redact"}, "no field 'serail'; do you mean serial?"),
        ({"site": "redact"}, "record key.*use pseudonym, or drop"),
        ({"site": "drop"}, "field 'site' has the mask drop.*no default"),
        ({"items": "drop", "items.code": "redact"}, r"masks\.items\.code: the field lies inside"),
    ],
)
def test_a_mask_that_cannot_hide_is_refused(masks: Any, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        derive(masks=masks)


def test_a_coarser_time_or_number_keeps_its_type_and_its_default() -> None:
    masks = {
        "count": {"mask": "round", "n": -3},
        "items.value": {"mask": "round", "n": 1},
        "day": {"mask": "truncate_time", "to": "month"},
    }

    view = derive(masks=masks)

    seen, whole = fields_of(view), fields_of(derive())
    assert {name: seen[name] for name in masks if "." not in name} == {
        name: whole[name] for name in masks if "." not in name
    }
    assert [mask.path for mask in view.masks] == ["count", "items.value", "day"]


@pytest.mark.parametrize(("grade", "kind"), [("core", "none"), (1, "state_secret"), (None, "none")])
def test_of_what_is_never_shared_no_mask_tells_anything(grade: Any, kind: str) -> None:
    secret = field("secret", "string", grade, kind)
    one = version(field("site", "string"), {k: v for k, v in secret.items() if v is not None})

    shown = compile_view(contract(one), one, terms(masks={"secret": "redact"}))

    assert [mask.path for mask in shown.masks] == ["secret"]
    for mask in ("pseudonym", {"mask": "keep_first", "n": 1}):
        with pytest.raises(
            ContractError, match=r"masks\.secret: the field is .*use redact, or drop"
        ):
            compile_view(contract(one), one, terms(masks={"secret": mask}))


def test_branches_of_a_union_are_withheld_alike_or_refused() -> None:
    def branch(name: str, grade: int) -> dict[str, Any]:
        inner = [field("a", "string", grade, default=""), field("b", "long")]
        return {"type": "record", "name": name, "fields": inner}

    def compiled(second: int) -> View:
        either = field("either", ["null", branch("One", 4), branch("Two", second)], default=None)
        one = version(field("site", "string"), either)
        return compile_view(contract(one), one, terms())

    assert compiled(4).withheld == ("either.a",)
    with pytest.raises(ContractError, match=r"'either\.a' is a field in several branches"):
        compiled(1)


def test_a_pseudonym_of_a_union_is_one_text() -> None:
    one = version(
        field("site", "string"),
        field("loose", ["null", "long", "string"], default=None),
        field("code", ["long", "string"]),
    )

    masks = dict.fromkeys(("loose", "code"), "pseudonym")

    seen = fields_of(compile_view(contract(one), one, terms(masks=masks)))

    assert [seen[name]["type"] for name in masks] == [["null", "string"], "string"]


def test_keep_first_and_keep_last_stand_side_by_side() -> None:
    both = [{"mask": "keep_first", "n": 1}, {"mask": "keep_last", "n": 2}]

    view = derive(masks={"serial": both})

    assert [(step.mask, step.n) for step in view.masks[0].steps] == [
        ("keep_first", 1),
        ("keep_last", 2),
    ]


def test_a_hidden_key_field_becomes_a_pseudonym_in_the_record_key() -> None:
    keyed = contract(key=("site", "count"))

    masked = compile_view(keyed, version(), terms(masks={"site": "pseudonym"}))
    dropped = compile_view(keyed, version(), terms(masks={"count": "drop"}))

    assert masked.hidden_key_fields == ("site",)
    assert dropped.hidden_key_fields == ("count",)


def test_rules_that_name_a_hidden_field_are_skipped_and_listed() -> None:
    rules = (
        RuleSpec("count_is_positive", "count >= 0", ""),
        RuleSpec("items_are_there", "size(items) > 0", ""),
        RuleSpec("later_field", "of_a_later_version > 0", ""),
    )

    view = compile_view(contract(rules=rules), version(), terms(kinds=()))

    assert view.skipped_rules == ("items_are_there", "later_field")


def test_an_enum_keeps_its_definition_when_the_field_that_held_it_goes() -> None:
    view = derive(masks={"level": "pseudonym"})

    enum = fields_of(view)["level_before"]["type"]
    assert enum["name"] == "Level"
    assert fastavro.parse_schema(json.loads(view.schema))


def test_a_record_used_twice_must_be_masked_alike() -> None:
    person = {"type": "record", "name": "Person", "fields": [field("number", "long")]}
    one = version(field("site", "string"), field("a", person), field("b", "Person"))

    view = compile_view(
        contract(one), one, terms(masks={"a.number": "pseudonym", "b.number": "pseudonym"})
    )

    assert fields_of(view)["b"]["type"] == "cn.lingqu.demo.Person"
    with pytest.raises(ContractError, match="must be withheld and masked alike"):
        compile_view(contract(one), one, terms(masks={"a.number": "pseudonym"}))


def test_a_record_with_nothing_left_inside_is_withheld() -> None:
    inner = {"type": "record", "name": "Inner", "fields": [field("a", "long", 4, default=0)]}
    one = version(field("site", "string"), field("inner", ["null", inner], default=None))

    view = compile_view(contract(one), one, terms(grade=1))

    assert view.withheld == ("inner.a", "inner")
    assert "inner" not in fields_of(view)


def test_a_record_that_contains_itself_is_refused() -> None:
    node = {"type": "record", "name": "Node", "fields": [field("next", ["null", "Node"])]}
    one = replace(version(), schema=json.dumps(schema(field("node", node))))

    with pytest.raises(ContractError, match=r"'cn\.lingqu\.demo\.Node' contains itself"):
        compile_view(contract(), one, terms())
