"""Settings of a worker, from LINGQU_ and LINGQU_WORKER_ variables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode, SettingsConfigDict

from lingqu.service.settings import AbsolutePath, HubSettings
from lingqu_worker.networks import INTERNAL, Network, Networks
from lingqu_worker.open_producers import MOST, REST_AFTER_S


def _listed(value: object) -> object:
    return [part for part in value.split(",") if part] if isinstance(value, str) else value


_Listed = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_listed)]


class WorkerSettings(HubSettings):
    """What a worker knows beyond its hub."""

    model_config = SettingsConfigDict(
        env_prefix="LINGQU_WORKER_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    instance: str | None = Field(
        default=None,
        description="a name that stays with this worker over restarts, so that it gets its "
        "partitions back at once; each worker of a hub has another (group.instance.id)",
    )
    secrets_dir: AbsolutePath | None = Field(
        default=None,
        description="a file for each secret that agreements name; else secrets under home",
    )
    parked_events: int = Field(
        default=10_000,
        ge=1,
        description="most events that one feed parks for its partner; at that its partitions pause",
    )
    transactional_lanes: int = Field(
        default=MOST,
        ge=1,
        description="most lanes with a transactional producer at a time, half a megabyte and four "
        "threads each; further ones wait until one rests",
    )
    rest_after_s: float = Field(
        default=REST_AFTER_S,
        gt=0,
        description="seconds without an event after which a lane closes its transactional "
        "producer; the next event opens it again",
    )
    refused_networks: _Listed | None = Field(
        default=None,
        description="networks by comma in which no partner's address may lie; else loopback, "
        "link-local, multicast and the metadata addresses of clouds in production, none in demo",
    )
    allowed_networks: _Listed = Field(
        default=(),
        description="networks by comma in which partners' addresses may lie all the same",
    )

    @property
    def secrets(self) -> Path:
        return self.secrets_dir or self.home / "secrets"

    @property
    def networks(self) -> Networks:
        """Return where the hub may call partners."""
        usual = () if self.profile == "demo" else INTERNAL
        refused = usual if self.refused_networks is None else self.refused_networks
        return Networks(refused, self.allowed_networks)
