"""One round: events flow, things go wrong, and in the end everything is counted."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from tests.faults import feeds
from tests.faults.arrivals import Arrivals, Count
from tests.faults.feeds import Names
from tests.faults.load import Load
from tests.faults.plan import Kill, Part, Plan, Zombie
from tests.faults.process import Process
from tests.faults.rig import ROOT, Rig, RigError
from tests.faults.timeline import Timeline, Troupe

from lingqu.agreements.state import AgreementState
from lingqu.kafka.topics import Topics, TopicSpec
from lingqu.wire.codec import AvroCodec

PARTS: tuple[Part, ...] = ("worker", "relay", "target", "source")
_STALLED_S = 90.0
_CHECK_S = 300.0


@dataclass(slots=True)
class Outcome:
    """What a round came to."""

    number: int
    seed: int
    form: str
    events: int
    kills: dict[str, int]
    zombies: int
    kinds: dict[str, int]
    verdicts: dict[str, dict[str, Any]] = field(default_factory=dict)
    trouble: str = ""
    seconds: float = 0.0
    tracebacks: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        verdicts = self.verdicts.values()
        return not self.trouble and bool(verdicts) and not any(each["broken"] for each in verdicts)

    def total(self, promise: str) -> int:
        return sum(int(verdict[promise]) for verdict in self.verdicts.values())


class Trial:
    """Plays one round on a rig that is up; relay and workers stay for the next one."""

    def __init__(
        self,
        rig: Rig,
        engine: Engine,
        troupes: dict[Part, Troupe],
        plan: Plan,
        load: tuple[int, float],
        seed: int,
        tell: Callable[[str], None],
    ) -> None:
        events, spread_s = load
        number = plan.number
        self._rig = rig
        self._plan = plan
        self._troupes = troupes
        self._tell = tell
        self._names = Names.of_round(rig.contract.topic(), number, rig.drops)
        self._ledger = rig.home / f"ledger-r{number:03}.csv"
        self._began = time.monotonic()
        self._load = Load(
            engine,
            AvroCodec(rig.contract.latest().schema),
            rig.schema_id,
            self._names.topic,
            events,
            spread_s,
            self._ledger,
            random.Random(f"{seed}/{number}/load"),
        )
        form = "avro" if number % 2 else "jsonl"
        self.outcome = Outcome(
            number,
            seed,
            form,
            events,
            {part: plan.count(part, Kill) for part in PARTS if part in plan.faults},
            sum(plan.count(part, Zombie) for part in PARTS),
            dict(plan.kinds()),
        )

    def play(self) -> Outcome:
        """Return what the round came to; what is left of it stays on the rig until `clear`."""
        tracebacks = self._rig.tracebacks()
        states = self._prepare()
        self._rig.publish(*states)
        timeline = Timeline(self._told)
        arrivals = Arrivals(
            self._rig.target.bootstrap_servers,
            self._names.target_topic,
            self._rig.contract.partitions,
            self._names.folder,
        )
        try:
            self._load.start()
            timeline.begin(self._plan, self._troupes, self._rig.ailing)
            self._until_all_arrived(timeline, arrivals)
            self._told("all has arrived, the checker counts", progress=True)
            self._check()
        finally:
            self._load.stop()
            arrivals.close()
        self._rig.publish(*(_revoked(state) for state in states))
        self.outcome.tracebacks = self._rig.tracebacks() - tracebacks
        self.outcome.seconds = time.monotonic() - self._began
        return self.outcome

    def clear(self) -> None:
        """Remove what a clean round has left."""
        for file in (*self._names.folder.iterdir(), self._ledger, self._spec_file):
            file.unlink()
        self._names.folder.rmdir()

    def _prepare(self) -> list[AgreementState]:
        names, rig = self._names, self._rig
        names.folder.mkdir()
        partitions = rig.contract.partitions
        for cluster, topic in ((rig.source, names.topic), (rig.target, names.target_topic)):
            with Topics(cluster) as topics:
                topics.ensure([TopicSpec(topic, partitions)])
        return [
            feeds.mirror(rig.contract, names, rig.target.bootstrap_servers, rig.registry_url),
            feeds.drop(rig.contract, names, "avro" if self.outcome.form == "avro" else "jsonl"),
        ]

    def _until_all_arrived(self, timeline: Timeline, arrivals: Arrivals) -> None:
        """Step the timeline and count, until all is there or nothing has come for too long."""
        known, changed_at = Count(), time.monotonic()
        told_at = changed_at
        while not (timeline.over and not self._load.running and self._complete(known)):
            timeline.step()
            count = arrivals.poll(0.05)
            now = time.monotonic()
            if count != known or not timeline.over or self._load.running:
                known, changed_at = count, now
            if now - changed_at > _STALLED_S:
                self.outcome.trouble = f"nothing has arrived for {_STALLED_S:.0f} s, at {known}"
                return
            if now - told_at > 10:
                told_at = now
                self._told(f"{self._load.produced:,} produced, {known}", progress=True)
            self._see_to_processes(timeline)

    def _complete(self, count: Count) -> bool:
        load = self._load
        return count.mirror >= load.for_mirror and count.drop >= load.for_drop

    def _see_to_processes(self, timeline: Timeline) -> None:
        if self._load.failure is not None:
            raise RigError(f"the load ended: {self._load.failure!r}") from self._load.failure
        if timeline.over:
            for part, troupe in self._troupes.items():
                if not troupe.current.alive:
                    raise RigError(f"{part} ended by itself: {troupe.current.last_words()}")

    def _check(self) -> None:
        """Let the checker, a process of its own, say what is there."""
        spec = self._spec()
        self._spec_file.write_text(json.dumps(spec, indent=2), "utf-8")
        command = [sys.executable, "-m", "tests.faults.checker", str(self._spec_file)]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=_CHECK_S
        )
        try:
            self.outcome.verdicts = json.loads(done.stdout)
        except ValueError:
            self.outcome.trouble = f"the checker failed: {done.stderr[-2000:]}"

    @property
    def _spec_file(self) -> Path:
        return self._ledger.with_suffix(".json")

    def _spec(self) -> Mapping[str, Any]:
        rig, names = self._rig, self._names

        def side(bootstrap: str, topic: str) -> dict[str, Any]:
            return {"bootstrap": bootstrap, "name": topic, "partitions": rig.contract.partitions}

        return {
            "ledger": str(self._ledger),
            "source": side(rig.source.bootstrap_servers, names.topic),
            "target": side(rig.target.bootstrap_servers, names.target_topic),
            "registry": rig.registry_url,
            "folder": str(names.folder),
            "drop": names.drop,
        }

    def _told(self, what: str, *, progress: bool = False) -> None:
        line = f"{time.monotonic() - self._began:6.1f} s  {what}"
        if not progress:
            line += f" ({self._load.produced:,} produced)"
            self.outcome.faults.append(line)
        self._tell(f"round {self.outcome.number}: {line}")


def cast(rig: Rig) -> dict[Part, Troupe]:
    """Return who plays each part that may be killed."""
    troupes: dict[Part, Troupe] = {"worker": rig.worker_troupe(), "relay": rig.relay_troupe()}
    for part, broker in (("target", "target"), ("source", "source")):
        if broker in rig.brokers:
            troupes[part] = Troupe(rig.brokers[broker], _nobody)  # type: ignore[index]
    return troupes


def _nobody(_same: bool) -> Process:
    raise RigError("a broker has no second one")


def _revoked(state: AgreementState) -> AgreementState:
    return replace(state, state="revoked", version=state.version + 1)
