"""A contract rendered in any of the forms, as text ready to be written or sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, Literal

import yaml

from lingqu.contracts.exports.asyncapi import asyncapi
from lingqu.contracts.exports.examples import valid_examples
from lingqu.contracts.exports.json_schema import json_schema
from lingqu.contracts.exports.language import Language
from lingqu.contracts.exports.markdown import markdown
from lingqu.contracts.exports.odcs import odcs
from lingqu.contracts.exports.sql_ddl import Dialect, sql_ddl
from lingqu.contracts.model import Contract

Format = Literal["asyncapi", "odcs", "json-schema", "sql", "markdown"]

_WIDE: Final = 10_000  # no line is folded: tools that compare lines see one change as one


@dataclass(frozen=True, slots=True)
class Rendered:
    """A contract in one form; `suffix` is what a file's name ends with, after the contract's."""

    text: str
    media_type: str
    suffix: str


class _PlainDumper(yaml.CSafeDumper):
    """Writes what occurs twice out twice: people read these files."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def render(
    contract: Contract, form: Format, *, lang: Language = "zh", dialect: Dialect = "postgresql"
) -> Rendered:
    """Return the contract in that form; `lang` matters to Markdown alone, `dialect` to SQL alone.

    Raises ContractError where an example cannot be read.
    """
    match form:
        case "asyncapi":
            text = _yaml(asyncapi(contract, valid_examples(contract)))
            return Rendered(text, "application/yaml", "asyncapi.yaml")
        case "odcs":
            return Rendered(_yaml(odcs(contract)), "application/yaml", "odcs.yaml")
        case "json-schema":
            tree = json_schema(contract, valid_examples(contract))
            text = json.dumps(tree, ensure_ascii=False, indent=2) + "\n"
            return Rendered(text, "application/schema+json", "schema.json")
        case "sql":
            return Rendered(sql_ddl(contract, dialect), "application/sql", f"{dialect}.sql")
        case "markdown":
            text = markdown(contract, lang, valid_examples(contract))
            return Rendered(text, "text/markdown", f"{lang}.md")


def _yaml(tree: dict[str, Any]) -> str:
    text: str = yaml.dump(
        tree, Dumper=_PlainDumper, allow_unicode=True, sort_keys=False, width=_WIDE
    )
    return text
