"""The settings that every domain's service has."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from lingqu.service.settings import AbsolutePath, ServiceSettings


class DomainSettings(ServiceSettings):
    """What a domain's service needs beside the hub's settings; a subclass sets the prefix."""

    max_body_bytes: int = Field(
        8 * 1_048_576, ge=1024, description="a larger request is refused; it is held in memory"
    )
    max_import_bytes: int = Field(
        2 * 1_073_741_824, ge=1024, description="a larger file is refused; it is held on disk"
    )
    import_batch: int = Field(
        5_000, ge=1, le=10_000, description="rows of a file a transaction takes"
    )

    reference_dir: AbsolutePath | None = Field(
        default=None, description="the operator's own codes and terms; else ours"
    )

    @property
    def imports_dir(self) -> Path:
        """Return where uploaded files are kept for a day."""
        return self.home / self.service / "imports"
