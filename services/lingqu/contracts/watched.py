"""The catalogue of a running service: what is published meanwhile comes in by itself."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from lingqu.contracts.loader import load_catalogue, load_contract
from lingqu.contracts.model import Catalogue, Contract
from lingqu.errors import LingquError

logger = logging.getLogger(__name__)

_LOOK_EVERY_S = 1.0

_State = tuple[int, int]  # of a contract.yaml: when it was written, and how long it is


def watched_catalogue(folder: Path, only: str | None = None, *, settle_s: float = 0.0) -> Catalogue:
    """Read the folder, and from then on whatever `lingqu contract publish` releases in it.

    Other edits wait for the next start: a rule or a key that somebody is still writing must not
    judge events. `settle_s` is how long a release lies there before it is taken up. Raises
    ContractError for the folder as it is now; later trouble is logged and changes nothing.
    """
    return Catalogue(WatchedContracts(folder, only, settle_s=settle_s))


class WatchedContracts(Mapping[str, Contract]):
    """Contracts by name, looked after once a second by whoever asks; may be shared by threads."""

    def __init__(
        self,
        folder: Path,
        only: str | None = None,
        *,
        settle_s: float = 0.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._pattern = f"{only or '*'}/*/contract.yaml"
        self._settle_s = settle_s
        self._monotonic = monotonic
        self._looking = threading.Lock()
        self._looked_at = monotonic()
        self._states = self._look()
        self._waiting: dict[Path, tuple[_State, float]] = {}
        self._told: dict[Path, str] = {}
        self._contracts = dict(load_catalogue(folder, only).contracts)

    def __getitem__(self, name: str) -> Contract:
        return self._now()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def _now(self) -> Mapping[str, Contract]:
        if self._monotonic() - self._looked_at >= _LOOK_EVERY_S and self._looking.acquire(False):
            try:
                self._looked_at = self._monotonic()
                for path, state in self._look().items():
                    if state != self._states.get(path) and self._settled(path, state):
                        self._take(path, state)
            finally:
                self._looking.release()
        return self._contracts

    def _look(self) -> dict[Path, _State]:
        found: dict[Path, _State] = {}
        for path in self._folder.glob(self._pattern):
            try:
                facts = path.stat()
            except OSError:
                continue
            found[path] = facts.st_mtime_ns, facts.st_size
        return found

    def _settled(self, path: Path, state: _State) -> bool:
        known, since = self._waiting.get(path, (None, 0.0))
        if known != state:
            since = self._looked_at
            self._waiting[path] = state, since
        return self._looked_at - since >= self._settle_s

    def _take(self, path: Path, state: _State) -> None:
        """Take up what was released; a folder that does not hold together is looked at again."""
        try:
            contract = load_contract(path.parent)
        except LingquError as error:
            if self._told.get(path) != str(error):
                logger.error("contract not taken up", extra={"cause": str(error)})  # noqa: TRY400
            self._told[path] = str(error)
            return
        self._states[path] = state
        self._waiting.pop(path, None)
        self._told.pop(path, None)
        known = self._contracts.get(contract.name)
        if contract.releases != (known.releases if known else {}):
            # A new dict: whoever goes through the old one is not disturbed.
            self._contracts = {**self._contracts, contract.name: contract}
            versions = ", ".join(each.number for each in contract.versions)
            logger.info("contract taken up", extra={"contract": contract.name, "now": versions})
