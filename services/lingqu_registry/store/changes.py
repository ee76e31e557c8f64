"""How often the registry's database has changed: the count that all its processes share.

Every write transaction raises it, so that what was answered under a count still holds as long as
the count is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, select

from lingqu_registry.store.model import ChangeRow


@dataclass(frozen=True, slots=True)
class Revision:
    """The count of all write transactions, and of those that deleted something."""

    writes: int
    removals: int


def revision_reader(engine: Engine) -> Callable[[], Revision]:
    """Return what reads the count as it is now; it blocks, and raises what the database raises."""
    engine = engine.execution_options(isolation_level="AUTOCOMMIT")
    query = select(ChangeRow.writes, ChangeRow.removals)

    def read() -> Revision:
        with engine.connect() as connection:
            writes, removals = connection.execute(query).one()
        return Revision(writes, removals)

    return read
