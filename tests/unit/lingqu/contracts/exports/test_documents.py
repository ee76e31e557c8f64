"""AsyncAPI, ODCS, SQL and Markdown of an invented contract: what each must tell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.support.builders import contract_folder, event, field, reading_fields, schema
from tests.support.published_schemas import asyncapi_validator, faults, odcs_validator

from lingqu.contracts.exports.asyncapi import asyncapi
from lingqu.contracts.exports.examples import Example, valid_examples
from lingqu.contracts.exports.language import in_language
from lingqu.contracts.exports.markdown import markdown
from lingqu.contracts.exports.odcs import odcs
from lingqu.contracts.exports.sql_ddl import sql_ddl
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract
from lingqu.errors import ContractError

COUNTED = field("tags", {"type": "map", "values": "long"}, default={})


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    folder = contract_folder(
        tmp_path,
        versions={"1.0": schema(), "2.0": schema(fields=[*reading_fields(), COUNTED])},
        legal_basis="法〔2016〕1号 | 第2条",
        sla={"latency_s": 600, "completeness_percent": 99.5},
        retention_days=30,
    )
    return load_catalogue(folder).contract("demo.reading")


def test_asyncapi_has_a_topic_and_an_endpoint_for_each_major(contract: Contract) -> None:
    tree = asyncapi(contract, [Example("plain", event(environment="test"))])
    assert faults(asyncapi_validator(), tree) == []
    assert [each["address"] for each in tree["channels"].values()] == [
        "demo.reading.v1", None, "demo.reading.v2", None,
    ]  # fmt: skip
    kafka = tree["channels"]["v2"]["bindings"]["kafka"]
    assert (kafka["partitions"], kafka["topicConfiguration"]["retention.ms"]) == (2, 2_592_000_000)
    message = tree["components"]["messages"]["v2"]
    assert message["payload"]["schema"] == json.loads(contract.latest().schema)
    assert message["bindings"]["kafka"]["schemaIdPayloadEncoding"] == "confluent"
    assert "station" in message["bindings"]["kafka"]["key"]["description"]


def test_asyncapi_refers_to_nothing_that_is_not_there(contract: Contract) -> None:
    tree = asyncapi(contract)
    references = list(_references(tree))
    assert len(references) == 10
    for reference in references:
        node: Any = tree
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _references(each)


def test_asyncapi_says_until_when_an_old_major_is_served(contract: Contract) -> None:
    ending = replace(contract, served_until={1: date(2026, 12, 31)})
    channels = asyncapi(ending)["channels"]
    assert channels["v1"]["x-served-until"] == "2026-12-31"
    assert "x-served-until" not in channels["v2"]


def test_asyncapi_shows_an_example_as_the_cloud_event_it_becomes(contract: Contract) -> None:
    tree = asyncapi(contract, [Example("plain", event(event_id="e"))])
    (shown,) = tree["components"]["messages"]["v2CloudEvents"]["examples"]
    (sent,) = shown["payload"]
    assert {name: sent[name] for name in ("id", "source", "type", "time", "subject")} == {
        "id": "e",
        "source": "urn:lingqu:43",
        "type": "demo.reading.v2",
        "time": "2026-03-01T12:00:00.000Z",
        "subject": "43-A1",
    }
    assert "examples" not in tree["components"]["messages"]["v1CloudEvents"]


def test_asyncapi_that_is_broken_is_found_out(contract: Contract) -> None:
    tree = asyncapi(contract)
    tree["operations"]["publishV1"]["action"] = "shout"
    assert faults(asyncapi_validator(), tree)


def test_odcs_tells_types_keys_rules_and_promises(contract: Contract) -> None:
    tree = odcs(contract)
    assert faults(odcs_validator(), tree) == []
    (topic,) = tree["schema"]
    properties = {each["name"]: each for each in topic["properties"]}
    assert properties["station"]["primaryKeyPosition"] == 1
    assert properties["occurred_at"]["logicalType"] == "timestamp"
    assert properties["status"]["quality"][0]["arguments"] == {"validValues": ["ok", "faulty"]}
    assert properties["parts"]["items"]["properties"][1]["name"] == "amount"
    assert properties["tags"]["physicalType"] == "map<long>"
    assert properties["operator"]["classification"] == "3"
    assert [rule["name"] for rule in topic["quality"]] == ["value_not_negative"]
    promised = {each["property"]: each["value"] for each in tree["slaProperties"]}
    assert promised == {"retention": 30, "latency": 600, "completeness": 99.5}


def test_odcs_that_is_broken_is_found_out(contract: Contract) -> None:
    tree = odcs(contract)
    tree["schema"][0]["properties"][0]["logicalType"] = "text"
    assert faults(odcs_validator(), tree)


def test_ddl_quotes_names_and_texts(tmp_path: Path) -> None:
    odd = field("note_2", "string", doc='it\'s\na "note".', unit="km")
    folder = contract_folder(
        tmp_path, versions={"1.0": schema(fields=[*reading_fields(), odd])}, title_en="O'Reading"
    )
    contract = load_catalogue(folder).contract("demo.reading")
    posted, kept = sql_ddl(contract, "postgresql"), sql_ddl(contract, "sqlite")
    assert "IS '演示 O''Reading';" in posted
    assert "\"note_2\" IS 'it''s a \"note\". [unit km; grade 1; kind none]';" in posted
    assert '  -- it\'s a "note". [unit km; grade 1; kind none]\n  "note_2" TEXT NOT NULL,' in kept
    assert '"station" TEXT COLLATE "C" NOT NULL' in posted


def test_markdown_speaks_one_language_and_breaks_no_table(contract: Contract) -> None:
    examples = [Example(str(number), {"number": number}) for number in range(4)]
    zh, en = (markdown(contract, lang, examples) for lang in ("zh", "en"))
    assert zh.startswith("# 演示\n")
    assert en.startswith("# Demonstration\n")
    assert "| 法律依据 | 法〔2016〕1号 \\| 第2条 |" in zh
    assert "| Retention | 30 days |" in en
    assert "| 时延承诺 | 10 分钟 |" in zh
    assert "事件标识(UUID 文本)。 |" in zh
    assert "| UUID as text; never holds data in clear. |" in en
    assert "| `value_not_negative` | a reading is never below zero | `value == null \\|\\| " in en
    assert ("`2`" in zh, "`3`" in zh) == (True, False)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("断面名称。Name.", "断面名称。", "Name."),
        ("甲。乙(HJ 525)。One. Two.", "甲。乙(HJ 525)。", "One. Two."),
        ("只有中文。", "只有中文。", "只有中文。"),
        ("English only.", "English only.", "English only."),
        ("中文。English 又中文。", "中文。English 又中文。", "中文。English 又中文。"),
    ],
)
def test_a_text_in_both_languages_is_taken_apart(text: str, zh: str, en: str) -> None:
    assert (in_language(text, "zh"), in_language(text, "en")) == (zh, en)


def test_an_example_that_is_no_json_is_named(contract: Contract) -> None:
    (contract.folder / "examples").mkdir()
    (contract.folder / "examples" / "broken.json").write_text("{", "utf-8")
    with pytest.raises(ContractError, match=r"broken\.json: not JSON"):
        valid_examples(contract)
