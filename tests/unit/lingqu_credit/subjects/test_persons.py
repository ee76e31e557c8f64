from __future__ import annotations

import pytest

from lingqu_credit.subjects.persons import load_persons


@pytest.mark.parametrize(
    ("kind", "list_type", "basis", "cause"),
    [
        ("dishonesty", "失信被执行人", "法释〔2017〕7号第六条", None),
        ("dishonesty", "失信被执行人", "内部规定", "has to begin with"),
        ("dishonesty", "失信被执行人", None, "has to begin with"),
        ("dishonesty", "严重违法失信名单", "法释〔2017〕7号第六条", "no law allows"),
        ("abnormal", "", "《行政处罚法》", "no law allows"),
        ("penalty", "", "《行政处罚法》第四十八条", None),
    ],
)
def test_a_person_is_shared_only_on_a_law(
    kind: str, list_type: str, basis: str | None, cause: str | None
) -> None:
    problem = load_persons().problem(kind, list_type, basis)
    assert (problem is None) == (cause is None)
    assert cause is None or cause in (problem or "")
