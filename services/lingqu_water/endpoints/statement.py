"""A reading as REST takes and shows it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from lingqu.instants import milliseconds, moment_at
from lingqu.service.instants import Instant
from lingqu_water.readings.follow import StoredReading
from lingqu_water.readings.history import Stated
from lingqu_water.readings.model import Item, Reading

# No database of ours keeps a NUL in a text.
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$"),
]
RegionCode = Annotated[
    str, StringConstraints(pattern=r"^([1-9]\d(\d{2}(\d{2})?)?|X-[A-Z0-9-]{1,20})$")
]
Method = Literal["auto", "manual", "joint"]
Level = Literal["raw", "reviewed", "final"]
Validity = Literal["valid", "doubtful", "invalid"]
WaterClass = Literal["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"]

EXAMPLE: dict[str, Any] = {
    "section_name": "里耶镇",
    "reporting_region": "43",
    "sampled_at": "2026-03-01T12:00:00+08:00",
    "method": "auto",
    "station_status": "正常",
    "items": [
        {"code": "w01001", "value": 7.6, "unit": "无量纲"},
        {"code": "w01019", "value": 2.42, "unit": "mg/L"},
        {"code": "w21003", "flag": "below_detection", "detection_limit": 0.025, "unit": "mg/L"},
        {"code": "w01016", "flag": "not_measured"},
    ],
}
SHOWN: dict[str, Any] = {
    "event_id": "0197b1de-7c00-8000-8000-000000000001",
    "section_code": "43-里耶镇",
    "sampled_at": "2026-03-01T04:00:00.000+00:00",
    "method": "auto",
    "reporting_region": "43",
    "published_class": "Ⅱ",
    "water_class": "Ⅱ",
    "partial": False,
    "data_level": "raw",
    "validity": "valid",
    "validity_reason": None,
    "withdrawn": False,
    "station_status": "正常",
    "reviewed_by_org": None,
    "reviewed_at": None,
    "as_of": "2026-03-01T04:20:00.000+00:00",
    "mode": "live",
    "items": [
        {
            "code": "w01019",
            "value": 2.42,
            "unit": "mg/L",
            "flag": "measured",
            "detection_limit": None,
        }
    ],
}


class ItemIn(BaseModel):
    """One measured item; without a flag it is measured where it has a value."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    code: Text
    value: float | None = None
    unit: str = Field(default="", max_length=40)
    flag: Literal["measured", "not_measured", "no_value", "filtered", "below_detection"] | None = (
        None
    )
    detection_limit: float | None = None

    def item(self) -> Item:
        flag = self.flag or ("no_value" if self.value is None else "measured")
        return Item(self.code, self.value, self.unit, flag, self.detection_limit)


class ReadingIn(BaseModel):
    """One statement about one section at one time."""

    model_config = ConfigDict(
        extra="forbid", allow_inf_nan=False, json_schema_extra={"examples": [EXAMPLE]}
    )

    section_name: Text
    reporting_region: RegionCode
    section_code: Text | None = Field(
        default=None, description="national code; else made of region and name"
    )
    sampled_at: Instant
    method: Method
    items: list[ItemIn] = Field(default_factory=list, max_length=500)
    published_class: WaterClass | None = None
    station_status: Text | None = None
    data_level: Level = "raw"
    validity: Validity = "valid"
    validity_reason: Text | None = None
    reviewed_by_org: Text | None = None
    reviewed_at: Instant | None = None
    basin: Text | None = None
    river: Text | None = None
    water_body: Literal["river", "lake", "unknown"] = "unknown"
    withdrawn: bool = Field(default=False, description="takes the reading back")
    as_of: Instant | None = Field(
        default=None, description="when it was stated; by default now. The later one counts"
    )
    operator_name: Text | None = None
    operator_phone: Text | None = None

    @model_validator(mode="after")
    def _once_each(self) -> ReadingIn:
        codes = [item.code for item in self.items]
        if len(set(codes)) < len(codes):
            raise ValueError("an item is named twice; name each once")
        return self

    def reading(self, now_ms: int, ordinal: int) -> Reading:
        """Return the statement; taken back, it is invalid."""
        return Reading(
            section_code=self.section_code or f"{self.reporting_region}-{self.section_name}",
            section_name=self.section_name,
            reporting_region=self.reporting_region,
            basin=self.basin,
            river=self.river,
            water_body=self.water_body,
            sampled_at_ms=milliseconds(self.sampled_at),
            published_class=None if self.withdrawn else self.published_class,
            station_status=self.station_status,
            method=self.method,
            data_level=self.data_level,
            validity="invalid" if self.withdrawn else self.validity,
            validity_reason=self.validity_reason or ("撤回" if self.withdrawn else None),
            reviewed_by_org=self.reviewed_by_org,
            reviewed_at_ms=milliseconds(self.reviewed_at) if self.reviewed_at else None,
            items=tuple(item.item() for item in self.items),
            as_of_ms=milliseconds(self.as_of) if self.as_of else now_ms,
            ordinal=ordinal,
            withdrawn=self.withdrawn,
            operator_name=self.operator_name,
            operator_phone=self.operator_phone,
        )


def instant(at_ms: int) -> str:
    """Return the instant as ISO 8601 in UTC."""
    return moment_at(at_ms).isoformat(timespec="milliseconds")


def shown(reading: StoredReading) -> dict[str, Any]:
    """Return the reading as JSON carries it."""
    return {
        "event_id": reading.event_id,
        "section_code": reading.section_code,
        "sampled_at": instant(reading.sampled_at_ms),
        "method": reading.method,
        "reporting_region": reading.reporting_region,
        "published_class": reading.published_class,
        "water_class": reading.water_class,
        "partial": reading.partial,
        "data_level": reading.data_level,
        "validity": reading.validity,
        "validity_reason": reading.validity_reason,
        "withdrawn": reading.withdrawn,
        "station_status": reading.station_status,
        "reviewed_by_org": reading.reviewed_by_org,
        "reviewed_at": instant(reading.reviewed_at_ms) if reading.reviewed_at_ms else None,
        "as_of": instant(reading.as_of_ms),
        "mode": reading.mode,
        "items": [
            {
                "code": item.code,
                "value": item.value,
                "unit": item.unit,
                "flag": item.flag,
                "detection_limit": item.detection_limit,
            }
            for item in reading.items
        ],
    }


def shown_statement(stated: Stated) -> dict[str, Any]:
    """Return one of the statements about a reading, with what became of it."""
    return {"stands": stated.stands, **shown(stated.reading)}
