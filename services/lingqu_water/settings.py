"""The water service's settings."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from lingqu.service.settings import AbsolutePath, ServiceSettings


class WaterSettings(ServiceSettings):
    """What the water service needs beside the hub's settings, from variables LINGQU_WATER_*."""

    model_config = SettingsConfigDict(
        env_prefix="LINGQU_WATER_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    max_body_bytes: int = Field(
        8 * 1_048_576, ge=1024, description="a larger request is refused; it is held in memory"
    )
    max_import_bytes: int = Field(
        2 * 1_073_741_824, ge=1024, description="a larger file is refused; it is held on disk"
    )
    import_batch: int = Field(
        3_000, ge=1, le=10_000, description="rows of a file a transaction takes"
    )

    reference_dir: AbsolutePath | None = Field(
        default=None, description="the operator's own limits, items and sections; else ours"
    )

    compensation_dir: AbsolutePath | None = Field(
        default=None, description="the operator's own compensation agreements, a YAML file each"
    )

    @property
    def imports_dir(self) -> Path:
        """Return where uploaded files are kept for a day."""
        return self.home / "water" / "imports"
