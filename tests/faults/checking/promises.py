"""What each reader of the invented contract may see, said a second time, without the product."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.faults.checking.ledger import Event

_PSEUDONYM = re.compile(r"[0-9a-f]{32}")
_SECRET, _STATION = b"secret", b"43-S"


@dataclass(frozen=True, slots=True)
class Promise:
    """Which events a reader gets, and which bytes may nowhere stand in what it gets."""

    passes: Callable[[Event], bool]
    hidden: tuple[bytes, ...]
    shown: Callable[[Event], Mapping[str, Any]]
    pseudonyms: tuple[str, ...] = ()

    def leaks(self, *raw: bytes | None) -> bool:
        """Say whether one of the byte strings holds what must be hidden."""
        return any(token in one for one in raw if one for token in self.hidden)

    def wrong(self, event: Event, found: Mapping[str, Any]) -> str | None:
        """Return what differs from what the reader was promised of an event, by name only."""
        shown = self.shown(event)
        known = len(shown) + len(self.pseudonyms) + len(found.keys() & _ENVELOPE)
        plain = not any(_PSEUDONYM.fullmatch(found[name]) is None for name in self.pseudonyms)
        if plain and found.items() >= shown.items() and len(found) == known:
            return None
        differing = [name for name, value in shown.items() if found.get(name) != value]
        extra = sorted(set(found) - set(shown) - set(self.pseudonyms) - _ENVELOPE)
        return f"differs in {differing}, has {extra} as well, pseudonyms {plain}"


_ENVELOPE = {
    *("event_id", "occurred_at", "origin", "change", "supersedes", "mode", "environment"),
    "lq_seq",
}


def _plain(event: Event) -> dict[str, Any]:
    return {
        "station": event.station,
        "number": event.number,
        "level": event.level,
        "weather": event.weather,
    }


# The hub's own topic: everything, as it was produced.
SOURCE = Promise(
    passes=lambda _event: True,
    hidden=(),
    shown=lambda event: {
        **_plain(event),
        "keeper": f"Q-secret-{event.number}",
        "phone": f"secret-{event.number}-77",
    },
)

# The partner with a Kafka of its own: no station's name, no phone, a keeper's first letter.
MIRROR = Promise(
    passes=lambda event: event.level >= 20,
    hidden=(_SECRET, _STATION),
    shown=lambda event: {
        "number": event.number,
        "level": event.level,
        "weather": event.weather,
        "keeper": "Q***",
    },
    pseudonyms=("station",),
)

# The partner with a folder: nothing of the keeper, the last two digits of the phone.
DROP = Promise(
    passes=lambda event: event.weather != "storm",
    hidden=(_SECRET,),
    shown=lambda event: {**_plain(event), "keeper": "***", "phone": "***77"},
)
