"""What control knows of the hub it serves."""

from __future__ import annotations

from dataclasses import dataclass

from lingqu.clock import Clock
from lingqu.contracts.model import Catalogue
from lingqu.sealing import HubKey
from lingqu_control.local_signer import LocalSigner


@dataclass(frozen=True, slots=True)
class Hub:
    """The hub's regions, contracts and keys; `signer` is there in the demo profile only."""

    region: str
    own_regions: tuple[str, ...]
    catalogue: Catalogue
    key: HubKey
    clock: Clock
    signer: LocalSigner | None

    def now_ms(self) -> int:
        return int(self.clock.now().timestamp() * 1000)
