from __future__ import annotations

import pytest

from lingqu_medical.codes.code_sets import is_icd10, is_medical_body, load_codes


@pytest.mark.parametrize("code", ["I25.101", "A17+", "D63*", "F00*", "E11.900x001", "J18"])
def test_icd10_as_the_national_list_writes_it(code: str) -> None:
    assert is_icd10(code)


@pytest.mark.parametrize("code", ["", "i25.1", "I2.1", "I25.", "I25.1011", "冠心病"])
def test_what_is_no_icd10(code: str) -> None:
    assert not is_icd10(code)


def test_a_hospital_or_pharmacy_has_a_letter_and_eleven_digits() -> None:
    assert is_medical_body("H44020300006")
    assert not is_medical_body("44020300006")
    assert not is_medical_body("D44020300006")
    assert not is_medical_body("H4402030000６")


def test_codes_say_what_they_mean_and_which_are_verified() -> None:
    codes = load_codes()
    assert codes.name("insutype", "310") == "职工基本医疗保险"
    assert codes.name("insutype", "999") == "999"
    assert codes.knows("insutype", "390")
    assert not codes.knows("insutype", "999")
    verified = {each.code: each.verified for each in codes.entries("fund_pay_type")}
    assert verified["391100"]
    assert not verified["390200"]
