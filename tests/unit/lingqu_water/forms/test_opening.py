from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from tests.unit.lingqu_water.forms.files import HEADING, ROW, hourly4, reply

from lingqu.errors import InputError, NotFoundError
from lingqu_water.forms import read

NOW = datetime(2021, 4, 6, tzinfo=UTC)
SNAPSHOT = HEADING.replace("站点情况", "address,lat,lon")
TEMPLATE = "省份*,断面名称*,监测时间*,监测方式*,数据级别*,氨氮(mg/L)"


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (hourly4(ROW), "hourly4"),
        (hourly4(ROW).decode().encode("gb18030"), "hourly4"),
        (b"\xef\xbb\xbf" + hourly4(ROW), "hourly4"),
        (SNAPSHOT.encode(), "snapshot"),
        (TEMPLATE.encode(), "template"),
        (reply(), "rawjson"),
        (b"\xef\xbb\xbf " + reply(), "rawjson"),
    ],
)
def test_the_form_is_told_by_the_content(content: bytes, form: str) -> None:
    assert read(BytesIO(content), "x.csv", now=NOW).name == form


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        (b"", {}, "x.csv is empty"),
        (b"a,b\n1,2\n", {}, "of no known form.*hourly4.*rawjson.*first row holds: a, b"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", {}, r"save it as \.xlsx"),
        (b"\xff\xff\xff", {}, "neither UTF-8 nor GB18030"),
        (hourly4(ROW), {"form": "weekly"}, "there is no form 'weekly'; there are auto, template"),
        (hourly4(ROW), {"form": "rawjson"}, "broken JSON"),
        (hourly4(ROW), {"form": "template"}, "has no column 监测方式"),
        (reply(), {"form": "hourly4"}, "is JSON, not a table of the form hourly4"),
        (
            "断面名称,监测时间,氨氮\n".encode(),
            {},
            "looks like the form hourly4 but has no column 省份",
        ),
        ("省份,断面名称,监测时间,水质类别\n".encode(), {}, r"no a column of values such as 氨氮"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_cure(
    content: bytes, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        read(BytesIO(content), "x.csv", now=NOW, **options)


def test_a_file_that_is_not_there_is_told_in_a_sentence() -> None:
    with pytest.raises(NotFoundError, match=r"x\.csv cannot be read: No such file"):
        read(Path("/nowhere/x.csv"), "x.csv")


def test_an_assumed_day_is_said_aloud_where_times_have_no_year() -> None:
    assert "2021-04-06 is assumed" in read(BytesIO(hourly4()), "x.csv", now=NOW).notes[0]
    assert read(BytesIO(hourly4()), "2021-04-05.csv", now=NOW).notes == []
    assert read(BytesIO(TEMPLATE.encode()), "x.csv", now=NOW).notes == []


def test_columns_that_mean_nothing_are_said_aloud() -> None:
    (note,) = read(BytesIO(f"{TEMPLATE},天气".encode()), "x.csv", now=NOW).notes
    assert "天气" in note


def test_the_operators_own_items_are_read(tmp_path: Path) -> None:
    item = "{code: w99999, key: mud, name_zh: 泥沙, name_en: mud, unit: kg/m³}"
    (tmp_path / "items.yaml").write_text(f"source: ours\nitems: [{item}]\n", "utf-8")
    (tmp_path / "headings.yaml").write_text(
        "source: ours\nfacts: {province: [省份], section_name: [断面名称], sampled_at: [监测时间],"
        " published_class: [水质类别]}\nitems: {}\nunits: {}\n",
        "utf-8",
    )
    content = "省份,断面名称,监测时间,水质类别,泥沙(kg/m³)\n湖南省,甲,04-01 08:00,Ⅱ,7\n".encode()
    (row,) = read(BytesIO(content), "x.csv", now=NOW, reference=tmp_path)
    assert row.statement
    assert [(item.code, item.value) for item in row.statement.items] == [("w99999", 7.0)]


def test_a_file_object_that_was_given_stays_open() -> None:
    file = BytesIO(hourly4(ROW))
    with read(file, "x.csv", now=NOW) as form:
        list(form)
    assert not file.closed
