from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingqu_credit.subjects.masking import masked, masked_name, masked_number, masked_phone

CLEAR = st.text(st.characters(exclude_characters="*"), min_size=1)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("欧阳娜娜", "欧阳**"),
        ("欧阳", "欧*"),
        ("买买提江", "买**江"),
    ],
)
def test_a_name_keeps_its_ends(name: str, shown: str) -> None:
    assert masked_name(name) == shown


def test_numbers_keep_first_and_last() -> None:
    assert masked_number("11010519491231002X") == "110105********002X"
    assert masked_number("E1234567") == "********"
    assert masked_phone("13812341234") == "138****1234"


@given(CLEAR, CLEAR, CLEAR)
def test_no_person_is_ever_shown_in_clear(name: str, number: str, phone: str) -> None:
    told = {"person_name": name, "person_id_no": number, "contact_phone": phone, "uscc": "x"}
    shown = masked(told)
    assert shown["uscc"] == "x"
    for field in ("person_name", "person_id_no", "contact_phone"):
        assert shown[field] != told[field]
