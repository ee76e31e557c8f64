"""Who plays: a provider's hub, a partner's hub beside it, and a partner's folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lingqu.agreements.region_file import parse_region_file
from lingqu.contracts.loader import load_catalogue, schemas_dir
from lingqu.contracts.model import Catalogue
from lingqu.errors import ConfigurationError, ConflictError, LingquError
from lingqu_embedded.demo.agreements import PARTNER, PROVIDER, apply_region
from lingqu_embedded.demo.hubs import RunningHub, Say, free_offset, home_at, hub, offset_of
from lingqu_embedded.home import HubHome


@dataclass(frozen=True, slots=True)
class Feed:
    """What one agreement has to deliver, as the demo counts it."""

    id: str
    agreement: str
    partner: str
    sink: str
    topic: str

    @property
    def between_hubs(self) -> bool:
        return self.sink == "kafka-sink"


@dataclass(frozen=True, slots=True)
class Cast:
    """The players, and the feeds between them."""

    hub: RunningHub
    partner: RunningHub
    folder: Path
    catalogue: Catalogue
    feeds: tuple[Feed, ...]

    def target(self, topic: str) -> str:
        """Return where the partner's cluster receives a topic."""
        return f"{topic}.from.{self.hub.region}"


@contextmanager
def cast(home: HubHome, schemas: Path | None, say: Say) -> Iterator[Cast]:
    """Bring everybody up, with the agreements in force; what was not up before is stopped again."""
    catalogue = load_catalogue(schemas_dir(schemas))
    folder = home.root / "demo" / "45"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"the demo's partner has no folder at {folder}: {error.strerror}; make room there"
        ) from error
    _check_region(home)
    with hub(home, PROVIDER, say) as provider:
        beside = home_at(home.root / "demo" / PARTNER)
        offset = str(free_offset(beside, offset_of(provider)))
        up = ("--only", "api,worker", "--port-offset", offset)
        with hub(beside, PARTNER, say, *up) as partner:
            say(f"applying the agreements of regions {PROVIDER} and {PARTNER}")
            feeds = _agree(provider, partner, folder, catalogue)
            with _reachable(provider, partner, feeds):
                _check_flowing(provider, feeds)
                yield Cast(provider, partner, folder, catalogue, feeds)


def _check_region(home: HubHome) -> None:
    if home.region() not in (None, PROVIDER):
        raise ConfigurationError(
            f"the demo is played by a hub of region {PROVIDER}, and {home.root} belongs to region "
            f"{home.region()}; set LINGQU_HOME to another folder for the demo"
        )


def _agree(
    provider: RunningHub, partner: RunningHub, folder: Path, catalogue: Catalogue
) -> tuple[Feed, ...]:
    """Apply both hubs' region files, and return what the provider's hub has to deliver."""
    variables = {
        "GUANGDONG_KAFKA": str(partner.facts["kafka"]),
        "GUANGDONG_REGISTRY": partner.urls["registry"],
        "GUANGXI_FOLDER": str(folder),
    }
    applied = _apply(provider, variables)
    _apply(partner, variables)
    return tuple(
        Feed(
            id=one.feed,
            agreement=one.id,
            partner=one.recipient.partner,
            sink=one.delivery.connector,
            topic=catalogue.contract(one.contract).topic(int(one.contract_version.split(".")[0])),
        )
        for one in parse_region_file(applied).agreements
    )


def _apply(running: RunningHub, variables: dict[str, str]) -> dict[str, Any]:
    with running.client() as client:
        return apply_region(client, running.region, variables)


@contextmanager
def _reachable(
    provider: RunningHub, partner: RunningHub, feeds: tuple[Feed, ...]
) -> Iterator[None]:
    """Let the feeds to the partner's hub flow while it is up, and rest once it goes down again.

    A hub that stays up would otherwise keep calling one that is not there.
    """
    resting = [feed.id for feed in feeds if feed.between_hubs and not partner.was_up]
    with provider.client() as client:
        for feed in resting:
            if client.control.get(f"/v1/feeds/{feed}")["paused"]:
                client.control.post(f"/v1/feeds/{feed}/resume")
        try:
            yield
        finally:
            with contextlib.suppress(LingquError):  # a hub that has died needs no rest
                for feed in resting:
                    client.control.post(f"/v1/feeds/{feed}/pause")


def _check_flowing(provider: RunningHub, feeds: tuple[Feed, ...]) -> None:
    with provider.client() as client:
        for feed in feeds:
            said = client.control.get(f"/v1/feeds/{feed.id}")
            if not said["flows"]:
                cure = (
                    f"feed resume {feed.id}"
                    if said["paused"]
                    else f"agreement show {feed.agreement}"
                )
                state = "paused" if said["paused"] else said["state"]
                raise ConflictError(
                    f"feed {feed.id!r} is {state}, so its partner would get nothing; "
                    f"see to it first: lingqu {cure}"
                )
