"""Where the contracts are that the command line works on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from lingqu.contracts.loader import load_contract, schemas_dir
from lingqu.contracts.model import Contract
from lingqu.contracts.yaml_file import nearest
from lingqu.errors import NotFoundError

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME", help="Contracts as <domain>.<event>; all without any."),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The contract, <domain>.<event>.")]


def contracts_folder() -> Path:
    """Return LINGQU_SCHEMAS_DIR, else ./schemas where there is one, else what is installed."""
    setting = os.environ.get("LINGQU_SCHEMAS_DIR")
    here = Path("schemas")
    return schemas_dir(Path(setting) if setting else here if here.is_dir() else None)


def writable_folder() -> Path:
    """Return LINGQU_SCHEMAS_DIR, else ./schemas, there or not: never what is installed."""
    return Path(os.environ.get("LINGQU_SCHEMAS_DIR") or "schemas")


def contract_folders(names: Sequence[str] | None, root: Path | None = None) -> list[Path]:
    """Return the folders of these contracts, or of all. Raises NotFoundError with the cure."""
    root = root or contracts_folder()
    there = {
        f"{path.parent.parent.name}.{path.parent.name}": path.parent
        for path in sorted(root.glob("*/*/contract.yaml"))
    }
    for name in names or ():
        if name not in there:
            known = nearest(name, list(there)) if there else "there are none yet"
            raise NotFoundError(f"no contract {name!r} in {root}; {known}")
    return [there[name] for name in names] if names else list(there.values())


def contract_named(name: str, *, drafts: bool = True) -> Contract:
    """Return the contract; `drafts` are versions of a released one that are not published yet."""
    return load_contract(contract_folders([name])[0], drafts=drafts)


def text_of(path: Path) -> str:
    """Return the file's text with its own ends of lines."""
    return path.read_bytes().decode("utf-8")


def rewrite(path: Path, text: str) -> None:
    """Put a file's new text in place as it is, at once or not at all. Raises OSError."""
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.write_bytes(text.encode("utf-8"))
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
