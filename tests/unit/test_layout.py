"""The lists of pyproject.toml against the folders: a room that is not listed is not installed."""

from __future__ import annotations

import tomllib
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def rooms(*roots: str) -> list[str]:
    """Return the packages directly inside the source roots, as paths."""
    return sorted(
        f"{root}/{folder.name}"
        for root in roots
        for folder in (ROOT / root).iterdir()
        if (folder / "__init__.py").exists()
    )


PACKAGES = sorted(path.split("/")[1] for path in rooms("services", "connectors"))


def test_every_room_is_in_the_wheel(project: dict[str, Any]) -> None:
    listed = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]

    assert sorted(listed) == rooms("services", "connectors")


def test_every_room_is_type_checked(project: dict[str, Any]) -> None:
    assert sorted(project["tool"]["mypy"]["packages"]) == PACKAGES


def test_every_room_is_under_the_import_contracts(project: dict[str, Any]) -> None:
    linter = project["tool"]["importlinter"]
    layered = " | ".join(linter["contracts"][0]["layers"]).split(" | ")

    assert sorted(linter["root_packages"]) == PACKAGES
    assert sorted(layered) == PACKAGES


def test_source_roots_hold_packages_only() -> None:
    strays = [
        path
        for root in ("services", "connectors")
        for path in (ROOT / root).iterdir()
        if path.name != "__pycache__" and not (path / "__init__.py").exists()
    ]

    assert strays == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_room_says_what_it_is_for_and_ships_its_types(package: str) -> None:
    root = "connectors" if package == "lingqu_connectors" else "services"
    folder = ROOT / root / package

    assert (folder / "__init__.py").read_text(encoding="utf-8").startswith('"""')
    assert (folder / "py.typed").exists()


@pytest.mark.parametrize("group", ["lingqu.services", "lingqu.commands", "lingqu.connectors"])
def test_entry_points_are_installed_as_the_project_lists_them(
    group: str, project: dict[str, Any]
) -> None:
    listed = project["project"]["entry-points"].get(group, {})
    ours = {
        point.name: point.value
        for point in entry_points(group=group)
        if point.dist is not None and point.dist.name == "lingqu"
    }

    assert ours == listed, "entry points changed: run `make install`, or `pip install -e .` again"
