from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu_credit.subjects.classification import Facts, load_classification

RULES = load_classification()
DAY = date(2026, 6, 30)
COUNTS = st.integers(0, 3)
FACTS = st.builds(
    Facts, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, st.frozensets(st.sampled_from("优良中差"))
)


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        (Facts(), "A"),
        (Facts(general_penalties=1), "B"),
        (Facts(general_penalties=2), "C"),
        (Facts(levels=frozenset({"优", "中"})), "C"),
        (Facts(serious_listings=1, levels=frozenset({"优"})), "D"),
    ],
)
def test_the_worst_rule_that_fits_decides(facts: Facts, wanted: str) -> None:
    verdict = RULES.classify(facts, DAY)
    assert verdict is not None
    assert verdict.unified_class == wanted
    assert bool(verdict.because) == (wanted != "A")


def test_without_rules_for_the_day_there_is_no_class() -> None:
    assert RULES.classify(Facts(), date(2020, 1, 1)) is None


@given(FACTS)
def test_one_more_listing_never_makes_the_class_better(facts: Facts) -> None:
    worse = Facts(
        facts.serious_listings + 1,
        facts.serious_penalties,
        facts.general_penalties,
        facts.minor_penalties,
        facts.abnormal_listings,
        facts.levels,
    )
    before, after = RULES.classify(facts, DAY), RULES.classify(worse, DAY)
    assert before is not None
    assert after is not None
    assert after.unified_class >= before.unified_class
