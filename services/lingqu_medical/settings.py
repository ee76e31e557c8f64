"""The medical service's settings."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from lingqu.domain_service.settings import DomainSettings


class MedicalSettings(DomainSettings):
    """What the medical service needs beside the hub's settings, from variables LINGQU_MEDICAL_*."""

    model_config = SettingsConfigDict(
        env_prefix="LINGQU_MEDICAL_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    max_reconciliation_bytes: int = Field(
        128 * 1_048_576,
        ge=1024,
        description="larger rows of the platform are refused; they are held in memory",
    )
