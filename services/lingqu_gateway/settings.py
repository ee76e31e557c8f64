"""The gateway's settings."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from lingqu.service.settings import ServiceSettings


class GatewaySettings(ServiceSettings):
    """What the gateway needs beside the hub's settings, from variables LINGQU_GATEWAY_*."""

    model_config = SettingsConfigDict(
        env_prefix="LINGQU_GATEWAY_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    max_body_bytes: int = Field(
        8 * 1_048_576, ge=1024, description="a larger request is refused; it is held in memory"
    )
