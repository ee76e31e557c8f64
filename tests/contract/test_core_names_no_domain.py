"""The core packages carry any domain and name none."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.conftest import SCHEMAS

ROOT = SCHEMAS.parent
DOMAINS = sorted(path.parent.name for path in SCHEMAS.glob("*/domain.yaml"))
EVENTS = sorted(f"{path.parts[-3]}.{path.parts[-2]}" for path in SCHEMAS.glob("*/*/contract.yaml"))
NAMED = re.compile(
    "|".join(
        [rf"\b{re.escape(event)}\b" for event in EVENTS]
        + [rf"\bcn\.lingqu\.{domain}\b" for domain in DOMAINS]
        + [rf"\blingqu_{domain}\b" for domain in DOMAINS]
    )
)


def _core_files() -> list[Path]:
    packages = [*ROOT.glob("services/*"), *ROOT.glob("connectors/*")]
    own = {f"lingqu_{domain}" for domain in DOMAINS}
    return [path for package in packages if package.name not in own for path in _sources(package)]


def _sources(package: Path) -> Iterator[Path]:
    kinds = (".py", ".html", ".toml", ".yaml", ".sql", ".md")
    return (path for path in sorted(package.rglob("*")) if path.suffix in kinds)


def _names_a_domain(text: str, *, is_python: bool) -> list[str]:
    found = NAMED.findall(text)
    if is_python:
        nodes = ast.walk(ast.parse(text))
        found += [node.value for node in nodes if _is_domain_literal(node)]  # type: ignore[attr-defined]
    return found


def _is_domain_literal(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in DOMAINS


def test_no_core_file_names_a_domain() -> None:
    files = _core_files()
    assert len(files) > 20
    naming = {
        str(path.relative_to(ROOT)): names
        for path in files
        if (names := _names_a_domain(path.read_text("utf-8"), is_python=path.suffix == ".py"))
    }
    assert naming == {}


@pytest.mark.parametrize(
    "text",
    [f"topic = {EVENTS[0] + '.v1'!r}", f"import lingqu_{DOMAINS[0]}", f"x = {DOMAINS[0]!r}"],
)
def test_a_file_that_names_a_domain_would_be_found(text: str) -> None:
    assert _names_a_domain(text, is_python=True)


def test_a_word_that_merely_contains_a_domain_is_not_found() -> None:
    assert not _names_a_domain(f"high_{DOMAINS[0]}mark = 'x-{DOMAINS[0]}'", is_python=True)
