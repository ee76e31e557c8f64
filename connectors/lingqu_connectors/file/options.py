"""What an agreement says about a file drop."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from lingqu.connect.api import Options

Format = Literal["avro", "jsonl", "parquet", "csv"]


class FileSinkOptions(Options):
    """Where the files go, in which format, and how many events one holds."""

    folder: Path = Field(description="absolute path of an existing folder the worker may write to")
    format: Format = Field(default="avro", description="avro, jsonl, parquet or csv")
    max_events: int = Field(default=5_000, ge=1, le=100_000, description="most events in one file")
    max_wait_s: float = Field(
        default=5.0, ge=0, le=86_400, description="longest wait for a file to fill, in seconds"
    )

    @field_validator("folder")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        if not folder.is_absolute():
            raise ValueError(f"{str(folder)!r} is not an absolute path; begin it with '/'")
        return folder
