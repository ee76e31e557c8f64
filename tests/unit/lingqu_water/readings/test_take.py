from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.readings import (
    COLLECTED_MS,
    NOON_MS,
    Recorder,
    Taking,
    catalogue,
    final,
    items,
    reading,
    taking,
)

from lingqu.metrics import Metrics
from lingqu.quality import Tally
from lingqu_water.readings.follow import StoredReading
from lingqu_water.readings.model import Reading
from lingqu_water.readings.rank import first_place
from lingqu_water.readings.record import CONTESTED


@pytest.fixture
def water() -> Iterator[Taking]:
    with taking() as found:
        yield found


def test_a_first_statement_stands_and_is_published(water: Taking) -> None:
    assert water.outcomes(reading()) == ["first"]
    head = water.head()
    (event,) = water.published()
    assert (head.water_class, head.partial) == ("Ⅱ", False)
    assert event["event_id"] == head.event_id
    assert (event["change"], event["supersedes"], event["origin"]) == ("first", None, "43")
    assert (event["sampled_at"], event["occurred_at"]) == (NOON_MS, COLLECTED_MS)


def test_a_revision_names_the_event_it_replaces(water: Taking) -> None:
    water.take(reading())
    first = water.head().event_id
    changed = reading(as_of_ms=COLLECTED_MS + 1, items=items(w01019=13.6))
    assert water.outcomes(changed) == ["revision"]
    _, event = water.published()
    assert (event["change"], event["supersedes"]) == ("revision", first)
    assert water.head().water_class == "Ⅴ"


@pytest.mark.parametrize(
    "statement",
    [
        reading(as_of_ms=COLLECTED_MS + 1, published_class=None, station_status="维护"),
        reading(
            as_of_ms=COLLECTED_MS + 1, withdrawn=True, validity="invalid", validity_reason="撤回"
        ),
    ],
    ids=["the class goes missing", "taken back"],
)
def test_a_withdrawal_is_an_event_of_its_own(water: Taking, statement: Reading) -> None:
    water.take(reading())
    assert water.outcomes(statement) == ["withdrawal"]
    assert water.published()[1]["change"] == "withdrawal"
    assert water.head().withdrawn is statement.withdrawn


def test_what_is_taken_counts_for_the_service_with_what_it_refused_or_had_already() -> None:
    tally = Tally(catalogue(), Metrics())
    wrong = reading(section_code="43-别处", items=items(w01019=-1.0))
    with taking(tally=tally) as water:
        water.take(reading(), wrong)
        water.take(reading())
        water.take(reading(as_of_ms=COLLECTED_MS + 1, items=items(w01019=13.6)))
    ((series, score),) = tally.changed().items()
    assert (series.contract, series.origin, series.producer) == ("water.sample", "43", "water")
    assert (score.changes, score.repeats) == ({"first": 1, "revision": 1}, 1)
    assert score.refused == {"items_not_negative": 1}


def test_what_is_taken_back_has_no_class(water: Taking) -> None:
    gone = reading(withdrawn=True, validity="invalid", validity_reason="撤回")
    water.take(gone)
    assert water.head().water_class is None


def test_a_correction_inside_one_batch_is_two_events_in_a_row(water: Taking) -> None:
    changed = reading(ordinal=2, items=items(w21003=0.048))
    assert water.outcomes(reading(ordinal=1), changed) == ["first", "revision"]
    first, second = water.published()
    assert second["supersedes"] == first["event_id"]


def test_saying_the_same_again_publishes_nothing(water: Taking) -> None:
    statements = [reading(0), reading(1), reading(1, ordinal=5, items=items(w01001=7.0))]
    water.take(*statements)
    assert water.outcomes(*statements) == ["repeat"] * 3
    assert len(water.published()) == 3


def test_a_lower_level_never_replaces_a_higher_one(water: Taking) -> None:
    settled = reading(**final(reading()))
    water.take(settled)
    later = reading(as_of_ms=COLLECTED_MS + 10, items=items(w01019=9.0))
    assert water.outcomes(later) == ["late"]
    assert water.head().data_level == "final"
    assert len(water.published()) == 1


def test_a_broken_rule_refuses_one_reading_and_harms_no_other(water: Taking) -> None:
    unsound = reading(1, validity="doubtful")
    taken = water.take(reading(0), unsound, reading(2))
    assert list(taken.outcomes) == ["first", "refused", "first"]
    assert taken.refused[1].rule == "doubt_has_a_reason"
    assert len(water.heads()) == len(water.published()) == 2


def test_a_refused_statement_does_not_decide_about_others(water: Taking) -> None:
    unsound = reading(validity="doubtful", ordinal=1)
    sound = reading(items=items(w01019=3.0), ordinal=2)
    assert water.outcomes(unsound, sound) == ["refused", "first"]
    (event,) = water.published()
    assert (event["change"], event["supersedes"]) == ("first", None)


def test_a_late_statement_is_held_to_the_rules_too(water: Taking) -> None:
    water.take(reading())
    late = reading(as_of_ms=COLLECTED_MS - 1, validity="doubtful")
    assert water.outcomes(late) == ["refused"]


def test_two_statements_of_one_reply_contradict_each_other(water: Taking) -> None:
    one = reading(unordered=True, station_status="维护", published_class=None)
    other = reading(unordered=True)
    taken = water.take(one, other)
    assert sorted(taken.outcomes) == ["conflict", "first"]
    assert "same rank" in taken.refused[list(taken.outcomes).index("conflict")].detail
    head = water.head()
    assert (head.validity, head.validity_reason) == ("doubtful", CONTESTED)
    (event,) = water.published()
    assert event["validity"] == "doubtful"


def test_a_review_settles_a_contradiction(water: Taking) -> None:
    other = reading(unordered=True, station_status="维护", published_class=None)
    water.take(reading(unordered=True), other)
    assert water.outcomes(reading(**final(reading()))) == ["revision"]
    assert water.head().validity == "valid"


def test_an_event_older_than_its_collection_day_is_not_dated_into_the_future(
    water: Taking,
) -> None:
    now_ms = int(water.clock.now().timestamp() * 1000)
    water.take(reading(sampled_at_ms=now_ms - 1000, as_of_ms=now_ms + 86_400_000))
    assert water.published()[0]["occurred_at"] == now_ms


def test_what_is_sampled_in_the_future_is_refused(water: Taking) -> None:
    now_ms = int(water.clock.now().timestamp() * 1000)
    ahead = reading(sampled_at_ms=now_ms + 3_600_000, as_of_ms=now_ms + 86_400_000)
    assert water.take(ahead).refused[0].rule == "sampled_before_reported"


def test_followers_hear_of_each_key_once_with_what_stood_before() -> None:
    recorder = Recorder()
    with taking("sqlite://", recorder) as water:
        water.take(reading(0), reading(0, ordinal=1, items=items(w01019=5.0)), reading(1))
        water.take(reading(0), reading(1, ordinal=3, items=items(w01019=7.0)))
    told = [
        (change.before and change.before.water_class, change.after.water_class)
        for change in recorder.changes
    ]
    assert told == [(None, "Ⅲ"), (None, "Ⅱ"), ("Ⅱ", "Ⅳ")]


def test_the_limits_of_a_lake_apply_where_the_reading_says_so(water: Taking) -> None:
    water.take(reading(water_body="lake", items=items(w21011=0.06)))
    assert water.head().water_class == "Ⅳ"


STATEMENTS = st.lists(
    st.builds(
        lambda place, moment, codmn, level, unordered: reading(
            place,
            as_of_ms=COLLECTED_MS + HOURS_MS + moment,
            items=items(w01019=codmn),
            unordered=unordered,
        )._replace(
            **(final(reading()) if level == "final" else {}),
        ),
        st.integers(0, 1),
        st.integers(0, 2),
        st.sampled_from([2.0, 5.0, None]),
        st.sampled_from(["raw", "raw", "final"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)
HOURS_MS = 8 * 3_600_000


def state(water: Taking) -> list[StoredReading]:
    """Return what stands, without the event that says so: that one tells the way there."""
    return [head._replace(event_id="") for head in water.heads()]


@settings(max_examples=40)
@given(STATEMENTS, st.randoms())
def test_any_order_of_arrival_leaves_the_same_readings_standing(
    statements: list[Reading], chance: object
) -> None:
    shuffled = list(statements)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    with taking() as one, taking() as other:
        one.take(*statements)
        for statement in shuffled:
            other.take(statement)
        assert state(one) == state(other)


@settings(max_examples=10)
@given(
    st.lists(st.lists(st.sampled_from([2.0, 5.0, None]), max_size=4), min_size=2, max_size=2),
    st.randoms(),
)
def test_two_files_of_one_day_in_any_turns_leave_the_same_readings_standing(
    files: list[list[float | None]], chance: object
) -> None:
    rows = [
        [
            reading(items=items(w01019=value), ordinal=first_place(name) + row)
            for row, value in enumerate(values)
        ]
        for name, values in zip((b"file one", b"file two"), files, strict=True)
    ]
    turns = [file for file, told in enumerate(rows) for _ in told]
    chance.shuffle(turns)  # type: ignore[attr-defined]
    with taking() as one, taking() as other:
        for told in rows:
            one.take(*told)
        left = [iter(told) for told in rows]
        for turn in turns:
            other.take(next(left[turn]))
        assert state(one) == state(other)
        ends = {values[-1] for values in files if values}
        assert [head.validity == "doubtful" for head in one.heads()] == [len(ends) > 1][: len(ends)]


@settings(max_examples=25)
@given(STATEMENTS)
def test_events_alone_tell_what_stands(statements: list[Reading]) -> None:
    with taking() as water:
        for statement in statements:
            water.take(statement)
        last = {event["sampled_at"]: event for event in water.published()}
        for head in water.heads():
            event = last[head.sampled_at_ms]
            assert event["event_id"] == head.event_id
            assert event["validity"] == head.validity
            assert [item["value"] for item in event["items"]] == [i.value for i in head.items]
