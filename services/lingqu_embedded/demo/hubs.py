"""The hubs of a demo: the one that is up, or one for the occasion, and a partner's beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lingqu.client import HubAddresses, HubClient
from lingqu.errors import LingquError
from lingqu.kafka.settings import KafkaSettings
from lingqu_embedded.home import HubHome
from lingqu_embedded.hub import HubPortTakenError, check_ports
from lingqu_embedded.plan import HubOptions, make_plan

Say = Callable[[str], None]

_OFFSETS = range(200, 4_200, 200)


class HubStartError(LingquError):
    """A hub that the demo needs did not start."""

    def __init__(self, home: HubHome) -> None:
        super().__init__(
            f"the demo needs the hub of {home.root}, which did not start: see above, and the logs "
            f"in {home.logs}"
        )


@dataclass(frozen=True, slots=True)
class RunningHub:
    """A hub that is up: its home, what it says of itself, and whether the demo found it so."""

    home: HubHome
    facts: dict[str, Any]
    was_up: bool

    @property
    def region(self) -> str:
        return str(self.facts["region"])

    @property
    def kafka(self) -> KafkaSettings:
        return KafkaSettings.model_validate({"bootstrap_servers": self.facts["kafka"]})

    @property
    def urls(self) -> dict[str, str]:
        return dict(self.facts["urls"])

    def client(self) -> HubClient:
        addresses = {name: self.urls[name] for name in ("control", "gateway", "registry")}
        return HubClient(HubAddresses(**addresses, kafka=self.facts["kafka"]))


@contextmanager
def hub(home: HubHome, region: str, say: Say, *up: str) -> Iterator[RunningHub]:
    """Lend the hub of a home: the running one as it is, else one that is stopped at the end."""
    was_up = home.locked() and home.facts() is not None
    if not was_up:
        known = home.region() or region
        say(f"starting a hub of region {known} in {home.root}")
        _start(home, known, up)
    try:
        yield RunningHub(home, home.facts() or {}, was_up)
    finally:
        if not was_up:
            say(f"stopping the hub in {home.root}")
            _lingqu(home, "down")


def free_offset(home: HubHome, above: int) -> int:
    """Return the first step of ports above another hub's that nothing listens on."""
    for offset in _OFFSETS:
        try:
            check_ports(make_plan(HubOptions(home, "", {}, port_offset=above + offset)))
        except HubPortTakenError:
            continue
        return above + offset
    raise LingquError("no free range of ports was found for a second hub; stop some programs")


def offset_of(running: RunningHub) -> int:
    """Return by how much a hub's ports are moved."""
    return int(running.facts["ports"]["control"]) - 8082


def _start(home: HubHome, region: str, up: tuple[str, ...]) -> None:
    """Start it for as long as this process lives: a demo that is killed leaves nothing behind."""
    offset = () if "--port-offset" in up else ("--port-offset", str(free_offset(home, -200)))
    leash = ("--until-exit-of", str(os.getpid()))
    if _lingqu(home, "up", "--detach", "--region", region, *leash, *offset, *up):
        raise HubStartError(home)


def _lingqu(home: HubHome, *words: str) -> int:
    """Run the command itself: a hub of the demo is a hub like any other, only quieter."""
    kept = {name: value for name, value in os.environ.items() if not _of_another_hub(name)}
    environ = {**kept, "LINGQU_HOME": str(home.root)}
    command = [sys.executable, "-m", "lingqu_cli", *words]
    return subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, check=False).returncode


def _of_another_hub(name: str) -> bool:
    if name in ("LINGQU_SCHEMAS_DIR", "LINGQU_MAVEN_REPOSITORY"):
        return False
    return name.startswith("LINGQU_")


def home_at(root: Path) -> HubHome:
    """Return the home in a folder, made if it is new."""
    home = HubHome(root)
    home.make()
    return home
