"""Main pollutants, worst first."""

from __future__ import annotations

from tests.unit.lingqu_water.judgement.given import DAY, GOOD, code, items, judged

from lingqu_water.judgement.classify import Judge, shipped_judge
from lingqu_water.judgement.evaluation import MainPollutants


def test_the_three_worst_multiples_come_first() -> None:
    found = judged({"codmn": 9.0, "nh3n": 3.0, "tp": 0.25, "cod": 22.0})
    told = [(each.code, each.multiple) for each in found.pollutants]
    assert told == [(code("nh3n"), 2.0), (code("codmn"), 0.5), (code("tp"), 0.25)]


def test_oxygen_and_ph_have_no_multiple_and_come_last() -> None:
    found = judged({"do": 1.0, "ph": 9.5, "tp": 0.21})
    told = [(each.code, each.limit, each.multiple) for each in found.pollutants]
    assert told == [(code("tp"), 0.2, 0.05), (code("ph"), 9.0, None), (code("do"), 5.0, None)]


def test_water_that_meets_class_three_has_none() -> None:
    assert judged({"codmn": 6.0, "do": 5.0}).pollutants == ()


def test_the_order_may_be_by_class_first() -> None:
    shipped = shipped_judge()
    rule = MainPollutants(count=1, order="class")
    evaluation = shipped.evaluation.model_copy(update={"pollutants": rule})
    judge = Judge(shipped.standards, evaluation, shipped.items)
    found = judge.classify(items({**GOOD, "do": 1.0, "codmn": 9.0}), "river", DAY)
    assert [each.code for each in found.pollutants] == [code("do")]


def test_a_multiple_is_that_of_the_decimal_figures() -> None:
    assert judged({"nh3n": 1.1}).pollutants[0].multiple == 0.1
