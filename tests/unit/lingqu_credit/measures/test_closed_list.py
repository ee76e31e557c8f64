from __future__ import annotations

import pytest

from lingqu_credit.measures.closed_list import load_closed_list


@pytest.mark.parametrize(
    ("edition", "code", "cause"),
    [
        ("2024", "2-1", None),
        ("2024", "9-9", "no item '9-9'"),
        ("2019", "2-1", "edition '2019' is not loaded"),
    ],
)
def test_only_items_of_the_closed_list_are_measures(
    edition: str, code: str, cause: str | None
) -> None:
    measures = load_closed_list()
    problem = measures.problem(edition, code)
    assert (problem is None) == (cause is None)
    assert cause is None or cause in (problem or "")
    assert (measures.item(edition, code) is None) == (cause is not None)
