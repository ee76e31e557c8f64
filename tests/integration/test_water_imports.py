from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from tests.support.outbox_events import waiting_in
from tests.support.water import WaterUnderTest, shared_file, water_under_test

from lingqu.service.database import make_engine, session_factory
from lingqu_water.readings.model import SAMPLE_TOPIC

pytestmark = pytest.mark.integration

HEADING = "省份,流域,断面名称,监测时间,水质类别,pH(无量纲),高锰酸盐指数(mg/L),站点情况"


def table(*rows: str) -> bytes:
    return "\n".join((HEADING, *rows)).encode()


@pytest.fixture
def water(tmp_path: Path, database_url: str) -> Iterator[WaterUnderTest]:
    with water_under_test(tmp_path, database_url) as found:
        yield found


@pytest.fixture
def water_on_sqlite(tmp_path: Path, sqlite_url: str) -> Iterator[WaterUnderTest]:
    with water_under_test(tmp_path, sqlite_url) as found:
        yield found


def waiting(water: WaterUnderTest) -> int:
    """Count the readings that the service means to publish; what follows from them is beside."""
    engine = make_engine(water.database_url)
    try:
        with session_factory(engine, read_only=True)() as session:
            return len(waiting_in(session, SAMPLE_TOPIC))
    finally:
        engine.dispose()


def counts(answer: dict[str, Any]) -> tuple[int, int, int, int, int, int]:
    summary = answer["summary"]
    names = ("read", "accepted", "repeats", "revisions", "withdrawals")
    read, accepted, repeats, revisions, withdrawals = (summary[name] for name in names)
    return read, accepted, repeats, revisions, withdrawals, len(summary["refused"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hunan", (2072, 1872, 146, 25, 0, 29)),
        ("jiangxi", (1976, 1765, 69, 32, 21, 89)),
        ("guangdong", (2776, 2118, 385, 19, 0, 254)),
    ],
)
def test_the_published_tables_come_to_the_counts_of_their_rows(
    water: WaterUnderTest, name: str, expected: tuple[int, ...]
) -> None:
    file = shared_file(f"hourly4_2021/{name}.csv")
    assert counts(water.import_file(file, collected_on="2021-04-06")) == expected
    read, accepted, _, revisions, withdrawals, refused = expected
    published = accepted + revisions + withdrawals
    assert waiting(water) == published
    again = water.import_file(file, collected_on="2021-04-06")
    assert counts(again) == (read, 0, read - refused, 0, 0, refused)
    assert waiting(water) == published


def test_the_raw_replies_come_to_their_rows_and_one_contradiction(
    water_on_sqlite: WaterUnderTest,
) -> None:
    water = water_on_sqlite
    answer = water.import_file(shared_file("raw_json/2020-05-08.json"))
    assert counts(answer) == (1901, 1900, 0, 0, 0, 1)
    assert "same rank" in answer["summary"]["refused"][0]["reason"]
    assert answer["returned_copy"] is None
    assert waiting(water) == 1900
    (doubted,) = water.pages("readings", section="32-临淮乡", validity="doubtful")
    assert "不一致" in doubted["validity_reason"]


@pytest.mark.parametrize(
    ("name", "without_time"),
    [("2020-06-15", 28), ("2020-11-01", 20), ("2021-03-31", 19), ("2021-04-05", 19)],
)
def test_rows_of_a_reply_without_a_time_are_refused(
    water_on_sqlite: WaterUnderTest, name: str, without_time: int
) -> None:
    answer = water_on_sqlite.import_file(shared_file(f"raw_json/{name}.json"))
    assert counts(answer) == (98, 98 - without_time, 0, 0, 0, without_time)


def test_the_snapshot_is_all_new(water_on_sqlite: WaterUnderTest) -> None:
    answer = water_on_sqlite.import_file(shared_file("snapshot_2026/snapshot_20260204.csv"))
    assert counts(answer) == (1156, 1156, 0, 0, 0, 0)


def test_a_file_answers_progress_and_then_its_summary(water: WaterUnderTest) -> None:
    content = table(
        "湖南省,长江流域,甲,04-01 04:00,Ⅱ,7.6,2.4,正常",
        "湖南省,长江流域,甲,*,Ⅱ,7.6,2.4,正常",
        "湖南省,长江流域,甲,04-01 04:00,Ⅲ,7.6,4.4,正常",
    )
    progress, last = water.import_bytes(content, "table.csv", collected_on="2021-04-02")
    assert progress == {"progress": 3}
    assert counts(last) == (3, 1, 0, 1, 0, 1)
    assert last["summary"]["refused"][0]["row"] == 3
    (listed,) = water.get("imports")["items"]
    assert listed["summary"]["refused"] == 1


def test_the_returned_copy_marks_each_refused_row(water_on_sqlite: WaterUnderTest) -> None:
    content = table(
        "湖南省,长江流域,甲,04-01 04:00,Ⅱ,7.6,2.4,正常",
        "湖南省,长江流域,甲,04-01 08:00,Ⅱ,很酸,2.4,正常",
    )
    last = water_on_sqlite.import_bytes(content, "table.csv", collected_on="2021-04-02")[-1]
    copy = water_on_sqlite.client.get(last["returned_copy"])
    first, second = copy.content.decode("utf-8-sig").splitlines()[1:]
    assert first.endswith("正常,")
    assert "很酸" in second
    assert "pH" in second.rpartition("正常")[2]


def test_an_import_of_unknown_form_is_refused_whole(water_on_sqlite: WaterUnderTest) -> None:
    query = {"name": "notes.csv"}
    answer = water_on_sqlite.client.post("/v1/imports", content=b"a,b\n1,2\n", params=query)
    assert answer.status_code == 422
    assert "no known form" in answer.json()["detail"]
    assert water_on_sqlite.get("imports")["items"] == []


def test_a_broken_rule_is_told_by_row(water_on_sqlite: WaterUnderTest) -> None:
    content = table(
        "湖南省,长江流域,甲,04-01 04:00,Ⅱ,7.6,-2.4,正常",
        "湖南省,长江流域,甲,04-01 08:00,Ⅱ,7.6,2.4,正常",
    )
    last = water_on_sqlite.import_bytes(content, "table.csv", collected_on="2021-04-02")[-1]
    assert counts(last) == (2, 1, 0, 0, 0, 1)
    assert last["summary"]["refused"][0]["row"] == 2


def test_an_import_larger_than_a_request_may_be_is_taken(tmp_path: Path, sqlite_url: str) -> None:
    rows = [f"湖南省,长江流域,甲{n},04-01 04:00,Ⅱ,7.6,2.4,正常" for n in range(60)]
    with water_under_test(tmp_path, sqlite_url, max_body_bytes=1024) as water:
        last = water.import_bytes(table(*rows), "table.csv", collected_on="2021-04-02")[-1]
        assert counts(last)[1] == 60
        assert water.post("readings", [{"x": "y" * 2000}]).status_code == 413


def test_an_import_over_its_own_limit_is_refused(tmp_path: Path, sqlite_url: str) -> None:
    with water_under_test(tmp_path, sqlite_url, max_import_bytes=1024) as water:
        answer = water.client.post("/v1/imports", content=b"x" * 2000, params={"name": "table.csv"})
        assert answer.status_code == 413


def test_a_back_fill_is_marked_in_its_events(water_on_sqlite: WaterUnderTest) -> None:
    content = table("湖南省,长江流域,甲,04-01 04:00,Ⅱ,7.6,2.4,正常")
    water_on_sqlite.import_bytes(content, "t.csv", collected_on="2021-04-02", mode="backfill")
    (only,) = water_on_sqlite.get("readings")["items"]
    assert only["mode"] == "backfill"


def test_two_files_of_a_day_contradict_each_other_until_one_says_its_time(
    water_on_sqlite: WaterUnderTest,
) -> None:
    """Which of them came first, and where a row stood in its file, say nothing of the water."""
    water = water_on_sqlite
    rows = ["湖南省,长江流域,示例,04-01 04:00,Ⅱ,7.6,2.4,正常"]
    other = ["湖南省,长江流域,别处,04-01 04:00,Ⅱ,7.6,2.4,正常", rows[0].replace("2.4", "3.4")]
    water.import_bytes(table(*rows), "one.csv", collected_on="2021-04-06")
    (*_, answer) = water.import_bytes(table(*other), "two.csv", collected_on="2021-04-06")
    (refused,) = answer["summary"]["refused"]
    assert refused["row"] == 3
    assert "--collected-on 2021-04-06T16:00" in refused["reason"]
    (shown,) = water.get("readings", section="43-示例")["items"]
    assert shown["validity"] == "doubtful"
    (*_, again) = water.import_bytes(table(*other), "two.csv", collected_on="2021-04-07T08:00")
    assert counts(again) == (2, 0, 1, 1, 0, 0)
    (shown,) = water.get("readings", section="43-示例")["items"]
    assert (shown["validity"], shown["items"][1]["value"]) == ("valid", 3.4)


def test_small_batches_come_to_the_same(tmp_path: Path, sqlite_url: str) -> None:
    file = shared_file("hourly4_2021/hunan.csv")
    with water_under_test(tmp_path, sqlite_url, import_batch=100) as water:
        answer = water.import_file(file, collected_on="2021-04-06")
        assert counts(answer) == (2072, 1872, 146, 25, 0, 29)
        classes = Counter(each["published_class"] for each in water.pages("readings", limit=1000))
        assert classes.total() == 1872


def test_a_table_may_be_headed_as_the_operator_says(tmp_path: Path, sqlite_url: str) -> None:
    own = tmp_path / "reference"
    own.mkdir()
    ours = (files("lingqu_water.reference") / "headings.yaml").read_text("utf-8")
    (own / "headings.yaml").write_text(ours.replace("[断面名称,", "[断面名称, 考核断面,"), "utf-8")
    content = table(
        "湖南省,长江流域,甲,04-01 04:00,Ⅱ,7.6,2.4,正常", "湖南省,长江流域,乙,?,Ⅱ,7.6,2.4,正常"
    )
    with water_under_test(tmp_path, sqlite_url, reference_dir=own) as water:
        headed = content.replace("断面名称".encode(), "考核断面".encode())
        last = water.import_bytes(headed, "t.csv", collected_on="2021-04-02")[-1]
        assert counts(last) == (2, 1, 0, 0, 0, 1)
        copy = water.client.get(last["returned_copy"])
        assert "考核断面" in copy.content.decode("utf-8-sig")


def test_an_import_waits_for_a_registry_that_is_away(water_on_sqlite: WaterUnderTest) -> None:
    water = water_on_sqlite
    water.registry.away = True
    back = threading.Timer(1.5, setattr, (water.registry, "away", False))
    back.start()
    content = table("湖南省,长江流域,甲,04-01 04:00,Ⅱ,7.6,2.4,正常")
    last = water.import_bytes(content, "t.csv", collected_on="2021-04-02")[-1]
    assert counts(last)[1] == 1


def test_an_import_that_cannot_go_on_says_so_and_comes_to_repeats_later(
    water_on_sqlite: WaterUnderTest,
) -> None:
    water = water_on_sqlite
    content = table("湖南省,长江流域,甲,04-01 04:00,Ⅱ,7.6,2.4,正常")
    water.registry.away = True
    last = water.import_bytes(content, "t.csv", collected_on="2021-04-02")[-1]
    assert "registry" in last["error"]
    assert (last["retriable"], last["progress"]) == (True, 0)
    water.registry.away = False
    last = water.import_bytes(content, "t.csv", collected_on="2021-04-02")[-1]
    assert counts(last)[1] == 1
