"""What class given values would have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from lingqu.errors import InputError
from lingqu_water.judgement.classify import Judge
from lingqu_water.judgement.indices import Indices
from lingqu_water.judgement.labels import Labels
from lingqu_water.judgement.standard import Limit, Standard, standard_on
from lingqu_water.judgement.values import value_in
from lingqu_water.judgement.water_class import RANKS, WaterClass, parse_class
from lingqu_water.readings.model import Item

Figure = Annotated[float, Field(allow_inf_nan=False)]
_EXAMPLE: dict[str, Any] = {
    "water_body": "river",
    "on": "2021-04-01",
    "items": [
        {"item": "ph", "value": 7.6},
        {"item": "do", "value": 7.2},
        {"item": "codmn", "value": 2.1},
        {"item": "nh3n", "value": 0.08},
        {"item": "tp", "value": 0.25},
        {"item": "hg", "detection_limit": 0.00004},
    ],
}


class GivenItem(BaseModel):
    """A value, or a detection limit that it lies below."""

    model_config = ConfigDict(extra="forbid")

    item: str = Field(max_length=40, description="code or key, such as w01019 or codmn")
    value: Figure | None = None
    detection_limit: Figure | None = Field(None, ge=0, description="where nothing was detected")
    unit: str = Field("", max_length=20, description="the item's own unit when left out")


class Question(BaseModel):
    """Values to judge, where the water was, and on which day."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    items: list[GivenItem] = Field(min_length=1, max_length=200)
    water_body: Literal["river", "lake"] = "river"
    on: date = Field(description="the standard in force on that day applies")
    target_class: Literal["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ"] = Field(
        "Ⅲ", description="pollutants are beyond its limits"
    )


@dataclass(frozen=True, slots=True)
class JudgedItem:
    """One item's class, null where it does not enter the class, and the target's limit."""

    code: str
    name: str
    water_class: str | None
    limit: float | None


@dataclass(frozen=True, slots=True)
class PollutantAnswer:
    """An item beyond the target, and by how much."""

    code: str
    name: str
    value: float
    limit: float
    multiple: float | None


@dataclass(frozen=True, slots=True)
class IndexAnswer:
    """The sum of values over limits (CWQI) and the trophic level of a lake (TLI)."""

    cwqi: float | None
    cwqi_items: int
    tli: float | None
    trophic_state: str | None


@dataclass(frozen=True, slots=True)
class JudgementAnswer:
    """The class, what decided it, and the standard and evaluation it was found by."""

    water_class: str | None
    label: str | None
    colour: str | None
    partial: bool
    items: list[JudgedItem]
    pollutants: list[PollutantAnswer]
    indices: IndexAnswer
    standard: str | None
    evaluation: str


def router(judge: Judge, labels: Labels, indices: Indices) -> APIRouter:
    """Return the routes over this judge."""
    routes = APIRouter(prefix="/v1/judgement", tags=["judgement"])
    desk = _Desk(judge, labels, indices)

    @routes.post("", summary="The class that values would have; nothing is stored or published")
    def judge_values(question: Question) -> JudgementAnswer:
        return desk.answer(question)

    return routes


@dataclass(frozen=True, slots=True)
class _Desk:
    judge: Judge
    labels: Labels
    indices: Indices

    def answer(self, question: Question) -> JudgementAnswer:
        items = [self._item(given) for given in question.items]
        target = parse_class(question.target_class)
        judged = self.judge.classify(items, question.water_body, question.on, target)
        found = judged.water_class
        values = {item.code: each for item in items if (each := self._value(item)) is not None}
        standard = standard_on(self.judge.standards, question.on)
        limits = standard.limits_of(question.water_body) if standard else {}
        return JudgementAnswer(
            water_class=found,
            label=self.labels.label(found) if found else None,
            colour=self.labels.colour(found) if found else None,
            partial=judged.partial,
            items=[
                JudgedItem(
                    code,
                    self._name(code),
                    judged.classes.get(code),
                    _limit(limits, code, value, target),
                )
                for code, value in values.items()
            ],
            pollutants=[
                PollutantAnswer(
                    each.code, self._name(each.code), each.value, each.limit, each.multiple
                )
                for each in judged.pollutants
            ],
            indices=self._indices(values, standard, question.water_body),
            standard=judged.standard,
            evaluation=self.judge.evaluation.name,
        )

    def _item(self, given: GivenItem) -> Item:
        if (given.value is None) == (given.detection_limit is None):
            raise InputError("an item has one of value and detection_limit; leave the other out")
        known = self.judge.items.by_code
        code = given.item if given.item in known else self.judge.items.code(given.item)
        flag = "measured" if given.value is not None else "below_detection"
        return Item(code, given.value, given.unit or known[code].unit, flag, given.detection_limit)

    def _value(self, item: Item) -> float | None:
        unit = self.judge.items.by_code[item.code].unit
        return value_in(item, unit, self.judge.evaluation.below_detection)

    def _name(self, code: str) -> str:
        return self.judge.items.name(code)

    def _indices(
        self, values: Mapping[str, float], standard: Standard | None, water_body: str
    ) -> IndexAnswer:
        total = self.indices.limit_sum(values, standard, water_body) if standard else None
        level = self.indices.trophic_level(values) if water_body == "lake" else None
        return IndexAnswer(
            total.value if total else None,
            total.items if total else 0,
            level.value if level else None,
            level.state if level else None,
        )


def _limit(
    limits: Mapping[str, Limit], code: str, value: float, target: WaterClass
) -> float | None:
    return limits[code].bound(RANKS[target], value) if code in limits else None
