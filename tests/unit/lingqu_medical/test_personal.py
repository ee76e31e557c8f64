from __future__ import annotations

from pathlib import Path

from lingqu.contracts.loader import load_contract
from lingqu_medical.personal import masked, personal_fields, still_told

SCHEMAS = Path(__file__).parents[3] / "schemas" / "medical"
PERSONAL = personal_fields(load_contract(SCHEMAS / "settlement").latest())


def test_names_numbers_and_diagnoses_are_about_a_person_and_amounts_are_not() -> None:
    assert {"psn_no", "psn_name", "certno", "brdy", "diag_code", "diag_name"} <= PERSONAL
    assert not {"setl_id", "insutype", "fund_pay_sumamt_fen"} & PERSONAL


def test_a_list_shows_masked_names_and_numbers_and_no_diagnosis() -> None:
    shown = masked(
        {
            "setl_id": "S1",
            "psn_name": "欧阳示例",
            "certno": "11010519491231002X",
            "psn_no": "4300003028",
            "diag_code": "I25.101",
            "brdy": "1949-12-31",
        },
        PERSONAL,
    )
    assert shown == {
        "setl_id": "S1",
        "psn_name": "欧***",
        "certno": "110105********002X",
        "psn_no": "******3028",
    }


def test_a_short_number_is_hidden_whole() -> None:
    assert masked({"psn_no": "123", "psn_name": None}, PERSONAL) == {"psn_no": "***"}


def test_what_a_list_withheld_is_not_wiped_out_when_it_comes_back() -> None:
    known = {"psn_name": "示例甲", "diag_code": "I25.101"}
    assert still_told({"psn_name": None}, known, PERSONAL) == known
    assert still_told({"psn_name": "示例乙"}, known, PERSONAL)["psn_name"] == "示例乙"
    assert still_told({"psn_name": None}, None, PERSONAL) == {"psn_name": None}
