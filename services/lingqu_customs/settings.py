"""The customs service's settings."""

from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from lingqu.domain_service.settings import DomainSettings


class CustomsSettings(DomainSettings):
    """What the customs service needs beside the hub's settings, from variables LINGQU_CUSTOMS_*."""

    model_config = SettingsConfigDict(
        env_prefix="LINGQU_CUSTOMS_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )
