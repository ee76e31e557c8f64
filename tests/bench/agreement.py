"""The agreement of a job, published as control would, and the hub's key it is sealed under."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.jobs import Job
from tests.bench.load import ORIGIN

from lingqu.agreements.model import Agreement
from lingqu.agreements.state import AgreementState, dead_letter_context
from lingqu.clock import Clock
from lingqu.contracts.model import Catalogue
from lingqu.sealing import HubKey
from lingqu_control.compiled import compile_state
from lingqu_control.hub import Hub
from lingqu_control.tables import AgreementRow, FeedRow


def in_force(
    job: Job, feed_id: str, hub: Hub, options: Mapping[str, Any], connector: str = "kafka-sink"
) -> AgreementState:
    """Return the state that control would publish for the job's agreement, active."""
    agreement = _agreement(job, feed_id, options, connector)
    row = AgreementRow(
        id=agreement.id,
        version=1,
        state="active",
        document=agreement.document(),
        digest="",
        valid_until_ms=agreement.valid_until_ms,
    )
    feed = FeedRow(
        id=agreement.feed,
        agreement_id=agreement.id,
        paused=False,
        dead_letter_key=hub.key.new_wrapped_key(dead_letter_context(agreement.id)),
    )
    return compile_state(row, feed, hub)


def hub_of(catalogue: Catalogue, keys: Path, clock: Clock) -> Hub:
    """Return what control knows of the bench's hub."""
    key = HubKey.load(keys / "hub.key")
    return Hub(ORIGIN, (ORIGIN,), catalogue, key, clock, None)


def _agreement(job: Job, feed_id: str, options: Mapping[str, Any], connector: str) -> Agreement:
    clearance = {"grade": 4, "kinds": ["personal"]}
    return Agreement.model_validate(
        {
            "id": feed_id,
            "title": job.says,
            "contract": "bench.reading",
            "contract_version": "1.0",
            "provider": {"partner": "north", "region": ORIGIN},
            "recipient": {"partner": "south", "region": "44"},
            "purpose": "to be measured",
            "legal_basis": "none",
            "valid_from": "2020-01-01",
            "valid_until": "2099-12-31",
            "feed": feed_id,
            "view": {"clearance": clearance, "fields": "all", "masks": dict(job.masks)},
            "delivery": {
                "connector": connector,
                "options": dict(options),
                "guarantee": job.guarantee,
            },
        }
    )
