"""How far the source is: in which file, after how many rows, and what was refused of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import orjson

# More are in the dead letters; the position travels with every commit.
_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """The position that commits with the rows.

    `taken` and `refused` count rows of this file; `remarks` say of the first refused ones where and
    why. `ended` is True once nothing more is read of it, and `moved` tells whether it then leaves
    the folder: not where another content lies under its name by now.
    """

    file: str
    digest: str
    rows: int = 0
    taken: int = 0
    refused: int = 0
    remarks: tuple[str, ...] = ()
    ended: bool = False

    def encode(self) -> bytes:
        return orjson.dumps(asdict(self))

    @classmethod
    def decode(cls, position: bytes) -> Place:
        members = orjson.loads(position)
        return cls(**{**members, "remarks": tuple(members["remarks"])})

    def after(self, rows: int, refused: Iterable[str], *, ended: bool) -> Place:
        """Return the place after so many more rows, of which these were refused."""
        remarks = tuple(refused)
        return Place(
            self.file,
            self.digest,
            self.rows + rows,
            self.taken + rows - len(remarks),
            self.refused + len(remarks),
            (*self.remarks, *remarks)[:_SHOWN],
            ended,
        )

    @property
    def failed(self) -> bool:
        """Say whether somebody should look at the file."""
        return self.refused > 0

    def report(self) -> str:
        """Return what stands in the file of errors."""
        lines = [f"{self.file}: {self.taken:,} rows taken, {self.refused:,} refused", *self.remarks]
        if self.refused > len(self.remarks):
            lines.append(f"… and {self.refused - len(self.remarks):,} more, in the dead letters")
        return "\n".join(lines) + "\n"
