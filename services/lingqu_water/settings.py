"""The water service's settings."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from lingqu.domain_service.settings import DomainSettings
from lingqu.service.settings import AbsolutePath


class WaterSettings(DomainSettings):
    """What the water service needs beside the hub's settings, from variables LINGQU_WATER_*."""

    model_config = SettingsConfigDict(
        env_prefix="LINGQU_WATER_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    reference_dir: AbsolutePath | None = Field(
        default=None, description="the operator's own limits, items and sections; else ours"
    )

    compensation_dir: AbsolutePath | None = Field(
        default=None, description="the operator's own compensation agreements, a YAML file each"
    )
