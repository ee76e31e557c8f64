"""Every contract under schemas/, now and in future, as test parameters."""

from __future__ import annotations

from pathlib import Path

import pytest

from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Catalogue

SCHEMAS = Path(__file__).parents[2] / "schemas"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(SCHEMAS)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Fill `folder` with each contract's folder, and `valid` and `invalid` with their examples."""
    folders = sorted(path.parent for path in SCHEMAS.glob("*/*/contract.yaml"))
    examples = [path for folder in folders for path in sorted(folder.glob("examples/*.json"))]
    found = {
        "folder": folders,
        "valid": [path for path in examples if not path.name.startswith("invalid-")],
        "invalid": [path for path in examples if path.name.startswith("invalid-")],
    }
    for name, paths in found.items():
        if name in metafunc.fixturenames:
            ids = [str(path.relative_to(SCHEMAS)) for path in paths]
            metafunc.parametrize(name, paths, ids=ids)
