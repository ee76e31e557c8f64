"""What an agreement says about a file drop, wherever the folder lies."""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from lingqu.connect.api import Options
from lingqu.connect.periods import Every, Periods

Format = Literal["avro", "jsonl", "parquet", "csv"]


def _absolute(folder: Path) -> Path:
    if not folder.is_absolute():
        raise ValueError(f"{str(folder)!r} is not an absolute path; begin it with '/'")
    return folder


def _time_of_day(text: str) -> str:
    if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text) is None:
        raise ValueError(f"{text!r} is no time of day; write hour and minute as 18:00")
    return text


LocalPath = Annotated[Path, AfterValidator(_absolute)]


class SinkTerms(Options):
    """In which format the files are, and how many events one holds."""

    format: Format = Field(default="avro", description="avro, jsonl, parquet or csv")
    max_events: int = Field(
        default=5_000,
        ge=1,
        le=100_000,
        description="most events in one file; where files are of periods, 100000 by default",
    )
    max_wait_s: float = Field(
        default=5.0, ge=0, le=86_400, description="longest wait for a file to fill, in seconds"
    )
    every: Every | None = Field(
        default=None,
        description="hour, day or month: one file of each, empty where nothing happened",
    )
    cut_off: Annotated[str, AfterValidator(_time_of_day)] | None = Field(
        default=None,
        description="when a period ends, as 18:00 in China's time, of an hour as 00:05; a month "
        "ends on its first day; default: 00:00",
    )

    @property
    def most_events(self) -> int:
        return (
            100_000 if self.every and "max_events" not in self.model_fields_set else self.max_events
        )

    @property
    def periods(self) -> Periods | None:
        return (
            Periods(self.every, time.fromisoformat(self.cut_off or "00:00")) if self.every else None
        )

    @model_validator(mode="after")
    def _whole_terms(self) -> Self:
        if self.every is None and self.cut_off is not None:
            raise ValueError("cut_off says when a period ends: say every as hour, day or month too")
        if self.every and "max_wait_s" in self.model_fields_set:
            raise ValueError(
                "a file of a period is not waited for: give one of max_wait_s and every"
            )
        if self.every == "hour" and not (self.cut_off or "00:").startswith("00:"):
            raise ValueError("an hour's cut_off is a minute of it: write it as 00:05")
        return self


class FileSinkOptions(SinkTerms):
    """Where the files go on this machine, and how."""

    folder: LocalPath = Field(
        description="absolute path of an existing folder the worker may write to"
    )


class SourceTerms(Options):
    """Which of the files are taken, and how their rows become events."""

    pattern: str = Field(
        default="*", min_length=1, description="which names are taken, as a shell matches them"
    )
    mapping: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")] | None = (
        Field(default=None, description="for tables: one of the contract's own mappings")
    )
    collected_on: date | None = Field(
        default=None,
        description="gives the year where a table's times have none; default: the date in the "
        "file's name, else the mapping's, else the day the file was written",
    )
    manifest: Literal["if_there", "always"] = Field(
        default="if_there", description="always: a file without a manifest is not complete"
    )
    settle_s: float = Field(
        default=5.0, ge=0, le=3_600, description="how long a file without manifest must not change"
    )
    every_s: float = Field(
        default=5.0, ge=0.1, le=3_600, description="how often the folder is looked through"
    )
    remember_files: int = Field(
        default=100_000, ge=1, description="how many files are known again when they come again"
    )


class FileSourceOptions(SourceTerms):
    """Where files come on this machine, and what is taken of them."""

    folder: LocalPath = Field(
        description="absolute path of an existing folder, for this agreement only"
    )
