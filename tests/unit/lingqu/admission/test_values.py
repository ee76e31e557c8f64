from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu.admission.values import Misfit, instant, scalar, symbol


@pytest.mark.parametrize(
    ("type_name", "logical", "value", "converted"),
    [
        ("long", "timestamp-millis", "2021-04-01T04:00:00+08:00", 1_617_220_800_000),
        ("long", "timestamp-millis", "2021-03-31T20:00:00.123Z", 1_617_220_800_123),
        ("long", "timestamp-millis", 1_617_220_800_000, 1_617_220_800_000),
        ("int", "date", "1970-01-02", 1),
        ("int", "date", 18_718, 18_718),
        ("double", None, 3, 3.0),
        ("long", None, -(1 << 63), -(1 << 63)),
        ("bytes", None, "\u00ff", b"\xff"),
    ],
)
def test_a_value_becomes_what_avro_wants(
    type_name: str, logical: str | None, value: Any, converted: Any
) -> None:
    assert scalar(type_name, logical)(value) == converted


@pytest.mark.parametrize(
    ("type_name", "logical", "value", "sentence"),
    [
        ("int", None, 1 << 31, "outside the range of int"),
        ("long", None, 1.0, "not a whole number"),
        ("long", None, True, "not a whole number"),
        ("double", None, "1", "not a number"),
        ("double", None, False, "not a number"),
        ("boolean", None, 1, "neither true nor false"),
        ("string", None, None, "not text"),
        ("long", "timestamp-millis", "2021-04-01 04:00", "has no offset"),
        ("long", "timestamp-millis", "yesterday", "neither an ISO 8601 instant"),
        ("int", "date", "2021-02-30", "neither a day"),
        ("int", "date", "20210201", "neither a day"),
        ("bytes", None, "水", "not octets"),
        ("bytes", "decimal", "1,5", "not a decimal"),
    ],
)
def test_a_value_of_another_type_is_refused_in_words(
    type_name: str, logical: str | None, value: Any, sentence: str
) -> None:
    with pytest.raises(Misfit, match=sentence):
        scalar(type_name, logical)(value)


def test_an_unknown_symbol_is_refused_with_those_there_are() -> None:
    with pytest.raises(Misfit, match="none of auto, manual"):
        symbol(["manual", "auto"])("robot")


MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.timezones(),
)


@given(MOMENTS)
def test_an_instant_is_exact_to_the_millisecond(moment: datetime) -> None:
    whole = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    milliseconds = instant(whole.isoformat())
    seconds, rest = divmod(milliseconds, 1000)
    assert datetime.fromtimestamp(seconds, UTC).replace(
        microsecond=rest * 1000
    ) == whole.astimezone(UTC)
