"""Configuration and modes, set and taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete

from lingqu_registry.names import Name
from lingqu_registry.scopes import Mode, Scopes, without_nulls
from lingqu_registry.store.deletion import clear
from lingqu_registry.store.model import ConfigRow, ModeRow
from lingqu_registry.store.store import Store, Writing


def set_config(store: Store, scope: str, members: Mapping[str, Any]) -> None:
    """Set the members and keep the others; null takes one back. Writes nothing for nothing."""
    with store.reading() as reads:
        known = reads.configs([scope]).get(scope)
    if known is not None and without_nulls({**known, **members}) == known:
        return
    with store.writing() as writing:
        before = writing.reads.configs([scope]).get(scope, {})
        after = without_nulls({**before, **members})
        _put(writing, ConfigRow(scope=scope, members=json.dumps(after)))


def delete_config(store: Store, scope: str) -> dict[str, Any] | None:
    """Return what was configured there, None where nothing was."""
    with store.writing() as writing:
        before = writing.reads.configs([scope]).get(scope)
        if before is not None:
            writing.connection.execute(delete(ConfigRow).where(ConfigRow.scope == scope))
        return before


def set_mode(
    store: Store, scope: str, mode: Mode, *, force: bool = False, recursive: bool = False
) -> None:
    """Set the mode; `recursive` takes back those set inside the scope.

    Importing begins without schemas, unless forced. Raises 42205, 42206.
    """
    with store.writing() as writing:
        before = Scopes(writing.reads, [scope]).mode_of(scope)
        if mode == "IMPORT" and before != mode and not force:
            clear(writing, scope)
        if recursive:
            _forget_inside(writing, scope)
        _put(writing, ModeRow(scope=scope, mode=mode))


def delete_mode(store: Store, scope: str, *, recursive: bool = False) -> str | None:
    """Return the mode that was set there, None where none was."""
    with store.writing() as writing:
        before = writing.reads.modes([scope]).get(scope)
        if recursive:
            _forget_inside(writing, scope)
        writing.connection.execute(delete(ModeRow).where(ModeRow.scope == scope))
        return before


def _forget_inside(writing: Writing, scope: str) -> None:
    """Take back the modes of a context's subjects; of a subject there is nothing inside."""
    if not Name.of(scope).bare:
        inside = ModeRow.scope.startswith(scope, autoescape=True)
        writing.connection.execute(delete(ModeRow).where(inside, ModeRow.scope != scope))


def _put(writing: Writing, row: ConfigRow | ModeRow) -> None:
    table = type(row)
    writing.connection.execute(delete(table).where(table.scope == row.scope))
    values = {column.key: getattr(row, column.key) for column in table.__table__.columns}
    writing.connection.execute(table.__table__.insert().values(values))  # type: ignore[attr-defined]
