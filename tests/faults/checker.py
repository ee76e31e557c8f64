"""Compares what was produced with what arrived: `python -m tests.faults.checker SPEC.json`.

Shares no code with the product or the driver: its own Kafka reading, Avro decoding, manifests and
filters. Prints one JSON object, a verdict for each place; exits 1 when a promise was broken.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.faults.checking.folder import Folder
from tests.faults.checking.judge import Verdict, judge, lanes_of
from tests.faults.checking.ledger import Event, read_ledger
from tests.faults.checking.promises import DROP, MIRROR, SOURCE, Promise
from tests.faults.checking.topic import Topic


def check(spec: Mapping[str, Any]) -> dict[str, Verdict]:
    """Return the verdict on the hub's topic, the partner's topic, and the partner's folder."""
    produced = {event.event_id: event for event in read_ledger(Path(spec["ledger"]))}
    source = list(_topic(spec, "source").seen(produced, SOURCE, numbered=False))
    for_mirror, for_drop = _passing(produced, MIRROR), _passing(produced, DROP)
    folder = Folder(Path(spec["folder"]), spec["drop"])
    verdicts = {
        "outbox": judge(produced, produced, source),
        "mirror": judge(
            produced,
            for_mirror,
            _topic(spec, "target").seen(produced, MIRROR, numbered=True),
            lanes_of(source, for_mirror),
        ),
        "drop": judge(produced, for_drop, folder.seen(produced, DROP), lanes_of(source, for_drop)),
    }
    folder.compare(verdicts["drop"])
    return verdicts


def _passing(produced: Mapping[str, Event], promise: Promise) -> dict[str, Event]:
    return {name: event for name, event in produced.items() if promise.passes(event)}


def _topic(spec: Mapping[str, Any], side: str) -> Topic:
    return Topic(**spec[side], registry=spec["registry"])


def main(path: Path) -> int:
    verdicts = check(json.loads(path.read_text("utf-8")))
    print(json.dumps({place: verdict.told() for place, verdict in verdicts.items()}, indent=2))
    return 1 if any(verdict.broken for verdict in verdicts.values()) else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
