"""A contract as a page for people, in Chinese or in English."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Final

from lingqu.contracts.catalogue.entry import NAMES
from lingqu.contracts.exports.avro_tree import AvroField, AvroType, all_fields, event_type
from lingqu.contracts.exports.examples import Example
from lingqu.contracts.exports.language import Language, in_language
from lingqu.contracts.exports.words import WORDS, duration
from lingqu.contracts.model import Contract

_DAY_MS = 86_400_000
_EXAMPLES_MOST: Final = 3


def markdown(contract: Contract, lang: Language, examples: Sequence[Example] = ()) -> str:
    """Return the page of the latest version; at most three examples."""
    record = event_type(contract.latest().schema)
    return "\n".join(
        [
            *_head(contract, record, lang),
            *_promises(contract, lang),
            *_catalogue(contract, lang),
            *_fields(record, contract, lang),
            *_rules(contract, lang),
            *_shown(examples[:_EXAMPLES_MOST], lang),
        ]
    )


def _head(contract: Contract, record: AvroType, lang: Language) -> Iterator[str]:
    first, second = contract.title_zh, contract.title_en
    yield f"# {first if lang == 'zh' else second}"
    yield ""
    other = second if lang == "zh" else first
    yield f"`{contract.topic()}` · {other} · v{contract.latest().number}"
    yield ""
    yield in_language(record.doc, lang)
    if contract.entry.abstract:
        yield ""
        yield contract.entry.abstract
    yield ""


def _promises(contract: Contract, lang: Language) -> Iterator[str]:
    word, sla = WORDS[lang], contract.sla
    facts = {
        "legal_basis": contract.legal_basis,
        "steward": contract.steward,
        "topics": ", ".join(f"`{contract.topic(major)}`" for major in contract.majors),
        "key": " | ".join(f"`{name}`" for name in contract.key),
        "partitions": str(contract.partitions),
        "retention": duration(contract.retention_ms // 1000, lang),
        "latency": duration(sla.latency_s, lang) if sla.latency_s else "",
        "completeness": f"{sla.completeness_percent:g} %" if sla.completeness_percent else "",
        "compatibility": f"`{contract.compatibility}`",
        "on_reject": word[contract.on_reject],
        "status": word[contract.status],
    }
    yield from _facts("promises", facts, lang)


def _catalogue(contract: Contract, lang: Language) -> Iterator[str]:
    entry = asdict(contract.entry)
    mark = f" ({WORDS[lang]['unverified']})"
    facts = {
        name: entry[name] + mark * (name in contract.entry.unverified)
        for name in NAMES
        if name != "abstract"
    }
    yield from _facts("catalogue", facts, lang)


def _facts(title: str, facts: dict[str, str], lang: Language) -> Iterator[str]:
    word = WORDS[lang]
    yield from _table(
        word[title],
        (word["fact"], word["value"]),
        [(word[name], text) for name, text in facts.items() if text],
    )


def _fields(record: AvroType, contract: Contract, lang: Language) -> Iterator[str]:
    word = WORDS[lang]
    rows = [_row(path, field, contract.key, lang) for path, field in all_fields(record)]
    heading = ("field", "type", "required", "unit", "grade", "kind", "doc")
    yield from _table(word["fields"], [word[each] for each in heading], rows)


def _row(path: str, field: AvroField, key: Sequence[str], lang: Language) -> tuple[str, ...]:
    word = WORDS[lang]
    needed = "" if field.nullable or field.default else word["yes"]
    return (
        f"`{path}`" + (f" ({word['key']})" if path in key else ""),
        _type(field.type, lang),
        needed,
        field.unit,
        str(field.grade),
        word[field.kind],
        in_language(field.doc, lang),
    )


def _type(avro: AvroType, lang: Language) -> str:
    word = WORDS[lang]
    if avro.kind == "enum":
        return f"{word['enum']}: {' / '.join(f'`{symbol}`' for symbol in avro.symbols)}"
    if avro.kind in {"array", "map"} and avro.items is not None:
        return word[f"{avro.kind}_of"].format(_type(avro.items, lang))
    return avro.name if avro.kind == "record" else word[avro.kind]


def _rules(contract: Contract, lang: Language) -> Iterator[str]:
    word = WORDS[lang]
    rows = [
        (f"`{rule.name}`", in_language(rule.message, lang), f"`{rule.expression}`")
        for rule in contract.rules
    ]
    yield from _table(word["rules"], (word["name"], word["says"], "CEL"), rows)


def _shown(examples: Sequence[Example], lang: Language) -> Iterator[str]:
    if not examples:
        return
    yield f"## {WORDS[lang]['examples']}"
    for each in examples:
        text = json.dumps(each.event, ensure_ascii=False, indent=2)
        yield from ("", f"`{each.name}`", "", "```json", text, "```")
    yield ""


def _table(title: str, heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield f"## {title}"
    yield ""
    yield f"| {' | '.join(heading)} |"
    yield f"|{' --- |' * len(heading)}"
    yield from (f"| {' | '.join(map(_cell, row))} |" for row in rows)
    yield ""


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
