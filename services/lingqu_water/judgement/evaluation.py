"""Kinds of evaluation: what a single reading and a period are judged by, as data."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from lingqu.contracts.yaml_file import ClosedModel, nearest
from lingqu.errors import NotFoundError
from lingqu_water.reference import read_reference

Share = Annotated[float, Field(ge=0, le=1)]


class MainPollutants(ClosedModel):
    """How many main pollutants are named, and in which order they are taken."""

    count: int = Field(default=3, ge=0)
    order: Literal["multiple", "class"] = "multiple"


class Evaluation(ClosedModel):
    """The parameters of one kind of evaluation."""

    name: str
    title_zh: str
    expected: tuple[str, ...]
    decimals: Mapping[str, Annotated[int, Field(ge=0, le=12)]] = {}
    below_detection: Share
    ph_mean: Literal["arithmetic", "hydrogen_ion"]
    pollutants: MainPollutants = MainPollutants()
    verified: bool = True


class _EvaluationFile(ClosedModel):
    source: str
    evaluations: tuple[Evaluation, ...]


def load_evaluation(name: str, folder: Path | None = None) -> Evaluation:
    """Return the kind of evaluation of that name; raise NotFoundError naming the nearest."""
    entries = read_reference("evaluations.yaml", _EvaluationFile, folder).evaluations
    known = {entry.name: entry for entry in entries}
    if name not in known:
        raise NotFoundError(f"there is no evaluation {name!r}; {nearest(name, list(known))}")
    return known[name]


def round_half_even(value: float, places: int) -> float:
    """Round as GB/T 8170 does: the decimal figure as written, a lone five to the even digit."""
    step = Decimal(1).scaleb(-places)
    return float(Decimal(repr(value)).quantize(step, ROUND_HALF_EVEN))
