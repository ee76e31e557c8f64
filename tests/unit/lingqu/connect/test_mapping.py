from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from lingqu.connect.cells import RowMapper, Unmappable
from lingqu.connect.mapping import Mapping, find_mapping, load_mapping
from lingqu.errors import ContractError, NotFoundError
from lingqu.sheets.times import LocalTimes

CELLS = {"town": "Yiyang", "at": "04-01 08:00", "state": "fine", "kg": "1.50", "cm": "*"}
MAPPING: dict[str, Any] = {
    "topic": "post.parcel.v1",
    "source": "counter",
    "missing": {"*": "not_measured", "--": "no_value"},
    "fields": {
        "town": {"column": "town", "required": True},
        "occurred_at": {"column": "at", "time": "%m-%d %H:%M", "required": True},
        "state": {"column": "state", "map": {"fine": "ok", "lost": None}},
        "place": {"template": "{town}-{state}"},
        "weight": {"column": "kg", "number": True},
        "method": {"value": "auto"},
    },
    "lists": {
        "sizes": [
            {"column": name, "set": {"code": name}, "flag": "flag", "measured": "measured"}
            for name in ("kg", "cm")
        ]
    },
}


def mapped(changes: dict[str, str] | None = None, **fields: Any) -> dict[str, Any]:
    mapping = Mapping.model_validate(MAPPING | {"fields": MAPPING["fields"] | fields})
    times = LocalTimes(ZoneInfo(mapping.timezone), date(2021, 4, 6))
    return RowMapper(mapping, times).event(CELLS | (changes or {}))


def test_cells_become_the_fields_of_an_event() -> None:
    assert mapped() == {
        "town": "Yiyang",
        "occurred_at": "2021-04-01T08:00:00+08:00",
        "state": "ok",
        "place": "Yiyang-ok",
        "weight": 1.5,
        "method": "auto",
        "sizes": [
            {"code": "kg", "value": 1.5, "flag": "measured"},
            {"code": "cm", "flag": "not_measured"},
        ],
    }


@pytest.mark.parametrize(
    ("cell", "number"),
    [("7", 7), ("-0.5", -0.5), (".5", 0.5), ("1e3", 1000.0), ("１２．５", 12.5), (" 3 ", 3)],
)
def test_numbers_are_read_as_tables_write_them(cell: str, number: float) -> None:
    assert mapped({"kg": cell})["weight"] == number


@pytest.mark.parametrize("cell", ["nan", "inf", "1_000", "0.01L", "1,5", "九"])
def test_what_only_looks_like_a_number_is_refused(cell: str) -> None:
    with pytest.raises(Unmappable, match="'kg'") as caught:
        mapped({"kg": cell})
    assert (caught.value.code, caught.value.field) == ("no_number", "weight")
    assert cell not in str(caught.value)


@pytest.mark.parametrize(("marker", "flag"), [("*", "not_measured"), ("--", "no_value")])
def test_a_missing_marker_keeps_its_flag(marker: str, flag: str) -> None:
    event = mapped({"kg": marker})
    assert event["sizes"][0] == {"code": "kg", "flag": flag}
    assert "weight" not in event


@pytest.mark.parametrize("cell", ["*", "--", "", "soon", "13-01 08:00", "02-30 08:00"])
def test_a_row_without_a_real_time_is_refused(cell: str) -> None:
    with pytest.raises(Unmappable) as caught:
        mapped({"at": cell})
    assert (caught.value.code, caught.value.field) == ("no_time", "occurred_at")


def test_a_required_cell_that_is_missing_refuses_the_row() -> None:
    with pytest.raises(Unmappable, match="'town'") as caught:
        mapped({"town": "--"})
    assert caught.value.code == "missing_field"


def test_a_value_outside_the_map_takes_the_default_or_refuses_the_row() -> None:
    assert (
        mapped({"state": "odd"}, state={"column": "state", "map": {}, "default": "?"})["state"]
        == "?"
    )
    with pytest.raises(Unmappable) as caught:
        mapped({"state": "odd"})
    assert caught.value.code == "not_in_map"


def test_a_template_of_a_missing_field_is_missing() -> None:
    assert "place" not in mapped({"state": "*"})
    assert "place" not in mapped({"state": "lost"})


@pytest.mark.parametrize(
    ("text", "collected_on", "year"),
    [
        ("04-01 00:00", date(2021, 4, 6), 2021),
        ("12-31 20:00", date(2022, 1, 1), 2021),
        ("07-10 00:00", date(2021, 1, 11), 2021),
        ("07-11 00:00", date(2021, 1, 11), 2020),
        ("01-01 00:00", date(2021, 12, 31), 2021),
        ("02-29 00:00", date(2021, 1, 5), 2020),
    ],
)
def test_the_year_is_that_of_the_nearest_past(text: str, collected_on: date, year: int) -> None:
    times = LocalTimes(ZoneInfo("Asia/Shanghai"), collected_on)
    assert times.read(text, "%m-%d %H:%M").year == year


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ({"topic": None}, "topic"),
        ({"sources": "x"}, "sources"),
        ({"timezone": "Mars/Olympus"}, "no time zone named 'Mars/Olympus'"),
        ({"fields": {"a": {"column": "x", "value": 1}}}, "exactly one of column"),
        ({"fields": {"a": {"template": "{b}"}}}, "names no field above it: 'b'"),
    ],
)
def test_a_broken_mapping_is_refused_with_its_place(
    tmp_path: Path, broken: dict[str, Any], sentence: str
) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(yaml.safe_dump(MAPPING | broken), "utf-8")
    with pytest.raises(ContractError, match=sentence):
        load_mapping(path)


def test_a_mapping_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("a: [", "utf-8")
    with pytest.raises(ContractError, match="is not YAML"):
        load_mapping(path)


def test_a_mapping_is_found_by_path_or_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "table.yaml"
    path.touch()
    assert find_mapping(str(path), None) == find_mapping("table", tmp_path) == path
    with pytest.raises(NotFoundError, match="where there are: table"):
        find_mapping("chair", tmp_path)
    with pytest.raises(NotFoundError, match="LINGQU_SCHEMAS_DIR"):
        find_mapping("chair", None)
