"""`lingqu contract show`: all that a partner's developer needs of one contract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from lingqu.contracts.exports.avro_tree import AvroField, AvroType, all_fields, event_type
from lingqu.contracts.exports.language import Language, in_language
from lingqu.contracts.exports.words import WORDS, duration
from lingqu.contracts.model import Contract, ContractVersion
from lingqu_cli.contract_folder import Name, contract_named
from lingqu_cli.tables import AsJson, print_facts, print_json, print_table

_DAY_MS = 86_400_000


def show(
    name: Name,
    *,
    version: Annotated[str | None, typer.Option(help="As 1.0; else the latest.")] = None,
    lang: Annotated[Language, typer.Option(help="zh or en.")] = "zh",
    as_json: AsJson = False,
) -> None:
    """Show a contract: fields, key, rules in words, promises, topics, versions."""
    contract = contract_named(name)
    chosen = contract.version(version) if version else contract.latest()
    if as_json:
        print_json(described(contract, chosen, lang))
        return
    words = WORDS[lang]
    print_facts(_facts(contract, chosen, lang))
    typer.echo(f"\n{words['fields']} {chosen.number}")
    columns = tuple(words[each] for each in ("field", "type", "unit", "grade", "kind", "doc"))
    print_table(columns, [_row(path, each, lang) for path, each in _fields(chosen)], "")
    typer.echo(f"\n{words['rules']}")
    rules = [(rule.name, in_language(rule.message, lang)) for rule in contract.rules]
    print_table((words["name"], words["says"]), rules, "–")


def described(contract: Contract, version: ContractVersion, lang: Language) -> dict[str, Any]:
    """Return what is shown as JSON values."""
    return {
        "contract": contract.name,
        "version": version.number,
        "title_zh": contract.title_zh,
        "title_en": contract.title_en,
        "steward": contract.steward,
        "legal_basis": contract.legal_basis,
        "status": contract.status,
        "key": list(contract.key),
        "topics": _topics(contract),
        "partitions": contract.partitions,
        "retention_days": contract.retention_ms // _DAY_MS,
        "compatibility": contract.compatibility,
        "on_reject": contract.on_reject,
        "sla": {
            "latency_s": contract.sla.latency_s,
            "completeness_percent": contract.sla.completeness_percent,
        },
        "versions": [_version(contract, each) for each in contract.versions],
        "fields": [
            {
                "path": path,
                "type": each.type.kind,
                "symbols": list(_symbols(each.type)),
                "nullable": each.nullable,
                **({"default": each.default[0]} if each.default else {}),
                "unit": each.unit,
                "grade": each.grade,
                "kind": each.kind,
                "doc": in_language(each.doc, lang),
            }
            for path, each in _fields(version)
        ],
        "rules": [
            {
                "name": rule.name,
                "says": in_language(rule.message, lang),
                "expression": rule.expression,
            }
            for rule in contract.rules
        ],
    }


def _topics(contract: Contract) -> list[dict[str, Any]]:
    return [
        {
            "topic": contract.topic(major),
            "subject": contract.subject(major),
            "served_until": str(until) if (until := contract.served_until.get(major)) else None,
        }
        for major in contract.majors
    ]


def _version(contract: Contract, version: ContractVersion) -> dict[str, Any]:
    release = contract.releases.get(version.number)
    return {
        "number": version.number,
        "released_on": str(release.released_on) if release else None,
    }


def _facts(contract: Contract, version: ContractVersion, lang: Language) -> dict[str, object]:
    words = WORDS[lang]
    until = "{} 为止" if lang == "zh" else "until {}"
    topics = [
        f"{each['topic']} ({until.format(each['served_until'])})"
        if each["served_until"]
        else str(each["topic"])
        for each in _topics(contract)
    ]
    versions = [
        f"{each['number']} ({each['released_on'] or words['draft']})"
        for each in (_version(contract, one) for one in contract.versions)
    ]
    sla = contract.sla
    title = contract.title_zh if lang == "zh" else contract.title_en
    return {
        contract.name: f"{title} {version.number}",
        words["status"]: words[contract.status],
        words["steward"]: contract.steward,
        words["legal_basis"]: contract.legal_basis,
        words["topics"]: topics,
        "版本" if lang == "zh" else "Versions": versions,
        words["key"]: " | ".join(contract.key),
        words["partitions"]: contract.partitions,
        words["retention"]: words["days"].format(contract.retention_ms // _DAY_MS),
        words["latency"]: duration(sla.latency_s, lang) if sla.latency_s else None,
        words["completeness"]: f"{sla.completeness_percent} %"
        if sla.completeness_percent
        else None,
        words["compatibility"]: contract.compatibility,
        words["on_reject"]: words[contract.on_reject],
    }


def _fields(version: ContractVersion) -> Iterator[tuple[str, AvroField]]:
    return all_fields(event_type(version.schema))


def _row(path: str, field: AvroField, lang: Language) -> tuple[object, ...]:
    kind = WORDS[lang].get(field.kind, field.kind)
    doc = in_language(field.doc, lang)
    return path, _typed(field), field.unit, field.grade, kind, doc


def _typed(field: AvroField) -> str:
    """Return `enum? on|off = "on"`: what it is, whether it may be null, what it may say."""
    symbols = "|".join(_symbols(field.type))
    default = f" = {json.dumps(field.default[0], ensure_ascii=False)}" if field.default else ""
    return f"{field.type.kind}{'?' * field.nullable}{' ' * bool(symbols)}{symbols}{default}"


def _symbols(avro: AvroType) -> tuple[str, ...]:
    return avro.symbols or (() if avro.items is None else _symbols(avro.items))
