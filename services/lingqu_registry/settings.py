"""The registry's settings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic_settings import SettingsConfigDict

from lingqu.service.settings import ServiceSettings
from lingqu_registry.levels import Level

BasePath = Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9._~-]+)*$")]


class RegistrySettings(ServiceSettings):
    """What the registry reads: variables LINGQU_REGISTRY_… and the hub's own."""

    model_config = SettingsConfigDict(
        env_prefix="LINGQU_REGISTRY_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    compatibility: Level = Field(
        default="BACKWARD", description="level where neither a subject nor /config sets one"
    )
    incompatible_error_code: Literal[409, 40901] = Field(
        default=40901, description="40901 as Confluent 8.0.4 and later, 409 as all before"
    )
    base_path: BasePath = Field(
        default="/apis/ccompat/v7",
        description="the API is served under it as well",
    )
    max_body_bytes: int = Field(default=1_048_576, gt=0, description="a larger request gets 413")
