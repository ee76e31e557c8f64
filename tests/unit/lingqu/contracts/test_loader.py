from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support.builders import RULE, contract_folder, field, reading_fields, schema

from lingqu.contracts.loader import load_catalogue, schemas_dir
from lingqu.errors import ContractError


def _contract_file(root: Path) -> Path:
    return root / "demo" / "reading" / "contract.yaml"


def test_a_folder_becomes_a_catalogue(tmp_path: Path) -> None:
    contract = load_catalogue(contract_folder(tmp_path)).contract("demo.reading")
    assert (contract.domain, contract.event) == ("demo", "reading")
    assert contract.key == ("station",)
    assert contract.partitions == 2
    assert contract.retention_ms == 90 * 86_400_000
    assert [rule.name for rule in contract.rules] == ["value_not_negative"]
    assert contract.folder == tmp_path / "schemas" / "demo" / "reading"


def test_fields_of_all_levels_are_found(tmp_path: Path) -> None:
    version = load_catalogue(contract_folder(tmp_path)).contract("demo.reading").latest()
    assert version.record_name == "cn.lingqu.demo.Reading"
    amount = version.field("parts.amount")
    assert (amount.type_name, amount.nullable, amount.unit) == ("double", True, "kg")
    assert version.field("occurred_at").type_name == "timestamp-millis"
    operator = version.field("operator")
    assert (operator.grade, operator.kind, operator.has_default) == (3, "personal", True)
    assert version.field("parts").type_name == "array"


def test_the_schema_text_is_compact_and_keeps_its_order(tmp_path: Path) -> None:
    version = load_catalogue(contract_folder(tmp_path)).contract("demo.reading").latest()
    assert version.schema == json.dumps(
        json.loads(schema()), ensure_ascii=False, separators=(",", ":")
    )


def test_versions_are_ordered_by_number(tmp_path: Path) -> None:
    versions = dict.fromkeys(("1.10", "1.9", "2.0"), schema())
    contract = load_catalogue(contract_folder(tmp_path, versions=versions)).contract("demo.reading")
    assert [version.number for version in contract.versions] == ["1.9", "1.10", "2.0"]
    assert contract.latest(1).number == "1.10"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"partition": 3}, "unknown setting 'partition'; did you mean 'partitions'?"),
        ({"sla": {"latency": 3}}, "unknown setting 'sla.latency'; did you mean 'latency_s'?"),
        (
            {"rules": [{**RULE, "expresion": "true"}]},
            "unknown setting 'rules.0.expresion'; did you mean 'expression'?",
        ),
        ({"zzz": 1}, "unknown setting 'zzz'; known are title_zh, title_en, "),
        ({"steward": None}, "the setting 'steward' is missing; add it"),
        ({"partitions": 0}, "partitions: Input should be greater than or equal to 1, not 0"),
        ({"key": ["statio"]}, "key: v1.0.avsc has no field 'statio'; did you mean 'station'?"),
        (
            {"key": ["operator"]},
            "key: 'operator' is of type nullable string; a key field is one of ",
        ),
        ({"key": ["parts"]}, "key: 'parts' is of type array; a key field is"),
        (
            {"rules": [{**RULE, "expression": "valu >= 0.0"}]},
            "rules: value_not_negative: v1.0.avsc has no field 'valu'; did you mean 'value'?",
        ),
        (
            {"rules": [{**RULE, "expression": "parts.all(p, p.amont > 0.0)"}]},
            "v1.0.avsc has no field 'parts.amont'; did you mean 'parts.amount'?",
        ),
        (
            {"rules": [{**RULE, "expression": "value >="}]},
            "rules: value_not_negative: not a CEL expression: line 1, column 9",
        ),
        ({"rules": [RULE, RULE]}, "rules: two are called 'value_not_negative'; rename one"),
    ],
)
def test_a_wrong_contract_file_is_refused_with_place_and_cure(
    tmp_path: Path, settings: dict[str, Any], said: str
) -> None:
    root = contract_folder(tmp_path, **settings)
    with pytest.raises(ContractError) as refusal:
        load_catalogue(root)
    assert str(refusal.value).startswith(f"{_contract_file(root)}: ")
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("key: [a\nb: 1\n", "line 2, column 2: not YAML: "),
        ("key: [a]\nkey: [b]\n", "line 2, column 1: not YAML: 'key' is written twice; keep one"),
        ("key: [a]\n\tb: 1\n", "line 2, column 1: not YAML: "),
        ("", "holds no settings"),
        ("- a\n", "holds no settings"),
        ("key: \x07\n", "not YAML"),
    ],
)
def test_bad_yaml_is_refused_with_line_and_column(tmp_path: Path, text: str, said: str) -> None:
    root = contract_folder(tmp_path)
    _contract_file(root).write_text(text, "utf-8")
    with pytest.raises(ContractError) as refusal:
        load_catalogue(root)
    assert str(refusal.value).startswith(f"{_contract_file(root)}: {said}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "v1.0.avsc: line 1, column 2: not JSON: "),
        ('{"type": "recor"}', "v1.0.avsc: not an Avro schema: "),
        (
            schema("demo.other"),
            "is called cn.lingqu.demo.Other; by its folder it must be cn.lingqu.",
        ),
        (schema(fields=[field("value", "float")]), "v1.0.avsc: Reading.value: the type 'float' is"),
    ],
)
def test_a_wrong_schema_is_refused_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    root = contract_folder(tmp_path, versions={"1.0": text})
    with pytest.raises(ContractError) as refusal:
        load_catalogue(root)
    assert str(refusal.value).startswith(str(root))
    assert said in str(refusal.value)


@pytest.mark.parametrize("number", ["1", "01.0", "1.0.0", "one"])
def test_a_schema_file_is_named_by_its_version(tmp_path: Path, number: str) -> None:
    with pytest.raises(ContractError, match=r"not a version's name; call it like v1\.0\.avsc"):
        load_catalogue(contract_folder(tmp_path, versions={number: schema()}))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    root = contract_folder(tmp_path)
    _contract_file(root).unlink()
    with pytest.raises(ContractError, match=r"contract\.yaml: the file is missing; write it"):
        load_catalogue(root)


def test_a_contract_without_a_schema_is_refused(tmp_path: Path) -> None:
    root = contract_folder(tmp_path)
    (root / "demo" / "reading" / "v1.0.avsc").unlink()
    with pytest.raises(ContractError, match=r"reading: holds no schema; write v1\.0\.avsc"):
        load_catalogue(root)


def test_a_folder_with_another_kind_of_name_is_refused(tmp_path: Path) -> None:
    root = contract_folder(tmp_path)
    (root / "demo" / "Reading-2").mkdir()
    with pytest.raises(ContractError, match="Reading-2: not a name of a domain or event"):
        load_catalogue(root)


def test_a_missing_folder_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="set LINGQU_SCHEMAS_DIR"):
        load_catalogue(tmp_path / "nowhere")


def test_the_setting_says_where_the_contracts_are(tmp_path: Path) -> None:
    assert schemas_dir(tmp_path) == tmp_path


def test_a_rule_may_read_a_map(tmp_path: Path) -> None:
    fields = [*reading_fields(), field("labels", {"type": "map", "values": "string"}, default={})]
    rule = {**RULE, "expression": "labels == {} || labels.colour == 'red'"}
    root = contract_folder(tmp_path, versions={"1.0": schema(fields=fields)}, rules=[rule])
    assert len(load_catalogue(root)) == 1


def test_the_copy_that_a_wheel_carries_is_a_folder_of_contracts() -> None:
    assert len(load_catalogue(schemas_dir(None)).contracts)
