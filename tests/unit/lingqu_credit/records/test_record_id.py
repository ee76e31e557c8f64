from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from lingqu_credit.records.record_id import record_id

PARTS = st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"])), min_size=1, max_size=4)


@given(PARTS, PARTS)
def test_the_same_record_has_one_id_and_another_has_another(
    one: list[str], other: list[str]
) -> None:
    assume(one != other)
    key = b"k" * 32
    assert record_id("43", "CF", key, one) == record_id("43", "CF", key, one)
    assert record_id("43", "CF", key, one) != record_id("43", "CF", key, other)
    assert record_id("43", "CF", key, one) != record_id("43", "CF", b"another", one)


def test_an_id_tells_nothing_of_the_subject() -> None:
    found = record_id("43", "CF", b"k", ["湘示罚〔2026〕7号", "91430102616831072Q"])
    assert found.startswith("43-CF-")
    assert len(found) == 38
    assert "9143" not in found
