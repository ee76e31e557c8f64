"""Control's settings."""

from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from lingqu.service.settings import ServiceSettings


class ControlSettings(ServiceSettings):
    """What control reads from the environment; variables LINGQU_CONTROL_… and the hub's own."""

    model_config = SettingsConfigDict(
        env_prefix="LINGQU_CONTROL_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )
