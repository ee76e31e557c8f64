"""One feed as a worker runs it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Protocol

from lingqu.agreements.state import AgreementState
from lingqu.connect.api import SinkTask
from lingqu_worker.dead_letters import DeadLetters
from lingqu_worker.feed import Staged
from lingqu_worker.gate import Gate
from lingqu_worker.records import Records


class Stage(Protocol):
    """What makes of consumed records what goes out."""

    def apply(self, records: Records, first_sequence: int) -> Staged: ...


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """One feed as this worker runs it."""

    state: AgreementState
    sink: type[SinkTask]
    options: object
    stage: Stage
    dead_letters: DeadLetters
    gate: Gate

    @property
    def epoch_digest(self) -> str:
        """What filter, view and schema mapping are together; another digest is another epoch.

        Where a range may have to be redone byte for byte, so is what else shapes the bytes.
        """
        said = f"{self.state.filter}|{self.state.view_digest}|{self.state.contract_version}"
        if self.sink.needs_intent:
            terms = self.state.delivery
            said += f"|{terms.connector}|{json.dumps(terms.options, sort_keys=True)}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]
