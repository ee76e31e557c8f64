"""The book of an HTTP partner: a line for each request, read while it is written."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.dealings import Call


@dataclass
class Journal:
    """Gives each line once; a line that is being written waits for the next look."""

    path: Path
    requests: int = 0
    said: Counter[str] = field(default_factory=Counter)
    wrongs: Counter[str] = field(default_factory=Counter)
    _read: int = 0

    def new(self) -> Iterator[Call]:
        """Yield what has been written since the last look."""
        with self.path.open("rb") as book:
            book.seek(self._read)
            for line in book:
                if not line.endswith(b"\n"):
                    return
                self._read += len(line)
                yield self._call(json.loads(line))

    def _call(self, line: dict[str, object]) -> Call:
        self.requests += 1
        if wrong := line.pop("wrong"):
            self.wrongs[str(wrong)] += 1
        call = Call(**line)  # type: ignore[arg-type]
        self.said.update(call.results.values())
        return Call(call.message_id, call.digest, [(*each,) for each in call.events], call.results)


def line_of(call: Call, wrong: str) -> str:
    """Return the book's line of a request, and what was wrong with its answer, if anything."""
    said = {
        "message_id": call.message_id,
        "digest": call.digest,
        "events": call.events,
        "results": call.results,
        "wrong": wrong,
    }
    return json.dumps(said) + "\n"
