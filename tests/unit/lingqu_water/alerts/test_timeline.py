from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.unit.lingqu_water.alerts.samples import (
    CODMN,
    DO,
    HOUR_MS,
    PH,
    TP,
    at,
    found,
    reading,
    regime,
    regimes,
    series,
)

from lingqu_water.readings.judge import day_of
from lingqu_water.readings.model import Item

CALM = [2.4, 2.5, 2.4, 2.6]
VALUES = st.lists(st.sampled_from([None, 1.0, 2.4, 5.0, 6.5, 9.5, 13.6]), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("values", "level"),
    [
        ([6.5, 6.5], "关注"),
        ([6.5, 6.6, 6.7], "预警"),
        ([9.5], "预警"),
        ([12.5], "超标"),
        ([6.5] * 6, "超标"),
    ],
)
def test_the_level_follows_how_far_and_how_long_a_value_is_beyond_the_target(
    values: list[float], level: str
) -> None:
    (episode,) = found(series([6.0, *values]))
    assert (episode.level, episode.started_at_ms, episode.ended_at_ms) == (level, at(1), None)


@pytest.mark.parametrize("values", [[6.0] * 10, [6.5, 5.9, 6.5, 5.9, 6.5], [None] * 5, []])
def test_water_within_its_target_raises_nothing(values: list[float | None]) -> None:
    assert found(series(values)) == []


def test_a_jump_within_the_target_raises_the_mildest_level_and_says_against_what() -> None:
    (episode,) = found(series([1.0, 1.0, 1.0, 5.0]))
    assert (episode.level, episode.causes, episode.baseline) == ("关注", ("jump",), 1.0)


def test_a_jump_against_too_few_readings_is_none() -> None:
    assert found(series([1.0, 1.0, 5.0])) == []


def test_an_alert_starts_at_the_first_value_beyond_the_target_and_is_raised_by_the_rule() -> None:
    (episode,) = found(series([*CALM, 6.5, 9.5]))
    assert (episode.started_at_ms, episode.raised.at_ms) == (at(4), at(5))


def test_one_value_back_within_the_target_does_not_end_an_alert_but_two_in_a_row_do() -> None:
    (episode,) = found(series([*CALM, 9.5, 2.0, 9.5, 2.0, 2.0]))
    assert episode.ended_at_ms == at(8)


def test_the_worst_value_is_told_with_its_time() -> None:
    (episode,) = found(series([*CALM, 9.5, 13.0, 10.0]))
    assert (episode.worst.value, episode.worst.at_ms) == (13.0, at(5))
    assert episode.sample_events == ("event-4", "event-5")


def test_oxygen_counts_inverted_and_acidity_by_its_distance() -> None:
    assert [each.level for each in found(series([8.0, 3.0], DO))] == ["预警"]
    assert [each.level for each in found(series([7.0, 10.5], PH))] == ["预警"]
    assert [each.level for each in found(series([8.0, 0.0], DO))] == ["超标"]


def test_a_station_in_maintenance_neither_raises_nor_ends_an_alert() -> None:
    away = [reading(place, 20.0)._replace(station_status="维护") for place in range(4)]
    assert found(away) == []
    (episode,) = found([*series([*CALM, 9.5]), *(reading(5 + n, None) for n in range(6))])
    assert episode.ended_at_ms is None


def test_values_equal_on_both_sides_of_maintenance_are_suspect() -> None:
    (episode,) = found(series([*CALM, 13.6, None, 13.6]))
    assert episode.suspicion == "停站或维护前后数值保持 13.6 不变"


@pytest.mark.parametrize(
    "values", [[None, 13.6, 13.6, 13.6], [13.6, 13.6, 13.6, None]], ids=["after", "before"]
)
def test_three_equal_values_beside_maintenance_are_suspect(values: list[float | None]) -> None:
    (episode,) = found(series([*CALM, *values]))
    assert episode.suspicion


@pytest.mark.parametrize("values", [[None, 13.6, 13.6], [13.6] * 5, [None, 13.6, None, 13.5]])
def test_values_that_move_or_stand_far_from_maintenance_are_not_suspect(
    values: list[float | None],
) -> None:
    (episode,) = found(series([*CALM, *values]))
    assert episode.suspicion is None


def test_a_doubtful_value_makes_its_alert_suspect_and_says_why() -> None:
    doubtful = reading(4, 13.6, validity="doubtful", validity_reason="两份陈述不一致")
    (episode,) = found([*series(CALM), doubtful])
    assert episode.suspicion == "两份陈述不一致"


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "backfill"},
        {"mode": "snapshot"},
        {"withdrawn": True},
        {"validity": "invalid"},
        {"method": "manual"},
    ],
)
def test_what_is_filled_in_withdrawn_or_measured_by_hand_raises_nothing(
    changes: dict[str, Any],
) -> None:
    assert found([reading(0, 20.0, **changes)]) == []


def test_readings_a_long_silence_apart_belong_to_two_alerts() -> None:
    silence_ms = regimes().scales.silence_ms
    late = 1 + silence_ms // (4 * HOUR_MS)
    first, second = found([reading(0, 9.5), reading(late, 9.5)])
    assert (first.ended_at_ms, second.started_at_ms) == (at(0) + silence_ms, at(late))


def test_an_alert_says_the_lowest_level_of_the_data_it_stands_on() -> None:
    (episode,) = found([reading(0, 9.5, data_level="final"), reading(1, 9.5)])
    assert episode.data_level == "raw"


def test_values_in_other_units_are_converted_and_foreign_ones_left_out() -> None:
    micro = Item(CODMN, 13600.0, "μg/L", "measured")
    assert found([reading(0, 1.0, items=(micro,))])
    assert not found([reading(0, 1.0, items=(micro._replace(unit="个/L"),))])


def test_a_stricter_target_and_a_lake_have_stricter_limits() -> None:
    strict = regime(day_of(at(0)), target_class="Ⅱ")
    lake = regime(day_of(at(0)), kind="lake")
    assert strict is not None
    assert lake is not None
    assert strict.yardsticks[CODMN].high == 4
    assert lake.yardsticks[TP].high == 0.05


@pytest.mark.parametrize(
    ("changes", "watched"),
    [
        ({"reporting_region": "43"}, True),
        ({"reporting_region": "4306"}, True),
        ({"reporting_region": "36"}, False),
        ({"reporting_region": "36", "downstream_regions": ("44", "43")}, True),
        ({"reporting_region": ""}, False),
    ],
)
def test_sections_are_watched_that_we_report_or_whose_water_comes_to_us(
    changes: dict[str, Any], watched: bool
) -> None:
    assert (regime(day_of(at(0)), **changes) is not None) == watched


@given(st.data())
def test_the_order_in_which_readings_come_makes_no_difference(data: st.DataObject) -> None:
    readings = series(data.draw(VALUES))
    assert found(data.draw(st.permutations(readings))) == found(readings)


@given(VALUES, st.integers(0, 40))
def test_it_may_begin_wherever_no_alert_was_open(values: list[float | None], place: int) -> None:
    whole, since = found(series(values)), at(place)
    assume(not any(each.started_at_ms < since <= (each.ended_at_ms or since) for each in whole))
    assert found(series(values), since) == [e for e in whole if e.started_at_ms >= since]
