"""The two feeds of a round: to another Kafka and to a folder, each under a view of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.support.agreements import agreement_state

from lingqu.agreements.state import AgreementState
from lingqu.contracts.model import Contract

_PERSONAL = {"grade": 4, "kinds": ["personal"]}
_MIRROR_VIEW = {
    "clearance": _PERSONAL,
    "fields": "all",
    "masks": {
        "station": [{"mask": "pseudonym"}],
        "keeper": [{"mask": "keep_first", "n": 1}],
        "phone": [{"mask": "drop"}],
    },
}
_DROP_VIEW = {
    "clearance": _PERSONAL,
    "fields": "all",
    "masks": {"keeper": [{"mask": "redact"}], "phone": [{"mask": "keep_last", "n": 2}]},
}


@dataclass(frozen=True, slots=True)
class Names:
    """What a round calls its things; nothing of an earlier round is used again."""

    topic: str
    target_topic: str
    mirror: str
    drop: str
    folder: Path

    @classmethod
    def of_round(cls, topic: str, number: int, drops: Path) -> Names:
        mark = f"r{number:03}"
        return cls(
            f"{topic}.{mark}",
            f"{topic}.{mark}.from.43",
            f"mirror-{mark}",
            f"drop-{mark}",
            drops / f"drop-{mark}",
        )


def mirror(contract: Contract, names: Names, target: str, registry_url: str) -> AgreementState:
    """Return the agreement with the partner that has a Kafka of its own."""
    return agreement_state(
        contract,
        feed=names.mirror,
        view=_MIRROR_VIEW,
        filter="level >= 20",
        options={
            "bootstrap_servers": target,
            "registry_url": registry_url,
            "topic": names.target_topic,
        },
        topic=names.topic,
        subject=f"{names.topic}-value",
    )


def drop(contract: Contract, names: Names, form: Literal["avro", "jsonl"]) -> AgreementState:
    """Return the agreement with the partner that has a folder."""
    options = {
        "folder": str(names.folder),
        "format": form,
        "max_events": 1_000,  # small files, so that many kills meet one half done
        "max_wait_s": 0.1,
    }
    return agreement_state(
        contract,
        feed=names.drop,
        view=_DROP_VIEW,
        filter='weather != "storm"',
        connector="file-sink",
        options=options,
        topic=names.topic,
        subject=f"{names.topic}-value",
    )
