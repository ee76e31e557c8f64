"""Who plays: a provider's hub and four partners, a hub, an endpoint, a database and a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lingqu.agreements.region_file import parse_region_file
from lingqu.contracts.loader import load_catalogue, schemas_dir
from lingqu.contracts.model import Catalogue
from lingqu.errors import ConfigurationError
from lingqu_embedded.demo.agreements import PARTNER, PROVIDER, apply_region
from lingqu_embedded.demo.endpoint import Endpoint, endpoint
from lingqu_embedded.demo.flowing import check_flowing, reachable
from lingqu_embedded.demo.hubs import RunningHub, Say, free_offset, home_at, hub, offset_of
from lingqu_embedded.home import HubHome

# The partners that are no hubs, by their regions, and where they keep what they get.
_WITH_ENDPOINT, _WITH_DATABASE, _WITH_FOLDER = "52", "36", "45"
_ENDPOINT_PORT = 8852
_ENDPOINT_SECRET = "guizhou-webhook"  # noqa: S105 - a secret's name


@dataclass(frozen=True, slots=True)
class Feed:
    """What one agreement has to deliver, as the demo counts it."""

    id: str
    agreement: str
    partner: str
    sink: str
    topic: str
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def between_hubs(self) -> bool:
        return self.sink == "kafka-sink"


@dataclass(frozen=True, slots=True)
class Partners:
    """The partners of the provider's hub, each as it receives."""

    hub: RunningHub
    endpoint: Endpoint
    database: Path
    folder: Path


@dataclass(frozen=True, slots=True)
class Cast:
    """The players, and the feeds between them."""

    hub: RunningHub
    partners: Partners
    catalogue: Catalogue
    feeds: tuple[Feed, ...]

    @property
    def partner(self) -> RunningHub:
        """The partner's hub."""
        return self.partners.hub

    def target(self, topic: str) -> str:
        """Return where the partner's cluster receives a topic."""
        return f"{topic}.from.{self.hub.region}"


@contextmanager
def cast(home: HubHome, schemas: Path | None, say: Say) -> Iterator[Cast]:
    """Bring everybody up, with the agreements in force; what was not up before is stopped again."""
    catalogue = load_catalogue(schemas_dir(schemas))
    _make_folders(home)
    _check_region(home)
    with hub(home, PROVIDER, say) as provider, _partners(provider, catalogue, say) as partners:
        say(f"applying the agreements of regions {PROVIDER} and {PARTNER}")
        feeds = _agree(provider, partners, catalogue)
        rested = [feed for feed in feeds if feed.sink == "http-sink" or feed.between_hubs]
        leaving = [feed for feed in rested if not (feed.between_hubs and partners.hub.was_up)]
        with reachable(provider, [one.id for one in rested], [one.id for one in leaving]):
            check_flowing(provider, {feed.id: feed.agreement for feed in feeds})
            yield Cast(provider, partners, catalogue, feeds)


@contextmanager
def _partners(provider: RunningHub, catalogue: Catalogue, say: Say) -> Iterator[Partners]:
    home, offset = provider.home, offset_of(provider)
    beside = home_at(home.root / "demo" / PARTNER)
    up = ("--only", "api,worker", "--port-offset", str(free_offset(beside, offset)))
    secret = home.root / "secrets" / _ENDPOINT_SECRET
    with (
        hub(beside, PARTNER, say, *up) as partner,
        endpoint(_ENDPOINT_PORT + offset, secret, _holding_keys(catalogue)) as listening,
    ):
        database = _folder(home, _WITH_DATABASE) / "exchange.sqlite"
        yield Partners(partner, listening, database, _folder(home, _WITH_FOLDER))


def _holding_keys(catalogue: Catalogue) -> frozenset[str]:
    """Return the topics on which an event that a partner refuses holds up its key."""
    held = (each for each in catalogue if each.on_reject == "park_key")
    return frozenset(each.topic(major) for each in held for major in each.majors)


def _folder(home: HubHome, region: str) -> Path:
    return home.root / "demo" / region


def _make_folders(home: HubHome) -> None:
    for region in (_WITH_DATABASE, _WITH_FOLDER):
        folder = _folder(home, region)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"the demo's partner has no folder at {folder}: {error.strerror}; make room there"
            ) from error


def _check_region(home: HubHome) -> None:
    if home.region() not in (None, PROVIDER):
        raise ConfigurationError(
            f"the demo is played by a hub of region {PROVIDER}, and {home.root} belongs to region "
            f"{home.region()}; set LINGQU_HOME to another folder for the demo"
        )


def _agree(provider: RunningHub, partners: Partners, catalogue: Catalogue) -> tuple[Feed, ...]:
    """Apply both hubs' region files, and return what the provider's hub has to deliver."""
    variables = {
        "GUANGDONG_KAFKA": str(partners.hub.facts["kafka"]),
        "GUANGDONG_REGISTRY": partners.hub.urls["registry"],
        "GUIZHOU_URL": partners.endpoint.url,
        "JIANGXI_DATABASE": f"sqlite:///{partners.database}",
        "GUANGXI_FOLDER": str(partners.folder),
    }
    applied = _apply(provider, variables)
    _apply(partners.hub, variables)
    return tuple(
        Feed(
            id=one.feed,
            agreement=one.id,
            partner=one.recipient.partner,
            sink=one.delivery.connector,
            topic=catalogue.contract(one.contract).topic(int(one.contract_version.split(".")[0])),
            options=one.delivery.options,
        )
        for one in parse_region_file(applied).agreements
    )


def _apply(running: RunningHub, variables: dict[str, str]) -> dict[str, Any]:
    with running.client() as client:
        return apply_region(client, running.region, variables)
