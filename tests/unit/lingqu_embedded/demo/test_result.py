from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from lingqu_embedded.demo.result import DemoResult, FeedResult, TopicResult

FEED = FeedResult(
    feed="readings-to-east",
    partner="east",
    sink="file-sink",
    topic="demo.reading.v1",
    expected=159,
    delivered=159,
    filtered=80,
    withheld_fields=["operator"],
    rejected=1,
    dead_letters=1,
    in_order=True,
)
RESULT = DemoResult(12.345, [TopicResult("demo.reading.v1", 241, 3)], [FEED], [])


@pytest.mark.parametrize(
    ("wrong", "adds_up"),
    [
        ({}, True),
        ({"delivered": 158}, False),
        ({"delivered": 160}, False),
        ({"in_order": False}, False),
    ],
)
def test_a_feed_adds_up_when_all_came_in_order_and_once(
    wrong: dict[str, Any], adds_up: bool
) -> None:
    assert replace(FEED, **wrong).adds_up is adds_up


@pytest.mark.parametrize(
    "result",
    [
        replace(RESULT, feeds=[FEED, replace(FEED, delivered=1)]),
        replace(RESULT, faults=["a withheld field got out"]),
        replace(RESULT, feeds=[]),
    ],
    ids=["a feed falls short", "a fault beside the sums", "nothing was played"],
)
def test_one_thing_wrong_makes_the_demo_fail(result: DemoResult) -> None:
    assert RESULT.ok
    assert not result.ok
    assert result.sentences()[-1] == "IT DOES NOT ADD UP, in 12.3 s"


def test_the_json_has_the_members_that_programs_rely_on() -> None:
    told = json.loads(json.dumps(RESULT.as_dict()))

    assert list(told) == ["ok", "seconds", "topics", "feeds"]
    assert told["topics"] == {"demo.reading.v1": {"produced": 241}}
    assert list(told["feeds"][0]) == [
        "feed", "partner", "sink", "topic", "expected", "delivered", "filtered",
        "withheld_fields", "rejected", "dead_letters", "in_order",
    ]  # fmt: skip


def test_the_table_shows_every_sum() -> None:
    console = Console(width=160)
    with console.capture() as shown:
        console.print(RESULT.table())

    header, row = shown.get().splitlines()
    assert dict(zip(header.split(), row.split(), strict=True)) == {
        "feed": "readings-to-east", "partner": "east", "by": "file", "produced": "241",
        "filtered": "80", "dead": "1", "rejected": "1", "expected": "159", "delivered": "159",
        "order": "kept", "withheld": "operator",
    }  # fmt: skip


def test_what_is_wrong_is_said_before_the_verdict() -> None:
    wrong = replace(RESULT, faults=["region 44 did not admit all"])

    assert wrong.sentences()[1:] == ["region 44 did not admit all", wrong.sentences()[-1]]
    assert "3 more were refused at the gateway" in wrong.sentences()[0]
