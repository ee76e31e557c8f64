"""A month is tested from final valid readings only, and says what it left out."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.lingqu_water.compensation.given import (
    APRIL,
    agreement,
    items,
    judged_month,
    make_tester,
    reading,
    round_document,
)

from lingqu_water.readings.follow import StoredReading


def test_the_means_of_final_valid_readings_make_the_class() -> None:
    month = judged_month(reading(0, {"codmn": 2.0}), reading(1, {"codmn": 5.0}))

    codmn = next(mean for mean in month.means if mean.item == "codmn")
    assert (codmn.value, codmn.count, codmn.needed) == (3.5, 2, 2)
    assert (month.water_class, month.used, month.lacking) == ("Ⅱ", 2, ())


@pytest.mark.parametrize(
    ("changes", "reason", "official"),
    [
        ({"data_level": "raw"}, "实时数据,未经审核", False),
        ({"data_level": "reviewed"}, "已审核,尚未入库", False),
        ({"validity": "doubtful", "validity_reason": "数值不变"}, "存疑:数值不变", True),
        ({"validity": "invalid", "validity_reason": "仪器故障"}, "无效:仪器故障", True),
        ({"validity": "invalid"}, "无效", True),
        ({"withdrawn": True}, "已撤回", True),
        ({"method": "manual"}, "协议不采用此监测方式", False),
        ({"items": items({"codmn": None})}, "无考核项目的测定值", True),
    ],
)
def test_a_reading_that_does_not_count_is_named_with_its_reason(
    changes: dict[str, Any], reason: str, official: bool
) -> None:
    terms = agreement().rounds[0]
    odd = reading(5, event_id="odd", **changes)

    month, trace = make_tester().test(
        terms.sections[0], APRIL, terms.measuring, [reading(0), reading(1), odd]
    )

    (left_out,) = trace.excluded
    assert (left_out.event_id, left_out.reason, left_out.official) == ("odd", reason, official)
    assert [one.event_id for one in trace.used] == ["event-0", "event-1"]
    assert month.excluded == int(official)


def test_an_item_with_too_few_values_is_named_with_both_counts() -> None:
    gap = reading(1, items=items({"ph": 7, "do": 8, "nh3n": 0.1, "tp": 0.1, "codmn": None}))

    month = judged_month(reading(0), gap)

    assert month.lacking == ("示例 2021-04 高锰酸盐指数:入库有效数据 1 个,协议要求 2 个",)


def test_a_month_without_any_reading_lacks_every_item() -> None:
    month = judged_month()

    assert (len(month.lacking), month.water_class, month.used) == (5, None, 0)


def test_a_value_below_detection_counts_as_half_the_limit() -> None:
    below = items({"codmn": 2.0})[0].__class__("w21011", None, "mg/L", "below_detection", 0.02)
    low = reading(0, items=(*items({"ph": 7, "do": 8, "codmn": 2, "nh3n": 0.1}), below))

    month = judged_month(low, reading(1, {"tp": 0.03}))

    assert next(mean.value for mean in month.means if mean.item == "tp") == 0.02


def test_each_item_comes_from_the_method_that_the_agreement_names() -> None:
    of = agreement(
        round_document(
            measuring=[
                {"method": "auto", "items": ["ph", "codmn"], "min_readings": 1},
                {"method": "manual", "items": ["bod5"], "min_readings": 1},
            ]
        )
    )
    by_hand = reading(1, method="manual", items=items({"bod5": 3.5, "codmn": 99.0}))

    month = judged_month(reading(0, {"codmn": 3.0, "bod5": 9.0}), by_hand, of=of)

    assert {mean.item: mean.value for mean in month.means} == {
        "ph": 7.6,
        "codmn": 3.0,
        "bod5": 3.5,
    }
    assert month.water_class == "Ⅲ"


READINGS = st.lists(
    st.builds(
        lambda place, codmn, validity, level: reading(
            place, {"codmn": codmn}, validity=validity, data_level=level
        ),
        st.integers(0, 179),
        st.floats(0.1, 20),
        st.sampled_from(["valid", "valid", "valid", "doubtful", "invalid"]),
        st.sampled_from(["final", "final", "final", "raw"]),
    ),
    unique_by=lambda one: one.sampled_at_ms,
    max_size=30,
)


@given(READINGS, st.randoms(use_true_random=False))
def test_the_order_of_the_readings_means_nothing(
    readings: list[StoredReading], random: Random
) -> None:
    shuffled = random.sample(readings, len(readings))

    assert judged_month(*shuffled) == judged_month(*readings)


@given(READINGS)
def test_every_reading_is_used_or_left_out_with_a_reason(readings: list[StoredReading]) -> None:
    terms = agreement().rounds[0]

    _, trace = make_tester().test(terms.sections[0], APRIL, terms.measuring, readings)

    named = {one.event_id for one in trace.used} | {one.event_id for one in trace.excluded}
    assert named == {one.event_id for one in readings}
    assert len(trace.used) + len(trace.excluded) == len(readings)
    assert all(one.reason for one in trace.excluded)
