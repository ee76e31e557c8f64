"""The limits as the standard has them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lingqu.errors import ContractError
from lingqu_water.judgement.items import shipped_items
from lingqu_water.judgement.standard import load_standards, standard_on

STANDARD = load_standards(shipped_items())[0]


def test_twenty_one_items_are_evaluated() -> None:
    for water_body in ("river", "lake"):
        limits = STANDARD.limits_of(water_body).values()
        assert sum(limit.evaluated for limit in limits) == 21


def test_nitrogen_is_limited_in_lakes_only_and_outside_the_class() -> None:
    code = shipped_items().code("tn")
    assert code not in STANDARD.limits_of("river")
    assert not STANDARD.limits_of("lake")[code].evaluated


def test_manganese_is_supplementary() -> None:
    code = shipped_items().code("mn")
    assert STANDARD.supplementary[code] == 0.1
    assert code not in STANDARD.limits_of("river")


def test_a_standard_holds_from_its_day() -> None:
    assert standard_on([STANDARD], date(2002, 5, 31)) is None
    assert standard_on([STANDARD], date(2026, 1, 1)) is STANDARD


def test_an_operator_may_replace_a_file(tmp_path: Path) -> None:
    text = "{name: GB X, title_zh: 新, valid_from: 2030-01-01, source: s, limits: [%s]}"
    limits = "{item: codmn, at_most: [1, 2, 3, 4, 5]}"
    (tmp_path / "gb3838-2002.yaml").write_text(text % limits, "utf-8")
    standard = load_standards(shipped_items(), tmp_path)[0]
    assert (standard.name, len(standard.limits["river"])) == ("GB X", 1)


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ("{item: codmn, at_most: [1, 2, 3, 4]}", "five limits"),
        ("{item: codmn, at_most: [1, 2, 3, 5, 4]}", "stricter"),
        ("{item: codmn, at_most: [1, 2, 3, 4, 5], range: [1, 2]}", "one of"),
        ("{item: codnm, at_most: [1, 2, 3, 4, 5]}", "did you mean 'codmn'"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused_in_words(
    limits: str, sentence: str, tmp_path: Path
) -> None:
    text = f"{{name: X, title_zh: x, valid_from: 2030-01-01, source: s, limits: [{limits}]}}"
    (tmp_path / "gb3838-2002.yaml").write_text(text, "utf-8")
    with pytest.raises(ContractError, match=sentence):
        load_standards(shipped_items(), tmp_path)
