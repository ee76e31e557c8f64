"""Settings of a worker, from LINGQU_ and LINGQU_WORKER_ variables."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from lingqu.service.settings import AbsolutePath, HubSettings


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

    @property
    def secrets(self) -> Path:
        return self.secrets_dir or self.home / "secrets"
