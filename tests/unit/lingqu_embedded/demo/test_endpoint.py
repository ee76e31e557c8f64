from __future__ import annotations

import base64
import hmac
import time
from email.message import Message
from typing import Any

import pytest

from lingqu_embedded.demo.endpoint import Desk

KEY = b"k" * 32


def headers(body: bytes, key: bytes = KEY, age_s: int = 0, number: str = "msg_1") -> Message:
    sent_at = str(int(time.time()) - age_s)
    digest = hmac.digest(key, f"{number}.{sent_at}.".encode() + body, "sha256")
    made = Message()
    made["Webhook-Id"] = number
    made["Webhook-Timestamp"] = sent_at
    made["Webhook-Signature"] = f"v1,{base64.b64encode(digest).decode()}"
    return made


def events(*numbers: int, topic: str = "demo.reading.v1") -> list[dict[str, Any]]:
    return [
        {
            "id": f"e{number}",
            "type": topic,
            "subject": f"key-{number % 2}",
            "lqseq": number,
            "data": {"event_id": f"e{number}", "value": 1.0},
        }
        for number in numbers
    ]


def statuses(said: dict[str, Any]) -> list[str]:
    return [result["status"] for result in said["results"]]


def test_a_request_of_the_hub_is_let_in() -> None:
    assert Desk(KEY).signed(headers(b"[]"), b"[]")


def test_one_signature_of_several_is_enough() -> None:
    signed = headers(b"[]")
    signature = f"v1,bm90aGluZw== {signed['Webhook-Signature']}"
    signed.replace_header("Webhook-Signature", signature)
    assert Desk(KEY).signed(signed, b"[]")


@pytest.mark.parametrize(
    "foreign",
    [headers(b"[]", key=b"x" * 32), headers(b"[1]"), headers(b"[]", age_s=3600), Message()],
    ids=["another key", "another body", "an hour old", "unsigned"],
)
def test_any_other_request_is_kept_out_and_counted(foreign: Message) -> None:
    desk = Desk(KEY)
    assert not desk.signed(foreign, b"[]")
    assert desk.unsigned == 1


def test_each_event_is_held_once_however_often_it_comes() -> None:
    desk = Desk(KEY)

    once, again = desk.take(events(1, 2)), desk.take(events(2, 1, 3))

    assert statuses(once) + statuses(again) == ["accepted"] * 5
    held = desk.held("demo.reading.v1")
    assert [one.event_id for one in held] == ["e1", "e2", "e3"]
    assert [one.number for one in held] == [1, 2, 3]
    assert held[0].fields == {"event_id", "value"}
    assert held[0].lane == held[2].lane != held[1].lane


def test_topics_are_counted_apart() -> None:
    desk = Desk(KEY)
    desk.take(events(1) + events(2, topic="demo.other.v1"))
    assert [one.event_id for one in desk.held("demo.other.v1")] == ["e2"]


def test_one_event_is_rejected_and_stays_so() -> None:
    desk = Desk(KEY)

    first = statuses(desk.take(events(*range(1, 31))))
    again = statuses(desk.take(events(*range(1, 31))))

    assert first.count("rejected") == 1
    assert again == first
    assert len(desk.held("demo.reading.v1")) == 29


def test_one_event_of_each_topic_is_rejected_but_where_that_would_hold_up_its_key() -> None:
    desk = Desk(KEY, spares=frozenset({"demo.order.v1"}))

    rejected = {
        topic: statuses(desk.take(events(*numbers, topic=topic))).count("rejected")
        for topic, numbers in {
            "demo.reading.v1": range(1, 31),
            "demo.other.v1": range(31, 61),
            "demo.order.v1": range(61, 91),
        }.items()
    }

    assert rejected == {"demo.reading.v1": 1, "demo.other.v1": 1, "demo.order.v1": 0}
