"""Any order of the same receipts and amendments, with repeats, ends in the same state."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from lingqu_customs.codes.receipts import Family, load_receipt_codes
from lingqu_customs.lifecycle.facts import AmendmentKind, AmendmentStep, Fact, Receipt, Step
from lingqu_customs.lifecycle.fold import fold
from lingqu_customs.lifecycle.state import MOVES, STATES

CODES = load_receipt_codes()
KNOWN: list[tuple[Family, str]] = [
    (family, code) for family, each in CODES.families.items() for code in each.codes
]
SOME_TIME = st.integers(0, 5)  # few, so that many happen at one moment
RECEIPTS = st.builds(
    lambda which, number, at, later: Receipt(
        "E20260000000000001", f"R{number}", which[0], which[1], at, at + later
    ),
    st.sampled_from([*KNOWN, ("ceb", "-1"), ("single_window", "?")]),
    st.integers(0, 9),
    SOME_TIME,
    SOME_TIME,
)
KINDS: list[AmendmentKind] = ["modification", "withdrawal"]
STEPS: list[Step] = ["applied", "accepted", "granted", "refused", "cancelled"]
AMENDMENTS = st.builds(
    lambda number, kind, step, at, later: AmendmentStep(f"A{number}", kind, step, at, at + later),
    st.integers(0, 2),
    st.sampled_from(KINDS),
    st.sampled_from(STEPS),
    SOME_TIME,
    SOME_TIME,
)
FACTS: st.SearchStrategy[list[Fact]] = st.lists(
    st.one_of(RECEIPTS, AMENDMENTS), max_size=14, unique_by=lambda fact: fact.digest
)


def sw(code: str, at: int, received: int | None = None, name: str = "") -> Receipt:
    told = at if received is None else received
    return Receipt("E20260000000000001", name or f"{code}-{at}", "single_window", code, at, told)


def amended(step: Step, at: int, kind: AmendmentKind = "withdrawal") -> AmendmentStep:
    return AmendmentStep("A1", kind, step, at, at)


def states(*codes: str) -> tuple[str, int]:
    standing = fold([sw(code, at) for at, code in enumerate(codes)], CODES)
    return standing.state, len(standing.anomalies)


@settings(max_examples=400)
@given(FACTS, st.data())
def test_any_order_with_repeats_ends_in_one_state(facts: list[Fact], data: st.DataObject) -> None:
    chance = random.Random(data.draw(st.integers()))
    again = [
        replace(each, received_at_ms=each.received_at_ms + chance.randint(0, 9)) for each in facts
    ]
    shuffled = [*facts, *chance.sample(again, chance.randint(0, len(again)))]
    chance.shuffle(shuffled)

    assert fold(shuffled, CODES) == fold(facts, CODES)


@given(FACTS)
def test_every_fact_is_counted_and_every_state_is_one(facts: list[Fact]) -> None:
    standing = fold(facts, CODES)

    assert standing.state in STATES
    assert {each.digest for each in standing.anomalies} <= {each.digest for each in facts}


@given(FACTS)
def test_the_last_fact_either_moves_as_allowed_or_keeps_the_state(facts: list[Fact]) -> None:
    late = sw("P", 99)
    before, after = fold(facts, CODES), fold([*facts, late], CODES)

    if late.digest in {each.digest for each in after.anomalies}:
        assert after.state == before.state
    else:
        assert after.state == "released"
        assert (
            before.phase == "summary"
            or before.state == "released"
            or "released" in MOVES[before.state]
        )


def test_the_main_line_is_walked() -> None:
    assert states("S0", "7", "L", "G", "C", "T", "P", "R") == ("cleared", 0)


def test_what_nobody_told_is_gone_over() -> None:
    assert states("7", "R") == ("cleared", 0)


def test_an_earlier_state_that_comes_late_changes_nothing() -> None:
    standing = fold([sw("R", 9), sw("L", 1), sw("P", 8), sw("G", 2)], CODES)

    assert (standing.state, standing.anomalies) == ("cleared", ())


def test_what_happened_counts_when_it_happened_and_not_when_word_of_it_came() -> None:
    standing = fold(
        [sw("L", 1, received=20), sw("R", 9, received=9), sw("P", 8, received=30)], CODES
    )

    assert (standing.state, standing.anomalies) == ("cleared", ())


def test_an_unexpected_receipt_keeps_the_state_and_says_so() -> None:
    standing = fold([sw("L", 1), sw("P", 2), sw("H", 3)], CODES)

    assert standing.state == "released"
    (anomaly,) = standing.anomalies
    assert (
        anomaly.sentence
        == "receipt H 挂起,需手工申报 (H-3) does not follow 已放行; the state stays 已放行"
    )


def test_codes_that_nobody_knows_are_anomalies() -> None:
    assert states("L", "?") == ("received", 1)
    assert states("L", "A") == ("received", 1)


def test_re_audit_leads_back() -> None:
    assert states("L", "G", "P", "M") == ("re_audit", 0)
    assert states("L", "G", "P", "M", "G", "P", "R") == ("cleared", 0)


def test_a_returned_document_is_declared_anew() -> None:
    assert states("7", "L", "Z", "7", "L", "P") == ("released", 0)
    assert states("7", "E", "S0", "7", "L") == ("received", 0)


def test_a_deleted_document_is_over() -> None:
    assert states("L", "D", "P") == ("deleted", 1)


def test_a_guarantee_is_told_until_customs_begins_again() -> None:
    assert fold([sw("L", 1), sw("K", 2)], CODES).guaranteed
    assert fold([sw("L", 1), sw("K", 2), sw("R", 3)], CODES).guaranteed
    assert not fold([sw("L", 1), sw("K", 2), sw("P", 3)], CODES).guaranteed
    assert not fold([sw("L", 1), sw("K", 2), sw("M", 3)], CODES).guaranteed


def test_a_two_step_entry_walks_twice() -> None:
    summary = ("7", "SpL", "SpJ", "SpK")
    assert states(*summary) == ("released", 0)
    assert states(*summary, "Sp1", "7", "L", "J") == ("audited", 0)
    assert states(*summary, "L", "J", "P", "R") == ("cleared", 0)
    assert states(*summary, "L", "SpK") == ("received", 1)


def test_ties_go_by_time_of_receipt_then_rank_then_id() -> None:
    # At one moment the release is ranked after the audit, whatever its id.
    assert fold([sw("P", 1, name="a"), sw("G", 1, name="b")], CODES).anomalies == ()
    # Received first, it comes first, and the audit then does not follow.
    late = fold([sw("P", 1, 1, name="a"), sw("G", 1, 2, name="b")], CODES)
    assert (late.state, len(late.anomalies)) == ("released", 1)


def test_a_withdrawal_is_granted_also_after_clearance() -> None:
    facts: list[Fact] = [sw("L", 1), sw("R", 2), amended("applied", 3), amended("granted", 4)]

    assert fold(facts, CODES).state == "withdrawn"
    assert len(fold([*facts, sw("P", 5)], CODES).anomalies) == 1


def test_a_modification_keeps_the_state() -> None:
    facts: list[Fact] = [
        sw("R", 1),
        amended("applied", 2, "modification"),
        amended("granted", 3, "modification"),
    ]
    standing = fold(facts, CODES)

    assert (standing.state, standing.anomalies) == ("cleared", ())
    assert standing.applications["A1"].step == "granted"


def test_what_was_decided_is_not_decided_again() -> None:
    facts: list[Fact] = [sw("L", 1), amended("refused", 2), amended("granted", 3)]
    standing = fold(facts, CODES)

    assert (standing.state, len(standing.anomalies)) == ("received", 1)


def test_the_three_families_meet_in_one_state() -> None:
    ways = {
        "single_window": ("L", "H", "J", "P"),
        "ceb": ("120", "300", "399", "800"),
        "manifest": ("01", "02", "11"),
    }
    for family, codes in ways.items():
        facts = [Receipt("N", f"r{at}", family, code, at, at) for at, code in enumerate(codes)]  # type: ignore[arg-type]
        standing = fold(facts, CODES)
        assert (standing.state, standing.anomalies) == ("released", ())
