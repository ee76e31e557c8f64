"""Codes of goods and enterprises, told apart by their form."""

from __future__ import annotations

from lingqu_customs.numbers import is_ciq_code, is_customs_code, is_hs_code


def test_goods_and_enterprise_codes() -> None:
    assert is_hs_code("0203291000")
    assert not is_hs_code("02032910")
    assert is_ciq_code("0203291000101", "0203291000")
    assert not is_ciq_code("0203299000101", "0203291000")
    assert is_customs_code("4301910000")
    assert not is_customs_code("430191000")
