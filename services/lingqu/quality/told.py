"""One record of `lingqu.quality.v1`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from lingqu.quality.score import Score, Series

Name = Annotated[str, Field(max_length=255)]
Count = Annotated[int, Field(ge=0)]


class Told(BaseModel):
    """The running total of one series, as one run of one process of a hub has counted it.

    JSON; the key is contract, origin, producer and day joined by `|`. What a later version adds is
    left out by an earlier reader.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    hub: Name
    run: Name
    day: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    contract: Name
    origin: Name
    producer: Name
    accepted: Count
    repeats: Count
    timed: Count
    on_time: Count
    refused: dict[str, Count]
    changes: dict[str, Count]
    filled: dict[str, Count]
    asked: dict[str, Count]

    @classmethod
    def of(cls, hub: str, run: str, series: Series, score: Score) -> Told:
        return cls(hub=hub, run=run, **series._asdict(), **score.members())

    @property
    def series(self) -> Series:
        return Series(self.day, self.contract, self.origin, self.producer)

    @property
    def score(self) -> Score:
        return Score.of(self.model_dump())

    @property
    def key(self) -> bytes:
        return f"{self.contract}|{self.origin}|{self.producer}|{self.day}".encode()
