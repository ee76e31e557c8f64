"""Where a contract's golden examples are, and what the name of each promises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lingqu.contracts.model import Contract

_MAJOR = re.compile(r"v(\d+)")


def examples(contract: Contract) -> Iterator[tuple[Path, int, bool]]:
    """Yield each example with the major it is of, and whether it is meant to be valid.

    Those in `examples/v<major>/` are of that major, the others of the newest; `invalid-<why>.json`
    is meant to be refused for just that. Files of a major that the contract has not are left out.
    """
    folder = contract.folder / "examples"
    for path in sorted(folder.glob("*.json")):
        yield path, contract.majors[-1], _is_valid(path)
    for path in sorted(folder.glob("v*/*.json")):
        named = _MAJOR.fullmatch(path.parent.name)
        if named and int(named[1]) in contract.majors:
            yield path, int(named[1]), _is_valid(path)


def _is_valid(path: Path) -> bool:
    return not path.name.startswith("invalid-")
